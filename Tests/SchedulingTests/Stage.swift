import Scheduling

/// A scheduler, a clock that a test moves, and all actions as lines of text.
struct Stage {
    var scheduler = Scheduler()
    var now = start
    var wakesAt: UInt64?

    init(_ backends: BackendFacts...) {
        for facts in backends { _ = self(.backend(facts)) }
    }

    /// Something happens: what the scheduler wants done, in short.
    mutating func callAsFunction(_ event: Event) -> [String] {
        scheduler.take(event, now: now)
        return drain()
    }

    /// Time passes.
    mutating func after(_ nanoseconds: UInt64) -> [String] {
        now += nanoseconds
        return drain()
    }

    mutating func drain() -> [String] {
        var lines: [String] = []
        while let action = scheduler.next(now: now) {
            switch action {
            case .wake(let moment): wakesAt = moment
            case .goOn: break
            default:
                lines.append(Self.line(action))
            }
        }
        return lines
    }

    // MARK: Short for frequent events

    mutating func arrive(_ ticket: Ticket) -> [String] {
        scheduler.arrived(ticket, now: now)
        return drain()
    }

    mutating func serve(_ key: UInt64, tokens: Int = 0) -> [String] {
        self(.ended(key, .served(tokens: tokens)))
    }

    mutating func fail(
        _ key: UInt64, _ failure: FailureClass, afterText: Bool = false
    ) -> [String] {
        self(.ended(key, .failed(failure, afterText: afterText)))
    }

    /// Serves one after the other until nobody is left; the keys as they started.
    mutating func serveAll(_ first: [UInt64], taking: UInt64 = second / 10) -> [UInt64] {
        var started: [UInt64] = []
        var running = first
        while !running.isEmpty {
            now += taking
            let key = running.removeFirst()
            for line in serve(key) where line.hasPrefix("start ") {
                let words = line.split(separator: " ")
                guard let key = UInt64(words[1]) else { continue }
                started.append(key)
                running.append(key)
            }
        }
        return started
    }

    private static func line(_ action: Action) -> String {
        switch action {
        case .start(let key, let place):
            return "start \(key) \(place.backend)/\(place.model)"
                + (place.slot.map { " slot \($0)" } ?? "")
                + (place.attempt > 1 ? " attempt \(place.attempt)" : "")
                + (place.loads ? " loads" : "")
        case .queue(let key, let backend, let model, let reason):
            return "queue \(key) \(backend)/\(model)" + (reason == .arrived ? "" : " \(reason)")
        case .refuse(let key, let refusal): return "refuse \(key) \(refusal)"
        case .giveUp(let key): return "give up \(key)"
        case .tell(let key, let standing):
            return "tell \(key) \(standing.position)"
                + (standing.eta.map { " in \($0 / 1_000_000) ms" } ?? "")
        case .breaker(let backend, let state, _): return "breaker \(backend) \(state)"
        case .wake: return "wake"
        case .goOn: return "go on"
        }
    }
}

extension Ticket {
    /// A request of user 1000, process 1, connection 1, for model "a" within 300 s.
    static func of(
        _ key: UInt64, _ model: String? = "a", connection: UInt64 = 1,
        _ change: (inout Ticket) -> Void = { _ in }
    ) -> Ticket {
        var ticket = Ticket(
            key: key, caller: Caller(uid: 1000, pid: 1, connection: connection), model: model,
            expiresAt: start + 300 * second)
        change(&ticket)
        return ticket
    }
}

extension BackendFacts {
    /// A backend that is up and has these models, loaded.
    static func up(
        _ name: String, _ models: [String] = ["a"], max: Int = 1,
        _ change: (inout BackendFacts) -> Void = { _ in }
    ) -> BackendFacts {
        var facts = BackendFacts(name: name)
        facts.state = .up
        facts.maxConcurrent = max
        facts.models = models.map { name in
            var model = ModelFacts(id: name)
            model.state = .loaded
            return model
        }
        change(&facts)
        return facts
    }
}
