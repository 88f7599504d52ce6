/// Where a `complete` would go, and why not elsewhere.
public struct RouteExplanation: Equatable, Sendable, JSONReadable, JSONWritable {
    /// The best first, then those that something forbids.
    public var candidates: [RouteCandidate]

    /// Where a request would go.
    public init(candidates: [RouteCandidate]) {
        self.candidates = candidates
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        candidates = try members.readAll("candidates")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("candidates", all: candidates, to: &out)
        object.end(&out)
    }
}

/// One model on one backend, as routing sees it.
public struct RouteCandidate: Equatable, Sendable, JSONReadable, JSONWritable {
    /// The backend.
    public var backend: String
    /// The model, as that backend lists it.
    public var model: String
    /// Why it is not taken; empty where it may be.
    public var forbidden: [RouteObstacle]
    /// What decides the order, the first part first; in each the higher number wins.
    public var score: JSONObject
    /// Milliseconds until it is predicted to start there.
    public var predictedWaitMilliseconds: Int

    /// A candidate.
    public init(
        backend: String, model: String, forbidden: [RouteObstacle], score: JSONObject,
        predictedWaitMilliseconds: Int
    ) {
        self.backend = backend
        self.model = model
        self.forbidden = forbidden
        self.score = score
        self.predictedWaitMilliseconds = predictedWaitMilliseconds
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        backend = try members.string("backend")
        model = try members.string("model")
        forbidden = try members.readAll("forbidden")
        score = members["score"]?.objectValue ?? JSONObject()
        predictedWaitMilliseconds = try members.integer("predicted_wait_ms")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("backend", backend, to: &out)
        object.add("model", model, to: &out)
        object.add("forbidden", all: forbidden, to: &out)
        object.add("score", json: .object(score), to: &out)
        object.add("predicted_wait_ms", predictedWaitMilliseconds, to: &out)
        object.end(&out)
    }
}

/// Why a candidate is not taken.
public struct RouteObstacle: Equatable, Sendable, JSONReadable, JSONWritable {
    /// `state`, `breaker`, `rate_limit`, `context`, `capability` or `backend`.
    public var by: String
    /// The same for people.
    public var message: String

    /// An obstacle.
    public init(by: String, message: String) {
        self.by = by
        self.message = message
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        by = try members.string("by")
        message = try members.string("message")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("by", by, to: &out)
        object.add("message", message, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let routeExplanation = Schema(
        "RouteExplanation",
        #"""
        {"type": "object", "description": "Where a request would go.", "required": ["candidates"],
         "properties": {
          "candidates": {"type": "array", "items": {"$ref": "#/components/schemas/RouteCandidate"},
            "description": "The best first, then those that something forbids."}}}
        """#)

    static let routeCandidate = Schema(
        "RouteCandidate",
        #"""
        {"type": "object", "description": "One model on one backend.",
         "required": ["backend", "model", "forbidden", "score", "predicted_wait_ms"],
         "properties": {
          "backend": {"type": "string", "description": "The backend."},
          "model": {"type": "string", "description": "The model, as that backend lists it."},
          "forbidden": {"type": "array", "items": {"$ref": "#/components/schemas/RouteObstacle"},
            "description": "Why it is not taken; empty where it may be."},
          "score": {"type": "object", "additionalProperties": {"type": "number"},
            "description": "What decides the order, the first part first; the higher wins."},
          "predicted_wait_ms": {"type": "integer", "minimum": 0,
            "description": "Milliseconds until it is predicted to start there."}}}
        """#)

    static let routeObstacle = Schema(
        "RouteObstacle",
        #"""
        {"type": "object", "description": "Why a candidate is not taken.",
         "required": ["by", "message"], "properties": {
          "by": {"type": "string", "enum": ["state", "breaker", "rate_limit", "context",
            "capability", "backend"], "description": "What forbids it, for programs."},
          "message": {"type": "string", "description": "What forbids it, for people."}}}
        """#)
}
