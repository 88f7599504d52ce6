extension OpenRPC {
    static func writeNotifications(to buffer: inout ByteBuffer) {
        buffer.append("{")
        for (index, notification) in ServerNotification.allCases.enumerated() {
            buffer.append(index > 0 ? ",\"" : "\"")
            buffer.append(notification.name)
            buffer.append(#"":{"summary":"#)
            buffer.append(string: notification.summary)
            buffer.append(#","params":"#)
            buffer.append(referenceTo: notification.params.name)
            buffer.append(#","example":"#)
            buffer.append(compact: notification.example)
            buffer.append("}")
        }
        buffer.append("}")
    }

    static func writeErrors(to buffer: inout ByteBuffer) {
        buffer.append("[")
        for (index, error) in ErrorCode.all.enumerated() {
            buffer.append(index > 0 ? #",{"code":"# : #"{"code":"#)
            buffer.append(decimal: error.code)
            buffer.append(#","kind":"#)
            buffer.append(string: error.kind)
            buffer.append(#","message":"#)
            buffer.append(string: error.summary)
            buffer.append(#","retryable":"#)
            buffer.append(bool: error.retryable)
            buffer.append(#","data":"#)
            error.writeDataSchema(to: &buffer)
            buffer.append("}")
        }
        buffer.append("]")
    }
}

extension ErrorCode {
    /// Appends the JSON Schema of `error.data` for this code.
    public func writeDataSchema(to buffer: inout ByteBuffer) {
        buffer.append(#"{"type":"object","required":["kind","retryable"],"properties":{"#)
        buffer.append(#""kind":{"type":"string"},"retryable":{"type":"boolean"},"#)
        buffer.append(#""backend_message":{"type":"string"}"#)
        for member in data {
            buffer.append(",")
            buffer.append(string: member.name)
            buffer.append(":")
            buffer.append(member.type.schemaStart)
            buffer.append(#","description":"#)
            buffer.append(string: member.summary)
            buffer.append("}")
        }
        buffer.append("}}")
    }
}

extension FaultMemberType {
    fileprivate var schemaStart: StaticString {
        switch self {
        case .string: #"{"type":"string""#
        case .integer: #"{"type":"integer""#
        case .number: #"{"type":"number""#
        case .strings: #"{"type":"array","items":{"type":"string"}"#
        case .identifier: #"{"type":["string","number","null"]"#
        }
    }
}

extension Schema {
    /// The schema as a tree.
    public var value: JSONValue {
        var text = ByteBuffer()
        text.append(schema: self)
        guard let value = try? JSONValue(parsing: text.span) else {
            preconditionFailure("a schema is no JSON")
        }
        return value
    }

    /// What it describes, one sentence.
    public var summary: String { value["description"]?.stringValue ?? "" }
}

extension JSONValue {
    /// The value of a literal of this library, which a test has seen to be JSON.
    init(literal: StaticString) {
        let bytes = unsafe Span(_unsafeStart: literal.utf8Start, count: literal.utf8CodeUnitCount)
        guard let value = try? JSONValue(parsing: bytes) else {
            preconditionFailure("a literal is no JSON")
        }
        self = value
    }
}
