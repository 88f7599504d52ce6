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
    /// Those of the prompt that the backend had not to read again.
    package var cachedTokens: UInt64 = 0
    /// Counted as a speed only from `MetricsLimits.tokensForSpeedMin` tokens up.
    package var tokensPerSecond: Double?
    package var timeToFirstToken: Double?
    /// The mean time between two tokens of this request.
    package var interTokenLatency: Double?
    package var latency: Double?
    package var queueTime: Double?
    /// How far the end that was predicted at arrival was from the real one, either way.
    package var predictionError: Double?
    /// What this daemon added to what the backend took.
    package var overhead: Double?
    package var parts = Parts()

    package init(_ outcome: Outcome, errorKind: ErrorKind? = nil) {
        self.outcome = outcome
        self.errorKind = errorKind
    }

    /// Where a request's time went, in the order in which it passes; together they are its latency.
    package struct Parts: Equatable, Sendable {
        /// From the read that brought it to its admission.
        package var parse: Double?
        /// Until its turn.
        package var queue: Double?
        /// Until it was sent.
        package var connect: Double?
        /// Until the last byte of the answer was there.
        package var backend: Double?
        /// Until it was answered.
        package var relay: Double?

        package init() {}
    }
}
