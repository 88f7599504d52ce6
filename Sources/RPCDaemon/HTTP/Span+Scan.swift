/// Looking for bytes many at a time: the one place of the parsers that reads memory unchecked.
extension Span<UInt8> {
    /// Index of the first byte smaller than `bound` (at most 128) in `from..<to`, else `to`.
    func firstByte(below bound: UInt8, from: Int, to: Int) -> Int {
        precondition(from >= 0 && from <= to && to <= count && bound <= 128)
        let memory = unsafe bytes
        let wideBound = SIMD32<UInt8>(repeating: bound)
        var at = from
        while to &- at >= 32 {
            let block = unsafe memory.unsafeLoadUnaligned(
                fromUncheckedByteOffset: at, as: SIMD32<UInt8>.self)
            let hits = unsafe unsafeBitCast(block .< wideBound, to: SIMD4<UInt64>.self)
            if hits[0] | hits[1] | hits[2] | hits[3] != 0 { break }
            at &+= 32
        }
        while to &- at >= 8 {
            let hits = unsafe Self.marks(in: memory, at: at, below: bound)
            if hits != 0 { return at &+ hits.trailingZeroBitCount &>> 3 }
            at &+= 8
        }
        if to &- from >= 8 {
            // The last word again overlaps only what is known to hold no hit.
            let hits = unsafe Self.marks(in: memory, at: to &- 8, below: bound)
            return hits == 0 ? to : to &- 8 &+ hits.trailingZeroBitCount &>> 3
        }
        while at < to {
            if unsafe self[unchecked: at] < bound { return at }
            at &+= 1
        }
        return to
    }

    /// Index of the first control of ASCII in `from..<to`, DEL included, else `to`.
    func firstControl(from: Int, to: Int) -> Int {
        precondition(from >= 0 && from <= to && to <= count)
        let memory = unsafe bytes
        let blank = SIMD32<UInt8>(repeating: 32)
        let delete = SIMD32<UInt8>(repeating: 127)
        var at = from
        while to &- at >= 32 {
            let block = unsafe memory.unsafeLoadUnaligned(
                fromUncheckedByteOffset: at, as: SIMD32<UInt8>.self)
            let found = (block .< blank) .| (block .== delete)
            let hits = unsafe unsafeBitCast(found, to: SIMD4<UInt64>.self)
            if hits[0] | hits[1] | hits[2] | hits[3] != 0 { break }
            at &+= 32
        }
        while to &- at >= 8 {
            let hits = unsafe Self.controls(in: memory, at: at)
            if hits != 0 { return at &+ hits.trailingZeroBitCount &>> 3 }
            at &+= 8
        }
        while at < to {
            let byte = unsafe self[unchecked: at]
            if byte < 32 || byte == 127 { return at }
            at &+= 1
        }
        return to
    }

    /// The high bit of each control among the eight bytes at `offset`, which are not checked to be
    /// there; the lowest mark is exact.
    @unsafe
    private static func controls(in memory: RawSpan, at offset: Int) -> UInt64 {
        let word = UInt64(
            littleEndian: unsafe memory.unsafeLoadUnaligned(
                fromUncheckedByteOffset: offset, as: UInt64.self))
        let ones: UInt64 = 0x0101_0101_0101_0101
        let other = word ^ (ones &* 127)
        return (((word &- ones &* 32) & ~word) | ((other &- ones) & ~other)) & (ones &* 0x80)
    }

    /// The high bit of each byte smaller than `bound` among the eight at `offset`, which are not
    /// checked to be there. A borrow only runs upwards from a true hit: the lowest mark is exact.
    @unsafe
    private static func marks(in memory: RawSpan, at offset: Int, below bound: UInt8) -> UInt64 {
        let word = UInt64(
            littleEndian: unsafe memory.unsafeLoadUnaligned(
                fromUncheckedByteOffset: offset, as: UInt64.self))
        let bounds = 0x0101_0101_0101_0101 &* UInt64(bound)
        return (word &- bounds) & ~word & 0x8080_8080_8080_8080
    }

