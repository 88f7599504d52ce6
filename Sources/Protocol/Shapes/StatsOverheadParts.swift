/// Where a request's time went, in the order in which it passes: seconds of each part.
public struct StatsOverheadParts: Equatable, Sendable, JSONReadable, JSONWritable {
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
        for measure in Self.measures {
            self[keyPath: measure.path] = try measure.read(members)
        }
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        for measure in Self.measures {
            object.add(measure.name, self[keyPath: measure.path], to: &out)
        }
        object.end(&out)
    }

    /// In the order in which a request passes them.
    package static let measures: [StatsMeasure<StatsOverheadParts>] = [
        StatsMeasure("parse", \.parse, "Seconds from the read that brought it to its admission."),
        StatsMeasure("queue", \.queue, "Seconds until its turn."),
        StatsMeasure("connect", \.connect, "Seconds until it was sent."),
        StatsMeasure("backend", \.backend, "Seconds until the backend had answered."),
        StatsMeasure("relay", \.relay, "Seconds until the answer was written."),
    ]
}

extension Schema {
    static let overheadParts = Schema(
        "OverheadParts",
        #"""
        {"type": "object", "description": "Where requests spent their time, part by part.",
         "required": ["@measures"], "properties": {"@measures": {}}}
        """#, { StatsOverheadParts.measures })
}
