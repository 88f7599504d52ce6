/// How the values of one measure are distributed: seconds, or tokens per second. Percentiles are
/// within 2 % of the value of that rank; all else is exact. All zero where nothing was measured.
package struct Distribution: Equatable, Sendable {
    package internal(set) var count: UInt64 = 0
    package internal(set) var mean = 0.0
    package internal(set) var p50 = 0.0
    package internal(set) var p90 = 0.0
    package internal(set) var p99 = 0.0
    package internal(set) var max = 0.0

    package init() {}

    init(_ measure: Measure, _ histogram: borrowing Histogram, _ sums: borrowing Sums) {
        guard sums.count(measure.rawValue) > 0 else { return }
        count = sums.count(measure.rawValue)
        mean = sums.mean(of: measure)
        max = sums.max(of: measure)
        // Counts that were rounded to save memory have a total of their own.
        let total = histogram.total(of: measure)
        // Rounded up: the p90 of ten values is the ninth.
        let ranks: [3 of UInt64] = [
            (50 * total + 99) / 100, (90 * total + 99) / 100, (99 * total + 99) / 100,
        ]
        var values: [3 of Double] = [max, max, max]
        var found = 0
        var passed: UInt64 = 0
        for bucket in 0..<Bucket.count where found < ranks.count {
            passed += histogram[measure.firstKey + bucket]
            while found < ranks.count, ranks[found] <= passed {
                let value = Bucket.value(of: UInt16(truncatingIfNeeded: bucket))
                values[found] = min(value, max)
                found += 1
            }
        }
        (p50, p90, p99) = (values[0], values[1], values[2])
    }
}

/// What `stats` says of one series: of everything, or of one backend, model or client.
package struct Figures: Equatable, Sendable {
    package internal(set) var succeeded: UInt64 = 0
    package internal(set) var failed: UInt64 = 0
    package internal(set) var cancelled: UInt64 = 0
    package internal(set) var rejected: UInt64 = 0
    package internal(set) var promptTokens: UInt64 = 0
    package internal(set) var completionTokens: UInt64 = 0
    package internal(set) var cachedTokens: UInt64 = 0
    private var distributions = [Distribution](repeating: Distribution(), count: Measure.count)
    /// Only the kinds that occurred, in the order of the store's list.
    package internal(set) var errors: [ErrorCount] = []

    package struct ErrorCount: Equatable, Sendable {
        package let kind: ErrorKind
        package let count: UInt64
    }

    /// How the values of a measure are distributed.
    package subscript(measure: Measure) -> Distribution { distributions[measure.rawValue] }

    package var total: UInt64 { succeeded + failed + cancelled + rejected }

    init() {}

    init(_ histogram: borrowing Histogram, _ sums: borrowing Sums, _ errors: ErrorCounts) {
        succeeded = sums.outcomes[Int(Outcome.succeeded.rawValue)]
        failed = sums.outcomes[Int(Outcome.failed.rawValue)]
        cancelled = sums.outcomes[Int(Outcome.cancelled.rawValue)]
        rejected = sums.outcomes[Int(Outcome.rejected.rawValue)]
        promptTokens = sums.promptTokens
        completionTokens = sums.completionTokens
        cachedTokens = sums.cachedTokens
        for measure in Measure.all {
            distributions[measure.rawValue] = Distribution(measure, histogram, sums)
        }
        for (index, count) in errors.counts.enumerated() where count > 0 {
            let kind = ErrorKind(index: UInt8(truncatingIfNeeded: index))
            self.errors.append(ErrorCount(kind: kind, count: count))
        }
    }
}

/// All figures of one window at one moment. It, and whatever was rendered from it, stays true while
/// the store's `version` is the snapshot's and the time is before `validUntil`.
package struct Snapshot: Sendable {
    package let window: StatsWindow
    package let version: UInt64
    /// Monotonic nanoseconds; the first moment at which something leaves the window.
    package internal(set) var validUntil: UInt64 = .max
    package internal(set) var all = Figures()
    /// Sorted by name, without those that have no request in the window.
    package internal(set) var backends: [Named] = []
    package internal(set) var models: [Named] = []
    package internal(set) var clients: [Named] = []
    package internal(set) var loopDelay = Distribution()

    package struct Named: Sendable {
        package let name: String
        package let figures: Figures
    }

    init(window: StatsWindow, version: UInt64) {
        self.window = window
        self.version = version
    }
}
