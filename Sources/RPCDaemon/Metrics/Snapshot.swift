/// How the values of one measure are distributed: seconds, or tokens per second. Percentiles are
/// within 0.8 % of the value of that rank; all else is exact. All zero where nothing was measured.
package struct Distribution: Equatable, Sendable {
    package internal(set) var count: UInt64 = 0
    package internal(set) var mean = 0.0
    package internal(set) var p50 = 0.0
    package internal(set) var p90 = 0.0
    package internal(set) var p99 = 0.0
    package internal(set) var max = 0.0

    package init() {}

    init(_ measure: Measure, counts: SparseCounts, moments: Moments) {
        guard moments.count > 0 else { return }
        count = moments.count
        mean = moments.sum / Double(moments.count)
        max = moments.max
        // Rounded up: the p90 of ten values is the ninth.
        let ranks: [3 of UInt64] = [
            (50 * count + 99) / 100, (90 * count + 99) / 100, (99 * count + 99) / 100,
        ]
        var values: [3 of Double] = [0, 0, 0]
        var found = 0
        var passed: UInt64 = 0
        let first = CountKey.first(of: measure)
        for entry in counts.entries[counts.place(of: first)...] where found < ranks.count {
            passed += SparseCounts.count(entry)
            while found < ranks.count, ranks[found] <= passed {
                values[found] = min(Bucket.value(of: SparseCounts.key(entry) - first), max)
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
    package internal(set) var tokensPerSecond = Distribution()
    package internal(set) var timeToFirstToken = Distribution()
    package internal(set) var interTokenLatency = Distribution()
    package internal(set) var latency = Distribution()
    package internal(set) var queueTime = Distribution()
    package internal(set) var overhead = Distribution()
    /// Only the kinds that occurred, in the order of the store's list.
    package internal(set) var errors: [ErrorCount] = []

    package struct ErrorCount: Equatable, Sendable {
        package let kind: ErrorKind
        package let count: UInt64
    }

    package var total: UInt64 { succeeded + failed + cancelled + rejected }

    init() {}

    init(counts: SparseCounts, sums: Sums) {
        func distribution(_ measure: Measure) -> Distribution {
            Distribution(measure, counts: counts, moments: sums[measure])
        }
        succeeded = counts[CountKey.outcome(.succeeded)]
        failed = counts[CountKey.outcome(.failed)]
        cancelled = counts[CountKey.outcome(.cancelled)]
        rejected = counts[CountKey.outcome(.rejected)]
        promptTokens = sums.promptTokens
        completionTokens = sums.completionTokens
        tokensPerSecond = distribution(.tokensPerSecond)
        timeToFirstToken = distribution(.timeToFirstToken)
        interTokenLatency = distribution(.interTokenLatency)
        latency = distribution(.latency)
        queueTime = distribution(.queueTime)
        overhead = distribution(.overhead)
        let firstError = counts.place(of: CountKey.error(ErrorKind(index: 0)))
        for entry in counts.entries[firstError...] {
            guard let kind = CountKey.errorKind(of: SparseCounts.key(entry)) else { continue }
            errors.append(ErrorCount(kind: kind, count: SparseCounts.count(entry)))
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
