import CrowdModelsProtocol

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
