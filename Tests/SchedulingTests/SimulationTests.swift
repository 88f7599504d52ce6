import Scheduling
import Testing

/// Whole worlds from seeds, the same for each seed, against what must hold whatever happens.
@Suite struct SimulationTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func `no course of events breaks a promise`(block: UInt64) {
        for seed in 50 * block..<50 * (block + 1) {
            var world = World(seed: seed, requests: 20)
            world.run()
            #expect(world.ledger.broken == [], "seed \(seed)")
        }
    }

    /// A model that was listed no more and still loaded, an unload before others, a backend that is
    /// gone while one of its name is there.
    @Test(arguments: [1_002_422, 1_003_331, 1_003_537, 1_005_413] as [UInt64])
    func `what broke a promise once breaks it no more`(seed: UInt64) {
        var world = World(seed: seed, requests: 60)
        world.run()
        #expect(world.ledger.broken == [])
    }

    @Test(arguments: 200_000..<200_040 as Range<UInt64>)
    func `a stop in the middle of everything lets nobody wait`(block: UInt64) {
        for seed in 10 * block..<10 * (block + 1) {
            var world = World(seed: seed, requests: 40, stopsAfter: Int(seed % 40))
            world.run()
            #expect(world.ledger.broken == [], "seed \(seed)")
        }
    }

    @Test(arguments: 100_000..<100_004 as Range<UInt64>)
    func `hours of work break no promise either`(seed: UInt64) {
        var world = World(seed: seed, requests: 2_000)
        world.run()
        #expect(world.ledger.broken == [])
        #expect(world.ledger.served > 200)
        #expect(world.now > start + 1_800 * second)
    }
}
