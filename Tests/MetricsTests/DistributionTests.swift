import Glibc
import Metrics
import Testing

@Suite struct DistributionTests {
    /// Values of many shapes, each from the whole range that the protocol's measures can have.
    static let shapes: [String] = [
        "constant", "uniform", "exponential", "lognormal", "two peaks", "whole range",
        "powers of two",
    ]

    private static func values(
        _ shape: String, count: Int, scale: Double, random: inout SeededGenerator
    ) -> [Double] {
        func unit() -> Double { Double.random(in: 1e-9..<1, using: &random) }
        return (0..<count).map { _ in
            switch shape {
            case "constant": scale
            case "uniform": scale * unit()
            case "exponential": -scale * log(unit())
            case "lognormal": scale * exp(sqrt(-2 * log(unit())) * cos(2 * Double.pi * unit()))
            case "two peaks": unit() < 0.8 ? scale : scale * 50
            case "whole range": exp(log(1e-6) + unit() * log(36_000 / 1e-6))
            default: exp2(Double(Int.random(in: -19...15, using: &random)))
            }
        }
    }

    @Test(arguments: shapes, [1, 2, 3, 10, 99, 100, 101, 5_000])
    func `percentiles are within 2 percent of the exact ones`(shape: String, count: Int) {
        for scale in [1e-6, 0.000_8, 0.05, 1, 3_600] {
            var random = SeededGenerator(seed: UInt64(count))
            let values = Self.values(shape, count: count, scale: scale, random: &random)
            var store = MetricsStore(errorKinds: [])
            for value in values { store.finished(.served(latency: value), now: start) }
            let found = store.snapshot(.oneMinute, now: start).all[.latency]
            let sorted = values.sorted()
            func exact(_ percent: Int) -> Double { sorted[(percent * count + 99) / 100 - 1] }
            for (estimate, truth) in [
                (found.p50, exact(50)), (found.p90, exact(90)), (found.p99, exact(99)),
            ] {
                #expect(abs(estimate - truth) <= 0.02 * truth, "\(shape) × \(scale)")
            }
            #expect(found.count == UInt64(count))
            #expect(found.max == sorted.last)
            #expect(
                abs(found.mean * Double(count) - values.reduce(0, +)) <= 1e-9 * found.mean
                    * Double(count))
        }
    }

    @Test(arguments: [0.01, 0.5, 3, 51.437, 99_999, 100_000])
    func `every speed is told within 2 percent`(speed: Double) {
        var store = MetricsStore(errorKinds: [])
        var sample = RequestSample(.succeeded)
        sample.completionTokens = 100
        // One far above it, so that the largest value does not correct the smaller one.
        for value in [speed, speed, speed * 10] {
            sample[.tokensPerSecond] = value
            store.finished(sample, now: start)
        }
        let found = store.snapshot(.total, now: start).all[.tokensPerSecond]
        #expect(abs(found.p50 - speed) <= 0.02 * speed)
        #expect(found.max == speed * 10)
    }

    @Test func `no percentile is above the largest value`() {
        var store = MetricsStore(errorKinds: [])
        store.finished(.served(latency: 1.0001), now: start)
        let found = store.snapshot(.total, now: start).all[.latency]
        #expect(found.p50 <= 1.0001)
        #expect(found.p99 <= found.max)
    }

    @Test(arguments: [
        Double.nan, -.infinity, .infinity, -1, 1.1e6, 1e300, .greatestFiniteMagnitude,
    ])
    func `what is no measurement or an absurd one is not counted as one`(value: Double) {
        var store = MetricsStore(errorKinds: [])
        store.finished(.served(latency: value), now: start)
        let all = store.snapshot(.total, now: start).all
        #expect(all.total == 1)
        #expect(all[.latency].count == 0)
    }

    @Test(arguments: [0, 1e-300, 1e-8, 1_048_576])
    func `values at the ends of all ranges are counted and do no harm`(value: Double) {
        var store = MetricsStore(errorKinds: [])
        store.finished(.served(latency: value), now: start)
        let found = store.snapshot(.total, now: start).all[.latency]
        #expect(found.count == 1)
        #expect(found.max == value)
        #expect(found.p50 <= found.max)
    }

    /// An hour of samples of four shapes, spread over slices that are packed and rounded.
    @Test(arguments: ["lognormal", "exponential", "whole range", "two peaks"])
    func `percentiles of a million samples of four shapes are within 2 percent of the exact`(
        shape: String
    ) {
        var random = SeededGenerator(seed: 42)
        let values = Self.values(shape, count: 250_000, scale: 0.05, random: &random)
        var store = MetricsStore(errorKinds: [])
        for (index, value) in values.enumerated() {
            // 3,590 seconds, so that all are in the window at the end.
            store.finished(.served(latency: value), now: start + UInt64(index) * 14_360_000)
        }
        let end = start + 3_590 * second
        let sorted = values.filter { $0 <= 1_048_576 }.sorted()
        for window in [StatsWindow.oneHour, .total] {
            let found = store.snapshot(window, now: end).all[.latency]
            #expect(found.count == UInt64(sorted.count))
            #expect(found.max == sorted.last)
            for (percent, told) in [(50, found.p50), (90, found.p90), (99, found.p99)] {
                let truth = sorted[(percent * sorted.count + 99) / 100 - 1]
                #expect(abs(told - truth) <= 0.02 * truth, "p\(percent) \(told) for \(truth)")
            }
        }
    }

    @Test
    func `no speed is counted from fewer than eight tokens, and the mean is tokens by seconds`() {
        var store = MetricsStore(errorKinds: [])
        for (tokens, speed) in [(1, 300_000), (7, 9_000), (8, 4), (800, 80)] as [(UInt64, Double)] {
            var sample = RequestSample(.succeeded)
            (sample.completionTokens, sample[.tokensPerSecond]) = (tokens, speed)
            store.finished(sample, now: start)
        }
        let speed = store.snapshot(.oneMinute, now: start).all[.tokensPerSecond]
        #expect(speed.count == 2)
        #expect(speed.max == 80)
        #expect(abs(speed.mean - 808.0 / 12) < 1e-9, "8 tokens in 2 s and 800 in 10 s")
    }

    @Test func `tokens that no server can have counted are counted as none`() {
        var store = MetricsStore(errorKinds: [])
        var sample = RequestSample(.succeeded)
        (sample.promptTokens, sample.completionTokens) = (.max, 9_223_372_036_854_775_807)
        sample[.tokensPerSecond] = 1.7e308
        for _ in 0..<3 { store.finished(sample, now: start) }
        (sample.promptTokens, sample.completionTokens, sample.cachedTokens) = (10, 20, 30)
        store.finished(sample, now: start)
        let all = store.snapshot(.oneMinute, now: start).all
        #expect([all.promptTokens, all.completionTokens, all.cachedTokens] == [10, 20, 10])
        #expect(all[.tokensPerSecond].count == 0)
    }
}
