import Scheduling
import Testing

/// Random courses of events, the same for each seed, against what must hold whatever happens.
@Suite struct RandomisedQueueTests {
    @Test(arguments: 0..<60 as Range<UInt64>)
    func `no course of events breaks a promise`(seed: UInt64) {
        var course = RandomCourse(seed: seed)
        for _ in 0..<2_000 { course.step() }
        course.drain()
        #expect(course.broken == [])
        #expect(course.served > 50)
    }
}

/// Drives a queue at random and keeps its own plain account of what must be so.
private struct RandomCourse {
    private var random: SeededGenerator
    private var queue: BackendQueue
    private let evicts: Bool
    private var now = start
    private var nextKey: UInt64 = 1
    private var loaded: Set<String> = ["a"]
    private var waiting: [(ticket: QueueTicket, arrivedAt: UInt64)] = []
    private var running: [QueueTicket] = []
    private var starts: [UInt64] = []
    private var seen: Set<UInt64> = []
    private let rateLimit: Int?
    private(set) var broken: Set<String> = []
    private(set) var served = 0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        evicts = seed % 2 == 0
        rateLimit = seed % 3 == 0 ? 20 : nil
        queue = BackendQueue(
            maxConcurrent: 1 + Int(seed % 5), queueMax: 12, rateLimit: rateLimit,
            evictsModels: evicts)
        queue.modelsChanged(loaded: loaded)
    }

    mutating func step() {
        now += UInt64.random(in: 0...2 * second, using: &random)
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<8: arrive()
        case 8..<15: end(served: true)
        case 15: end(served: false)
        case 16: withdrawQueued()
        case 17: queue.maxConcurrent = Int.random(in: 1...5, using: &random)
        case 18:
            loaded = Set(["a", "b", "c"].filter { _ in Bool.random(using: &random) })
            queue.modelsChanged(loaded: loaded)
        default: now += 10 * second
        }
        withdrawExpired()
        startAll()
        check()
    }

    mutating func drain() {
        for _ in 0..<200 where !waiting.isEmpty || !running.isEmpty {
            if !running.isEmpty { end(served: true) }
            now += 5 * second
            withdrawExpired()
            startAll()
        }
        expect(waiting.isEmpty && running.isEmpty, "nobody is lost")
        expect(queue.queued == 0 && queue.inFlight == 0, "the queue forgets who is gone")
    }

    private mutating func arrive() {
        let ticket = QueueTicket(
            key: nextKey, model: ["a", "b", "c"].randomElement(using: &random)!,
            priority: Bool.random(using: &random) ? .interactive : .batch,
            expiresAt: now + UInt64.random(in: 1...200, using: &random) * second)
        nextKey += 1
        let couldWait = waiting.count < 12
        switch queue.arrived(ticket, now: now) {
        case .started:
            expect(waiting.isEmpty, "nobody jumps the queue")
            started(ticket)
        case .queued(let position):
            waiting.append((ticket, now))
            expect(couldWait, "the queue's limit holds")
            expect(queue.position(of: ticket.key) == position, "the position told is the real one")
        case .refused(.busy):
            expect(!couldWait, "only a full queue is busy")
        case .refused(.rateLimited):
            expect(rateLimit != nil, "only a rate limit limits the rate")
        case .refused(.deadlineUnreachable):
            broken.insert("no deadline was given")
        }
    }

    private mutating func startAll() {
        while let key = queue.next(now: now) {
            guard let index = waiting.firstIndex(where: { $0.ticket.key == key }) else {
                broken.insert("only who waits is started")
                return
            }
            let entry = waiting.remove(at: index)
            expect(entry.ticket.expiresAt > now, "nobody starts after expiry")
            let sameClass = waiting[..<index].contains {
                $0.ticket.model == entry.ticket.model && $0.ticket.priority == entry.ticket.priority
            }
            expect(!sameClass, "first come, first served within a class")
            let impatient = waiting.contains {
                isImpatient($0.arrivedAt)
                    && $0.ticket.priority.rawValue <= entry.ticket.priority.rawValue
            }
            expect(!impatient || isImpatient(entry.arrivedAt), "who is out of patience goes first")
            started(entry.ticket)
        }
    }

    private mutating func started(_ ticket: QueueTicket) {
        expect(seen.insert(ticket.key).inserted, "nobody is served twice")
        let others = running.filter { $0.model != ticket.model }
        if evicts, !loaded.contains(ticket.model) {
            expect(others.isEmpty, "a load evicts nothing that runs")
        }
        if evicts {
            expect(others.allSatisfy { loaded.contains($0.model) }, "nobody disturbs a load")
        }
        running.append(ticket)
        starts.append(now)
        expect(running.count <= queue.maxConcurrent, "the concurrency limit holds")
        if let rateLimit {
            let recent = starts.count { $0 + 60 * second > now }
            expect(recent <= rateLimit, "the rate limit holds")
        }
    }

    private mutating func end(served isServed: Bool) {
        guard let index = running.indices.randomElement(using: &random) else { return }
        let ticket = running.remove(at: index)
        if isServed {
            served += 1
            queue.finished(ticket.key, now: now)
            if evicts, !loaded.contains(ticket.model) { loaded = [ticket.model] }
        } else {
            queue.withdrawn(ticket.key)
        }
    }

    private mutating func withdrawQueued() {
        guard let index = waiting.indices.randomElement(using: &random) else { return }
        queue.withdrawn(waiting.remove(at: index).ticket.key)
    }

    private mutating func withdrawExpired() {
        for entry in waiting where entry.ticket.expiresAt <= now {
            queue.withdrawn(entry.ticket.key)
        }
        waiting.removeAll { $0.ticket.expiresAt <= now }
    }

    private mutating func check() {
        let keys = queue.queuedKeys
        expect(
            Set(keys) == Set(waiting.map(\.ticket.key)), "who waits is in the queue, nobody else")
        expect(
            keys.indices.allSatisfy { queue.position(of: keys[$0]) == $0 + 1 }, "positions agree")
        if !evicts {
            let order = waiting.sorted { rank($0) < rank($1) }.map(\.ticket.key)
            expect(keys == order, "without eviction impatience, priority and arrival are the order")
        }
        expect(queue.inFlight == running.count, "the count in flight is right")
        if let wake = queue.wakesAt(now: now) { expect(wake > now, "a wake lies ahead") }
        if running.isEmpty, !waiting.isEmpty, rateLimit == nil {
            broken.insert("an idle backend does not let anybody wait")
        }
    }

    /// Keys go up with the arrivals.
    private func rank(_ entry: (ticket: QueueTicket, arrivedAt: UInt64)) -> (Int, UInt8, UInt64) {
        (isImpatient(entry.arrivedAt) ? 0 : 1, entry.ticket.priority.rawValue, entry.ticket.key)
    }

    private func isImpatient(_ arrivedAt: UInt64) -> Bool {
        arrivedAt + SchedulingLimits.evictionPatience <= now
    }

    private mutating func expect(_ holds: Bool, _ promise: String) {
        if !holds { broken.insert(promise) }
    }
}
