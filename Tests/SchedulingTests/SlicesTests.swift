import Scheduling
import Testing

/// Long queues: what is decided for each that waits is decided one by one, and others may act
/// between.
@Suite struct SlicesTests {
    @Test func `a long queue that is looked at again lets others act between`() {
        var stage = Stage(.up("x") { $0.queueMax = 2_000 }, .up("y") { $0.queueMax = 1 })
        // The other is full, so that nobody goes there, but each is asked about.
        for key in 1...2 as ClosedRange<UInt64> {
            _ = stage.arrive(.of(key) { $0.backend = "y" })
        }
        for key in 10..<1_013 as Range<UInt64> { _ = stage.arrive(.of(key)) }
        for key in 10..<12 as Range<UInt64> { _ = stage.fail(key, .crash) }
        stage.scheduler.take(.ended(12, .failed(.crash, afterText: false)), now: stage.now)
        var pauses = 0
        while let action = stage.scheduler.next(now: stage.now) {
            if action == .goOn { pauses += 1 }
        }
        #expect(pauses >= 1_000 / SchedulingLimits.stepsMax)
        #expect(stage.scheduler.view(of: "x", now: stage.now)?.breaker == .open)
        #expect(stage.scheduler.view(of: "x", now: stage.now)?.queued == 1_000)
    }

    @Test func `when the daemon stops a long queue is refused one by one, the oldest first`() {
        var stage = Stage(.up("x") { $0.queueMax = 2_000 })
        for key in 0...1_000 as ClosedRange<UInt64> { _ = stage.arrive(.of(key)) }
        stage.scheduler.take(.stopping, now: stage.now)
        #expect(stage.scheduler.totals.queued == 1_000)
        #expect(stage.scheduler.next(now: stage.now) == .refuse(1, .stopping))
        #expect(stage.scheduler.totals.queued == 999)
        #expect(stage.drain() == (2...1_000).map { "refuse \($0) stopping" })
    }

    @Test func `who waits for a model that is gone is not started before the sweep finds it`() {
        var stage = Stage(.up("x", ["a", "b"]))
        _ = stage.arrive(.of(1, "b"))
        for key in 2...4 as ClosedRange<UInt64> { _ = stage.arrive(.of(key, "a")) }
        stage.scheduler.take(.backend(.up("x", ["b"])), now: stage.now)
        stage.scheduler.take(.ended(1, .served(tokens: 1)), now: stage.now)
        stage.scheduler.take(.backend(.up("x", ["b", "c"])), now: stage.now)
        #expect(stage.arrive(.of(5, "c")).filter { $0.hasPrefix("start") } == ["start 5 x/c"])
        #expect(stage.scheduler.totals == (1, 0))
    }

    @Test func `a long list is taken over step by step, and whole`() {
        var stage = Stage(.up("x", ["a", "b"]))
        func names(_ letter: String) -> [String] { (0..<2_000).map { "\(letter)\($0)" } }
        stage.scheduler.take(.backend(.up("x", ["b"] + names("n"))), now: stage.now)
        #expect(stage.arrive(.of(1, "n7")).contains { $0.hasPrefix("refuse 1") })
        var pauses = 0
        stage.scheduler.take(.backend(.up("x", ["b"] + names("m"))), now: stage.now)
        while let action = stage.scheduler.next(now: stage.now) {
            if action == .goOn { pauses += 1 }
            if pauses == 2, action == .goOn {
                // Nothing of it is known before all of it is; what was known is.
                stage.scheduler.arrived(.of(2, "n5"), now: stage.now)
                stage.scheduler.arrived(.of(3, "m1"), now: stage.now)
                #expect(
                    stage.scheduler.next(now: stage.now).map { "\($0)" }?.contains("start") == true)
                #expect(
                    stage.scheduler.next(now: stage.now).map { "\($0)" }?.contains("refuse") == true
                )
            }
        }
        #expect(pauses >= 2_000 / 8 / SchedulingLimits.stepsMax)
        _ = stage.serve(2)
        #expect(
            stage.arrive(.of(4, "m1999")).filter { $0.hasPrefix("start") } == ["start 4 x/m1999"])
        #expect(stage.arrive(.of(5, "a")).contains { $0.hasPrefix("refuse 5") })
        #expect(stage.arrive(.of(6, "n7")).contains { $0.hasPrefix("refuse 6") })
    }

    @Test func `a backend that goes while its list is taken over is not to be had at once`() {
        var stage = Stage(.up("x", ["a"]))
        let names = (0..<2_000).map { "m\($0)" }
        stage.scheduler.take(.backend(.up("x", names)), now: stage.now)
        var down = BackendFacts.up("x", names)
        down.state = .down
        stage.scheduler.take(.backend(down), now: stage.now)
        stage.scheduler.arrived(.of(1, "a"), now: stage.now)
        let first = stage.scheduler.next(now: stage.now)
        #expect(first.map { "\($0)" }?.contains("unavailable") == true)
        _ = stage.drain()
        #expect(stage.arrive(.of(2, "m5")).contains { $0.contains("unavailable") })
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `whatever happens between two decisions, each request has one end`(seed: UInt64) {
        var crowd = Interleaving(seed: seed)
        for _ in 0..<1_500 { crowd.step() }
        crowd.finish()
        #expect(crowd.problems == [])
        #expect(crowd.ends > 100)
    }

    @Test func `places are those of this very moment in a queue of the default length`() {
        var stage = Stage(.up("x"))
        for key in 0...SchedulingLimits.queueMax {
            _ = stage.arrive(.of(UInt64(key), connection: UInt64(key % 7)))
        }
        for gone in [5, 9, 33, 2] as [UInt64] {
            _ = stage(.gone(gone))
            let order = stage.scheduler.order(on: "x", now: stage.now)
            for (place, key) in order.enumerated() {
                #expect(stage.scheduler.position(of: key, now: stage.now) == place + 1)
            }
        }
        #expect(stage.scheduler.position(of: 0, now: stage.now) == nil, "it runs")
        #expect(stage.scheduler.position(of: 5, now: stage.now) == nil, "it is gone")
    }

    @Test func `in a longer queue places are found once for all who ask for a while`() {
        var stage = Stage(.up("x") { $0.queueMax = 20_000 })
        for key in 0...10_000 as ClosedRange<UInt64> { _ = stage.arrive(.of(key)) }
        func place(_ key: UInt64) -> Int? { stage.scheduler.position(of: key, now: stage.now) }
        #expect(place(2) == 2)
        #expect(place(8_192) == 8_192)
        #expect(place(8_193) == 10_000, "behind the places that are found it is how many wait")
        _ = stage(.gone(1))
        #expect(place(2) == 2)
        stage.now += second
        #expect(place(2) == 1)
    }
}

