import CrowdModelsProtocol

/// A part of one letter, as it is left where a server cuts its text between two events: half of a
/// surrogate pair, or some bytes of a UTF-8 sequence.
struct LetterPiece: Equatable {
    /// The bytes that are there (of a surrogate: none), the first in the lowest place.
    private var bytes: UInt32 = 0
    private var count: UInt8 = 0
    /// Half of a surrogate pair; 0 for bytes.
    private var unit: UInt16 = 0

    /// What can belong to no letter.
    static let none = LetterPiece(bytes: 0, count: 0, unit: 0)

    private init(bytes: UInt32, count: UInt8, unit: UInt16) {
        self.bytes = bytes
        self.count = count
        self.unit = unit
    }

    /// Half of a surrogate pair.
    init(unit: UInt16) { self.unit = unit }

    /// The first byte, of 0x80 or more, of whatever it is a part of.
    init(byte: UInt8) {
        bytes = UInt32(byte)
        count = 1
    }

    private var lead: UInt8 { UInt8(truncatingIfNeeded: bytes) }

    /// How many bytes the letter has that begins like this; 0 where none begins so.
    private var length: Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 0
        }
    }

    /// Whether it is a letter after all.
    var isWhole: Bool { count > 1 && Int(count) == length }

    /// Whether the rest of a letter may follow it.
    var isFront: Bool { unit & 0xFC00 == 0xD800 || count > 0 && Int(count) < length }

    /// It with another byte; nil where that byte does not belong to it. Bytes that only continue a
    /// letter join each other, so that the rest of one is one piece.
    func appending(byte: UInt8) -> LetterPiece? {
        guard unit == 0, count > 0, byte & 0xC0 == 0x80 else { return nil }
        if length == 0 {
            guard lead & 0xC0 == 0x80, count < 3 else { return nil }
        } else if count == 1 {
            // RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF.
            switch lead {
            case 0xE0 where byte < 0xA0, 0xED where byte > 0x9F, 0xF0 where byte < 0x90,
                0xF4 where byte > 0x8F:
                return nil
            default: break
            }
        }
        return LetterPiece(
            bytes: bytes | UInt32(byte) << (8 * UInt32(count)), count: count + 1, unit: 0)
    }

    /// It and the piece that follows it, as one; nil where they are no parts of one letter.
    func joined(with rest: LetterPiece) -> LetterPiece? {
        if unit != 0 || rest.unit != 0 { return nil }
        var joined = self
        for index in 0..<rest.count {
            let byte = UInt8(truncatingIfNeeded: rest.bytes >> (8 * UInt32(index)))
            guard !joined.isWhole, let longer = joined.appending(byte: byte) else { return nil }
            joined = longer
        }
        return joined
    }

    /// Appends the letter that it makes with `rest` to the inside of a JSON string; false where
    /// they make none.
    func append(joinedWith rest: LetterPiece, to text: inout ByteBuffer) -> Bool {
        if unit & 0xFC00 == 0xD800, rest.unit & 0xFC00 == 0xDC00 {
            let scalar = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(rest.unit & 0x3FF))
            guard let letter = Unicode.Scalar(scalar) else { return false }
            text.append(utf8: String(Character(letter)))
            return true
        }
        guard let whole = joined(with: rest), whole.isWhole else { return false }
        for index in 0..<whole.count {
            text.append(UInt8(truncatingIfNeeded: whole.bytes >> (8 * UInt32(index))))
        }
        return true
    }
}
