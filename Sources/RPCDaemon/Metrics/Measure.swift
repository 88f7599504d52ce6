/// What is measured of each request; the raw value is its place among the keys and the sums.
enum Measure: Int, CaseIterable {
    case tokensPerSecond
    case timeToFirstToken
    case interTokenLatency
    case latency
    case queueTime
    case predictionError
    case overhead
    case parse
    case queue
    case connect
    case backend
    case relay

    static let count = 12
    /// Keys of all measures: each has its buckets, together and from the smallest value up.
    static let keyCount = count * Bucket.count

    /// The key of this measure's first bucket.
    var firstKey: Int { rawValue * Bucket.count }

    func key(of value: Double) -> UInt16 {
        UInt16(truncatingIfNeeded: firstKey) &+ Bucket.index(of: value)
    }

    /// The largest value that is believed: twelve days, and a million tokens a second. A server's
    /// own number may be anything, and one that is absurd would spoil every mean it is part of.
    static let valueMax = 0x1p20
}
