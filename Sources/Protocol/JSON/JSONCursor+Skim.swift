/// How text is walked over that somebody validated before: where a value ends is all that is asked.
extension JSONCursor {
    /// Skips the value that starts here, and validates it unless that `isValid`.
    @inline(__always)
    mutating func pass(depth: Int, depthMax: Int, isValid: Bool) throws(JSONError) {
        if isValid {
            unsafe skimValue()
        } else {
            unsafe try skipValue(depth: depth, depthMax: depthMax)
        }
    }

    /// Skips the value that starts here.
    mutating func skimValue() {
        switch unsafe peek {
        case UInt8(ascii: "\""): unsafe skimString()
        case UInt8(ascii: "{"), UInt8(ascii: "["): unsafe skimContainer()
        default:
            while unsafe at < end, unsafe !Self.endsToken(base[at]) { unsafe at &+= 1 }
        }
    }

    /// Whether a byte ends a number or a literal.
    @inline(__always)
    private static func endsToken(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ",") || byte | 0x20 == UInt8(ascii: "}")
    }

    private mutating func skimContainer() {
        var depth = 0
        while unsafe at < end {
            let byte = unsafe base[at]
            if byte == UInt8(ascii: "\"") {
                unsafe skimString()
                continue
            }
            unsafe at &+= 1
            // `[` and `{`, `]` and `}` differ in one bit.
            switch byte | 0x20 {
            case UInt8(ascii: "{"): depth &+= 1
            case UInt8(ascii: "}"):
                depth &-= 1
                if depth == 0 { return }
            default: break
            }
        }
    }

    /// Skips the string whose opening quote is here.
    @inline(__always)
    private mutating func skimString() {
        unsafe at &+= 1
        while true {
            if unsafe skimWord() { unsafe skimToMark() }
            if unsafe at < end, unsafe base[at] == 0x5C {
                // What is escaped is no end.
                unsafe at = min(at &+ 2, end)
            } else {
                unsafe at = min(at &+ 1, end)
                return
            }
        }
    }

    /// Goes to the next quote or backslash.
    @inline(never)
    private mutating func skimToMark() {
        while unsafe end &- at >= ByteBlock.count,
            unsafe !ByteBlock(base + at).hasQuoteOrBackslash
        {
            unsafe at &+= ByteBlock.count
        }
        while unsafe end &- at >= 8 {
            if unsafe !skimWord() { return }
        }
        while unsafe at < end, unsafe base[at] != 0x22, unsafe base[at] != 0x5C {
            unsafe at &+= 1
        }
    }

    /// Goes to the first quote or backslash of the next eight bytes, where there are as many, and
    /// says false; true if there is none.
    @inline(__always)
    private mutating func skimWord() -> Bool {
        if unsafe end &- at < 8 { return true }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let word = unsafe UInt64(
            littleEndian: UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self))
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let marks =
            (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)) & (ones &* 0x80)
        if marks == 0 {
            unsafe at &+= 8
            return true
        }
        unsafe at &+= marks.trailingZeroBitCount >> 3
        return false
    }
}
