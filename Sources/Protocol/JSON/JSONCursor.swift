/// Walks over JSON text by the letter of RFC 8259 without building anything.
///
/// The one place where JSON is read through a pointer: every read is preceded by a comparison with
/// `end`. It lives no longer than the bytes it points into. Skipping a value validates it whole,
/// UTF-8 and surrogate pairs included.
@unsafe
struct JSONCursor {
    let base: UnsafePointer<UInt8>
    let end: Int
    var at: Int

    @inline(__always)
    init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) {
        unsafe base = bytes.baseAddress ?? UnsafePointer(bitPattern: 1)!
        unsafe end = bytes.count
        unsafe at = start
    }

    /// The next byte, or 0 at the end; a NUL in the text is refused wherever it may stand.
    @inline(__always) var peek: UInt8 {
        unsafe at < end ? base[at] : 0
    }

    @inline(__always)
    mutating func skipWhitespace() {
        // Programs write none between tokens.
        if unsafe at < end, unsafe base[at] > 0x20 { return }
        unsafe skipWhitespaceBytes()
    }

    @inline(never)
    private mutating func skipWhitespaceBytes() {
        while unsafe at < end {
            switch unsafe base[at] {
            case 0x20:
                unsafe at &+= 1
                if unsafe peek == 0x20 { unsafe skipSpaces() }
            case 0x0A, 0x0D, 0x09: unsafe at &+= 1
            default: return
            }
        }
    }

    /// Skips eight spaces at a time: a line may be 8 MiB of them.
    private mutating func skipSpaces() {
        while unsafe end &- at >= 8,
            unsafe UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self)
                == 0x2020_2020_2020_2020
        {
            unsafe at &+= 8
        }
    }

    /// What is wrong with the byte here.
    func unexpected() -> JSONError {
        unsafe at < end
            ? JSONError(.unexpectedByte(base[at]), at: at) : JSONError(.unexpectedEnd, at: at)
    }

    /// Skips and validates the value that starts here, `depth` containers deep already.
    mutating func skipValue(depth: Int, depthMax: Int) throws(JSONError) {
        switch unsafe peek {
        case UInt8(ascii: "\""): _ = unsafe try skipString()
        case UInt8(ascii: "{"): unsafe try skipObject(depth: depth + 1, depthMax: depthMax)
        case UInt8(ascii: "["): unsafe try skipArray(depth: depth + 1, depthMax: depthMax)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): unsafe try skipNumber()
        case UInt8(ascii: "t"): unsafe try skipLiteral("true", tail: 0x6575_7274)
        case UInt8(ascii: "f"): unsafe try skipLiteral("false", tail: 0x6573_6C61)
        case UInt8(ascii: "n"): unsafe try skipLiteral("null", tail: 0x6C6C_756E)
        default: throw unsafe unexpected()
        }
    }

    private mutating func skipObject(depth: Int, depthMax: Int) throws(JSONError) {
        if depth > depthMax { throw unsafe JSONError(.tooDeep, at: at) }
        unsafe at &+= 1
        unsafe skipWhitespace()
        if unsafe peek == UInt8(ascii: "}") {
            unsafe at &+= 1
            return
        }
        while true {
            guard unsafe peek == UInt8(ascii: "\"") else { throw unsafe unexpected() }
            _ = unsafe try skipString()
            unsafe try skipColon()
            unsafe try skipValue(depth: depth, depthMax: depthMax)
            if unsafe try !skipComma(closing: UInt8(ascii: "}")) { return }
        }
    }

    private mutating func skipArray(depth: Int, depthMax: Int) throws(JSONError) {
        if depth > depthMax { throw unsafe JSONError(.tooDeep, at: at) }
        unsafe at &+= 1
        unsafe skipWhitespace()
        if unsafe peek == UInt8(ascii: "]") {
            unsafe at &+= 1
            return
        }
        while true {
            unsafe try skipValue(depth: depth, depthMax: depthMax)
            if unsafe try !skipComma(closing: UInt8(ascii: "]")) { return }
        }
    }

    /// Whether a byte is here and another follows it.
    @inline(__always)
    func isAt(_ byte: Unicode.Scalar, before next: UInt8) -> Bool {
        unsafe at &+ 1 < end && base[at] == UInt8(ascii: byte) && base[at &+ 1] == next
    }

    /// Skips the colon between a name and its value, and the space around it.
    @inline(__always)
    mutating func skipColon() throws(JSONError) {
        if unsafe at &+ 1 < end, unsafe base[at] == UInt8(ascii: ":"), unsafe base[at &+ 1] > 0x20 {
            unsafe at &+= 1
        } else {
            unsafe try skipColonAndSpace()
        }
    }

    @inline(never)
    private mutating func skipColonAndSpace() throws(JSONError) {
        unsafe skipWhitespace()
        guard unsafe peek == UInt8(ascii: ":") else { throw unsafe unexpected() }
        unsafe at &+= 1
        unsafe skipWhitespace()
    }

    /// Skips what follows an element: true after a comma, false after the closing byte.
    @inline(__always)
    mutating func skipComma(closing: UInt8) throws(JSONError) -> Bool {
        unsafe skipWhitespace()
        let byte = unsafe peek
        if byte == UInt8(ascii: ",") {
            unsafe at &+= 1
            unsafe skipWhitespace()
            return true
        }
        guard byte == closing else { throw unsafe unexpected() }
        unsafe at &+= 1
        return false
    }

    /// Skips a literal whose first byte is here; `tail` is its last four bytes, as a word.
    @inline(__always)
    private mutating func skipLiteral(
        _ literal: StaticString, tail: UInt32
    ) throws(JSONError) {
        let count = literal.utf8CodeUnitCount
        if unsafe end &- at >= count,
            unsafe UInt32(
                littleEndian: UnsafeRawPointer(base + at + count - 4).loadUnaligned(
                    as: UInt32.self)) == tail
        {
            unsafe at &+= count
        } else {
            throw unsafe misspelt(literal)
        }
    }

    /// Where a literal goes wrong.
    private mutating func misspelt(_ literal: StaticString) -> JSONError {
        for offset in 0..<literal.utf8CodeUnitCount {
            guard unsafe at < end, unsafe base[at] == literal.utf8Start[offset] else { break }
            unsafe at &+= 1
        }
        return unsafe unexpected()
    }

    /// Skips a number: RFC 8259 section 6, kept as its token and never converted here.
    mutating func skipNumber() throws(JSONError) {
        if unsafe peek == UInt8(ascii: "-") { unsafe at &+= 1 }
        if unsafe peek == UInt8(ascii: "0") {
            unsafe at &+= 1
        } else {
            unsafe try skipDigits()
        }
        if unsafe peek == UInt8(ascii: ".") {
            unsafe at &+= 1
            unsafe try skipDigits()
        }
        if unsafe peek | 0x20 == UInt8(ascii: "e") {
            unsafe at &+= 1
            if unsafe peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { unsafe at &+= 1 }
            unsafe try skipDigits()
        }
        // `01` and `1a` would otherwise be told as a fault of what surrounds the number.
        switch unsafe peek {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            throw unsafe JSONError(.invalidNumber, at: at)
        default: return
        }
    }

    @inline(__always)
    private mutating func skipDigits() throws(JSONError) {
        let first = unsafe at
        while unsafe at < end, unsafe base[at] &- 48 < 10 { unsafe at &+= 1 }
        if unsafe at == first { throw unsafe JSONError(.invalidNumber, at: at) }
    }
}
