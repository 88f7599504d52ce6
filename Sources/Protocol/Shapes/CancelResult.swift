/// What `cancel` and `requests.cancel` answer.
public struct CancelResult: Equatable, Sendable, JSONReadable, JSONWritable {
    /// Whether such a request was queued or running.
    public var isCancelled: Bool

    /// Whether there was something to cancel.
    public init(isCancelled: Bool) {
        self.isCancelled = isCancelled
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        isCancelled = try members.bool("cancelled")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("cancelled", isCancelled, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let cancelResult = Schema(
        "CancelResult",
        #"""
        {"type": "object", "description": "Whether there was something to cancel.",
         "required": ["cancelled"], "properties": {"cancelled": {"type": "boolean",
          "description": "False where no such request was queued or running."}}}
        """#)
}
