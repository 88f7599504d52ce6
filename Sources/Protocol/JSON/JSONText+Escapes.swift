/// What a string's escapes stand for, found in place and without an allocation: a client may write
/// 8 MiB of them.
extension JSONText {
    /// Whether the string token reads `name`, escapes taken into account. It stops at the first
    /// difference, so that a hostile name costs no more than the known one is long.
    public static func string(_ token: Span<UInt8>, reads name: String) -> Bool {
        guard token.count >= 2 else { return false }
        return name.withBytes { name in
            let isSame = token.extracting(1..<token.count &- 1).isEqual(to: name)
            if isSame, !hasEscape(token) { return true }
            return unsafe name.withUnsafeBufferPointer { unsafe unescaped(token, equals: $0) }
        }
    }

    /// The same of a literal; only for a token that holds an escape.
    @usableFromInline
    static func unescaped(_ token: Span<UInt8>, equals literal: StaticString) -> Bool {
        guard token.count >= 2 else { return false }
        return literal.withUTF8Buffer { unsafe unescaped(token, equals: $0) }
    }

    private static func unescaped(
        _ token: Span<UInt8>, equals expected: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let end = token.count &- 1
        // No byte of a name takes more than the six of `\u0041`.
        if end > 1 &+ 6 &* expected.count { return false }
        var at = 1
        var matched = 0
        while at < end {
            if token[at] != UInt8(ascii: "\\") {
                guard matched < expected.count, unsafe expected[matched] == token[at]
                else { return false }
                at &+= 1
                matched &+= 1
                continue
            }
            var letter = UTF8Letter(escape(token, at: &at, end: end))
            while let byte = letter.next() {
                guard matched < expected.count, unsafe expected[matched] == byte
                else { return false }
                matched &+= 1
            }
        }
        return matched == expected.count
    }

    /// Whether two string tokens have the same characters; the first difference ends it.
    static func same(_ first: Span<UInt8>, _ second: Span<UInt8>) -> Bool {
        var at = 1
        var other = 1
        while at < first.count &- 1, other < second.count &- 1 {
            if scalarOrByte(first, &at) != scalarOrByte(second, &other) { return false }
        }
        return at >= first.count &- 1 && other >= second.count &- 1
    }

    /// The next character of a string token: decoded whole where it lies outside ASCII.
    private static func scalarOrByte(_ token: Span<UInt8>, _ at: inout Int) -> UInt32 {
        let end = token.count &- 1
        let byte = token[at]
        if byte == UInt8(ascii: "\\") { return escape(token, at: &at, end: end) }
        at &+= 1
        if byte < 0x80 { return UInt32(byte) }
        var scalar = UInt32(byte & (byte < 0xE0 ? 0x1F : byte < 0xF0 ? 0x0F : 0x07))
        while at < end, token[at] & 0xC0 == 0x80 {
            scalar = scalar << 6 | UInt32(token[at] & 0x3F)
            at &+= 1
        }
        return scalar
    }

    /// Whether the characters of the string token take at most `bytesMax` bytes of UTF-8. It looks
    /// at no more than six times as many.
    public static func string(_ token: Span<UInt8>, fitsIn bytesMax: Int) -> Bool {
        let end = token.count &- 1
        if end &- 1 <= bytesMax { return true }
        if end &- 1 > bytesMax &* 6 { return false }
        var at = 1
        var count = 0
        while at < end {
            if token[at] == UInt8(ascii: "\\") {
                count &+= UTF8Letter(escape(token, at: &at, end: end)).count
            } else {
                at &+= 1
                count &+= 1
            }
        }
        return count <= bytesMax
    }

    /// The characters of a string token as a message quotes them: of a long one the beginning.
    public static func quoted(_ token: Span<UInt8>) -> String {
        // Letters, each of which takes at least a byte.
        string(token, first: 4 * (String.quotedMax + 1)).shortened
    }

