/// A model server.
public struct BackendDescription: Equatable, Sendable, JSONReadable {
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
    /// What last went wrong with it.
    public var lastError: String?
    /// Seconds since it last answered; nil if it never did.
    public var lastSeenSeconds: Double?

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
        lastError = try members.stringIfPresent("last_error")
        lastSeenSeconds = try members.numberIfPresent("last_seen_seconds")
    }
}

/// What `backends.list` answers.
public struct BackendsResult: Equatable, Sendable, JSONReadable {
    /// The backends, first those of the configuration.
    public var backends: [BackendDescription]

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        backends = try members.readAll("backends")
    }
}
