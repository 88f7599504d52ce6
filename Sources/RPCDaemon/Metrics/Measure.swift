/// What is measured of each request; the raw value is its place in a `CountKey`.
enum Measure: Int, CaseIterable {
    case tokensPerSecond
    case timeToFirstToken
    case interTokenLatency
    case latency
    case queueTime
    case overhead

    static let count = 6
}

/// Names one counter of a series: a bucket of one measure, an outcome, or a kind of error. 15 bits,
/// ordered so that the buckets of a measure lie together from the smallest value to the largest.
enum CountKey {
    private static let counters: UInt16 = 7 << Bucket.bits
    private static let errors: UInt16 = counters + 16

    static func measure(_ measure: Measure, _ value: Double) -> UInt16 {
        first(of: measure) | Bucket.index(of: value)
    }

    /// The key of a measure's first bucket.
    static func first(of measure: Measure) -> UInt16 {
        UInt16(truncatingIfNeeded: measure.rawValue) << Bucket.bits
    }

    static func outcome(_ outcome: Outcome) -> UInt16 {
        counters + UInt16(outcome.rawValue)
    }

    static func error(_ kind: ErrorKind) -> UInt16 {
        errors + UInt16(kind.index)
    }

    /// The kind of error that a key counts; nil for a key that counts anything else.
    static func errorKind(of key: UInt16) -> ErrorKind? {
        key >= errors ? ErrorKind(index: UInt8(truncatingIfNeeded: key - errors)) : nil
    }
}
