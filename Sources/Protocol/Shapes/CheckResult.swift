/// That a call would be accepted: what `check` answers.
public struct CheckResult: Equatable, Sendable, JSONReadable, JSONWritable {
    /// A call that would not be is answered with its error.
    public init() {}

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        guard try members.bool("valid") else {
            throw ShapeError("\(members.place).valid", "is false")
        }
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("valid", true, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let checkResult = Schema(
        "CheckResult",
        #"""
        {"type": "object", "description": "The call would be accepted.", "required": ["valid"],
         "properties": {"valid": {"const": true,
          "description": "Always true; a call that would be refused is answered with its error."}}}
        """#)
}