    /// Whether one of them is a DEL, the only control of ASCII that is not below a space.
    var hasDelete: Bool {
        let memory = unsafe bytes
        let ones: UInt64 = 0x0101_0101_0101_0101
        var at = 0
        while count &- at >= 8 {
            let word = unsafe memory.unsafeLoadUnaligned(
                fromUncheckedByteOffset: at, as: UInt64.self)
            let other = word ^ (ones &* 127)
            if (other &- ones) & ~other & (ones &* 0x80) != 0 { return true }
            at &+= 8
        }
        while at < count {
            if self[at] == 127 { return true }
            at &+= 1
        }
        return false
    }

    /// Index of the first carriage return or line feed in `from..<to`, else `to`.
    func firstLineEnd(from: Int, to: Int) -> Int {
        var at = from
        while true {
            at = firstByte(below: 14, from: at, to: to)
            if at == to { return to }
            let byte = self[at]
            if byte == 10 || byte == 13 { return at }
            at &+= 1
        }
    }

    /// Whether the bytes in `range` are `literal`.
    @inline(__always)
    func equals(_ literal: StaticString, in range: Range<Int>) -> Bool {
        range.count == literal.utf8CodeUnitCount && starts(with: literal, at: range.lowerBound)
    }

    /// Whether the bytes from `start` on begin with `literal`, or with as much of it as there is.
    @inline(__always)
    func starts(with literal: StaticString, at start: Int) -> Bool {
        let length = Swift.min(literal.utf8CodeUnitCount, count &- start)
        let wanted = unsafe literal.utf8Start
        for offset in 0..<length where unsafe self[start &+ offset] != wanted[offset] {
            return false
        }
        return true
    }

    /// Whether the bytes in `range` are `lowercased` (letters, digits, "-" and "/" only) in any
    /// case.
    @inline(__always)
    func equalsIgnoringCase(_ lowercased: StaticString, in range: Range<Int>) -> Bool {
        let length = lowercased.utf8CodeUnitCount
        if range.count != length { return false }
        let wanted = unsafe lowercased.utf8Start
        for offset in 0..<length {
            let byte = self[range.lowerBound &+ offset]
            let lower = byte &- 65 < 26 ? byte | 0x20 : byte
            if unsafe lower != wanted[offset] { return false }
        }
        return true
    }

    /// Where the token that begins `range` ends.
    func endOfToken(in range: Range<Int>) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        var at = range.lowerBound
        // The line above is the check of all.
        while at < range.upperBound, unsafe self[unchecked: at].isTokenCharacter { at &+= 1 }
        return at
    }

    /// `range` without spaces and tabs at its two ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, self[lower] == 32 || self[lower] == 9 { lower &+= 1 }
        while upper > lower, self[upper &- 1] == 32 || self[upper &- 1] == 9 { upper &-= 1 }
        return lower..<upper
    }

    /// Takes the next element of a comma-separated list off the front of `list`, trimmed; elements
    /// may be empty, and nil says that the list is used up.
    func nextElement(of list: inout Range<Int>?) -> Range<Int>? {
        guard let rest = list else { return nil }
        var at = rest.lowerBound
        while at < rest.upperBound, self[at] != UInt8(ascii: ",") { at &+= 1 }
        list = at == rest.upperBound ? nil : at &+ 1..<rest.upperBound
        return trimmed(rest.lowerBound..<at)
    }

    /// The number that the digits in `range` write, `max` where it is larger; nil for anything
    /// else.
    func decimal(in range: Range<Int>, max: Int) -> Int? {
        if range.isEmpty { return nil }
        var value = 0
        for at in range {
            let digit = self[at] &- 48
            if digit > 9 { return nil }
            let (tens, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = tens.addingReportingOverflow(Int(digit))
            value = overflowed || carried || sum > max ? max : sum
        }
        return value
    }
}

extension UInt8 {
    /// Whether this byte may stand in a header field's name (RFC 9110, 5.6.2 `token`).
    var isTokenCharacter: Bool {
        // Bit n of the first word is byte n, of the second byte 64 + n.
        let low: UInt64 = 0x03FF_6CFA_0000_0000
        let high: UInt64 = 0x57FF_FFFF_C7FF_FFFE
        let half = self < 64 ? low : high
        return self < 128 && half &>> UInt64(self & 63) & 1 == 1
    }
}
