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
        var object = ObjectWriter(&out)
        object.add("subscription", subscription, to: &out)
        object.add("seq", sequence, to: &out)
        object.add("topic", topic, to: &out)
        object.add("data", json: data, to: &out)
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

    static let modelChange = Schema(
        "ModelChange",
        #"""
        {"type": "object", "description": "A change of a model.", "required": ["kind", "model"],
         "properties": {
          "kind": {"type": "string", "enum": ["added", "changed", "removed"],
            "description": "What happened."},
          "model": {"$ref": "#/components/schemas/Model",
            "description": "The model now, or as it was when it went."}}}
        """#)

    static let backendChange = Schema(
        "BackendChange",
        #"""
        {"type": "object", "description": "A change of a backend.",
         "required": ["kind", "backend"], "properties": {
          "kind": {"type": "string", "enum": ["added", "changed", "removed"],
            "description": "What happened."},
          "backend": {"$ref": "#/components/schemas/Backend",
            "description": "The backend now, or as it was when it went."}}}
        """#)

    static let requestChange = Schema(
        "RequestChange",
        #"""
        {"type": "object", "description": "A change of a request.",
         "required": ["kind", "request"], "properties": {
          "kind": {"type": "string", "enum": ["added", "changed", "removed"],
            "description": "What happened; `removed`: it was answered."},
          "request": {"$ref": "#/components/schemas/Request",
            "description": "The request now, or as it was when it went."}}}
        """#)
}
