/// What a subscription has to tell: the params of `event`.
public struct SubscriptionEvent: Equatable, Sendable, JSONReadable, JSONWritable {
    /// What `subscribe` answered.
    public var subscription: String
    /// Counts the subscription's events from 0.
    public var sequence: Int
    /// `models`, `backends`, `requests`, `stats` or `log`.
    public var topic: String
    /// An object with `snapshot`, `change` or `ended`.
    public var data: JSONValue

    /// An event of that subscription.
    public init(subscription: String, sequence: Int, topic: String, data: JSONValue) {
        self.subscription = subscription
        self.sequence = sequence
        self.topic = topic
        self.data = data
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        subscription = try members.string("subscription")
        sequence = try members.integer("seq")
        topic = try members.string("topic")
        data = members["data"] ?? [:]
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        Self.write(subscription: subscription, sequence: sequence, topic: topic, to: &out) {
            data.write(to: &$0)
        }
    }

    /// Appends the object; `data` appends that member, of which a daemon has the inside.
    private static func write(
        subscription: String, sequence: Int, topic: String, to out: inout ByteBuffer,
        data: (inout ByteBuffer) -> Void
    ) {
        var object = ObjectWriter(&out)
        object.add("subscription", subscription, to: &out)
        object.add("seq", sequence, to: &out)
        object.add("topic", topic, to: &out)
        object.name("data", to: &out)
        data(&out)
        object.end(&out)
    }
}

extension SubscriptionEvent {
    /// What an event says.
    package enum News: Equatable, Sendable {
        /// How things stand: what the list method answers.
        case snapshot
        /// What became of one of them.
        case change
        /// Why the subscription is over.
        case ended
    }

    /// Appends the event; `write` appends what there is to say.
    package static func write(
        _ news: News, subscription: String, sequence: Int, topic: String,
        to out: inout ByteBuffer, _ write: (inout ByteBuffer) -> Void
    ) {
        Self.write(subscription: subscription, sequence: sequence, topic: topic, to: &out) { out in
            var data = ObjectWriter(&out)
            switch news {
            case .snapshot: data.name("snapshot", to: &out)
            case .change: data.name("change", to: &out)
            case .ended: data.name("ended", to: &out)
            }
            write(&out)
            data.end(&out)
        }
    }
}

/// Why a subscription is over that its client did not end.
public struct SubscriptionEnd: Equatable, Sendable, JSONReadable, JSONWritable {
    /// What happened and what to do.
    public var reason: String
    /// The limit that was exceeded.
    public var limit: String?

    /// An end for that reason.
    public init(reason: String, limit: String?) {
        self.reason = reason
        self.limit = limit
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        reason = try members.string("reason")
        limit = try members.stringIfPresent("limit")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("reason", reason, to: &out)
        object.add("limit", limit, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let event = Schema(
        "Event",
        #"""
        {"type": "object", "description": "What a subscription has to tell.",
         "required": ["subscription", "seq", "topic", "data"], "properties": {
          "subscription": {"type": "string", "description": "What `subscribe` answered."},
          "seq": {"type": "integer", "minimum": 0,
            "description": "Counts the subscription's events from 0."},
          "topic": {"type": "string", "enum": ["models", "backends", "requests", "stats", "log"],
            "description": "What it is about."},
          "data": {"description": "First a `snapshot` of each topic, then each `change`.",
            "anyOf": [
            {"type": "object", "description": "How things stand: what the list method answers.",
             "required": ["snapshot"], "properties": {"snapshot": {"anyOf": [
              {"$ref": "#/components/schemas/ModelsResult"},
              {"$ref": "#/components/schemas/BackendsResult"},
              {"$ref": "#/components/schemas/RequestsResult"},
              {"$ref": "#/components/schemas/StatsResult"},
              {"$ref": "#/components/schemas/LogLines"}]}}},
            {"type": "object", "description": "What became of one of them.",
             "required": ["change"], "properties": {"change": {"anyOf": [
              {"$ref": "#/components/schemas/ModelChange"},
              {"$ref": "#/components/schemas/BackendChange"},
              {"$ref": "#/components/schemas/RequestChange"},
              {"$ref": "#/components/schemas/StatsResult"},
              {"$ref": "#/components/schemas/LogLine"}]}}},
            {"type": "object", "description": "The last event: the subscription is over.",
             "required": ["ended"], "properties": {"ended": {"type": "object",
              "description": "Why, when the client did not ask for it.", "required": ["reason"],
              "properties": {
              "reason": {"type": "string", "description": "What happened and what to do."},
              "limit": {"type": "string", "description": "The limit that was exceeded."}}}}}]}}}
        """#)
}
