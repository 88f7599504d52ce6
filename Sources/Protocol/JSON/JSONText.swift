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
        unsafe text.withUnsafeBufferPointer { bytes in
            var cursor = unsafe JSONCursor(bytes, from: start)
            unsafe cursor.skipWhitespace()
            return unsafe cursor.at
        }
    }

    /// Where the string ends that begins at `start`, its closing quote included; nil where none
    /// does, or none that is valid.
    package static func endOfString(_ text: Span<UInt8>, from start: Int) -> Int? {
        unsafe text.withUnsafeBufferPointer { bytes in
            var cursor = unsafe JSONCursor(bytes, from: start)
            guard unsafe cursor.peek == UInt8(ascii: "\""),
                unsafe (try? cursor.skipString()) != nil
            else { return nil }
            return unsafe cursor.at
        }
    }

    /// Where the number ends that begins at `start`; nil where none does, or none that is valid.
    package static func endOfNumber(_ text: Span<UInt8>, from start: Int) -> Int? {
        unsafe text.withUnsafeBufferPointer { bytes in
            var cursor = unsafe JSONCursor(bytes, from: start)
            guard unsafe (try? cursor.skipNumber()) != nil else { return nil }
            return unsafe cursor.at
        }
    }

    /// Whether the string token reads `literal`, escapes taken into account.
    @inlinable @inline(__always)
    public static func string(
        _ token: Span<UInt8>, hasEscape: Bool, equals literal: StaticString
    ) -> Bool {
        if hasEscape { return unescaped(token, equals: literal) }
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
        token.hasBackslash
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
}
