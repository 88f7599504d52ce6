/// How the values of one measure are distributed; percentiles are true within 2 %.
public struct StatsDistribution: Equatable, Sendable, JSONReadable, JSONWritable {
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

    /// That nothing was measured.
    public init() {
        count = 0
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        count = try members.integer("count")
        mean = try members.numberIfPresent("mean")
        p50 = try members.numberIfPresent("p50")
        p90 = try members.numberIfPresent("p90")
        p99 = try members.numberIfPresent("p99")
        max = try members.numberIfPresent("max")
    }

    /// Appends the object; one without values has nothing but its count.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("count", count, to: &out)
        object.add("mean", mean, to: &out)
        object.add("p50", p50, to: &out)
        object.add("p90", p90, to: &out)
        object.add("p99", p99, to: &out)
        object.add("max", max, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let distribution = Schema(
        "Distribution",
        #"""
        {"type": "object", "required": ["count"],
         "description": "Seconds or tokens per second; percentiles are true within 2 %.",
         "properties": {
          "count": {"type": "integer", "minimum": 0, "description": "How many values."},
          "mean": {"type": "number", "description": "Their mean."},
          "p50": {"type": "number", "description": "Half are no larger."},
          "p90": {"type": "number", "description": "Nine in ten are no larger."},
          "p99": {"type": "number", "description": "99 in a hundred are no larger."},
          "max": {"type": "number", "description": "The largest."}}}
        """#)
}