/// Requests, servers' ends and looks at random, with any number of decisions left for later.
private struct Interleaving {
    private var random: SeededGenerator
    private var scheduler = Scheduler()
    private var now = start
    private var nextKey: UInt64 = 1
    private var open: Set<UInt64> = []
    private var left: Set<UInt64> = []
    private var running: Set<UInt64> = []
    private(set) var ends = 0
    private(set) var problems: Set<String> = []

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        look("x", ["a", "b", "c"])
        look("y", ["a"])
    }

    mutating func step() {
        now += UInt64.random(in: 0...50_000_000, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<3: arrive()
        case 3..<6: act()
        case 6, 7: end()
        case 8:
            guard let key = open.sorted().randomElement(using: &random) else { return }
            open.remove(key)
            left.insert(key)
            running.remove(key)
            scheduler.take(.gone(key), now: now)
        default:
            let names = ["a", "b", "c", "d"].filter { _ in Bool.random(using: &random) }
            look(Bool.random(using: &random) ? "x" : "y", names)
        }
    }

    /// All is decided, all that runs is served, until nobody is left.
    mutating func finish() {
        look("x", ["a", "b", "c", "d"])
        for _ in 0..<100_000 where !open.isEmpty {
            now += 1_000_000
            if !act(), let key = running.first {
                running.remove(key)
                close(key)
                scheduler.take(.ended(key, .served(tokens: 1)), now: now)
            }
        }
        if !open.isEmpty { problems.insert("\(open.count) have no end") }
        if scheduler.totals != (0, 0) { problems.insert("somebody is remembered") }
    }

    private mutating func arrive() {
        let names = ["a", "b", "c", "d"]
        let ticket = Ticket.of(nextKey, names.randomElement(using: &random)) {
            $0.expiresAt = now + 300 * second
            $0.caller.connection = UInt64.random(in: 0...3, using: &random)
        }
        open.insert(nextKey)
        nextKey += 1
        scheduler.arrived(ticket, now: now)
    }

    private mutating func end() {
        guard let key = running.sorted().randomElement(using: &random) else { return }
        running.remove(key)
        let failures: [FailureClass] = [
            .crash, .unreachable, .contention, .modelMissing, .transient(retryAfter: nil),
        ]
        guard let failure = failures.randomElement(using: &random), Bool.random(using: &random)
        else {
            close(key)
            return scheduler.take(.ended(key, .served(tokens: 1)), now: now)
        }
        scheduler.take(.ended(key, .failed(failure, afterText: false)), now: now)
    }

    private mutating func look(_ name: String, _ models: [String]) {
        let isUp = Int.random(in: 0..<8, using: &random) > 0
        var facts = BackendFacts.up(name, models.isEmpty ? ["a"] : models, max: 2)
        if !isUp { facts.state = .down }
        scheduler.take(.backend(facts), now: now)
    }

    /// Carries out one decision; false where there was none.
    @discardableResult private mutating func act() -> Bool {
        guard let action = scheduler.next(now: now) else { return false }
        switch action {
        case .start(let key, _):
            // One that has left meanwhile is known to nobody any more.
            if left.contains(key) { break }
            if !running.insert(key).inserted { problems.insert("one runs twice") }
            if !open.contains(key) { problems.insert("one runs that was answered") }
        case .refuse(let key, _), .giveUp(let key):
            if running.contains(key) { problems.insert("one is refused that runs") }
            close(key)
        default: break
        }
        return true
    }

    private mutating func close(_ key: UInt64) {
        if left.contains(key) { return }
        if open.remove(key) == nil { problems.insert("one is answered twice") }
        ends += 1
    }
}
