import Scheduling
import Testing

/// Callers who always have work waiting, each with shares that a plain count can judge.
@Suite struct ShareTests {
    @Test(arguments: 0..<100 as Range<UInt64>)
    func `who always waits has as much as the next one, on every level`(seed: UInt64) {
        var crowd = Crowd(seed: seed)
        for _ in 0..<300 { crowd.step() }
        #expect(crowd.spread(\.uid) <= crowd.slots + 1)
        for uid in Set(crowd.callers.map(\.uid)) {
            #expect(crowd.spread(\.pid) { $0.uid == uid } <= crowd.slots + 1)
            for pid in Set(crowd.callers.filter { $0.uid == uid }.map(\.pid)) {
                let isOf = { (caller: Caller) in caller.uid == uid && caller.pid == pid }
                #expect(crowd.spread(\.connection, isOf) <= crowd.slots + 1)
            }
        }
    }
}

/// A backend, and callers who ask anew as soon as they are served.
private struct Crowd {
    let slots: Int
    let callers: [Caller]
    private var stage: Stage
    private var random: SeededGenerator
    private var running: [UInt64] = []
    private var callerOf: [UInt64: Caller] = [:]
    private var starts: [Caller: Int] = [:]
    private var nextKey: UInt64 = 1

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        slots = Int.random(in: 1...4, using: &random)
        stage = Stage(.up("x", max: slots))
        var all: [Caller] = []
        for uid in 0..<UInt32.random(in: 1...3, using: &random) {
            for pid in 0..<Int32.random(in: 1...3, using: &random) {
                for connection in 0..<UInt64.random(in: 1...4, using: &random) {
                    all.append(Caller(uid: uid, pid: pid, connection: connection))
                }
            }
        }
        callers = all
        for caller in all.shuffled(using: &random) {
            for _ in 0..<slots + 1 { ask(caller) }
        }
    }

    mutating func step() {
        // The oldest ends, so that each takes less than two services, which is what costs one unit.
        stage.now += UInt64.random(in: 100...150, using: &random) * 1_000_000 / UInt64(slots)
        let key = running.removeFirst()
        note(stage.serve(key))
        if let caller = callerOf.removeValue(forKey: key) { ask(caller) }
    }

    /// By how many starts two groups of callers differ that should have had the same.
    func spread<Name: Hashable>(
        _ name: KeyPath<Caller, Name>, _ isMeant: (Caller) -> Bool = { _ in true }
    ) -> Int {
        var counts: [Name: Int] = [:]
        for caller in callers where isMeant(caller) {
            counts[caller[keyPath: name], default: 0] += starts[caller, default: 0]
        }
        return (counts.values.max() ?? 0) - (counts.values.min() ?? 0)
    }

    private mutating func ask(_ caller: Caller) {
        let key = nextKey
        nextKey += 1
        callerOf[key] = caller
        note(
            stage.arrive(
                .of(key) {
                    $0.caller = caller
                    $0.expiresAt = .max
                }))
    }

    private mutating func note(_ lines: [String]) {
        for line in lines where line.hasPrefix("start ") {
            guard let key = UInt64(line.split(separator: " ")[1]), let caller = callerOf[key]
            else { continue }
            running.append(key)
            starts[caller, default: 0] += 1
        }
    }
}
