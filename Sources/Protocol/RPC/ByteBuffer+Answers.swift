extension ByteBuffer {
    /// Appends one whole answer: the id as it came (none: `null`) and the result that `write`
    /// appends.
    @inlinable @inline(__always)
    package mutating func append(
        answerTo id: Span<UInt8>, result write: (inout ByteBuffer) -> Void
    ) {
        append("{\"jsonrpc\":\"2.0\",\"id\":")
        append(id: id)
        append(",\"result\":")
        write(&self)
        append(UInt8(ascii: "}"))
    }

    /// Appends one whole error answer.
    package mutating func append(answerTo id: Span<UInt8>, fault: Fault) {
        append("{\"jsonrpc\":\"2.0\",\"id\":")
        append(id: id)
        append(",\"error\":")
        fault.write(to: &self)
        append(UInt8(ascii: "}"))
    }

    /// Appends a notification, whose params `write` appends, and its line's end.
    @inlinable @inline(__always)
    package mutating func append(
        notification method: StaticString, params write: (inout ByteBuffer) -> Void
    ) {
        append("{\"jsonrpc\":\"2.0\",\"method\":\"")
        append(method)
        append("\",\"params\":")
        write(&self)
        append("}\n")
    }

    @inlinable @inline(__always)
    mutating func append(id: Span<UInt8>) {
        if id.isEmpty { append("null") } else { append(id) }
    }
}
