/// What the daemon is and how it fares.
///
/// Many properties: each is a member of the answer.
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
    /// Where it listens for HTTP by TCP; nil for nowhere.
    public var http: String?
    /// Why it does not, though it should.
    public var httpProblem: String?
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
        http = try members.stringIfPresent("http")
        httpProblem = try members.stringIfPresent("http_problem")
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
        object.add("http", http, to: &out)
        object.add("http_problem", httpProblem, to: &out)
        object.add("config", config, to: &out)
        object.add("in_flight", inFlight, to: &out)
        object.add("queued", queued, to: &out)
        object.add("connections", connections, to: &out)
        var limits = JSONObject()
        for limit in self.limits { limits.append(limit.name, .double(limit.value)) }
        object.add("limits", json: .object(limits), to: &out)
        let states = backends.sorted { $0.key < $1.key }
        object.add("backends", counts: states.map { ($0.key, $0.value) }, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let status = Schema(
        "Status",
        #"""
        {"type": "object", "description": "What the daemon is and how it fares.",
         "required": ["name", "version", "pid", "uptime_seconds", "socket", "in_flight", "queued",
          "connections", "limits", "backends"],
         "properties": {
          "name": {"type": "string", "description": "`crowd-models-executor`."},
          "version": {"type": "string", "description": "Its version."},
          "pid": {"type": "integer", "minimum": 1, "description": "Its process id."},
          "uptime_seconds": {"type": "number", "minimum": 0,
            "description": "Seconds since it started."},
          "socket": {"type": "string", "description": "The path it listens on."},
          "http": {"type": "string",
            "description": "Where it listens for HTTP by TCP; left out for nowhere."},
          "http_problem": {"type": "string",
            "description": "Why it does not, though `[http] listen` says so."},
          "config": {"type": "string",
            "description": "The configuration file it read; left out or empty for none."},
          "in_flight": {"type": "integer", "minimum": 0, "description": "Requests running."},
          "queued": {"type": "integer", "minimum": 0, "description": "Requests waiting."},
          "connections": {"type": "integer", "minimum": 0,
            "description": "Clients connected, this one included."},
          "limits": {"$ref": "#/components/schemas/Limits"},
          "backends": {"type": "object", "description": "How many backends are in each state.",
            "required": [], "properties": {
            "up": {"type": "integer", "minimum": 0, "description": "Answering."},
            "down": {"type": "integer", "minimum": 0, "description": "Not answering."},
            "auth_failed": {"type": "integer", "minimum": 0, "description": "Refusing the key."},
            "rate_limited": {"type": "integer", "minimum": 0, "description": "Asking to wait."},
            "probing": {"type": "integer", "minimum": 0, "description": "Not known yet."}}}}}
        """#)
}