    /// The characters of a string token; of one whose characters may take more than `bytes` bytes,
    /// a beginning that takes more. It looks at no more than six times as many.
    public static func string(_ token: Span<UInt8>, first bytes: Int) -> String {
        // No byte takes more than the six of `\u0041`.
        let readMax = 6 * (bytes + 1)
        guard token.count > readMax + 2 else { return string(token) }
        var at = 1
        while at <= readMax {
            if token[at] == UInt8(ascii: "\\") {
                _ = escape(token, at: &at, end: token.count &- 1)
            } else {
                at &+= 1
            }
        }
        var plain = ByteBuffer(capacity: at)
        appendUnescaped(token.extracting(1..<min(at, token.count &- 1)), to: &plain)
        return plain.text
    }

    /// Appends the characters that the content of a string token (no quotes) stands for, as UTF-8.
    public static func appendUnescaped(_ content: Span<UInt8>, to buffer: inout ByteBuffer) {
        buffer.reserve(content.count)
        var at = 0
        while at < content.count {
            let start = at
            while at < content.count, content[at] != UInt8(ascii: "\\") { at &+= 1 }
            if at > start { buffer.append(content.extracting(start..<at)) }
            guard at < content.count else { return }
            var letter = UTF8Letter(escape(content, at: &at, end: content.count))
            while let byte = letter.next() { buffer.append(byte) }
        }
    }

    /// The scalar that the escape at `at` stands for; `at` is past it then, and past its other half
    /// where it is half a letter. Half a letter alone, which no valid token has, is U+FFFD.
    private static func escape(_ text: Span<UInt8>, at: inout Int, end: Int) -> UInt32 {
        guard at &+ 1 < end else {
            at = end
            return 0xFFFD
        }
        let byte = text[at &+ 1]
        at &+= 2
        switch byte {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"): break
        default: return UInt32(byte)
        }
        let unit = hexDigits(text, at: &at, end: end)
        guard unit & 0xF800 == 0xD800 else { return unit }
        guard unit & 0xFC00 == 0xD800, at &+ 6 <= end, text[at] == UInt8(ascii: "\\"),
            text[at &+ 1] == UInt8(ascii: "u")
        else { return 0xFFFD }
        var next = at &+ 2
        let low = hexDigits(text, at: &next, end: end)
        guard low & 0xFC00 == 0xDC00 else { return 0xFFFD }
        at = next
        return 0x10000 &+ (unit & 0x3FF) << 10 &+ (low & 0x3FF)
    }

    private static func hexDigits(_ text: Span<UInt8>, at: inout Int, end: Int) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard at < end else { return 0xFFFD }
            let byte = text[at]
            let digit = byte < 0x3A ? byte &- 0x30 : (byte | 0x20) &- 0x61 &+ 10
            unit = unit << 4 | UInt32(digit & 15)
            at &+= 1
        }
        return unit
    }
}

/// The bytes of one Unicode scalar in UTF-8, given out one after the other.
struct UTF8Letter {
    /// The bytes still to come, the next one lowest.
    private var bytes: UInt32
    /// How many are still to come.
    private(set) var count: Int

    init(_ scalar: UInt32) {
        switch scalar {
        case 0..<0x80:
            bytes = scalar
            count = 1
        case 0x80..<0x800:
            bytes = 0x80C0 | scalar >> 6 | (scalar & 0x3F) << 8
            count = 2
        case 0x800..<0x10000:
            bytes = 0x8080E0 | scalar >> 12 | (scalar >> 6 & 0x3F) << 8 | (scalar & 0x3F) << 16
            count = 3
        default:
            bytes =
                0x8080_80F0 | scalar >> 18 & 7 | (scalar >> 12 & 0x3F) << 8
                | (scalar >> 6 & 0x3F) << 16 | (scalar & 0x3F) << 24
            count = 4
        }
    }

    mutating func next() -> UInt8? {
        if count == 0 { return nil }
        defer {
            bytes >>= 8
            count &-= 1
        }
        return UInt8(truncatingIfNeeded: bytes)
    }
}
