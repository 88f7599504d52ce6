/// How a completion went; times in seconds. What neither was said nor could be measured is nil.
public struct CompleteStats: Equatable, Sendable, JSONReadable, JSONWritable {
    /// From the first token to the last.
    public var tokensPerSecond: Double?
    /// From sending to the first text, reasoning or tool call.
    public var timeToFirstToken: Double?
    /// What the backend spent producing.
    public var generationTime: Double?
    /// From arrival at the daemon to sending.
    public var queueTime: Double
    /// From arrival at the daemon to the answer.
    public var totalTime: Double
    /// The backend's own word for why it ended.
    public var stopReason: String?
    /// Who measured: `backend` or `measured`.
    public var source: String

    /// What is known of every completion.
    public init(queueTime: Double, totalTime: Double, source: String) {
        self.queueTime = queueTime
        self.totalTime = totalTime
        self.source = source
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        tokensPerSecond = try members.numberIfPresent("tokens_per_second")
        timeToFirstToken = try members.numberIfPresent("time_to_first_token")
        generationTime = try members.numberIfPresent("generation_time")
        queueTime = try members.number("queue_time")
        totalTime = try members.number("total_time")
        stopReason = try members.stringIfPresent("stop_reason")
        source = try members.string("source")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        write(speed: NumberText(), to: &out)
    }

    /// Appends the object with `speed`, if it is any, as what `tokensPerSecond` says.
    package func write(speed: NumberText, to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        if speed.isEmpty {
            object.add("tokens_per_second", tokensPerSecond, to: &out)
        } else {
            object.name("tokens_per_second", to: &out)
            speed.write(to: &out)
        }
        object.add("time_to_first_token", timeToFirstToken, to: &out)
        object.add("generation_time", generationTime, to: &out)
        object.add("queue_time", seconds: queueTime, to: &out)
        object.add("total_time", seconds: totalTime, to: &out)
        object.add("stop_reason", stopReason, to: &out)
        object.add("source", source, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let completionStats = Schema(
        "CompletionStats",
        #"""
        {"type": "object", "required": ["queue_time", "total_time", "source"],
         "description": "How it went. What neither was said nor could be measured is left out.",
         "properties": {
          "tokens_per_second": {"type": "number", "minimum": 0,
            "description": "Tokens per second, from the first token to the last."},
          "time_to_first_token": {"type": "number", "minimum": 0,
            "description": "Seconds from sending to the first text, reasoning or tool call."},
          "generation_time": {"type": "number", "minimum": 0,
            "description": "Seconds that the backend spent producing."},
          "queue_time": {"type": "number", "minimum": 0,
            "description": "Seconds from arrival at the daemon to sending."},
          "total_time": {"type": "number", "minimum": 0,
            "description": "Seconds from arrival at the daemon to the answer."},
          "stop_reason": {"type": "string",
            "description": "The backend's own word for why it ended, such as `eosFound`."},
          "source": {"type": "string", "enum": ["backend", "measured"],
            "description": "Who measured tokens_per_second, time_to_first_token and the like."}}}
        """#)
}
