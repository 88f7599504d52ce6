import CrowdModelsProtocol

/// Whether a text looks like a call that the server failed to read as one.
package enum ToolCallInText {
    /// Marks with which models begin a call in their text.
    private static let marks = ["<tool_call>", "[TOOL_CALLS]", "<function=", "<|python_tag|>"]

    /// Bytes of a text that are read as one object: a call is short.
    private static let objectBytesMax = 64 * 1024

    /// Whether there is one in the letters of an answer.
    ///
    /// - Parameter tools: the `tools` of the request, a JSON array.
    package static func isIn(_ content: String, tools: Span<UInt8>) -> Bool {
        if content.isEmpty { return false }
        if marks.contains(where: { content.contains($0) }) { return true }
        guard content.utf8.count <= objectBytesMax,
            content.utf8.first(where: { !isSpace($0) }) == UInt8(ascii: "{"),
            let call = try? JSONValue(parsing: content), let name = call["name"]?.stringValue,
            call["arguments"] != nil
        else { return false }
        var isGiven = false
        var reader = JSONElementReader(from: 0)
        while let tool = (try? reader.next(in: tools)) ?? nil {
            let place = JSONPlace(range: tool)
            let function = place.member("function", tools) ?? place
            if function.member("name", tools)?.name(tools) == name { isGiven = true }
        }
        return isGiven
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
