/// Vectors in the order of the texts.
public struct EmbedResult: Equatable, Sendable, JSONReadable {
    /// One for each text.
    public var embeddings: [[Double]]
    /// The model that served it.
    public var model: String
    /// The backend that served it.
    public var backend: String
    /// Tokens used, where they are known.
    public var usage: CompleteUsage?

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        embeddings = (members["embeddings"]?.arrayValue ?? []).map { vector in
            (vector.arrayValue ?? []).compactMap(\.doubleValue)
        }
        model = try members.string("model")
        backend = try members.string("backend")
        usage = try members.readIfPresent("usage")
    }
}

extension Schema {
    static let embedResult = Schema(
        "EmbedResult",
        #"""
        {"type": "object", "description": "Vectors in the order of the texts.",
         "required": ["embeddings", "model", "backend"], "properties": {
          "embeddings": {"type": "array", "description": "One vector for each text.",
            "items": {"type": "array", "items": {"type": "number"}}},
          "model": {"type": "string", "description": "The model that served it."},
          "backend": {"type": "string", "description": "The backend that served it."},
          "usage": {"$ref": "#/components/schemas/Usage"}}}
        """#)
}
