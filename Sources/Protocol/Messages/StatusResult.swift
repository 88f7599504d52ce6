/// What the daemon is and how it fares.
public struct StatusResult: Sendable, JSONReadable {
    /// `crowd-models-executor`.
    public var name: String
    /// Its version.
    public var version: String
    /// Its process id.
    public var pid: Int
    /// Seconds since it started.
    public var uptimeSeconds: Double
    /// The path it listens on.
    public var socket: String
    /// The configuration file it read; nil for none.
    public var config: String?
    /// Requests running.
    public var inFlight: Int
    /// Requests waiting.
    public var queued: Int
    /// Clients connected, this one included.
    public var connections: Int
    /// The limits in force by name, in the units of config.toml.
    public var limits: [(name: String, value: Double)]
    /// How many backends are in each state.
    public var backends: [String: Int]

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        name = try members.string("name")
        version = try members.string("version")
        pid = try members.integer("pid")
        uptimeSeconds = try members.number("uptime_seconds")
        socket = try members.string("socket")
        config = try members.stringIfPresent("config").flatMap { $0.isEmpty ? nil : $0 }
        inFlight = try members.integer("in_flight")
        queued = try members.integer("queued")
        connections = try members.integer("connections")
        let limits = try MemberReader(members["limits"] ?? [:], at: "\(members.place).limits")
        self.limits = []
        for member in limits.object.members {
            self.limits.append((member.name, try limits.number(member.name)))
        }
        backends = try members.counts("backends")
    }
}
