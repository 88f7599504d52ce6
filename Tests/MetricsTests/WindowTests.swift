import Metrics
import Testing

@Suite struct WindowTests {
    static let lengths: [(StatsWindow, UInt64)] = [
        (.oneMinute, 60), (.fiveMinutes, 300), (.fifteenMinutes, 900), (.oneHour, 3_600),
    ]

    @Test(arguments: lengths, [0, 1, 17, 59, 3_599] as [UInt64])
    func `a request is gone 2 percent or 2 seconds after the window's length and not before it`(
        window: (kind: StatsWindow, seconds: UInt64), phase: UInt64
    ) {
        for fraction in [0, 1, second - 1] {
            let ended = start + phase * second + fraction
            var store = MetricsStore(errorKinds: [])
            store.finished(.served(latency: 1), now: ended)
            let slice = max(2 * second, window.seconds * second / 50)
            func total(at now: UInt64) -> UInt64 { store.snapshot(window.kind, now: now).all.total }
            #expect(total(at: ended) == 1)
            #expect(total(at: ended + window.seconds * second - fraction - 1) == 1)
            #expect(total(at: ended + window.seconds * second + slice) == 0)
            #expect(store.snapshot(.total, now: ended + 2 * window.seconds * second).all.total == 1)
        }
    }

    @Test(arguments: lengths)
    func `a snapshot is valid until the very moment something leaves`(
        window: (kind: StatsWindow, seconds: UInt64)
    ) {
        var store = MetricsStore(errorKinds: [])
        for step in 0..<3 as Range<UInt64> {
            store.finished(.served(latency: 1), now: start + step * window.seconds * second / 10)
        }
        let now = start + window.seconds * second / 5
        var snapshot = store.snapshot(window.kind, now: now)
        for left in [2, 1, 0] as [UInt64] {
            let end = snapshot.validUntil
            #expect(store.holds(snapshot, now: end - 1))
            #expect(!store.holds(snapshot, now: end))
            #expect(store.snapshot(window.kind, now: end - 1).all == snapshot.all)
            snapshot = store.snapshot(window.kind, now: end)
            #expect(snapshot.all.total == left)
        }
        #expect(snapshot.validUntil == .max)
        store.finished(.served(latency: 1), now: start + 2 * window.seconds * second)
        #expect(!store.holds(snapshot, now: start + 2 * window.seconds * second))
    }

    /// Random samples against a plain list of all of them.
    @Test(arguments: 0..<12 as Range<UInt64>)
    func `every window is the sum of the samples in its slices`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var store = MetricsStore(errorKinds: ["timeout", "busy"])
        var samples: [(second: UInt64, latency: Double)] = []
        var now = start
        for _ in 0..<400 {
            now += UInt64.random(
                in: 0...[second, 40 * second, 900 * second][Int(seed % 3)], using: &random)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let latency = Double(Int.random(in: 1...8, using: &random))
                store.finished(.served(latency: latency), now: now)
                samples.append((now / second, latency))
            }
            for (window, seconds) in Self.lengths + [(.total, 0)] where Bool.random(using: &random)
            {
                let slice = max(2, seconds / 50)
                let inside = samples.filter {
                    window == .total
                        || ($0.second / slice + 1) * slice + seconds > now / second
                }.map(\.latency)
                let found = store.snapshot(window, now: now).all
                #expect(found.total == UInt64(inside.count))
                #expect(found[.latency].count == UInt64(inside.count))
                #expect(found[.latency].max == inside.max() ?? 0)
                let mean = inside.reduce(0, +) / Double(max(1, inside.count))
                #expect(abs(found[.latency].mean - mean) < 1e-9)
            }
        }
    }

    @Test func `the loop's delay is a distribution of its own and no request`() {
        var store = MetricsStore(errorKinds: [])
        for step in 1...100 { store.loopDelay(seconds: Double(step) / 1_000, now: start) }
        // What cannot have been measured is none.
        for absurd in [Double.nan, -1, .infinity, 0x1p21] {
            store.loopDelay(seconds: absurd, now: start)
        }
        let snapshot = store.snapshot(.oneMinute, now: start)
        #expect(snapshot.loopDelay.count == 100)
        #expect(abs(snapshot.loopDelay.p90 - 0.09) < 0.02 * 0.09)
        #expect(snapshot.all.total == 0)
        #expect(snapshot.backends.isEmpty)
        #expect(store.snapshot(.oneMinute, now: start + 62 * second).loopDelay.count == 0)
    }

    @Test func `the loop's delays end a snapshot's validity once a second`() {
        var store = MetricsStore(errorKinds: [])
        store.loopDelay(seconds: 1, now: start)
        let snapshot = store.snapshot(.oneMinute, now: start)
        store.loopDelay(seconds: 1, now: start + 1)
        #expect(store.holds(snapshot, now: start + 1))
        #expect(!store.holds(snapshot, now: start + second))
        let later = store.snapshot(.oneMinute, now: start + second)
        #expect(later.loopDelay.count == 2)
        #expect(store.holds(later, now: start + 59 * second))
        store.loopDelay(seconds: 1, now: start + 59 * second)
        #expect(!store.holds(later, now: start + 59 * second))
    }

    @Test func `windows have the protocol's names`() {
        for window in StatsWindow.allCases {
            #expect(StatsWindow(name: window.name.description) == window)
        }
        #expect(StatsWindow(name: "2m") == nil)
    }
}
