/// Documents by their nearness to a query, the best first.
public struct RerankResult: Equatable, Sendable, JSONReadable, JSONWritable {
    /// The best first.
    public var results: [RerankRow]
    /// The model that served it.
    public var model: String
    /// The backend that served it.
    public var backend: String
    /// Tokens used, where they are known.
    public var usage: CompleteUsage?

    /// These documents.
    public init(results: [RerankRow], model: String, backend: String, usage: CompleteUsage?) {
        self.results = results
        self.model = model
        self.backend = backend
        self.usage = usage
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        results = try members.readAll("results")
        model = try members.string("model")
        backend = try members.string("backend")
        usage = try members.readIfPresent("usage")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("results", all: results, to: &out)
        object.add("model", model, to: &out)
        object.add("backend", backend, to: &out)
        object.add("usage", usage, to: &out)
        object.end(&out)
    }
}

/// One document and its nearness.
public struct RerankRow: Equatable, Sendable, JSONReadable, JSONWritable {
    /// The document's place in the call, from 0.
    public var index: Int
    /// The higher, the nearer; its scale is the model's own.
    public var relevanceScore: Double

    /// The document at that place.
    public init(index: Int, relevanceScore: Double) {
        self.index = index
        self.relevanceScore = relevanceScore
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        index = try members.integer("index")
        relevanceScore = try members.number("relevance_score")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("index", index, to: &out)
        object.add("relevance_score", relevanceScore, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let rerankResult = Schema(
        "RerankResult",
        #"""
        {"type": "object", "description": "Documents by their nearness to the query.",
         "required": ["results", "model", "backend"], "properties": {
          "results": {"type": "array", "items": {"$ref": "#/components/schemas/RerankRow"},
            "description": "The best first."},
          "model": {"type": "string", "description": "The model that served it."},
          "backend": {"type": "string", "description": "The backend that served it."},
          "usage": {"$ref": "#/components/schemas/Usage"}}}
        """#)

    static let rerankRow = Schema(
        "RerankRow",
        #"""
        {"type": "object", "description": "One document and its nearness.",
         "required": ["index", "relevance_score"], "properties": {
          "index": {"type": "integer", "minimum": 0,
            "description": "The document's place in the call, from 0."},
          "relevance_score": {"type": "number",
            "description": "The higher, the nearer; its scale is the model's own."}}}
        """#)
}
