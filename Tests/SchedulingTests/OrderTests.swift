import Scheduling
import Testing

/// The places that are told, and the one service time that a single request may be delayed by,
/// against what then happens to crowds made from seeds.
@Suite struct OrderTests {
    @Test(arguments: 0..<300 as Range<UInt64>)
    func `where nothing else happens the order that is told is the order that comes`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let models = ["a", "b", "c"]
        var stage = Stage(
            .up("x", models) {
                $0.residency = seed % 2 == 0 ? .all : .limited(1)
                if seed % 2 == 1 {
                    for index in 1...2 { $0.models[index].state = .notLoaded }
                }
            })
        _ = stage.arrive(.of(0))
        for key in 1...40 as ClosedRange<UInt64> {
            _ = stage.arrive(
                .of(key, models.randomElement(using: &random)) {
                    $0.caller.uid = UInt32.random(in: 1...2, using: &random)
                    $0.caller.pid = Int32.random(in: 1...2, using: &random)
                    $0.caller.connection = UInt64.random(in: 1...3, using: &random)
                    if Int.random(in: 0..<3, using: &random) == 0 { $0.priority = .batch }
                })
        }
        let told = stage.scheduler.order(on: "x", now: stage.now)
        #expect(Set(told) == Set(1...40))
        #expect(stage.serveAll([0]) == told)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `a single request waits for one turn of each caller that has many`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let slots = Int.random(in: 1...3, using: &random)
        let crowd = UInt64.random(in: 1...4, using: &random)
        var stage = Stage(.up("x", max: slots) { $0.queueMax = 1_000 })
        var key: UInt64 = 0
        func ask(_ caller: Caller) -> [String] {
            key += 1
            return stage.arrive(.of(key) { $0.caller = caller })
        }
        /// Who is one caller more differs from the others in one thing alone.
        func caller(_ number: UInt64) -> Caller {
            switch seed % 3 {
            case 0: Caller(uid: UInt32(number), pid: 1, connection: 1)
            case 1: Caller(uid: 1, pid: Int32(number), connection: 1)
            default: Caller(uid: 1, pid: 1, connection: number)
            }
        }
        var running: [UInt64] = []
        func note(_ lines: [String]) -> [UInt64] {
            let keys = lines.filter { $0.hasPrefix("start ") }
                .compactMap { UInt64($0.split(separator: " ")[1]) }
            running += keys
            return keys
        }
        for _ in 0..<50 { for number in 1...crowd { _ = note(ask(caller(number))) } }
        for _ in 0..<12 {
            // Who comes while its last request still runs has had its turn.
            let last = key
            var rest = Int.random(in: 0...5, using: &random)
            while rest > 0 || running.contains(last) {
                rest -= 1
                stage.now += UInt64.random(in: 100...150, using: &random) * 1_000_000
                _ = note(stage.serve(running.removeFirst()))
            }
            _ = note(ask(caller(99)))
            let single = key
            var passed = 0
            while !running.contains(single) {
                stage.now += UInt64.random(in: 100...150, using: &random) * 1_000_000
                passed += note(stage.serve(running.removeFirst())).count { $0 != single }
            }
            #expect(passed <= Int(crowd))
        }
    }
}
