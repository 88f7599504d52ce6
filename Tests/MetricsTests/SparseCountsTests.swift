import Testing

@testable import Metrics

@Suite struct SparseCountsTests {
    @Test(arguments: 0..<30 as Range<UInt64>)
    func `merging is counting together and subtracting undoes it`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let span = [8, 300, 32_767].randomElement(using: &random)! as UInt16
        var (left, right, both) = (Tally(), Tally(), Tally())
        var plain: [UInt16: UInt64] = [:]
        for _ in 0..<Int.random(in: 0...3_000, using: &random) {
            let key = UInt16.random(in: 0...span, using: &random)
            if Bool.random(using: &random) { left.add(key) } else { right.add(key) }
            both.add(key)
            plain[key, default: 0] += 1
        }
        var merged = left.counts()
        merged.add(right.counts())
        #expect(merged == both.counts())
        #expect(merged.entries.count == plain.count)
        #expect(plain.allSatisfy { merged[$0.key] == $0.value })
        merged.subtract(right.counts())
        #expect(merged == left.counts())
        merged.subtract(left.counts())
        #expect(merged.isEmpty)
    }

    @Test(arguments: [1, 131_071, 131_072, 1_000_000, 3_000_000_000] as [UInt64])
    func `packing loses no count however large`(count: UInt64) {
        let entries = [UInt64(0), 77, 32_767].map { $0 << Tally.countBits | count }
        let counts = SparseCounts(entries: entries)
        #expect(PackedCounts(counts).unpacked == counts)
    }

    @Test func `a tally that was reset counts from nothing`() {
        var tally = Tally()
        for key in 0..<1_000 as Range<UInt16> { tally.add(key) }
        tally.reset()
        #expect(tally.isEmpty)
        #expect(tally.counts().isEmpty)
        tally.add(5)
        #expect(tally.counts()[5] == 1)
    }

    @Test func `every bucket's middle lies in it and within 0,8 percent of its edges`() {
        for index in 1..<Bucket.last {
            let middle = Bucket.value(of: index)
            #expect(Bucket.index(of: middle) == index)
            #expect(middle < Bucket.value(of: index + 1))
            #expect((Bucket.value(of: index + 1) - middle) / middle <= 0.016)
        }
    }
}
