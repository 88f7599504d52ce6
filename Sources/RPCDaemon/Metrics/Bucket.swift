/// Sorts positive numbers into buckets whose width is a 64th of their octave's beginning, so that a
/// bucket's middle is within 0.8 % of every number in it.
///
/// The exponent and the first six bits of the fraction are the bucket, so no logarithm is taken. 64
/// octaves from 2^-30 up: from a nanosecond to five centuries, or as many tokens per second.
enum Bucket {
    static let bits: UInt16 = 12
    static let last: UInt16 = 1 << bits - 1
    private static let droppedBits: UInt64 = 46
    private static let first = UInt64(1023 - 30) << 6

    /// The bucket of a value; the first one also takes zero and what is not a number.
    static func index(of value: Double) -> UInt16 {
        guard value > 0x1p-30 else { return 0 }
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
