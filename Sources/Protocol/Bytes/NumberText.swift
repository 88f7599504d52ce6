/// A number as somebody wrote it, kept without an allocation: some decimals are passed on as they
/// came, which is what they were, and costs a tenth of writing the nearest `Double` anew.
public struct NumberText: Equatable, Sendable {
    /// Its bytes, each word from its lowest on; in the last one's highest how many there are.
    private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
    private var count: Int { Int(words.2 >> 56) }

    /// The longest that is kept: 17 digits, which tell every `Double`, a point and some zeros.
    public static let bytesMax = 23

    /// None.
    public init() {}

    /// A number token of digits and a point alone; none for any other, such as one with an
    /// exponent.
    public init(_ token: Span<UInt8>) {
        let count = token.count
        guard count <= Self.bytesMax else { return }
        for index in token.indices {
            let byte = token[index]
            guard byte &- 48 < 10 || byte == UInt8(ascii: ".") else { return }
        }
        let length = UInt64(count) << 56
        words =
            switch count {
            case ..<8: (token.word(from: 0, to: count), 0, length)
            case ..<16: (token.word(from: 0, to: 8), token.word(from: 8, to: count), length)
            default:
                (
                    token.word(from: 0, to: 8), token.word(from: 8, to: 16),
                    token.word(from: 16, to: count) | length
                )
            }
    }

    /// Whether there is none.
    public var isEmpty: Bool { count == 0 }

    /// Whether both are written alike.
    public static func == (left: NumberText, right: NumberText) -> Bool {
        left.words == right.words
    }

    /// Appends it.
    public func write(to out: inout ByteBuffer) {
        out.append(words, count: count)
    }
}

extension ByteBuffer {
    /// Appends the first `count` bytes of these words, each from its lowest on.
    fileprivate mutating func append(_ words: (UInt64, UInt64, UInt64), count: Int) {
        reserve(MemoryLayout.size(ofValue: words))
        let place = unsafe UnsafeMutableRawPointer(base + end)
        unsafe place.storeBytes(of: words.0.littleEndian, as: UInt64.self)
        unsafe place.storeBytes(of: words.1.littleEndian, toByteOffset: 8, as: UInt64.self)
        unsafe place.storeBytes(of: words.2.littleEndian, toByteOffset: 16, as: UInt64.self)
        end &+= count
    }
}

extension Span<UInt8> {
    /// The bytes of that range, eight at most, as one word, the first one lowest.
    fileprivate func word(from start: Int, to end: Int) -> UInt64 {
        if end >= 8, end > start {
            // The eight that end there; those before the range are shifted out.
            let last = unsafe bytes.unsafeLoadUnaligned(
                fromByteOffset: end &- 8, as: UInt64.self)
            return UInt64(littleEndian: last)
                >> UInt64(truncatingIfNeeded: (8 &- (end &- start)) &* 8)
        }
        var word: UInt64 = 0
        for index in start..<end { word |= UInt64(self[index]) << UInt64(index &* 8) }
        return word
    }
}
