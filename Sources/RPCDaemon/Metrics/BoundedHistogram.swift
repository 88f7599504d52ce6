/// A histogram with the bounds of a convention that others read: exact counts, for Prometheus.
package struct BoundedHistogram: Sendable {
    package let bounds: Bounds
    /// By bound, what is not above it and above the one before; the last is above all bounds.
    private var counts: [21 of UInt64] = .init(repeating: 0)
    package private(set) var sum = 0.0

    package init(_ bounds: Bounds) {
        self.bounds = bounds
    }

    package var count: UInt64 {
        var count: UInt64 = 0
        for index in 0...bounds.values.count { count &+= counts[index] }
        return count
    }

    package mutating func add(_ value: Double, times: UInt64 = 1) {
        guard value >= 0, value <= bounds.valueMax else { return }
        counts[bounds.index(of: value)] &+= times
        sum += value * Double(times)
    }

    /// Adds what was counted of the same bounds elsewhere.
    package mutating func add(_ other: borrowing BoundedHistogram) {
        for index in 0...bounds.values.count { counts[index] &+= other.counts[index] }
        sum += other.sum
    }

    /// How many values are not above the bound at `index`.
    package func cumulative(_ index: Int) -> UInt64 {
        var count: UInt64 = 0
        for index in 0...index { count &+= counts[index] }
        return count
    }

    /// The bounds that OpenTelemetry's conventions for generative AI name, each list with some more
    /// above: an answer on a small machine takes minutes.
    package enum Bounds: Sendable {
        case tokens
        case seconds
        case secondsToFirstToken
        case secondsPerToken

        package var values: [Double] {
            switch self {
            case .tokens: Self.tokenBounds
            case .seconds: Self.secondBounds
            case .secondsToFirstToken: Self.firstTokenBounds
            case .secondsPerToken: Self.perTokenBounds
            }
        }

        /// How many of them are below a value, found by halving without a branch.
        func index(of value: Double) -> Int {
            switch self {
            case .tokens: Self.index(of: value, in: Self.tokenTable.span)
            case .seconds: Self.index(of: value, in: Self.secondTable.span)
            case .secondsToFirstToken: Self.index(of: value, in: Self.firstTokenTable.span)
            case .secondsPerToken: Self.index(of: value, in: Self.perTokenTable.span)
            }
        }

        @inline(__always)
        private static func index(of value: Double, in table: Span<Double>) -> Int {
            var index = value > table[15] ? 16 : 0
            index &+= value > table[index &+ 7] ? 8 : 0
            index &+= value > table[index &+ 3] ? 4 : 0
            index &+= value > table[index &+ 1] ? 2 : 0
            return index &+ (value > table[index] ? 1 : 0)
        }

        private static let tokenTable = table(tokenBounds)
        private static let secondTable = table(secondBounds)
        private static let firstTokenTable = table(firstTokenBounds)
        private static let perTokenTable = table(perTokenBounds)

        /// Bounds, and behind them what nothing is above.
        private static func table(_ bounds: [Double]) -> [Double] {
            bounds + [Double](repeating: .infinity, count: 31 - bounds.count)
        }

        /// The largest value that is believed.
        var valueMax: Double {
            self == .tokens ? Double(MetricsLimits.tokensMax) : Measure.valueMax
        }

        private static let tokenBounds: [Double] = [
            1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304,
            16_777_216, 67_108_864,
        ]
        private static let secondBounds: [Double] = [
            0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
            163.84, 327.68,
        ]
        private static let firstTokenBounds: [Double] = [
            0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
            20, 40, 80, 160,
        ]
        private static let perTokenBounds: [Double] = [
            0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 10,
        ]
    }
}
