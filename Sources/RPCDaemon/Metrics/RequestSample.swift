/// How a request ended; each counts in exactly one of them, whatever its attempts.
package enum Outcome: UInt8, CaseIterable, Sendable {
    case succeeded
    /// Sent to a backend, and failed.
    case failed
    case cancelled
    /// Never sent to a backend.
    case rejected
}

/// A kind of error, as its place in the list of names that the store was made with.
package struct ErrorKind: Equatable, Sendable {
    package let index: UInt8

    package init(index: UInt8) {
        self.index = index
    }
}

/// What is known of a request that has ended; times in seconds, nil for what nobody knows.
package struct RequestSample: Sendable {
    package var outcome: Outcome
    /// Nil for a success, or where there is no error to name.
    package var errorKind: ErrorKind?
    /// Nil where the request never got as far as that.
    package var backend: SeriesID?
    package var model: SeriesID?
    package var client: SeriesID?
    package var promptTokens: UInt64 = 0
    package var completionTokens: UInt64 = 0
    package var tokensPerSecond: Double?
    package var timeToFirstToken: Double?
    /// The mean time between two tokens of this request.
    package var interTokenLatency: Double?
    package var latency: Double?
    package var queueTime: Double?
    /// What this daemon added to what the backend took.
    package var overhead: Double?

    package init(_ outcome: Outcome, errorKind: ErrorKind? = nil) {
        self.outcome = outcome
        self.errorKind = errorKind
    }
}

/// A sample turned into what every series it belongs to counts, once for all of them.
struct Contribution {
    /// The first `keyCount` are counted: one for each known measure, the outcome, the error.
    private(set) var keys: [8 of UInt16] = .init(repeating: 0)
    private(set) var keyCount = 0
    /// The value of each measure; negative for one that is not known.
    private(set) var values: [6 of Double] = .init(repeating: -1)
    let promptTokens: UInt64
    let completionTokens: UInt64

    init(_ sample: borrowing RequestSample) {
        promptTokens = sample.promptTokens
        completionTokens = sample.completionTokens
        measured(.tokensPerSecond, sample.tokensPerSecond)
        measured(.timeToFirstToken, sample.timeToFirstToken)
        measured(.interTokenLatency, sample.interTokenLatency)
        measured(.latency, sample.latency)
        measured(.queueTime, sample.queueTime)
        measured(.overhead, sample.overhead)
        count(CountKey.outcome(sample.outcome))
        if let kind = sample.errorKind { count(CountKey.error(kind)) }
    }

    /// A lone measurement that is no request.
    init(_ measure: Measure, _ value: Double) {
        promptTokens = 0
        completionTokens = 0
        measured(measure, value)
    }

    private mutating func measured(_ measure: Measure, _ value: Double?) {
        // What is negative or not a number was measured wrong: as good as unknown.
        guard let value, value >= 0, value < .infinity else { return }
        values[measure.rawValue] = value
        count(CountKey.measure(measure, value))
    }

    private mutating func count(_ key: UInt16) {
        keys[keyCount] = key
        keyCount += 1
    }
}
