/// What the daemon is and how it fares.
public struct StatusResult: Sendable, JSONReadable, JSONWritable {
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

    /// A daemon without clients and backends, just started.
    public init(name: String, version: String, pid: Int, socket: String) {
        self.name = name
        self.version = version
        self.pid = pid
        uptimeSeconds = 0
        self.socket = socket
        inFlight = 0
        queued = 0
        connections = 0
        limits = []
        backends = [:]
    }

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

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("name", name, to: &out)
        object.add("version", version, to: &out)
        object.add("pid", pid, to: &out)
        object.add("uptime_seconds", uptimeSeconds, to: &out)
        object.add("socket", socket, to: &out)
        object.add("config", config, to: &out)
        object.add("in_flight", inFlight, to: &out)
        object.add("queued", queued, to: &out)
        object.add("connections", connections, to: &out)
        object.name("limits", to: &out)
        out.append(UInt8(ascii: "{"))
        for (index, limit) in limits.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.append(string: limit.name)
            out.append(UInt8(ascii: ":"))
            out.append(number: limit.value)
        }
        out.append(UInt8(ascii: "}"))
        object.add("backends", json: .object(states), to: &out)
        object.end(&out)
    }

    private var states: JSONObject {
        var states = JSONObject()
        for state in backends.sorted(by: { $0.key < $1.key }) {
            states.append(state.key, .integer(state.value))
        }
        return states
    }
}
