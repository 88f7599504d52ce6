extension JSONText {
    /// Bytes of a number that are read. A double has 309 digits before its point at most, and 767
    /// that matter; converting megabytes would take seconds.
    private static let numberBytesMax = 1100

    /// The number token as a floating-point number, infinite where it is too large for one; nil
    /// where it is longer than any number needs to be.
    public static func double(_ token: Span<UInt8>) -> Double? {
        if let value = shortDouble(token) { return value }
        guard token.count <= numberBytesMax else { return nil }
        return unsafe token.withUnsafeBufferPointer {
            unsafe Double(String(decoding: $0, as: UTF8.self))
        }
    }

    /// The number token as an integer: nil where it is none or does not fit; `1.0` and `1e2` are.
    public static func integer(_ token: Span<UInt8>) -> Int? {
        if let value = shortInteger(token) { return value }
        guard token.count <= numberBytesMax else { return nil }
        let text = unsafe token.withUnsafeBufferPointer {
            unsafe String(decoding: $0, as: UTF8.self)
        }
        if let value = Int(text) { return value }
        guard let value = Double(text), value.magnitude < 9_007_199_254_740_992 else { return nil }
        return Int(exactly: value)
    }

    /// An integer of at most 18 digits, which is nearly every one.
    private static func shortInteger(_ token: Span<UInt8>) -> Int? {
        let isNegative = !token.isEmpty && token[0] == UInt8(ascii: "-")
        let first = isNegative ? 1 : 0
        guard token.count > first, token.count &- first <= 18 else { return nil }
        var value = 0
        for index in first..<token.count {
            let digit = token[index] &- 48
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
        }
        return isNegative ? -value : value
    }

    /// A plain decimal fraction of so few digits that both it and its power of ten are exact, and
    /// their quotient so correctly rounded (Clinger's fast path).
    private static func shortDouble(_ token: Span<UInt8>) -> Double? {
        let isNegative = !token.isEmpty && token[0] == UInt8(ascii: "-")
        let first = isNegative ? 1 : 0
        // As many digits fit into a word whatever they are.
        guard token.count > first, token.count &- first <= 19 else { return nil }
        var digits: UInt64 = 0
        var point = token.count
        for index in first..<token.count {
            let digit = token[index] &- 48
            if digit < 10 {
                digits = digits &* 10 &+ UInt64(digit)
            } else {
                guard token[index] == UInt8(ascii: "."), point == token.count else { return nil }
                point = index
            }
        }
        guard digits <= 1 << 53 else { return nil }
        let decimals = token.count &- 1 &- point
        let value = decimals > 0 ? Double(digits) / powersOfTen[decimals] : Double(digits)
        return isNegative ? -value : value
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18,
    ]
}
