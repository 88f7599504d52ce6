/// What `unsubscribe` answers.
public struct UnsubscribeResult: Equatable, Sendable, JSONReadable, JSONWritable {
    /// Whether this connection had such a subscription.
    public var isEnded: Bool

    /// Whether there was something to end.
    public init(isEnded: Bool) {
        self.isEnded = isEnded
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        isEnded = try members.bool("unsubscribed")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("unsubscribed", isEnded, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let unsubscribeResult = Schema(
        "UnsubscribeResult",
        #"""
        {"type": "object", "description": "Whether there was something to end.",
         "required": ["unsubscribed"], "properties": {"unsubscribed": {"type": "boolean",
          "description": "False where this connection has no such subscription."}}}
        """#)
}
