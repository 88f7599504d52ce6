/// Integers and floats.
extension TOMLParser {
    /// The number that the token is; the token has a byte.
    static func number(_ token: ArraySlice<UInt8>) throws(ScalarProblem) -> TOMLValue {
        let sign = token.first.flatMap { "+-".utf8.contains($0) ? $0 : nil }
        let body = sign == nil ? token : token.dropFirst()
        let isNegative = sign == UInt8(ascii: "-")
        if body.elementsEqual("inf".utf8) { return .float(isNegative ? -.infinity : .infinity) }
        if body.elementsEqual("nan".utf8) { return .float(.nan) }
        if body.count > 1, body.first == UInt8(ascii: "0"), let radix = radix(body) {
            guard sign == nil else {
                throw ScalarProblem(
                    message: "only a decimal integer may have a sign")
            }
            return try prefixed(body.dropFirst(2), radix: radix)
        }
        return try decimal(body, isNegative: isNegative)
    }

    private static func radix(_ body: ArraySlice<UInt8>) -> Int? {
        switch UnicodeScalar(body[body.startIndex + 1]) {
        case "x": 16
        case "o": 8
        case "b": 2
        default: nil
        }
    }

    private static func prefixed(
        _ digits: ArraySlice<UInt8>, radix: Int
    ) throws(ScalarProblem) -> TOMLValue {
        guard let plain = plainDigits(digits, radix: radix) else {
            let (kind, example) =
                switch radix {
                case 16: ("hexadecimal", "0xFF")
                case 8: ("octal", "0o755")
                default: ("binary", "0b1101")
                }
            throw ScalarProblem(
                message: "not a valid \(kind) integer, such as \(example)")
        }
        return .integer(try integer(plain, radix: radix, isNegative: false))
    }

    private static func decimal(
        _ body: ArraySlice<UInt8>, isNegative: Bool
    ) throws(ScalarProblem) -> TOMLValue {
        let wholeEnd = body.firstIndex { !isDigit($0) && $0 != UInt8(ascii: "_") } ?? body.endIndex
        let whole = body[..<wholeEnd]
        guard let wholeDigits = plainDigits(whole, radix: 10) else {
            throw malformed
        }
        if wholeDigits.count > 1 && wholeDigits[0] == UInt8(ascii: "0") {
            throw ScalarProblem(
                message: "a number has no leading zeros; octal is written 0o17")
        }
        if wholeEnd == body.endIndex {
            return .integer(try integer(wholeDigits, radix: 10, isNegative: isNegative))
        }
        var plain = wholeDigits
        var rest = body[wholeEnd...]
        if rest.first == UInt8(ascii: ".") {
            let end = rest.dropFirst().firstIndex { !isDigit($0) && $0 != UInt8(ascii: "_") }
            let fraction = rest.dropFirst().prefix { isDigit($0) || $0 == UInt8(ascii: "_") }
            guard let digits = plainDigits(fraction, radix: 10) else { throw malformed }
            plain += [UInt8(ascii: ".")] + digits
            rest = rest[(end ?? rest.endIndex)...]
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            var exponent = rest.dropFirst()
            plain.append(UInt8(ascii: "e"))
            if let sign = exponent.first, "+-".utf8.contains(sign) {
                plain.append(sign)
                exponent = exponent.dropFirst()
            }
            guard let digits = plainDigits(exponent, radix: 10) else { throw malformed }
            plain += digits
            rest = []
        }
        guard rest.isEmpty, let value = Double(text(plain[...])) else { throw malformed }
        guard value.isFinite else {
            throw ScalarProblem(
                message: "too large for a 64-bit float; infinity is written inf")
        }
        return .float(isNegative ? -value : value)
    }

    private static func integer(
        _ digits: [UInt8], radix: Int, isNegative: Bool
    ) throws(ScalarProblem) -> Int64 {
        let signed = (isNegative ? "-" : "") + text(digits[...])
        guard let value = Int64(signed, radix: radix) else {
            throw ScalarProblem(
                message: "the integer does not fit in 64 bits (\(Int64.min) to \(Int64.max))")
        }
        return value
    }

    /// The digits without their underscores, each of which stands between two digits.
    private static func plainDigits(_ digits: ArraySlice<UInt8>, radix: Int) -> [UInt8]? {
        var plain: [UInt8] = []
        var wasDigit = false
        for byte in digits {
            let isDigit = digit(byte, radix: radix) != nil
            guard isDigit || (byte == UInt8(ascii: "_") && wasDigit) else { return nil }
            if isDigit { plain.append(byte) }
            wasDigit = isDigit
        }
        return wasDigit ? plain : nil
    }

    private static var malformed: ScalarProblem {
        ScalarProblem(
            message: "not a valid number: digits stand on both sides of a point and of each "
                + "underscore, and nothing else but an exponent belongs to it")
    }
}
