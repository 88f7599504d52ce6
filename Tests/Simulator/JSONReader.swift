/// Reads one JSON text, strictly: bytes that RFC 8259 does not allow are refused with their place.
///
/// Lone surrogates become U+FFFD. Nesting is bounded, because it is read recursively.
struct JSONReader {
    struct Malformed: Error {
        let position: Int
        let reason: String
    }

    static let depthMax = 200

    private let bytes: [UInt8]
    private var at = 0
    private var depth = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    static func read(_ bytes: [UInt8]) throws(Malformed) -> JSON {
        var reader = JSONReader(bytes)
        let value = try reader.value()
        reader.skipSpace()
        guard reader.at == bytes.count else { throw reader.malformed("text after the value") }
        return value
    }

    private func malformed(_ reason: String) -> Malformed {
        Malformed(position: at, reason: reason)
    }

    private var byte: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipSpace() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private mutating func value() throws(Malformed) -> JSON {
        skipSpace()
        switch byte {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw malformed("the text ends where a value is due")
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ value: JSON) throws(Malformed) -> JSON {
        for expected in word.utf8 {
            guard byte == expected else { throw malformed("not a value") }
            at += 1
        }
        return value
    }

    private mutating func deeper() throws(Malformed) {
        depth += 1
        at += 1
        if depth > Self.depthMax { throw malformed("nested deeper than \(Self.depthMax)") }
    }

    private mutating func object() throws(Malformed) -> JSON {
        try deeper()
        defer { depth -= 1 }
        var members: [JSON.Member] = []
        skipSpace()
        if byte == UInt8(ascii: "}") {
            at += 1
            return .object([])
        }
        while true {
            skipSpace()
            guard byte == UInt8(ascii: "\"") else { throw malformed("a name is due") }
            let name = try string()
            skipSpace()
            guard byte == UInt8(ascii: ":") else { throw malformed("a colon is due") }
            at += 1
            members.append(JSON.Member(name: name, value: try value()))
            if try !another(closing: UInt8(ascii: "}")) { return .object(members) }
        }
    }

    private mutating func array() throws(Malformed) -> JSON {
        try deeper()
        defer { depth -= 1 }
        var items: [JSON] = []
        skipSpace()
        if byte == UInt8(ascii: "]") {
            at += 1
            return .array([])
        }
        while true {
            items.append(try value())
            if try !another(closing: UInt8(ascii: "]")) { return .array(items) }
        }
    }

    private mutating func another(closing: UInt8) throws(Malformed) -> Bool {
        skipSpace()
        let found = byte
        at += 1
        if found == UInt8(ascii: ",") { return true }
        if found == closing { return false }
        at -= 1
        throw malformed("a comma or a closing bracket is due")
    }

    private mutating func number() throws(Malformed) -> JSON {
        let start = at
        if byte == UInt8(ascii: "-") { at += 1 }
        if byte == UInt8(ascii: "0") { at += 1 } else { try digits() }
        if byte == UInt8(ascii: ".") {
            at += 1
            try digits()
        }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            at += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { at += 1 }
            try digits()
        }
        return .number(String(decoding: bytes[start..<at], as: UTF8.self))
    }

    private mutating func digits() throws(Malformed) {
        let start = at
        while let byte, byte >= 0x30, byte <= 0x39 { at += 1 }
        if at == start { throw malformed("not a value") }
    }

    private mutating func string() throws(Malformed) -> String {
        at += 1
        var text: [UInt8] = []
        while let byte {
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: text, as: UTF8.self) else {
                    throw malformed("a string that is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw malformed("a control character in a string")
            default: text.append(byte)
            }
        }
        throw malformed("a string without an end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(Malformed) {
        let letter = byte
        at += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter!)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "u"): text += Array(String(try scalar()).utf8)
        default: throw malformed("an unknown escape")
        }
    }

    private mutating func scalar() throws(Malformed) -> Unicode.Scalar {
        let first = try hex()
        guard (0xD800...0xDBFF).contains(first) else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
        let mark = at
        if byte == UInt8(ascii: "\\"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "u") {
            at += 2
            let second = try hex()
            if (0xDC00...0xDFFF).contains(second) {
                return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))!
            }
            at = mark
        }
        return "\u{FFFD}"
    }

    private mutating func hex() throws(Malformed) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 128
            else { throw malformed("four hexadecimal digits are due") }
            value = value << 4 + UInt32(digit)
            at += 1
        }
        return value
    }
}
