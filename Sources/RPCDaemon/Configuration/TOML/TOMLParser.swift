/// A strict parser of TOML 1.1.0, which reads every 1.0 file as well.
///
/// It owns a copy of the text and walks it once, from byte to byte; the first thing that the
/// specification forbids ends it with a `TOMLError`.
package struct TOMLParser {
    let bytes: [UInt8]
    /// The byte that is read next.
    var offset = 0
    private var line = 1
    private var lineStart = 0
    /// A place on this line whose column is known, so that a long line is counted only once.
    private var mark = (offset: 0, column: 1)
    let root: TOMLBuilder
    /// The table that key/value lines add to.
    var current: TOMLBuilder

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        root = TOMLBuilder(.header, at: TOMLPosition(line: 1, column: 1), depth: 1)
        current = root
    }

    /// The root table of a text, which has to be UTF-8; a byte order mark may lead it.
    package static func parse(_ bytes: [UInt8]) throws(TOMLError) -> TOMLTable {
        var parser = TOMLParser(bytes)
        try parser.validateEncoding()
        try parser.readDocument()
        return parser.root.table()
    }

    private mutating func validateEncoding() throws(TOMLError) {
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            let bad = error.byteOffsets.lowerBound
            while offset < bad { if !takeNewline() { offset += 1 } }
            let utf16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
            let shown = "0x" + String(bytes[bad], radix: 16, uppercase: true)
            throw failure(
                utf16
                    ? "the file is UTF-16; save it as UTF-8"
                    : "byte \(shown) is not valid UTF-8 here; save the file as UTF-8")
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            offset = 3
            lineStart = 3
            mark = (3, 1)
        }
    }

    private mutating func readDocument() throws(TOMLError) {
        while true {
            skipBlanks()
            guard let byte = peek else { return }
            if byte == UInt8(ascii: "[") {
                try readHeader()
            } else if byte != UInt8(ascii: "#") && !isAtNewline {
                try readPair(into: current)
            }
            try readEndOfLine()
        }
    }

    /// What may follow an expression: blanks, a comment, then a newline or the end.
    private mutating func readEndOfLine() throws(TOMLError) {
        skipBlanks()
        try skipComment()
        guard peek != nil, !takeNewline() else { return }
        throw failure("expected the end of the line, found \(found)")
    }
}

extension TOMLParser {
    var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    func peek(_ distance: Int) -> UInt8? {
        offset + distance < bytes.count ? bytes[offset + distance] : nil
    }

    var isAtNewline: Bool {
        peek == UInt8(ascii: "\n") || (peek == UInt8(ascii: "\r") && peek(1) == UInt8(ascii: "\n"))
    }

    /// Takes this byte if it comes next.
    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: scalar) else { return false }
        offset += 1
        return true
    }

    /// Takes LF or CRLF; a carriage return alone is no newline in TOML.
    mutating func takeNewline() -> Bool {
        guard isAtNewline else { return false }
        offset += peek == UInt8(ascii: "\r") ? 2 : 1
        line += 1
        lineStart = offset
        mark = (offset, 1)
        return true
    }

    mutating func skipBlanks() {
        while peek == UInt8(ascii: " ") || peek == UInt8(ascii: "\t") { offset += 1 }
    }

    /// Takes a comment up to its newline, which stays.
    mutating func skipComment() throws(TOMLError) {
        guard take("#") else { return }
        while let byte = peek, !isAtNewline {
            if TOMLParser.isControl(byte) { throw controlFailure(byte, in: "a comment") }
            offset += 1
        }
    }

    /// Takes what may stand between the parts of an array or of an inline table.
    mutating func skipFiller() throws(TOMLError) {
        repeat {
            skipBlanks()
            try skipComment()
        } while takeNewline()
    }

    /// Where the next byte is; it has to be on the line that is being read.
    var position: TOMLPosition {
        let from = offset >= mark.offset ? mark : (offset: lineStart, column: 1)
        let scalars = bytes[from.offset..<offset].count { $0 & 0xC0 != 0x80 }
        return TOMLPosition(line: line, column: from.column + scalars)
    }

    /// As `position`, and remembers it, which keeps a line of many values linear.
    mutating func markPosition() -> TOMLPosition {
        let place = position
        mark = (offset, place.column)
        return place
    }

    /// A control character that TOML refuses; tab is welcome everywhere.
    static func isControl(_ byte: UInt8) -> Bool { (byte < 0x20 && byte != 9) || byte == 0x7F }

    func failure(_ message: String) -> TOMLError {
        TOMLError(position: position, message: message)
    }

    func controlFailure(_ byte: UInt8, in place: String) -> TOMLError {
        let name = TOMLParser.controlName(byte)
        return failure(
            byte == UInt8(ascii: "\r")
                ? "a carriage return without a line feed is not allowed in \(place)"
                : "control character \(name) is not allowed in \(place)")
    }

    private static func controlName(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }

    /// The next character as an error names it.
    var found: String {
        guard let byte = peek else { return "the end of the file" }
        if isAtNewline { return "the end of the line" }
        if byte == UInt8(ascii: "\r") { return "a carriage return without a line feed" }
        if TOMLParser.isControl(byte) {
            return "control character \(TOMLParser.controlName(byte))"
        }
        let rest = bytes[offset..<min(offset + 4, bytes.count)]
        guard let scalar = String(decoding: rest, as: UTF8.self).unicodeScalars.first else {
            return "nothing"
        }
        return "`\(scalar)`"
    }
}
