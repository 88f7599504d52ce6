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
    /// What was measured; not a number where nobody knows, nor behind the last measure.
    private(set) var values: [16 of Double] = .init(repeating: .nan)

    package init(_ outcome: Outcome, errorKind: ErrorKind? = nil) {
        self.outcome = outcome
        self.errorKind = errorKind
    }

    /// The value of a measure; nil for what nobody knows.
    package subscript(measure: Measure) -> Double? {
        get {
            let value = values[measure.rawValue]
            return value.isNaN ? nil : value
        }
        set { values[measure.rawValue] = newValue ?? .nan }
    }
}
