import CrowdModelsProtocol

extension ByteBuffer {
    /// Appends one whole answer line: the id as it came (none: `null`) and the result that `write`
    /// appends.
    @inline(__always)
    mutating func append(
        answerTo id: Span<UInt8>, result write: (inout ByteBuffer) -> Void
    ) {
        append("{\"jsonrpc\":\"2.0\",\"id\":")
        append(id: id)
        append(",\"result\":")
        write(&self)
        append(UInt8(ascii: "}"))
    }

    /// Appends one whole error answer.
    mutating func append(answerTo id: Span<UInt8>, fault: Fault) {
        append("{\"jsonrpc\":\"2.0\",\"id\":")
        append(id: id)
        append(",\"error\":")
        fault.write(to: &self)
        append(UInt8(ascii: "}"))
    }

    /// Appends a notification whose params `write` appends.
    @inline(__always)
    mutating func append(
        notification method: StaticString, params write: (inout ByteBuffer) -> Void
    ) {
        append("{\"jsonrpc\":\"2.0\",\"method\":\"")
        append(method)
        append("\",\"params\":")
        write(&self)
        append("}\n")
    }

    @inline(__always)
    private mutating func append(id: Span<UInt8>) {
        if id.isEmpty { append("null") } else { append(id) }
    }
}

/// Ids of requests, which are the same if their number tokens are, or their unescaped strings.
enum RequestID {
    /// The id's bytes such that two ids are the same exactly if these are.
    static func canonical(_ token: Span<UInt8>) -> [UInt8] {
        guard !token.isEmpty, token[0] == UInt8(ascii: "\""), JSONText.hasEscape(token) else {
            return unsafe token.withUnsafeBufferPointer { unsafe Array($0) }
        }
        var plain = ByteBuffer()
        plain.append(string: JSONText.string(token))
        return unsafe plain.span.withUnsafeBufferPointer { unsafe Array($0) }
    }

    /// Whether it is `null`, which every request may have at once.
    static func isNull(_ token: Span<UInt8>) -> Bool {
        !token.isEmpty && token[0] == UInt8(ascii: "n")
    }
}
