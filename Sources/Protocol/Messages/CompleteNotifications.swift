/// A piece of a streamed completion: the params of `complete.delta`.
public struct CompleteDelta: Equatable, Sendable, JSONReadable {
    /// A piece of a tool call.
    public struct ToolCall: Equatable, Sendable, JSONReadable {
        /// Which call it belongs to, from 0.
        public var index: Int
        /// The call's id, in its first piece.
        public var id: String?
        /// The function's name, in its first piece.
        public var name: String?
        /// Text to append to its arguments.
        public var arguments: String?

        /// Reads the members of an object.
        public init(_ members: MemberReader) throws(ShapeError) {
            index = try members.integer("index")
            id = try members.stringIfPresent("id")
            let function = try MemberReader(
                members["function"] ?? [:], at: "\(members.place).function")
            name = try function.stringIfPresent("name")
            arguments = try function.stringIfPresent("arguments")
        }
    }

    /// The id of the request.
    public var id: JSONValue
    /// Counts the pieces from 0.
    public var sequence: Int
    /// Text to append.
    public var content: String?
    /// Reasoning to append.
    public var reasoning: String?
    /// Refusal to append.
    public var refusal: String?
    /// Pieces of tool calls.
    public var toolCalls: [ToolCall]

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        id = members["id"] ?? .null
        sequence = try members.integer("seq")
        content = try members.stringIfPresent("content")
        reasoning = try members.stringIfPresent("reasoning")
        refusal = try members.stringIfPresent("refusal")
        toolCalls = try members.readAll("tool_calls")
    }
}

/// Where a running completion stands: the params of `complete.progress`.
public struct CompleteProgress: Equatable, Sendable, JSONReadable {
    /// The id of the request.
    public var id: JSONValue
    /// What it waits for, or does: `queued`, `connecting`, `loading`, `prompt` or `generating`.
    public var phase: String
    /// Its place in the backend's queue, from 1.
    public var position: Int?
    /// How much of the phase is done, 0 to 1.
    public var progress: Double?
    /// The backend it waits for or runs on.
    public var backend: String?
    /// Milliseconds that the phase is expected to take still.
    public var etaMilliseconds: Int?

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        id = members["id"] ?? .null
        phase = try members.string("phase")
        position = try members.integerIfPresent("position")
        progress = try members.numberIfPresent("progress")
        backend = try members.stringIfPresent("backend")
        etaMilliseconds = try members.integerIfPresent("eta_ms")
    }
}

/// What a subscription has to tell: the params of `event`.
public struct SubscriptionEvent: Equatable, Sendable, JSONReadable {
    /// What `subscribe` answered.
    public var subscription: String
    /// Counts the subscription's events from 0.
    public var sequence: Int
    /// `models`, `backends`, `requests`, `stats` or `log`.
    public var topic: String
    /// An object with `snapshot`, `change` or `ended`.
    public var data: JSONValue

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        subscription = try members.string("subscription")
        sequence = try members.integer("seq")
        topic = try members.string("topic")
        data = members["data"] ?? [:]
    }
}
