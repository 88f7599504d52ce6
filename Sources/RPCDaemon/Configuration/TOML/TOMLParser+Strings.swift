/// The four kinds of strings.
extension TOMLParser {
    /// Takes a string of any kind; the next byte is its first quote.
    mutating func readString(_ quote: UInt8) throws(TOMLError) -> String {
        let isMultiline = peek(1) == quote && peek(2) == quote
        let isBasic = quote == UInt8(ascii: "\"")
        if isMultiline { return try readMultiline(quote, isBasic: isBasic) }
        return isBasic ? try readBasic() : try readLiteral()
    }

    mutating func readLiteral() throws(TOMLError) -> String {
        let place = position
        offset += 1
        let start = offset
        while let byte = peek, byte != UInt8(ascii: "'") {
            if isAtNewline { break }
            if TOMLParser.isControl(byte) { throw controlFailure(byte, in: "a string") }
            offset += 1
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        guard take("'") else { throw unclosed("'", place) }
        return text
    }

    mutating func readBasic() throws(TOMLError) -> String {
        let place = position
        offset += 1
        var out: [UInt8] = []
        while let byte = peek, byte != UInt8(ascii: "\"") {
            if isAtNewline { break }
            if TOMLParser.isControl(byte) { throw controlFailure(byte, in: "a string") }
            if byte == UInt8(ascii: "\\") {
                try readEscape(into: &out)
            } else {
                out.append(byte)
                offset += 1
            }
        }
        guard take("\"") else { throw unclosed("\"", place) }
        return String(decoding: out, as: UTF8.self)
    }

    private mutating func readMultiline(_ quote: UInt8, isBasic: Bool) throws(TOMLError) -> String {
        let place = position
        offset += 3
        _ = takeNewline()
        var out: [UInt8] = []
        while let byte = peek {
            if byte == quote {
                let run = quoteRun(quote)
                offset += run
                // Up to two quotes may stand before the three that close.
                out.append(contentsOf: repeatElement(quote, count: run < 3 ? run : run - 3))
                if run >= 3 { return String(decoding: out, as: UTF8.self) }
            } else if takeNewline() {
                out.append(UInt8(ascii: "\n"))
            } else if TOMLParser.isControl(byte) {
                throw controlFailure(byte, in: "a string")
            } else if isBasic && byte == UInt8(ascii: "\\") {
                if !skipLineContinuation() { try readEscape(into: &out) }
            } else {
                out.append(byte)
                offset += 1
            }
        }
        throw unclosed(isBasic ? "\"\"\"" : "'''", place)
    }

    /// How many quotes come next, counting five at most.
    private func quoteRun(_ quote: UInt8) -> Int {
        var run = 0
        while run < 5 && peek(run) == quote { run += 1 }
        return run
    }

    /// Takes a backslash that ends its line, and all white space after it.
    private mutating func skipLineContinuation() -> Bool {
        let start = offset
        offset += 1
        skipBlanks()
        guard isAtNewline else {
            offset = start
            return false
        }
        while takeNewline() { skipBlanks() }
        return true
    }

    private mutating func readEscape(into out: inout [UInt8]) throws(TOMLError) {
        let start = offset
        offset += 1
        guard let byte = peek else { return }
        let plain: UInt8? =
            switch UnicodeScalar(byte) {
            case "b": 0x08
            case "t": 0x09
            case "n": 0x0A
            case "f": 0x0C
            case "r": 0x0D
            case "e": 0x1B
            case "\"": 0x22
            case "\\": 0x5C
            default: nil
            }
        if let plain {
            out.append(plain)
            offset += 1
            return
        }
        switch UnicodeScalar(byte) {
        case "x": try readCodePoint(digits: 2, from: start, into: &out)
        case "u": try readCodePoint(digits: 4, from: start, into: &out)
        case "U": try readCodePoint(digits: 8, from: start, into: &out)
        default:
            let shown = found
            offset = start
            throw failure(
                "unknown escape: a backslash before \(shown); known are \\b \\t \\n \\f \\r \\e "
                    + "\\\" \\\\ \\xHH \\uHHHH \\UHHHHHHHH, and a 'literal string' has none")
        }
    }

    private mutating func readCodePoint(
        digits: Int, from start: Int, into out: inout [UInt8]
    ) throws(TOMLError) {
        offset += 1
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let byte = peek, let digit = TOMLParser.digit(byte, radix: 16) else {
                throw failure("expected \(digits) hexadecimal digits in the escape, found \(found)")
            }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        guard let scalar = Unicode.Scalar(value) else {
            offset = start
            let isSurrogate = (0xD800...0xDFFF).contains(value)
            throw failure(
                isSurrogate
                    ? "a surrogate is no character; write the character itself, or one \\U escape"
                    : "the escape is beyond U+10FFFF, the last character of Unicode")
        }
        out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private func unclosed(_ quote: String, _ place: TOMLPosition) -> TOMLError {
        TOMLError(position: place, message: "the string has no closing \(quote)")
    }

    /// The value of a digit, or nil if it is none.
    static func digit(_ byte: UInt8, radix: Int) -> Int? {
        let value: Int
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = Int(byte) - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): value = Int(byte) - 0x61 + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): value = Int(byte) - 0x41 + 10
        default: return nil
        }
        return value < radix ? value : nil
    }
}
