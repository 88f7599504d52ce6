import Scheduling

/// Model servers, callers and time, all made from a seed, around one scheduler.
///
/// The servers behave as real ones do (they load, throw out, fail, die and come back); `Ledger`
/// keeps a plain account of what the scheduler wants done with them.
struct World {
    var scheduler = Scheduler()
    var ledger = Ledger()
    private(set) var now = start
    private var random: SeededGenerator
    private var servers: [Server] = []
    private var agenda = Agenda()
    private var requests: [UInt64: Request] = [:]
    private var nextKey: UInt64 = 1
    private var left: Int
    private var wakesAt: UInt64?
    /// Whether much happens at one and the same moment.
    private let isSudden: Bool

    private struct Request {
        var server = -1
        var model = ""
        /// Which of its tries it is at, contention included: what belongs to an older one is late.
        var turn = 0
        var work = Ticket.Work.generate
    }

    /// With how many requests to come the daemon stops; nil if it does not.
    private let stopsAt: Int?

    init(seed: UInt64, requests: Int, stopsAfter: Int? = nil) {
        random = SeededGenerator(seed: seed)
        left = requests
        stopsAt = stopsAfter.map { requests - $0 }
        isSudden = seed % 8 == 0
        for number in 0..<Int.random(in: 1...4, using: &random) {
            servers.append(Server(number, &random))
            look(number)
        }
        agenda.add(now, .arrival)
    }

    /// Lets everything happen until nobody is left.
    mutating func run() {
        while let (moment, happening) = agenda.next() {
            if let wake = wakesAt, wake <= moment { awake(wake) }
            now = max(now, moment)
            happen(happening)
            drain()
            ledger.checkIdleness(scheduler, servers.map(\.account), now: now)
            if left == 0, ledger.open == 0 { break }
        }
        ledger.finish(scheduler)
    }

    private mutating func awake(_ moment: UInt64) {
        now = max(now, moment)
        wakesAt = nil
        drain()
    }

    private mutating func happen(_ happening: Happening) {
        switch happening {
        case .arrival: arrive()
        case .expiry(let key): end(key, because: "expired")
        case .cancel(let key): end(key, because: "cancelled")
        case .look(let number): look(number)
        case .firstToken(let key, let turn):
            guard let request = requests[key], request.turn == turn, request.server >= 0 else {
                return
            }
            servers[request.server].answered(request.model)
            ledger.firstToken(key)
            scheduler.take(.firstToken(key), now: now)
        case .end(let key, let turn, let verdict):
            guard let request = requests[key], request.turn == turn, request.server >= 0 else {
                return
            }
            finish(key, verdict)
        case .die(let number): die(number)
        case .revive(let number): servers[number].isDead = false
        case .leave(let number): leave(number)
        case .join(let number): join(number)
        }
    }

    // MARK: Callers

    private mutating func arrive() {
        guard left > 0 else { return }
        if left == stopsAt {
            ledger.stopping()
            scheduler.take(.stopping, now: now)
        }
        left -= 1
        let ticket = makeTicket()
        let key = ticket.key
        requests[key] = Request(work: ticket.work)
        ledger.arrived(ticket, now: now)
        agenda.add(ticket.expiresAt, .expiry(key))
        if chance(12) {
            let patience = UInt64.random(in: 0...20, using: &random)
            agenda.add(now + patience * second, .cancel(key))
        }
        if chance(50) { scheduler.take(.defaultModel(chance(2) ? [] : ["b", "a"]), now: now) }
        drain()
        ledger.explained(key, scheduler.explain(ticket, now: now))
        scheduler.arrived(ticket, now: now)
        let pause = chance(3) ? 0 : UInt64.random(in: 0...3_000, using: &random) * 1_000_000
        agenda.add(now + pause, .arrival)
    }

