/// Where a request's time went, in the order in which it passes: seconds of each part.
public struct StatsOverheadParts: Equatable, Sendable, JSONReadable {
    /// From the read that brought it to its admission.
    public var parse = StatsDistribution()
    /// Until its turn.
    public var queue = StatsDistribution()
    /// Until it was sent.
    public var connect = StatsDistribution()
    /// Until the backend had answered.
    public var backend = StatsDistribution()
    /// Until the answer was written.
    public var relay = StatsDistribution()

    /// That nothing was measured.
    public init() {}

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        parse = try members.read("parse")
        queue = try members.read("queue")
        connect = try members.read("connect")
        backend = try members.read("backend")
        relay = try members.read("relay")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        out.append("{\"parse\":")
        parse.write(to: &out)
        out.append(",\"queue\":")
        queue.write(to: &out)
        out.append(",\"connect\":")
        connect.write(to: &out)
        out.append(",\"backend\":")
        backend.write(to: &out)
        out.append(",\"relay\":")
        relay.write(to: &out)
        out.append("}")
    }
}

extension Schema {
    static let overheadParts = Schema(
        "OverheadParts",
        #"""
        {"type": "object", "description": "Where requests spent their time, part by part.",
         "required": ["parse", "queue", "connect", "backend", "relay"], "properties": {
          "parse": {"$ref": "#/components/schemas/Distribution",
            "description": "Seconds from the read that brought it to its admission."},
          "queue": {"$ref": "#/components/schemas/Distribution",
            "description": "Seconds until its turn."},
          "connect": {"$ref": "#/components/schemas/Distribution",
            "description": "Seconds until it was sent."},
          "backend": {"$ref": "#/components/schemas/Distribution",
            "description": "Seconds until the backend had answered."},
          "relay": {"$ref": "#/components/schemas/Distribution",
            "description": "Seconds until the answer was written."}}}
        """#)
}
