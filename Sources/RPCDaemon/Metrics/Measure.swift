/// What is measured of each request, a row each; the raw value is its place among the keys and the
/// sums. A value is counted, kept, summed and told by its row alone.
package enum Measure: Int, CaseIterable, Sendable {
    /// Counted only from `MetricsLimits.tokensForSpeedMin` tokens up.
    case tokensPerSecond
    case timeToFirstToken
    /// The mean time between two tokens of a request.
    case interTokenLatency
    case latency
    case queueTime
    /// How far the end that was predicted at arrival was from the real one, either way.
    case predictionError
    /// What this daemon added to what the backend took.
    case overhead
    // Where a request's time went, in the order in which it passes; together they are its latency.
    /// From the read that brought it to its admission.
    case parse
    /// Until its turn.
    case queue
    /// Until it was sent.
    case connect
    /// Until the last byte of the answer was there.
    case backend
    /// Until it was answered.
    case relay

    /// What `stats` calls it.
    package var name: StaticString {
        switch self {
        case .tokensPerSecond: "tokens_per_second"
        case .timeToFirstToken: "time_to_first_token"
        case .interTokenLatency: "inter_token_latency"
        case .latency: "latency"
        case .queueTime: "queue_time"
        case .predictionError: "prediction_error"
        case .overhead: "overhead"
        case .parse: "parse"
        case .queue: "queue"
        case .connect: "connect"
        case .backend: "backend"
        case .relay: "relay"
        }
    }

    /// All of them; `allCases` would make the array anew at each look.
    package static let all = allCases

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

    /// Whether it can have been measured so: what is negative, absurd or not a number is as good as
    /// unknown.
    static func isBelieved(_ value: Double) -> Bool { value >= 0 && value <= valueMax }
}
