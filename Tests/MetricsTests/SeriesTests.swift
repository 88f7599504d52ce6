import Testing

@testable import Metrics

@Suite struct SeriesTests {
    private static let slicesMax = [34, 44, 38, 40]

    @Test func `a series that nobody looks at keeps no more slices than its windows have`() {
        var store = MetricsStore(errorKinds: [])
        for at in 1...20_000 as ClosedRange<UInt64> {
            store.finished(.served(latency: 1), now: at * second)
        }
        let slices = store.places[MetricsStore.allIndex].series.slices
        for (slices, most) in zip(slices, Self.slicesMax) {
            #expect(slices.count <= most && slices.count >= most - 5, "\(slices.count)")
        }
    }

    @Test func `a series that has gone silent keeps no slice`() {
        var store = MetricsStore(errorKinds: [])
        store.finished(.served(latency: 1), now: second)
        func counts(at seconds: UInt64) -> [Int] {
            _ = store.snapshot(.oneMinute, now: seconds * second)
            return store.places[MetricsStore.allIndex].series.slices.map(\.count)
        }
        #expect(counts(at: 2) == [1, 0, 0, 0])
        #expect(counts(at: 65) == [1, 0, 0, 0], "it becomes one with two others")
        #expect(counts(at: 66) == [0, 1, 0, 0])
        #expect(counts(at: 3_600 + 72) == [0, 0, 0, 0])
        #expect(store.snapshot(.total, now: 3_700 * second).all[.latency].count == 1)
    }

    /// A request of which each measure is anywhere in the range that is believed.
    private static func wild(_ random: inout SeededGenerator) -> RequestSample {
        var sample = RequestSample(.succeeded)
        (sample.promptTokens, sample.completionTokens) = (24, 53)
        for measure in Measure.all {
            let octave = UInt64.random(in: 0..<40, using: &random)
            sample[measure] =
                Double.random(in: 1..<2, using: &random) * Double(1 << octave) / 0x1p22
        }
        return sample
    }

    @Test func `two hours of 10 wild requests a second stay within the size that is told`() {
        var store = MetricsStore(errorKinds: [])
        var random = SeededGenerator(seed: 1)
        // A few thousand different ones, since making a million takes longer than counting them.
        let wild = (0..<5_000).map { _ in Self.wild(&random) }
        var largest: [Int] = []
        for hour in 1...2 as ClosedRange<UInt64> {
            for index in 0..<3_700 * 10 {
                let at = hour * 3_700 + UInt64(index / 10)
                store.finished(wild[index &* 7_919 % 5_000], now: at * second)
            }
            largest.append(store.places[MetricsStore.allIndex].series.byteCount)
        }
        #expect(largest[0] > 200_000, "it was not wild")
        let slices = Self.slicesMax.reduce(0, +)
        let most = slices * (MetricsLimits.sliceBytesMax + 384) + 4 * Measure.keyCount
        #expect(most <= 590 << 10, "as it is told where a series is")
        #expect(largest[1] <= most, "\(largest)")
        #expect(
            largest[1] - largest[0] <= 4 * Measure.keyCount,
            "an hour has shown all that there will be")
        #expect(store.byteCount - largest[1] < 150_000, "beside it is what waits to be sorted")
        let all = store.snapshot(.oneHour, now: 3 * 3_700 * second - 1).all
        #expect(all[.latency].count >= 3_600 * 10)
        #expect(store.snapshot(.total, now: 3 * 3_700 * second - 1).all.total == 7_400 * 10)
    }
}
