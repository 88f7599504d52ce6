/// What `subscribe` answers.
public struct SubscribeResult: Equatable, Sendable, JSONReadable, JSONWritable {
    /// Names it in its events and for `unsubscribe`.
    public var subscription: String

    /// A subscription of that name.
    public init(subscription: String) {
        self.subscription = subscription
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        subscription = try members.string("subscription")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("subscription", subscription, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let subscribeResult = Schema(
        "SubscribeResult",
        #"""
        {"type": "object", "description": "A new subscription.", "required": ["subscription"],
         "properties": {"subscription": {"type": "string",
          "description": "Names it in its events and for `unsubscribe`."}}}
        """#)
}
