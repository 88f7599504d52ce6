import Scheduling

/// A plain account of what became of each request, kept beside the scheduler and without its code.
struct Ledger {
    private enum State: Equatable {
        case waiting(String)
        case running(String)
        /// A try failed; the scheduler has yet to say what follows.
        case failed
        case answered
    }

    private struct Account {
        var ticket: Ticket
        var arrivedAt: UInt64
        var state: State = .failed
        var attempts = 0
        var hasText = false
        var mayGoOn = true
        var isContended = false
        var tried: Set<String> = []
        var place = ""
        /// What was said of it before it came; nil once it was seen to be so.
        var foretold: Explanation?
        /// The largest context in which it did not fit.
        var contextAbove = 0
    }

    private(set) var broken: Set<String> = []
    private(set) var served = 0
    private var isStopping = false
    /// Requests that are not answered yet.
    private(set) var open = 0
    private var accounts: [UInt64: Account] = [:]
    private var facts: [String: BackendFacts] = [:]
    private var starts: [String: [UInt64]] = [:]
    private var running: [String: Int] = [:]
    private var waiting: [String: Int] = [:]
    private var heldUntil: [String: UInt64] = [:]
    private var longestHold: [String: UInt64] = [:]
    private var contendedUntil: [String: UInt64] = [:]
    private var openUntil: [String: UInt64] = [:]
    /// Backends of which a probe may go, and those of which one went.
    private var isHalfOpen: Set<String> = []
    private var probing: Set<String> = []
    /// Interactive requests that started one after the other while a batch one waited.
    private var overtaking: [String: Int] = [:]

    mutating func expect(_ holds: Bool, _ promise: String) {
        if !holds { broken.insert(promise) }
    }

    mutating func looked(_ new: BackendFacts) {
        if facts[new.name]?.state != .up, new.state == .up {
            openUntil[new.name] = nil
        }
        facts[new.name] = new
    }

    /// The backend is none any more: what was known of it says nothing of one of the same name.
    mutating func left(_ name: String) {
        facts[name] = nil
        starts[name] = nil
        heldUntil[name] = nil
        longestHold[name] = nil
        contendedUntil[name] = nil
        openUntil[name] = nil
        isHalfOpen.remove(name)
        probing.remove(name)
        for (key, account) in accounts where account.state == .running(name) {
            accounts[key]?.state = .running(name + ", gone")
            running[name, default: 0] -= 1
            running[name + ", gone", default: 0] += 1
        }
    }

    mutating func held(_ name: String, until: UInt64) {
        heldUntil[name] = max(heldUntil[name] ?? 0, until)
    }

    mutating func stopping() { isStopping = true }

    // MARK: Events

    mutating func arrived(_ ticket: Ticket, now: UInt64) {
        accounts[ticket.key] = Account(ticket: ticket, arrivedAt: now)
        open += 1
    }

    mutating func explained(_ key: UInt64, _ explanation: Explanation) {
        accounts[key]?.foretold = explanation
    }

    mutating func firstToken(_ key: UInt64) {
        accounts[key]?.hasText = true
    }

    mutating func gone(_ key: UInt64) {
        leave(key)
        answer(key)
    }

    mutating func ended(_ key: UInt64, _ verdict: Verdict, _ backend: String, now: UInt64) {
        leave(key)
        switch verdict {
        case .served:
            served += 1
            answer(key)
        case .failed(let failure, let afterText):
            accounts[key]?.state = .failed
            accounts[key]?.isContended = failure == .contention
            let isOver = afterText || failure == .callersFault || accounts[key]?.hasText == true
            accounts[key]?.mayGoOn = !isOver
            if failure != .contention, let place = accounts[key]?.place {
                accounts[key]?.tried.insert(place)
            }
            if failure == .contextTooLong, let account = accounts[key] {
                let length = context(of: account.place) ?? 0
                accounts[key]?.contextAbove = max(account.contextAbove, length)
            }
            // One that is gone has no state; who comes under its name is another.
            guard facts[backend] != nil else { return }
            switch failure {
            case .unreachable: facts[backend]?.state = .down
            case .contention: contendedUntil[backend] = now + SchedulingLimits.contentionMax
            case .throttled(let span):
                heldUntil[backend] = max(heldUntil[backend] ?? 0, now + (span ?? second))
                // One that does not say how long is left alone for longer each time.
                longestHold[backend] = max(
                    longestHold[backend] ?? 0, now + (span ?? SchedulingLimits.coolDownMax))
            default: break
            }
        }
    }

