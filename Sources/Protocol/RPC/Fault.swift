/// A request that cannot be answered with a result: code, sentence and what else there is to know.
public struct Fault: Error, Equatable, Sendable {
    /// What went wrong.
    public var code: ErrorCode
    /// What happened, where, and what to do about it. Never a key.
    public var message: String
    /// Members of `error.data` besides `kind` and `retryable`.
    public var data: JSONObject
    /// Whether the same request may succeed later, where that differs from the code's own word.
    public var retryable: Bool

    /// A fault of that code.
    public init(
        _ code: ErrorCode, _ message: String, data: JSONObject = JSONObject(),
        retryable: Bool? = nil
    ) {
        self.code = code
        self.message = message
        self.data = data
        self.retryable = retryable ?? code.retryable
    }

    /// A line or batch that exceeds a limit before it is understood: -32600 with the limit's name.
    public static func unread(limit: String, _ message: String) -> Fault {
        Fault(.invalidRequest, message, data: ["kind": "limit_exceeded", "limit": .string(limit)])
    }

    /// Appends the `error` member's value.
    public func write(to buffer: inout ByteBuffer) {
        buffer.append("{\"code\":")
        buffer.append(decimal: code.code)
        buffer.append(",\"message\":")
        buffer.append(string: message)
        buffer.append(",\"data\":{\"kind\":")
        buffer.append(string: data["kind"]?.stringValue ?? code.kind)
        buffer.append(",\"retryable\":")
        buffer.append(bool: retryable)
        for member in data.members where member.name != "kind" {
            buffer.append(UInt8(ascii: ","))
            buffer.append(string: member.name)
            buffer.append(UInt8(ascii: ":"))
            member.value.write(to: &buffer)
        }
        buffer.append("}}")
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// An object of these members, in this order.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init()
        for (name, value) in elements { append(name, value) }
    }
}
