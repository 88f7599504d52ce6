/// Sorts positive numbers into buckets whose width is a 32nd of their octave's beginning, so that a
/// bucket's middle is within 1.6 % of every number in it.
///
/// The exponent and the first five bits of the fraction are the bucket, so no logarithm is taken.
/// 42 octaves from 2^-22 up: from a quarter of a microsecond to twelve days, or as many tokens per
/// second.
enum Bucket {
    static let count = 42 * 32
    static let last = UInt16(count - 1)
    private static let droppedBits: UInt64 = 47
    private static let first = UInt64(1023 - 22) << 5

    /// The bucket of a value; the first one also takes zero and what is not a number.
    @inline(__always)
    static func index(of value: Double) -> UInt16 {
        guard value > 0x1p-22 else { return 0 }
        let place = (value.bitPattern >> droppedBits) &- first
        return place < UInt64(last) ? UInt16(truncatingIfNeeded: place) : last
    }

    /// The middle of a bucket; the first one stands for nothing at all.
    static func value(of index: UInt16) -> Double {
        if index == 0 { return 0 }
        let bits = (UInt64(index) + first) << droppedBits
        return Double(bitPattern: bits | 1 << (droppedBits - 1))
    }
}