    private mutating func makeTicket() -> Ticket {
        let caller = Caller(
            uid: UInt32.random(in: 0...1, using: &random),
            pid: Int32.random(in: 0...2, using: &random),
            connection: UInt64.random(in: 0...3, using: &random))
        let names = ["a", "b", "c", "d"]
        let limit = UInt64.random(in: 5...300, using: &random) * second
        var ticket = Ticket(
            key: nextKey, caller: caller, model: names.randomElement(using: &random),
            expiresAt: now + limit)
        nextKey += 1
        if chance(4) { ticket.fallbacks = [names.randomElement(using: &random) ?? "a"] }
        if chance(10) { ticket.model = nil }
        if chance(3) { ticket.priority = .batch }
        if chance(3) { ticket.session = chance(2) ? "p" : "q" }
        if chance(8) { ticket.deadline = now + (chance(2) ? limit / 2 : chance(2) ? second : 0) }
        if chance(8) { ticket.tokensMax = Int.random(in: 1...50, using: &random) }
        if chance(6) { ticket.needs.insert(chance(2) ? .vision : .tools) }
        if chance(6) { ticket.contextTokens = Int.random(in: 1...2_500, using: &random) }
        if chance(12) { ticket.backend = servers.randomElement(using: &random)?.facts.name }
        if chance(15), ticket.model != nil {
            ticket.work = chance(2) ? .load : .unload
            ticket.needs = .loading
        }
        ticket.wantsProgress = chance(4)
        return ticket
    }

    private mutating func end(_ key: UInt64, because reason: String) {
        guard let request = requests.removeValue(forKey: key) else { return }
        if request.server >= 0 { servers[request.server].left(request.model) }
        ledger.gone(key)
        scheduler.take(.gone(key), now: now)
        guard chance(3) else { return }
        // What was under way when it went may still come.
        scheduler.take(.firstToken(key), now: now)
        scheduler.take(.ended(key, .failed(.crash, afterText: false)), now: now)
        scheduler.take(.gone(key), now: now)
    }

    // MARK: Servers

    private mutating func look(_ number: Int) {
        if servers[number].isGone { return }
        servers[number].look(&random)
        ledger.looked(servers[number].facts)
        scheduler.take(.backend(servers[number].facts), now: now)
        agenda.add(now + UInt64.random(in: 1...9, using: &random) * second, .look(number))
        if chance(50) { agenda.add(now, .die(number)) }
        if chance(60) { agenda.add(now, .leave(number)) }
        if chance(40) {
            let until = now + UInt64.random(in: 1...5, using: &random) * second
            ledger.held(servers[number].facts.name, until: until)
            scheduler.take(.held(backend: servers[number].facts.name, until: until), now: now)
        }
    }

    private mutating func die(_ number: Int) {
        servers[number].isDead = true
        crash(number)
        agenda.add(now + UInt64.random(in: 1...30, using: &random) * second, .revive(number))
    }

    /// All that runs there ends.
    private mutating func crash(_ number: Int) {
        for key in requests.keys.sorted() where requests[key]?.server == number {
            finish(key, .failed(.crash, afterText: false))
        }
    }

    /// It is configured no more, or has left its port: what runs there may end.
    private mutating func leave(_ number: Int) {
        guard !servers[number].isGone else { return }
        servers[number].isGone = true
        ledger.left(servers[number].facts.name)
        scheduler.take(.backendGone(servers[number].facts.name), now: now)
        if chance(2) { crash(number) }
        agenda.add(now + UInt64.random(in: 0...20, using: &random) * second, .join(number))
    }

    private mutating func join(_ number: Int) {
        crash(number)
        servers[number].isGone = false
        servers[number].isDead = false
        look(number)
    }

    private mutating func finish(_ key: UInt64, _ verdict: Verdict) {
        guard let request = requests[key] else { return }
        servers[request.server].left(request.model)
        requests[key]?.server = -1
        requests[key]?.turn += 1
        if case .served = verdict {
            if request.work == .unload {
                servers[request.server].unload(request.model)
            } else {
                servers[request.server].answered(request.model)
            }
            requests[key] = nil
        }
        ledger.ended(key, verdict, servers[request.server].facts.name, now: now)
        scheduler.take(.ended(key, verdict), now: now)
    }

