/// Vectors in the order of the texts.
public struct EmbedResult: Equatable, Sendable, JSONReadable, JSONWritable {
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

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        Self.write(model: model, backend: backend, usage: usage, to: &out) { out in
            var vectors = ArrayWriter(&out)
            for embedding in embeddings {
                vectors.next(&out)
                var vector = ArrayWriter(&out)
                for number in embedding {
                    vector.next(&out)
                    out.append(number: number)
                }
                vector.end(&out)
            }
            vectors.end(&out)
        }
    }

    /// Appends the object; `vectors` appends the array of them, whose numbers a daemon passes on
    /// as they came.
    package static func write(
        model: String, backend: String, usage: CompleteUsage?, to out: inout ByteBuffer,
        vectors: (inout ByteBuffer) -> Void
    ) {
        var object = ObjectWriter(&out)
        object.name("embeddings", to: &out)
        vectors(&out)
        object.add("model", model, to: &out)
        object.add("backend", backend, to: &out)
        object.add("usage", usage, to: &out)
        object.end(&out)
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