    // MARK: Actions

    mutating func started(_ key: UInt64, _ placement: Placement, now: UInt64) {
        guard var account = accounts[key] else { return expect(false, "only who came is started") }
        foretold(key, placement.backend, placement.model)
        account.foretold = nil
        leave(key)
        let backend = placement.backend
        guard let known = facts[backend] else { return expect(false, "the backend is known") }
        expect(account.state != .answered, "nobody is served twice")
        expect(!isStopping || account.attempts > 0, "a daemon that stops begins nothing")
        expect(account.mayGoOn, "nobody is tried again after text or for his own fault")
        expect(account.ticket.expiresAt > now, "nobody starts past his time")
        expect(known.state == .up, "nothing is sent to a server known to be dead")
        expect((heldUntil[backend] ?? 0) <= now, "a server that wants a pause gets it")
        expect((openUntil[backend] ?? 0) <= now, "nothing is sent through an open breaker")
        let place = "\(backend)/\(placement.model)"
        expect(!account.tried.contains(place), "no place is tried twice")
        if !account.isContended { account.attempts += 1 }
        expect(account.attempts == placement.attempt, "the attempts told are the real ones")
        expect(account.attempts <= 3, "three attempts are the most")
        let model = known.models.first { $0.id == placement.model }
        expect(model != nil, "only what is listed is asked for")
        if account.attempts > 1 {
            expect(model?.isRemote == false, "failover never goes elsewhere")
        }
        expect(
            model?.cannot.isDisjoint(with: account.ticket.needs) == true,
            "nothing is asked of a model that cannot do it")
        let context = model?.contextLength ?? .max
        expect(context >= account.ticket.contextTokens, "what cannot fit is not sent")
        expect(context > account.contextAbove, "an overflow goes to a larger context alone")
        if let deadline = account.ticket.deadline {
            expect(deadline > account.arrivedAt, "who has no time is not served")
        }
        if let wanted = account.ticket.model {
            let names = [wanted] + account.ticket.fallbacks
            expect(names.contains(placement.model), "who named a model gets it")
        }
        if let pinned = account.ticket.backend {
            expect(pinned == backend, "a named backend serves")
        }
        account.isContended = false
        account.place = place
        account.state = .running(backend)
        accounts[key] = account
        running[backend, default: 0] += 1
        if account.ticket.work == .generate { starts[backend, default: []].append(now) }
        expect(running[backend, default: 0] <= known.maxConcurrent, "the concurrency limit holds")
        if let limit = known.rateLimit {
            let recent = (starts[backend] ?? []).count { $0 + 60 * second > now }
            expect(recent <= limit, "the rate limit holds")
        }
        countOvertaking(account.ticket, backend, now: now)
        guard account.ticket.work == .generate else { return }
        expect(!probing.contains(backend), "one probe at a time")
        if isHalfOpen.contains(backend) { probing.insert(backend) }
    }

    mutating func queued(
        _ key: UInt64, _ backend: String, _ model: String, _ reason: QueueReason
    ) {
        guard let account = accounts[key] else { return expect(false, "only who came waits") }
        expect(account.state != .answered, "nobody waits who has his answer")
        leave(key)
        foretold(key, backend, model)
        expect(!isStopping, "nobody waits for a daemon that stops")
        expect(facts[backend] != nil, "nobody waits where nobody is")
        accounts[key]?.state = .waiting(backend)
        waiting[backend, default: 0] += 1
        if reason != .contention {
            expect(
                waiting[backend, default: 0] <= (facts[backend]?.queueMax ?? 0)
                    + contended(backend),
                "the queue's limit holds")
        }
    }

    mutating func refused(_ key: UInt64, _ refusal: Refusal, now: UInt64) {
        expect(accounts[key] != nil && accounts[key]?.state != .answered, "one answer each")
        if refusal == .stopping {
            expect(isStopping, "nobody is told of a stop that is none")
        } else if let told = accounts[key]?.foretold {
            expect(told.refusal == refusal, "a request is refused as its explanation says")
        }
        switch refusal {
        case .busy(let backend, _, let limit, _):
            expect(waiting[backend, default: 0] >= limit, "only a full queue is busy")
        case .rateLimited(let backend, _):
            let isHeld = max(heldUntil[backend] ?? 0, longestHold[backend] ?? 0) > now
            expect(isHeld || facts[backend]?.rateLimit != nil, "only a rate limit limits the rate")
        case .deadlineUnreachable:
            expect(accounts[key]?.ticket.deadline != nil, "only a deadline is unreachable")
        case .timedOut:
            expect((accounts[key]?.ticket.expiresAt ?? .max) <= now, "only time runs out")
        default: break
        }
        leave(key)
        answer(key)
    }

