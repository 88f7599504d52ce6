import Testing

@testable import Metrics

@Suite struct PackedCountsTests {
    /// Samples of one measure, as `Series` counts them.
    private struct Counted {
        var samples: [PendingSamples.Sample] = []
        var sums = Sums()

        init(_ values: [(Measure, Double)]) {
            for (measure, value) in values {
                var keys = SampleKeys()
                keys.append(measure.key(of: value))
                samples.append(
                    PendingSamples.Sample(keys: keys, previous: Int32(samples.count) - 1))
                sums.add(measure, value)
            }
        }

        var histogram: Histogram {
            var histogram = Histogram()
            histogram.add(samples, last: Int32(samples.count) - 1)
            return histogram
        }
    }

    private static func counts(_ histogram: Histogram) -> [UInt64] {
        (0..<Measure.keyCount).map { histogram[$0] }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `what was packed is unpacked as it was`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let values = (0..<Int.random(in: 0...4_000, using: &random)).map { _ in
            let measure = Measure.allCases.randomElement(using: &random)!
            let exponent = Double(Int.random(in: -22...20, using: &random))
            return (measure, (1 + 31 * Double.random(in: 0...1, using: &random)) * exponent / 10)
        }.map { ($0.0, max(0, $0.1)) }
        let counted = Counted(values)
        let histogram = counted.histogram
        let packed = PackedCounts(histogram, counted.sums, bytesMax: nil, seed: seed)
        var again = Histogram()
        again.add(packed, counted.sums)
        #expect(Self.counts(again) == Self.counts(histogram))
        again.removeAll()
        #expect(Self.counts(again).allSatisfy { $0 == 0 })
    }

    @Test func `a count of any size survives`() {
        let counted = Counted([(.relay, 3)])
        var (histogram, sums) = (counted.histogram, counted.sums)
        // Doubled 40 times.
        for _ in 0..<40 {
            let packed = PackedCounts(histogram, sums, bytesMax: nil, seed: 0)
            histogram.add(packed, sums)
            let same = sums
            sums.add(same)
        }
        let packed = PackedCounts(histogram, sums, bytesMax: nil, seed: 0)
        var again = Histogram()
        again.add(packed, sums)
        #expect(again[Int(Measure.relay.key(of: 3))] == 1 << 40)
        #expect(packed.count < 12)
    }

    /// Twelve measures, each spread evenly over all magnitudes there are: the worst that can come.
    private static func widest(_ count: Int, _ random: inout SeededGenerator) -> Counted {
        var values: [(Measure, Double)] = []
        for index in 0..<count * Measure.count {
            let measure = Measure.allCases[index % Measure.count]
            let octave = UInt64.random(in: 0..<42, using: &random)
            let part = Double.random(in: 1..<2, using: &random)
            values.append((measure, part * Double(1 << octave) / 0x1p22))
        }
        return Counted(values)
    }

    @Test(arguments: [2_000, 20_000, 60_000])
    func `the widest slice takes no more than its limit and keeps its percentiles`(count: Int) {
        var random = SeededGenerator(seed: 7)
        let counted = Self.widest(count, &random)
        let histogram = counted.histogram
        let exact = PackedCounts(histogram, counted.sums, bytesMax: nil, seed: 1)
        let limit = MetricsLimits.sliceBytesMax
        #expect(limit >= PackedCounts.bytesMin)
        #expect(exact.count > 2 * limit, "nothing had to be saved")
        let packed = PackedCounts(histogram, counted.sums, bytesMax: limit, seed: 1)
        #expect(packed.count <= limit)
        // No share of all values up to a bucket is wrong by more than a unit.
        var rounded = Histogram()
        rounded.add(packed, counted.sums)
        for measure in Measure.allCases {
            let values = Double(counted.sums.count(measure.rawValue))
            let range = measure.firstKey..<measure.firstKey + Bucket.count
            var (truth, told) = (0.0, 0.0)
            for key in range {
                truth += Double(histogram[key])
                told += Double(rounded[key])
                #expect(abs(truth - told) / values <= 1.0 / 64)
            }
        }
    }

    @Test func `rounding again and again loses nothing`() {
        // One value at a time into counts that are kept in coarse units.
        var random = SeededGenerator(seed: 3)
        let wide = Self.widest(20_000, &random)
        let limit = MetricsLimits.sliceBytesMax
        var (histogram, sums) = (wide.histogram, wide.sums)
        var packed = PackedCounts(histogram, sums, bytesMax: limit, seed: 5)
        for _ in 0..<4_000 {
            let one = Counted([(.latency, 1)])
            histogram.removeAll()
            histogram.add(packed, sums)
            histogram.add(one.samples, last: 0)
            sums.add(one.sums)
            packed = PackedCounts(histogram, sums, bytesMax: limit, seed: 5)
        }
        histogram.removeAll()
        histogram.add(packed, sums)
        let told = Double(histogram[Int(Measure.latency.key(of: 1))])
        #expect(abs(told - 4_000) < 1_000, "\(told)")
    }

    @Test func `every bucket's middle lies in it and within 1,6 percent of its edges`() {
        for index in 1..<Bucket.last {
            let middle = Bucket.value(of: index)
            #expect(Bucket.index(of: middle) == index)
            #expect(middle < Bucket.value(of: index + 1))
            #expect((Bucket.value(of: index + 1) - middle) / middle <= 0.032)
        }
    }
}
