/// A model server.
///
/// Many properties: one for each thing that is told of it.
public struct BackendDescription: Equatable, Sendable, JSONReadable, JSONWritable {
    /// Its name in the configuration.
    public var name: String
    /// `lmstudio`, `ollama`, `llama.cpp`, `vllm`, `openai` or another.
    public var kind: String
    /// Its address.
    public var endpoint: String
    /// `up`, `down`, `auth_failed`, `rate_limited` or `probing`.
    public var state: String
    /// `configured` or `discovered`.
    public var origin: String
    /// How many models it has.
    public var models: Int
    /// Requests it is serving.
    public var inFlight: Int
    /// Requests waiting for it.
    public var queued: Int
    /// The most requests in any 60 seconds; nil for no limit.
    public var rateLimit: Int?
    /// `closed`, `open` or `half_open`.
    public var breaker: String?
    /// Why it takes no request now: `server`, `rate_limit`, `breaker` or `max_concurrent`; nil
    /// where it does, or is not up.
    public var pausedBy: String?
    /// Milliseconds until that is over; nil where nobody knows.
    public var retryAfterMilliseconds: Int?
    /// What last went wrong with it.
    public var lastError: String?
    /// Seconds since it last answered; nil if it never did.
    public var lastSeenSeconds: Double?

    /// A backend that nobody has asked yet.
    public init(name: String, kind: String, endpoint: String, state: String, origin: String) {
        self.name = name
        self.kind = kind
        self.endpoint = endpoint
        self.state = state
        self.origin = origin
        models = 0
        inFlight = 0
        queued = 0
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        name = try members.string("name")
        kind = try members.string("kind")
        endpoint = try members.string("endpoint")
        state = try members.string("state")
        origin = try members.string("origin")
        models = try members.integer("models")
        inFlight = try members.integer("in_flight")
        queued = try members.integer("queued")
        rateLimit = try members.integerIfPresent("rate_limit")
        breaker = try members.stringIfPresent("breaker")
        pausedBy = try members.stringIfPresent("paused_by")
        retryAfterMilliseconds = try members.integerIfPresent("retry_after_ms")
        lastError = try members.stringIfPresent("last_error")
        lastSeenSeconds = try members.numberIfPresent("last_seen_seconds")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("name", name, to: &out)
        object.add("kind", kind, to: &out)
        object.add("endpoint", endpoint, to: &out)
        object.add("state", state, to: &out)
        object.add("origin", origin, to: &out)
        object.add("models", models, to: &out)
        object.add("in_flight", inFlight, to: &out)
        object.add("queued", queued, to: &out)
        object.add("rate_limit", rateLimit, to: &out)
        object.add("breaker", breaker, to: &out)
        object.add("paused_by", pausedBy, to: &out)
        object.add("retry_after_ms", retryAfterMilliseconds, to: &out)
        object.add("last_error", lastError, to: &out)
        object.add("last_seen_seconds", lastSeenSeconds, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let backend = Schema(
        "Backend",
        #"""
        {"type": "object", "description": "A model server.",
         "required": ["name", "kind", "endpoint", "state", "origin", "models", "in_flight",
          "queued"],
         "properties": {
          "name": {"type": "string",
            "description": "Its name in the configuration, or its kind where it was found."},
          "kind": {"type": "string",
            "description": "`lmstudio`, `ollama`, `llama.cpp`, `vllm`, `openai` or another."},
          "endpoint": {"type": "string", "description": "Its address."},
          "state": {"type": "string",
            "enum": ["up", "down", "auth_failed", "rate_limited", "probing"],
            "description": "`probing`: not known yet."},
          "origin": {"type": "string", "enum": ["configured", "discovered"],
            "description": "Whether the configuration names it or the daemon found it."},
          "models": {"type": "integer", "minimum": 0, "description": "How many models it has."},
          "in_flight": {"type": "integer", "minimum": 0, "description": "Requests it is serving."},
          "queued": {"type": "integer", "minimum": 0, "description": "Requests waiting for it."},
          "rate_limit": {"type": "integer", "minimum": 1,
            "description": "The most requests in any 60 seconds."},
          "breaker": {"type": "string", "enum": ["closed", "open", "half_open"],
            "description": "`open`: it failed so often that it is left alone for a while."},
          "paused_by": {"type": "string",
            "enum": ["server", "rate_limit", "breaker", "max_concurrent"],
            "description": "Why it takes no request now: its server asked for a pause, or as many start or run as the configuration allows."},
          "retry_after_ms": {"type": "integer", "minimum": 0,
            "description": "Milliseconds until that is over."},
          "last_error": {"type": "string", "description": "What last went wrong with it."},
          "last_seen_seconds": {"type": "number", "minimum": 0,
            "description": "Seconds since it last answered."}}}
        """#)
}
