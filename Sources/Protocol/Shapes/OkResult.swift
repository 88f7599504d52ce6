/// That something is done, or begun: what `ping` and `shutdown` answer.
public struct OkResult: Equatable, Sendable, JSONReadable, JSONWritable {
    /// There is nothing else to say.
    public init() {}

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        guard try members.bool("ok") else { throw ShapeError("\(members.place).ok", "is false") }
    }

    /// Appends the object.
    @inlinable public func write(to out: inout ByteBuffer) {
        out.append("{\"ok\":true}")
    }
}

extension Schema {
    static let okResult = Schema(
        "Ok",
        #"""
        {"type": "object", "description": "It is done, or begun.", "required": ["ok"],
         "properties": {"ok": {"const": true, "description": "Always true."}}}
        """#)

    static let pong = Schema(
        "Pong",
        #"""
        {"type": "object", "description": "The daemon is there.", "required": ["ok"],
         "properties": {"ok": {"const": true, "description": "Always true."}}}
        """#)
}
