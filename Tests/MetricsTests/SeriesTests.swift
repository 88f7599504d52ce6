import Testing

@testable import Metrics

@Suite struct SeriesTests {
    private static let slicesMax = [31, 41, 35, 39]

    @Test func `a series that nobody looks at keeps no more slices than its windows have`() {
        var (series, histogram) = (Series(), Histogram())
        for second in 1...20_000 as ClosedRange<UInt64> {
            series.add(Contribution(.latency, 1), second: second, &histogram)
        }
        for (slices, most) in zip(series.slices, Self.slicesMax) {
            #expect(slices.count <= most && slices.count >= most - 3)
        }
    }

    @Test func `a series that has gone silent keeps no slice`() {
        var (series, histogram) = (Series(), Histogram())
        series.add(Contribution(.latency, 1), second: 1, &histogram)
        series.advance(to: 2, &histogram)
        #expect(series.slices.map(\.count) == [1, 0, 0, 0])
        series.advance(to: 62, &histogram)
        #expect(series.slices.map(\.count) == [0, 1, 0, 0])
        series.advance(to: 3_600 + 72, &histogram)
        #expect(series.slices.map(\.count) == [0, 0, 0, 0])
        #expect(series.figures(.total, second: 3_700, &histogram).figures[.latency].count == 1)
    }

    /// The twelve measures of one request, each anywhere in the range that is believed.
    static func widest(_ random: inout SeededGenerator) -> Contribution {
        func any() -> Double {
            let octave = UInt64.random(in: 0..<40, using: &random)
            return Double.random(in: 1..<2, using: &random) * Double(1 << octave) / 0x1p22
        }
        var sample = RequestSample(.succeeded)
        (sample.promptTokens, sample.completionTokens) = (24, 53)
        (sample[.tokensPerSecond], sample[.timeToFirstToken]) = (any(), any())
        (sample[.interTokenLatency], sample[.latency]) = (any(), any())
        (sample[.queueTime], sample[.predictionError], sample[.overhead]) = (any(), any(), any())
        (sample[.parse], sample[.queue], sample[.connect]) = (any(), any(), any())
        (sample[.backend], sample[.relay]) = (any(), any())
        return Contribution(sample)
    }

    @Test func `an hour of 40 wild requests a second stays under half a megabyte`() {
        var (series, histogram) = (Series(), Histogram())
        var random = SeededGenerator(seed: 1)
        // A few thousand different ones, since making a million takes longer than counting them.
        let wild = (0..<5_000).map { _ in Self.widest(&random) }
        for index in 0..<3_700 * 40 {
            let second = UInt64(index / 40) + 72
            series.add(wild[index &* 7_919 % 5_000], second: second, &histogram)
        }
        let packed = series.slices.joined().map(\.byteCount).reduce(0, +)
        #expect(packed <= 146 * MetricsLimits.sliceBytesMax)
        #expect(packed > 200_000, "it was not wild")
        #expect(series.byteCount >= packed && series.byteCount < packed + 200_000)
        let all = series.figures(.oneHour, second: 3_771, &histogram).figures
        #expect(all[.latency].count >= 3_600 * 40)
    }
}
