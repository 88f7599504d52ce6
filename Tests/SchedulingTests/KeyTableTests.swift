import Testing

@testable import Scheduling

@Suite struct KeyTableTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func `it knows what a dictionary knows, whatever stays behind`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var table = KeyTable()
        var judge: [UInt64: Int] = [:]
        var last: UInt64 = seed == 0 ? 0 : .random(in: 0...1 << 40, using: &random)
        for _ in 0..<3000 {
            if Int.random(in: 0..<100, using: &random) < 52 {
                last += UInt64.random(in: 0..<50, using: &random) == 0 ? 64 : 1
                table.insert(last, judge.count)
                judge[last] = judge.count
            } else if let key = judge.keys.randomElement(using: &random) {
                table.remove(key)
                judge[key] = nil
            }
            let asked = UInt64.random(in: last - min(last, 200)...last + 2, using: &random)
            #expect(table[asked] == judge[asked])
        }
        #expect(table.count == judge.count)
        for (key, place) in judge { #expect(table[key] == place) }
        for key in judge.keys { table.remove(key) }
        #expect(table.count == 0)
    }

    @Test func `a key that is not there is taken out of nothing`() {
        var table = KeyTable()
        table.remove(7)
        table.insert(0, 1)
        table.remove(64)
        #expect(table[0] == 1 && table[64] == nil && table.count == 1)
    }
}
