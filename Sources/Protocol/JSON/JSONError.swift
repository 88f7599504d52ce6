/// Why a text is not JSON, and where.
public struct JSONError: Error, Equatable, Sendable {
    /// The rule of RFC 8259, or the limit, that the text broke.
    public enum Reason: Equatable, Sendable {
        /// A byte that cannot stand where it stands.
        case unexpectedByte(UInt8)
        /// The text ends inside a value.
        case unexpectedEnd
        /// Bytes follow the one value a text may hold.
        case trailingBytes
        /// A string, or the text between values, is not valid UTF-8 (RFC 3629).
        case invalidUTF8
        /// A backslash is followed by something else than RFC 8259 section 7 allows.
        case invalidEscape
        /// A `\u` escape names half of a surrogate pair.
        case loneSurrogate
        /// A control character (below 0x20) stands unescaped in a string.
        case controlCharacter
        /// A number is not written as RFC 8259 section 6 says.
        case invalidNumber
        /// Arrays and objects are nested deeper than the limit `depth_max`.
        case tooDeep
    }

    /// What is wrong.
    public var reason: Reason
    /// Where: an offset in bytes from the start of the text.
    public var offset: Int

    /// A description of the fault.
    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// One clause for a person, such as `unexpected byte 0x7D at byte 12`.
    public var message: String {
        let what =
            switch reason {
            case .unexpectedByte(let byte): "unexpected \(Self.name(of: byte))"
            case .unexpectedEnd: "unexpected end of the text"
            case .trailingBytes: "bytes after the value"
            case .invalidUTF8: "invalid UTF-8"
            case .invalidEscape: "invalid escape in a string"
            case .loneSurrogate: "lone surrogate in a string"
            case .controlCharacter: "unescaped control character in a string"
            case .invalidNumber: "invalid number"
            case .tooDeep: "nested too deeply"
            }
        return "\(what) at byte \(offset)"
    }

    private static func name(of byte: UInt8) -> String {
        if byte > 0x20 && byte < 0x7F { return "'\(Character(UnicodeScalar(byte)))'" }
        let digits = Array("0123456789ABCDEF")
        return "byte 0x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }
}
