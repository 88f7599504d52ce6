import Testing

@testable import Metrics

@Suite struct SeriesTests {
    @Test func `a series that nobody looks at keeps no more slices than its windows have`() {
        var series = Series()
        for second in 1...20_000 as ClosedRange<UInt64> {
            series.add(Contribution(.latency, 1), second: second)
        }
        #expect(series.windows.map(\.slices.count) == [60, 60, 60, 60])
    }

    @Test func `a series that has gone silent keeps no slice`() {
        var series = Series()
        series.add(Contribution(.latency, 1), second: 1)
        series.advance(to: 2)
        #expect(series.windows.map(\.slices.count) == [1, 1, 1, 1])
        series.advance(to: 3_600)
        #expect(series.windows.map(\.slices.count) == [0, 0, 0, 0])
    }

    @Test func `a slice costs memory for distinct values only`() {
        var window = RollingWindow(sliceSeconds: 1)
        var tally = Tally()
        for _ in 0..<10_000 { tally.add(7) }
        window.add(tally.counts(), Sums(), second: 1)
        #expect(window.slices[0].counts.unpacked.entries.count == 1)
    }
}