    /// A server gets a request: when it will answer, and how.
    private mutating func serve(_ key: UInt64, _ placement: Placement) {
        guard let number = servers.firstIndex(where: { $0.facts.name == placement.backend }) else {
            return
        }
        requests[key]?.server = number
        requests[key]?.model = placement.model
        requests[key]?.turn += 1
        let turn = requests[key]?.turn ?? 0
        let work = requests[key]?.work ?? .generate
        let harms =
            work == .unload
            ? servers[number].works(placement.model) : servers[number].evicts(placement.model)
        ledger.expect(!harms, "nothing is thrown out while it generates")
        let isAbsent = servers[number].started(placement.model)
        let load = isAbsent && work != .unload ? 3 * second : 0
        func later(_ range: ClosedRange<UInt64>) -> UInt64 {
            if isSudden, chance(2) { return 0 }
            return UInt64.random(in: range, using: &random) * 10_000_000
        }
        if servers[number].isDead {
            return agenda.add(
                now + later(0...2), .end(key, turn, .failed(.unreachable, afterText: false)))
        }
        if load > 0, chance(10) {
            return agenda.add(
                now + later(0...100), .end(key, turn, .failed(.contention, afterText: false)))
        }
        if chance(8) {
            let failure = Self.failures.randomElement(using: &random) ?? .crash
            return agenda.add(
                now + later(0...50), .end(key, turn, .failed(failure, afterText: false)))
        }
        let first = now + load + later(1...40)
        if work != .generate {
            return agenda.add(first, .end(key, turn, .served(tokens: 0)))
        }
        agenda.add(first, .firstToken(key, turn))
        let verdict: Verdict =
            chance(20)
            ? .failed(.crash, afterText: true) : .served(tokens: Int(later(1...9)) / 10_000_000)
        agenda.add(first + later(1...900), .end(key, turn, verdict))
    }

    private static let failures: [FailureClass] = [
        .callersFault, .transient(retryAfter: nil), .transient(retryAfter: 2 * second), .crash,
        .throttled(retryAfter: nil), .throttled(retryAfter: 3 * second), .modelMissing,
        .contextTooLong,
    ]

    // MARK: What the scheduler wants

    private mutating func drain() {
        while let action = scheduler.next(now: now) {
            switch action {
            case .start(let key, let placement):
                ledger.started(key, placement, now: now)
                serve(key, placement)
            case .queue(let key, let backend, let model, let reason):
                ledger.queued(key, backend, model, reason)
            case .refuse(let key, let refusal):
                ledger.refused(key, refusal, now: now)
                requests[key] = nil
            case .giveUp(let key):
                ledger.gaveUp(key)
                requests[key] = nil
            case .tell(let key, let standing):
                ledger.told(key, standing, scheduler, now: now)
            case .breaker(let backend, let state, let span):
                ledger.breaker(backend, state, span, now: now)
            case .wake(let moment):
                ledger.expect(moment.map { $0 > now } ?? true, "a wake lies ahead")
                wakesAt = moment
            case .goOn: break
            }
        }
    }

    private mutating func chance(_ oneIn: UInt64) -> Bool {
        UInt64.random(in: 0..<oneIn, using: &random) == 0
    }
}

/// What will happen in a `World`.
enum Happening {
    case arrival
    case expiry(UInt64)
    case cancel(UInt64)
    case look(Int)
    case firstToken(UInt64, Int)
    case end(UInt64, Int, Verdict)
    case die(Int)
    case revive(Int)
    case leave(Int)
    case join(Int)
}

/// What will happen when: a heap by time, then by the order in which it was put in.
struct Agenda {
    private var heap: [(at: UInt64, number: UInt64, what: Happening)] = []
    private var number: UInt64 = 0

    mutating func add(_ moment: UInt64, _ what: Happening) {
        number += 1
        heap.append((moment, number, what))
        var place = heap.count - 1
        while place > 0, precedes(place, (place - 1) / 2) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func next() -> (UInt64, Happening)? {
        guard let first = heap.first else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var place = 0
        while 2 * place + 1 < heap.count {
            var below = 2 * place + 1
            if below + 1 < heap.count, precedes(below + 1, below) { below += 1 }
            guard precedes(below, place) else { break }
            heap.swapAt(below, place)
            place = below
        }
        return (first.at, first.what)
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        (heap[left].at, heap[left].number) < (heap[right].at, heap[right].number)
    }
}
