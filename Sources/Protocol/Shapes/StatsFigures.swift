/// What happened to all requests, or to those of one backend, model or client.
public struct StatsFigures: Equatable, Sendable, JSONReadable {
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
        tokensPerSecond = try members.read("tokens_per_second")
        timeToFirstToken = try members.read("time_to_first_token")
        interTokenLatency = try members.read("inter_token_latency")
        latency = try members.read("latency")
        queueTime = try members.read("queue_time")
        predictionError = try members.readIfPresent("prediction_error") ?? StatsDistribution()
        overhead = try members.read("overhead")
        overheadParts = try members.readIfPresent("overhead_parts") ?? StatsOverheadParts()
        errors = try members.counts("errors")
    }

    /// Appends the members, since the whole has more of them than a part.
    public func writeMembers(to out: inout ByteBuffer) {
        out.append("\"requests\":{")
        for (index, name) in Self.outcomes.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.append(string: name)
            out.append(UInt8(ascii: ":"))
            out.append(decimal: requests[name] ?? 0)
        }
        out.append("},\"tokens\":{\"prompt\":")
        out.append(decimal: promptTokens)
        out.append(",\"completion\":")
        out.append(decimal: completionTokens)
        out.append(",\"cached\":")
        out.append(decimal: cachedTokens)
        out.append("},\"tokens_per_second\":")
        tokensPerSecond.write(to: &out)
        out.append(",\"time_to_first_token\":")
        timeToFirstToken.write(to: &out)
        out.append(",\"inter_token_latency\":")
        interTokenLatency.write(to: &out)
        out.append(",\"latency\":")
        latency.write(to: &out)
        out.append(",\"queue_time\":")
        queueTime.write(to: &out)
        out.append(",\"prediction_error\":")
        predictionError.write(to: &out)
        out.append(",\"overhead\":")
        overhead.write(to: &out)
        out.append(",\"overhead_parts\":")
        overheadParts.write(to: &out)
        out.append(",\"errors\":{")
        for (index, error) in errors.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.append(string: error.key)
            out.append(UInt8(ascii: ":"))
            out.append(decimal: error.value)
        }
        out.append("}")
    }

    private static let outcomes = ["total", "succeeded", "failed", "cancelled", "rejected"]
}

extension Schema {
    static let statsScope = Schema(
        "StatsScope",
        #"""
        {"type": "object", "description": "What happened to one backend, model or client.",
         "required": ["requests", "tokens", "tokens_per_second", "time_to_first_token",
          "inter_token_latency", "latency", "queue_time", "prediction_error", "overhead",
          "overhead_parts", "errors"],
         "properties": {
          "requests": {"$ref": "#/components/schemas/RequestCounts"},
          "in_flight": {"type": "integer", "minimum": 0, "description": "Running now."},
          "queued": {"type": "integer", "minimum": 0, "description": "Waiting now."},
          "tokens": {"$ref": "#/components/schemas/TokenCounts"},
          "tokens_per_second": {"$ref": "#/components/schemas/Distribution"},
          "time_to_first_token": {"$ref": "#/components/schemas/Distribution"},
          "inter_token_latency": {"$ref": "#/components/schemas/Distribution"},
          "latency": {"$ref": "#/components/schemas/Distribution"},
          "queue_time": {"$ref": "#/components/schemas/Distribution"},
          "prediction_error": {"$ref": "#/components/schemas/Distribution"},
          "overhead": {"$ref": "#/components/schemas/Distribution"},
          "overhead_parts": {"$ref": "#/components/schemas/OverheadParts"},
          "errors": {"$ref": "#/components/schemas/ErrorCounts"}}}
        """#)

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
