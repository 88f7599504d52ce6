/// Questions asked of JSON text in place.
///
/// Those that take a `token` expect one valid value without space around it, as a reader hands it
/// out; what they say of anything else is unspecified but safe.
public enum JSONText {
    /// Checks that `text` is exactly one JSON value, at most `depthMax` containers deep, with space
    /// around it, and answers where the value stands.
    @discardableResult
    public static func validate(
        _ text: Span<UInt8>, depthMax: Int = 1024
    ) throws(JSONError) -> JSONRange {
        try unsafe text.withUnsafeBufferPointer { (bytes) throws(JSONError) -> JSONRange in
            var cursor = unsafe JSONCursor(bytes)
            unsafe cursor.skipWhitespace()
            let start = unsafe cursor.at
            unsafe try cursor.skipValue(depth: 0, depthMax: depthMax)
            let end = unsafe cursor.at
            unsafe cursor.skipWhitespace()
            guard unsafe cursor.at == cursor.end else {
                throw unsafe JSONError(.trailingBytes, at: cursor.at)
            }
            return JSONRange(start, end)
        }
    }

    /// Offset of the first byte at or after `start` that is no space.
    public static func skippingSpace(_ text: Span<UInt8>, from start: Int = 0) -> Int {
        var at = start
        while at < text.count {
            switch text[at] {
            case 0x20, 0x0A, 0x0D, 0x09: at &+= 1
            default: return at
            }
        }
        return at
    }

    /// Whether the string token reads `literal`, escapes taken into account.
    @inlinable @inline(__always)
    public static func string(
        _ token: Span<UInt8>, hasEscape: Bool, equals literal: StaticString
    ) -> Bool {
        if hasEscape { return string(token) == "\(literal)" }
        return token.count == literal.utf8CodeUnitCount &+ 2 && inside(token, reads: literal)
    }

    /// Whether the inside of a token, as long as `literal`, is its bytes: a word at a time.
    @inlinable @inline(__always)
    static func inside(_ token: Span<UInt8>, reads literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        return unsafe token.withUnsafeBytes { bytes in
            let theirs = unsafe UnsafeRawPointer(literal.utf8Start)
            func differ<Word: FixedWidthInteger>(_ type: Word.Type, at offset: Int) -> Bool {
                unsafe bytes.loadUnaligned(fromByteOffset: offset &+ 1, as: type)
                    != theirs.loadUnaligned(fromByteOffset: offset, as: type)
            }
            if count >= 8 {
                var offset = 0
                while offset &+ 8 <= count {
                    if differ(UInt64.self, at: offset) { return false }
                    offset &+= 8
                }
                return !differ(UInt64.self, at: count &- 8)
            }
            if count >= 4 {
                return !differ(UInt32.self, at: 0) && !differ(UInt32.self, at: count &- 4)
            }
            for offset in 0..<count where differ(UInt8.self, at: offset) { return false }
            return true
        }
    }

    /// Whether a string token holds an escape.
    public static func hasEscape(_ token: Span<UInt8>) -> Bool {
        for index in token.indices where token[index] == UInt8(ascii: "\\") { return true }
        return false
    }

    /// The characters of a string token.
    public static func string(_ token: Span<UInt8>) -> String {
        guard token.count >= 2 else { return "" }
        let content = token.extracting(1..<(token.count - 1))
        if !hasEscape(content) {
            return unsafe content.withUnsafeBufferPointer {
                unsafe String(decoding: $0, as: UTF8.self)
            }
        }
        var plain = ByteBuffer(capacity: content.count)
        appendUnescaped(content, to: &plain)
        return plain.text
    }

    /// Appends the characters that the content of a string token (no quotes) stands for, as UTF-8.
    public static func appendUnescaped(_ content: Span<UInt8>, to buffer: inout ByteBuffer) {
        unsafe content.withUnsafeBufferPointer { bytes in
            var cursor = unsafe JSONCursor(bytes)
            while unsafe cursor.at < cursor.end {
                let byte = unsafe cursor.base[cursor.at]
                unsafe cursor.at &+= 1
                if byte != UInt8(ascii: "\\") {
                    buffer.append(byte)
                } else {
                    unsafe appendEscape(&cursor, to: &buffer)
                }
            }
        }
    }

    private static func appendEscape(_ cursor: inout JSONCursor, to buffer: inout ByteBuffer) {
        let byte = unsafe cursor.peek
        unsafe cursor.at &+= 1
        switch byte {
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"):
            var units = [UInt16]()
            if let unit = unsafe try? cursor.skipHexDigits() { units.append(unit) }
            if units.first.map({ $0 & 0xFC00 == 0xD800 }) == true,
                unsafe cursor.end &- cursor.at >= 6
            {
                unsafe cursor.at &+= 2
                if let low = unsafe try? cursor.skipHexDigits() { units.append(low) }
            }
            buffer.append(utf8: String(decoding: units, as: UTF16.self))
        default: buffer.append(byte)
        }
    }
}
