/// What happened within a window of time.
public struct StatsResult: Sendable, JSONReadable {
    /// `1m`, `5m`, `15m`, `1h` or `total`.
    public var window: String
    /// Seconds since the daemon started.
    public var uptimeSeconds: Double
    /// Requests running now.
    public var inFlight: Int
    /// Requests waiting now.
    public var queued: Int
    /// All of it.
    public var all: StatsFigures
    /// The same by backend.
    public var backends: [(name: String, value: StatsFigures)]
    /// The same by model.
    public var models: [(name: String, value: StatsFigures)]
    /// The same by client, `uid:1000 TAG`.
    public var clients: [(name: String, value: StatsFigures)]
    /// The daemon itself.
    public var process: StatsProcess

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        window = try members.string("window")
        uptimeSeconds = try members.number("uptime_seconds")
        inFlight = try members.integer("in_flight")
        queued = try members.integer("queued")
        all = try StatsFigures(members)
        backends = try members.readNamed("backends")
        models = try members.readNamed("models")
        clients = try members.readNamed("clients")
        process = try members.read("process")
    }
}

/// What happened to all requests, or to those of one backend, model or client.
public struct StatsFigures: Equatable, Sendable, JSONReadable {
    /// Requests that ended: `total`, `succeeded`, `failed`, `cancelled`, `rejected`.
    public var requests: [String: Int]
    /// Tokens read.
    public var promptTokens: Int
    /// Tokens produced.
    public var completionTokens: Int
    /// Tokens per second of each completion.
    public var tokensPerSecond: StatsDistribution
    /// Seconds from sending to the first token.
    public var timeToFirstToken: StatsDistribution
    /// Seconds between one token and the next.
    public var interTokenLatency: StatsDistribution
    /// Seconds from arrival to the answer.
    public var latency: StatsDistribution
    /// Seconds from arrival to sending.
    public var queueTime: StatsDistribution
    /// Seconds that the daemon itself added.
    public var overhead: StatsDistribution
    /// For each kind of error that occurred, how often.
    public var errors: [String: Int]

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        requests = try members.counts("requests")
        let tokens = try members.counts("tokens")
        promptTokens = tokens["prompt"] ?? 0
        completionTokens = tokens["completion"] ?? 0
        tokensPerSecond = try members.read("tokens_per_second")
        timeToFirstToken = try members.read("time_to_first_token")
        interTokenLatency = try members.read("inter_token_latency")
        latency = try members.read("latency")
        queueTime = try members.read("queue_time")
        overhead = try members.read("overhead")
        errors = try members.counts("errors")
    }
}

/// How the values of one measure are distributed; percentiles are true within 2 %.
public struct StatsDistribution: Equatable, Sendable, JSONReadable {
    /// How many values; all else is nil for none.
    public var count: Int
    /// Their mean.
    public var mean: Double?
    /// Half are no larger.
    public var p50: Double?
    /// Nine in ten are no larger.
    public var p90: Double?
    /// 99 in a hundred are no larger.
    public var p99: Double?
    /// The largest.
    public var max: Double?

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        count = try members.integer("count")
        mean = try members.numberIfPresent("mean")
        p50 = try members.numberIfPresent("p50")
        p90 = try members.numberIfPresent("p90")
        p99 = try members.numberIfPresent("p99")
        max = try members.numberIfPresent("max")
    }
}

/// What the daemon itself costs.
public struct StatsProcess: Equatable, Sendable, JSONReadable {
    /// Memory it occupies, in bytes.
    public var residentBytes: Int
    /// Files and sockets it holds open.
    public var openFiles: Int
    /// Seconds that events waited for their turn.
    public var eventLoopDelay: StatsDistribution

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        residentBytes = try members.integer("resident_bytes")
        openFiles = try members.integer("open_files")
        eventLoopDelay = try members.read("event_loop_delay")
    }
}
