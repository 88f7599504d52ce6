/// What happened to all requests, or to those of one backend, model or client.
///
/// Many properties: one for each member on the wire.
public struct StatsFigures: Equatable, Sendable, JSONReadable, JSONWritable {
    /// Requests that ended: `total`, `succeeded`, `failed`, `cancelled`, `rejected`.
    public var requests: [String: Int] = [:]
    /// Tokens read.
    public var promptTokens = 0
    /// Tokens produced.
    public var completionTokens = 0
    /// Those of the tokens read that the backend still had in its cache.
    public var cachedTokens = 0
    /// Tokens per second of each completion of at least 8 tokens; the mean is all tokens by all
    /// seconds.
    public var tokensPerSecond = StatsDistribution()
    /// Seconds from sending to the first token.
    public var timeToFirstToken = StatsDistribution()
    /// Seconds between one token and the next.
    public var interTokenLatency = StatsDistribution()
    /// Seconds from arrival to the answer.
    public var latency = StatsDistribution()
    /// Seconds from arrival to sending.
    public var queueTime = StatsDistribution()
    /// Seconds between the predicted start of a request and the real one.
    public var predictionError = StatsDistribution()
    /// Seconds that the daemon itself added.
    public var overhead = StatsDistribution()
    /// Where the time of each request went.
    public var overheadParts = StatsOverheadParts()
    /// For each kind of error that occurred, how often.
    public var errors: [String: Int] = [:]

    /// That nothing happened.
    public init() {}

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        requests = try members.counts("requests")
        let tokens = try members.counts("tokens")
        promptTokens = tokens["prompt"] ?? 0
        completionTokens = tokens["completion"] ?? 0
        cachedTokens = tokens["cached"] ?? 0
        for measure in Self.measures {
            self[keyPath: measure.path] = try measure.read(members)
        }
        overheadParts = try members.readIfPresent("overhead_parts") ?? StatsOverheadParts()
        errors = try members.counts("errors")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        writeMembers(of: &object, to: &out)
        object.end(&out)
    }

    /// Appends the members, since the whole has more of them than a part.
    func writeMembers(of object: inout ObjectWriter, to out: inout ByteBuffer) {
        let counts = Self.outcomes.map { ($0, requests[$0] ?? 0) }
        object.add("requests", counts: counts, to: &out)
        let tokens = [
            ("prompt", promptTokens), ("completion", completionTokens), ("cached", cachedTokens),
        ]
        object.add("tokens", counts: tokens, to: &out)
        for measure in Self.measures {
            object.add(measure.name, self[keyPath: measure.path], to: &out)
        }
        object.add("overhead_parts", overheadParts, to: &out)
        let errors = errors.sorted { $0.key < $1.key }
        object.add("errors", counts: errors.map { ($0.key, $0.value) }, to: &out)
    }

    /// What is told as a distribution, in the order in which it is told.
    package static let measures: [StatsMeasure<StatsFigures>] = [
        StatsMeasure(
            "tokens_per_second", \.tokensPerSecond,
            """
            Tokens per second of each completion of at least 8 tokens; `mean` is all tokens by all \
            seconds.
            """),
        StatsMeasure(
            "time_to_first_token", \.timeToFirstToken,
            "Seconds from sending to the first token."),
        StatsMeasure(
            "inter_token_latency", \.interTokenLatency,
            "Seconds between one token and the next."),
        StatsMeasure("latency", \.latency, "Seconds from arrival to the answer."),
        StatsMeasure("queue_time", \.queueTime, "Seconds from arrival to sending."),
        StatsMeasure(
            "prediction_error", \.predictionError,
            "Seconds between the predicted start of a request and the real one."),
        StatsMeasure(
            "overhead", \.overhead,
            "Seconds that the daemon itself added: `parse`, `connect` and `relay`."),
    ]

    private static let outcomes = ["total", "succeeded", "failed", "cancelled", "rejected"]
}

extension Schema {
    static let statsScope = Schema(
        "StatsScope",
        #"""
        {"type": "object", "description": "What happened to one backend, model or client.",
         "required": ["requests", "tokens", "@measures", "overhead_parts", "errors"],
         "properties": {
          "requests": {"$ref": "#/components/schemas/RequestCounts"},
          "in_flight": {"type": "integer", "minimum": 0, "description": "Running now."},
          "queued": {"type": "integer", "minimum": 0, "description": "Waiting now."},
          "tokens": {"$ref": "#/components/schemas/TokenCounts"},
          "@measures": {},
          "overhead_parts": {"$ref": "#/components/schemas/OverheadParts"},
          "errors": {"$ref": "#/components/schemas/ErrorCounts"}}}
        """#, { StatsFigures.measures }, explained: false)

    static let requestCounts = Schema(
        "RequestCounts",
        #"""
        {"type": "object", "description": "Requests that ended; each counts once.",
         "required": ["total", "succeeded", "failed", "cancelled", "rejected"], "properties": {
          "total": {"type": "integer", "minimum": 0, "description": "All of them."},
          "succeeded": {"type": "integer", "minimum": 0, "description": "Answered with a result."},
          "failed": {"type": "integer", "minimum": 0, "description": "Sent to a backend, in vain."},
          "cancelled": {"type": "integer", "minimum": 0, "description": "Cancelled by the client."},
          "rejected": {"type": "integer", "minimum": 0,
            "description": "Refused without asking a backend."}}}
        """#)

    static let tokenCounts = Schema(
        "TokenCounts",
        #"""
        {"type": "object", "description": "Tokens.", "required": ["prompt", "completion", "cached"],
         "properties": {
          "prompt": {"type": "integer", "minimum": 0, "description": "Tokens read."},
          "completion": {"type": "integer", "minimum": 0, "description": "Tokens produced."},
          "cached": {"type": "integer", "minimum": 0,
            "description": "Those read that the backend still had in its cache."}}}
        """#)

    static let errorCounts = Schema(
        "ErrorCounts",
        #"""
        {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0},
         "description": "For each kind of error that occurred, how often."}
        """#)
}