    mutating func gaveUp(_ key: UInt64) {
        expect(accounts[key]?.state == .failed, "only who failed is given up")
        answer(key)
    }

    mutating func told(_ key: UInt64, _ standing: Standing, _ scheduler: Scheduler, now: UInt64) {
        expect(accounts[key]?.ticket.wantsProgress == true, "only who asked is told")
        expect(accounts[key]?.state == .waiting(standing.backend), "only who waits has a place")
        expect(
            scheduler.position(of: key, now: now) == standing.position,
            "the place told is the real one")
    }

    mutating func breaker(_ backend: String, _ state: BreakerState, _ span: UInt64, now: UInt64) {
        switch state {
        case .open:
            openUntil[backend] = now + span
            expect(span >= second, "a cool-down lasts a second at least")
        case .halfOpen:
            openUntil[backend] = nil
            isHalfOpen.insert(backend)
            probing.remove(backend)
        case .closed:
            openUntil[backend] = nil
        }
        if state != .halfOpen {
            isHalfOpen.remove(backend)
            probing.remove(backend)
        }
    }

    // MARK: Checks

    /// Nobody waits at an idle backend that could serve him.
    mutating func checkIdleness(
        _ scheduler: Scheduler, _ servers: [(facts: BackendFacts, isIdle: Bool)], now: UInt64
    ) {
        for server in servers where server.isIdle {
            let name = server.facts.name
            guard facts[name]?.state == .up, waiting[name, default: 0] > 0 else { continue }
            let view = scheduler.view(of: name, now: now)
            let isPausing = view?.pause != nil || (contendedUntil[name] ?? 0) > now
            expect(isPausing, "an idle backend lets nobody wait")
        }
    }

    mutating func finish(_ scheduler: Scheduler) {
        expect(open == 0, "everybody has an answer")
        expect(scheduler.totals == (0, 0), "the scheduler forgets who is gone")
        expect(running.values.allSatisfy { $0 == 0 }, "nothing runs on")
        expect(waiting.values.allSatisfy { $0 == 0 }, "nobody waits on")
    }

    /// The first that becomes of a request is what the explanation just before it said.
    private mutating func foretold(_ key: UInt64, _ backend: String, _ model: String) {
        guard let told = accounts[key]?.foretold else { return }
        accounts[key]?.foretold = nil
        let first = told.candidates.first
        let isSo = told.refusal == nil && first?.backend == backend && first?.model == model
        expect(isSo, "a request goes where its explanation says")
    }

    /// Where nothing holds up the batch request that waits, at most eight go before it.
    private mutating func countOvertaking(_ ticket: Ticket, _ backend: String, now: UInt64) {
        let isHeldUp =
            facts[backend]?.assignsSlots == true || (contendedUntil[backend] ?? 0) > now
            || accounts.values.contains { $0.ticket.work == .unload }
        let isOvertaken = accounts.values.contains {
            $0.ticket.priority == .batch && $0.state == .waiting(backend)
        }
        if ticket.priority == .batch || !isOvertaken || isHeldUp {
            overtaking[backend] = 0
        } else {
            overtaking[backend, default: 0] += 1
            expect(overtaking[backend, default: 0] <= 8, "a batch request is overtaken by eight")
        }
    }

    private func context(of place: String) -> Int? {
        let parts = place.split(separator: "/")
        return facts[String(parts[0])]?.models.first { $0.id == parts[1] }?.contextLength
    }

    /// Those who wait there after an aborted load: they take no other's place.
    private func contended(_ backend: String) -> Int {
        accounts.values.count { $0.isContended && $0.state == .waiting(backend) }
    }

    private mutating func leave(_ key: UInt64) {
        switch accounts[key]?.state {
        case .waiting(let backend): waiting[backend, default: 0] -= 1
        case .running(let backend): running[backend, default: 0] -= 1
        default: break
        }
    }

    private mutating func answer(_ key: UInt64) {
        expect(accounts[key] != nil, "one answer each")
        accounts[key] = nil
        open -= 1
    }
}
