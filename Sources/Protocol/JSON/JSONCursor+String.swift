extension JSONCursor {
    /// Skips and validates the string whose opening quote is here; true if it holds an escape.
    @inline(__always)
    mutating func skipString() throws(JSONError) -> Bool {
        unsafe at &+= 1
        unsafe skipPlainBytes()
        // Nearly every string is plain to its end.
        if unsafe peek == UInt8(ascii: "\"") {
            unsafe at &+= 1
            return false
        }
        return unsafe try skipRestOfString()
    }

    @inline(never)
    private mutating func skipRestOfString() throws(JSONError) -> Bool {
        var hasEscape = false
        _ = unsafe try skipInsideString(until: .max, &hasEscape)
        return hasEscape
    }

    /// Skips and validates the inside of a string up to and with its closing quote: true; or false
    /// where that was not met before `limit`.
    @inline(__always)
    mutating func skipInsideString(
        until limit: Int, _ hasEscape: inout Bool
    ) throws(JSONError) -> Bool {
        while unsafe at < limit {
            unsafe skipPlainBytes()
            guard unsafe at < end else { throw unsafe JSONError(.unexpectedEnd, at: at) }
            let byte = unsafe base[at]
            switch byte {
            case UInt8(ascii: "\""):
                unsafe at &+= 1
                return true
            case UInt8(ascii: "\\"):
                hasEscape = true
                unsafe try skipEscape()
            case 0..<0x20:
                throw unsafe JSONError(.controlCharacter, at: at)
            case 0x80...:
                unsafe try skipUTF8Sequence(lead: byte)
            default:
                unsafe at &+= 1
            }
        }
        return false
    }

    /// Skips bytes that need no thought: ASCII but for quote, backslash, controls.
    @inline(__always)
    private mutating func skipPlainBytes() {
        // Most names end within a word.
        if unsafe skipPlainWord() { unsafe skipMorePlainBytes() }
    }

    @inline(never)
    private mutating func skipMorePlainBytes() {
        if unsafe !skipPlainWord() { return }
        while unsafe end &- at >= ByteBlock.count, unsafe ByteBlock(base + at).isPlain {
            unsafe at &+= ByteBlock.count
        }
        while unsafe end &- at >= 8 {
            if unsafe !skipPlainWord() { return }
        }
        while unsafe at < end {
            let byte = unsafe base[at]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte >= 0x80 { return }
            unsafe at &+= 1
        }
    }

    /// Skips the plain bytes of the next eight, where there are as many; false if the byte here is
    /// none that is plain.
    @inline(__always)
    private mutating func skipPlainWord() -> Bool {
        if unsafe end &- at < 8 { return true }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let word = unsafe UInt64(
            littleEndian: UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self))
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        // A borrow can only raise false alarms above a true one; the lowest is exact.
        let found =
            ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
            | ((word &- (ones &* 0x20)) & ~word) | word
        let alarms = found & (ones &* 0x80)
        if alarms == 0 {
            unsafe at &+= 8
            return true
        }
        unsafe at &+= alarms.trailingZeroBitCount >> 3
        return false
    }

    /// Skips the escape whose backslash is here; a surrogate must come with its other half.
    private mutating func skipEscape() throws(JSONError) {
        let start = unsafe at
        unsafe at &+= 1
        guard unsafe at < end else { throw unsafe JSONError(.unexpectedEnd, at: at) }
        switch unsafe base[at] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            unsafe at &+= 1
        case UInt8(ascii: "u"):
            unsafe at &+= 1
            let unit = unsafe try skipHexDigits()
            if unit & 0xFC00 == 0xDC00 { throw JSONError(.loneSurrogate, at: start) }
            guard unit & 0xFC00 == 0xD800 else { return }
            guard unsafe end &- at >= 2, unsafe base[at] == UInt8(ascii: "\\"),
                unsafe base[at &+ 1] == UInt8(ascii: "u")
            else { throw JSONError(.loneSurrogate, at: start) }
            unsafe at &+= 2
            let low = unsafe try skipHexDigits()
            guard low & 0xFC00 == 0xDC00 else { throw JSONError(.loneSurrogate, at: start) }
        default:
            throw JSONError(.invalidEscape, at: start)
        }
    }

    /// Reads the four hexadecimal digits of a `\u` escape.
    mutating func skipHexDigits() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard unsafe at < end else { throw unsafe JSONError(.unexpectedEnd, at: at) }
            let digit: UInt8
            switch unsafe base[at] {
            case let byte where byte &- 0x30 < 10: digit = byte &- 0x30
            case let byte where (byte | 0x20) &- 0x61 < 6: digit = (byte | 0x20) &- 0x61 &+ 10
            default: throw unsafe JSONError(.invalidEscape, at: at)
            }
            unit = unit << 4 | UInt16(digit)
            unsafe at &+= 1
        }
        return unit
    }

    /// Skips one character outside ASCII: RFC 3629, so no overlong form and no surrogate.
    @inline(__always)
    private mutating func skipUTF8Sequence(lead: UInt8) throws(JSONError) {
        let length: Int
        var lowest: UInt8 = 0x80
        var highest: UInt8 = 0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF:
            length = 3
            if lead == 0xE0 { lowest = 0xA0 }
            if lead == 0xED { highest = 0x9F }
        case 0xF0...0xF4:
            length = 4
            if lead == 0xF0 { lowest = 0x90 }
            if lead == 0xF4 { highest = 0x8F }
        default: throw unsafe JSONError(.invalidUTF8, at: at)
        }
        guard unsafe end &- at >= length else { throw unsafe JSONError(.invalidUTF8, at: at) }
        let second = unsafe base[at &+ 1]
        guard second >= lowest, second <= highest else {
            throw unsafe JSONError(.invalidUTF8, at: at)
        }
        for offset in 2..<max(length, 2) {
            guard unsafe base[at &+ offset] & 0xC0 == 0x80 else {
                throw unsafe JSONError(.invalidUTF8, at: at)
            }
        }
        unsafe at &+= length
    }
}
