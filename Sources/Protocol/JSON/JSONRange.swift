/// Where a value stands in a text: offsets in bytes, the end not included. A text holds at most 4
/// GiB.
public struct JSONRange: Equatable, Sendable {
    /// Offset of the first byte.
    public var start: UInt32
    /// One past the offset of the last byte; 0 where there is no value.
    public var end: UInt32

    /// A range of byte offsets.
    @inlinable public init(_ start: Int, _ end: Int) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.end = UInt32(truncatingIfNeeded: end)
    }

    /// No value: the member is not there.
    @inlinable public static var absent: JSONRange { JSONRange(0, 0) }
    /// Whether there is a value.
    @inlinable public var isPresent: Bool { end != 0 }
    /// Length in bytes.
    @inlinable public var count: Int { Int(end) &- Int(start) }
    /// The offsets, to cut the value out of its text.
    @inlinable public var bounds: Range<Int> { Int(start)..<Int(end) }
}

/// What a value is, told by its first byte.
public enum JSONKind: String, Equatable, Sendable {
    case object, array, string, number, boolean, null

    /// The kind of the valid value that begins with `byte`.
    @inlinable public init(firstByte byte: UInt8) {
        switch byte {
        case UInt8(ascii: "{"): self = .object
        case UInt8(ascii: "["): self = .array
        case UInt8(ascii: "\""): self = .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .boolean
        case UInt8(ascii: "n"): self = .null
        default: self = .number
        }
    }
}

/// One member of an object: its name's token, quotes included, and its value.
public struct JSONMember: Equatable, Sendable {
    /// The name as it is written, with its quotes.
    public var name: JSONRange
    /// Whether the name is written with an escape, so that its bytes are not its characters.
    public var nameHasEscape: Bool
    /// The value, without the space around it.
    public var value: JSONRange
}
