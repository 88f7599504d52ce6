/// The one decider for all backends: which request goes where, when, and why not.
///
/// What happened goes in by `arrived` and `take`; what is to be done comes out of `next`, to be
/// asked until it gives nil, at the end of each turn and at the time that `wake` said. It holds no
/// reference, no clock and no prompt; time is monotonic nanoseconds and must not run backwards. It
/// knows a request from `arrived` until `refuse`, `giveUp`, `gone`, or an `ended` that was served.
///
/// Many properties: one decision weighs backends, models, callers and conversations against each
/// other.
package struct Scheduler {
    var lanes: [Lane] = []
    var laneNamed: [String: Int] = [:]
    /// The lanes in the order of the configuration.
    var laneOrder: [Int] = []
    private var freeLanes: [Int] = []
    var entries: [Entry] = []
    var entryOf = KeyTable()
    private var freeEntries: [Int] = []
    var sessions = Sessions()
    var defaultModel: [String] = []
    /// The model that served each user last, and anybody; and who that was.
    var lastModelOf: [UInt32: String] = [:]
    var lastModel: String?
    var lastUser: UInt32?
    private(set) var isStopping = false

    /// What is to be done: what is due, the next at its end, and then what was decided since.
    private var due: [Action] = []
    private var pending: [Action] = []
    /// Lanes at which something may start now.
    var stirred: [Int] = []
    /// Lanes that lost their backend while requests waited; they are emptied one by one.
    private var emptied: [Int] = []
    /// Lanes whose waiting requests are looked at again, one by one.
    private var swept: [Int] = []
    /// Lanes that are about to take over a long list.
    private var learning: [Int] = []
    /// Steps since the last action; see `Action.goOn`.
    private var idleSteps = 0
    private var wakeTold: UInt64?
    private var isWakeNews = false
    /// Reused for every request that is routed.
    var candidates: [Candidate] = []

    package init() {}

    /// Something else has happened.
    package mutating func take(_ event: consuming Event, now: UInt64) {
        isWakeNews = true
        switch consume event {
        case .ended(let key, let verdict): ended(key, verdict, now: now)
        case .firstToken(let key): firstToken(key, now: now)
        case .gone(let key): gone(key, now: now)
        case .backend(let facts): update(facts, now: now)
        case .backendGone(let name): remove(name)
        case .held(let name, let until):
            if let lane = laneNamed[name] {
                lanes[lane].heldUntil = max(lanes[lane].heldUntil, until)
            }
        case .defaultModel(let names): defaultModel = names
        case .stopping: stop()
        }
    }

    /// The next thing to do; nil when all is done for now.
    package mutating func next(now: UInt64) -> Action? {
        if let action = popPending() { return action }
        if let wake = wakeTold, wake <= now {
            isWakeNews = true
            for lane in laneOrder { stir(lane) }
        }
        while true {
            if let lane = emptied.last {
                empty(lane, now: now)
            } else if let lane = swept.last {
                sweep(lane, now: now)
            } else if let lane = stirred.last {
                if !startNext(lane, now: now) {
                    stirred.removeLast()
                    lanes[lane].isStirred = false
                    if lanes[lane].isRemoved { freeLanes.append(lane) }
                    tellPositions(lane, now: now)
                }
            } else if let lane = learning.last {
                learn(lane, now: now)
            } else {
                return wakeAction(now: now)
            }
            if let action = popPending() { return action }
            idleSteps += 1
            if idleSteps >= SchedulingLimits.stepsMax {
                idleSteps = 0
                return .goOn
            }
        }
    }

    // MARK: What is to be done

    mutating func act(_ action: Action) {
        pending.append(action)
    }

    private mutating func popPending() -> Action? {
        if due.isEmpty {
            if pending.isEmpty { return nil }
            swap(&due, &pending)
            due.reverse()
        }
        idleSteps = 0
        return due.popLast()
    }

    /// Something may start there now.
    mutating func stir(_ lane: Int) {
        guard !lanes[lane].isStirred, !lanes[lane].isRemoved else { return }
        lanes[lane].isStirred = true
        stirred.append(lane)
    }

    private mutating func wakeAction(now: UInt64) -> Action? {
        guard isWakeNews else { return nil }
        isWakeNews = false
        var wake: UInt64?
        let isWanted = laneOrder.contains { lanes[$0].queued > 0 }
        for lane in laneOrder {
            if let moment = lanes[lane].wakesAt(now: now, isWanted: isWanted) {
                wake = min(wake ?? moment, moment)
            }
        }
        guard wake != wakeTold else { return nil }
        wakeTold = wake
        return .wake(at: wake)
    }

    // MARK: Requests come and go

    /// A request wants to be served. Answered by `start`, `queue` or `refuse`.
    ///
    /// No `Event`, which would be as long as a ticket, and all of them copied so.
    package mutating func arrived(_ ticket: consuming Ticket, now: UInt64) {
        isWakeNews = true
        let key = ticket.key
        precondition(entryOf[key] == nil, "a key names one request")
        if isStopping { return act(.refuse(key, .stopping)) }
        // Before it is kept: to be read there a ticket is copied, which costs as much as this.
        let obstacle = collect(ticket, -1, now: now)
        let entry = Entry(ticket: ticket, arrivedAt: now)
        let index: Int
        if let old = freeEntries.popLast() {
            index = old
            entries[old] = entry
        } else {
            index = entries.count
            entries.append(entry)
        }
        entryOf.insert(key, index)
        if let refusal = obstacle ?? settle(index, now: now, because: .arrived) {
            refuse(index, refusal)
        }
    }

    private mutating func gone(_ key: UInt64, now: UInt64) {
        guard let index = entryOf[key] else { return }
        let lane = entries[index].lane
        if entries[index].isWaiting {
            leaveQueue(index)
        } else {
            stopRunning(index, now: now)
        }
        forget(index)
        stir(lane)
    }

    /// It is answered with a refusal, and forgotten.
    mutating func refuse(_ index: Int, _ refusal: Refusal) {
        act(.refuse(entries[index].ticket.key, refusal))
        forget(index)
    }

    /// Nothing more is known of the request; it neither waits nor runs. What a rush left is given
    /// back when all have gone.
    mutating func forget(_ index: Int) {
        entryOf.remove(entries[index].ticket.key)
        entries[index].forget()
        freeEntries.append(index)
        if freeEntries.count == entries.count, entries.count > SchedulingLimits.entriesKept {
            entries = []
            freeEntries = []
        }
    }

    /// It does not wait any more where it waited.
    mutating func leaveQueue(_ index: Int) {
        let lane = entries[index].lane
        lanes[lane].dequeue(entries[index].waiting)
        lanes[lane].accounts.close(entries[index].account)
        entries[index].waiting = -1
        removeIfIdle(lane)
    }

    private mutating func stop() {
        isStopping = true
        for lane in lanes.indices { lost(lane) }
    }

    // MARK: Backends come and go

    private mutating func update(_ facts: BackendFacts, now: UInt64) {
        precondition(facts.maxConcurrent >= 1, "a backend runs at least one request")
        let lane: Int
        if let known = laneNamed[facts.name] {
            lane = known
        } else if let old = freeLanes.popLast() {
            lane = old
            lanes[lane] = Lane(facts)
        } else {
            lane = lanes.count
            lanes.append(Lane(facts))
        }
        if laneNamed[facts.name] == nil {
            laneNamed[facts.name] = lane
            laneOrder.append(lane)
        }
        if lanes[lane].isNews(facts) {
            lanes[lane].begin(facts)
            if !learning.contains(lane) { learning.append(lane) }
            if facts.models.count <= SchedulingLimits.listedAtOnce {
                return takeOver(lane, now: now)
            }
            // What it offers is known when the list is; that it is to be had no more, at once.
            if facts.state == .up { return }
            lanes[lane].facts.state = facts.state
            return lost(lane)
        }
        lanes[lane].incoming = nil
        apply(facts, lane, now: now)
    }

    /// Goes on finding places for a list; it is taken over when all are found.
    private mutating func learn(_ lane: Int, now: UInt64) {
        switch lanes[lane].incoming?.isWhole {
        case nil: learning.removeAll { $0 == lane }
        case false?: lanes[lane].findPlaces()
        case true?: takeOver(lane, now: now)
        }
    }

    private mutating func takeOver(_ lane: Int, now: UInt64) {
        while lanes[lane].incoming?.isWhole == false { lanes[lane].findPlaces() }
        learning.removeAll { $0 == lane }
        if let facts = lanes[lane].incoming?.facts { apply(facts, lane, now: now) }
    }

    private mutating func apply(_ facts: BackendFacts, _ lane: Int, now: UInt64) {
        let before = lanes[lane].facts.state
        lanes[lane].update(facts, now: now)
        if facts.state == .up {
            if lanes[lane].hasUnlisted { lookAgain(lane) }
            if !isStopping { emptied.removeAll { $0 == lane } }
            if before != .up { trust(lane) }
            stir(lane)
        } else {
            lost(lane)
        }
    }

    /// It was seen up again: what it did before says nothing any more.
    private mutating func trust(_ lane: Int) {
        let wasClosed = lanes[lane].breaker.state == .closed
        lanes[lane].breaker = Breaker()
        if !wasClosed { act(.breaker(backend: lanes[lane].name, .closed, retryAfter: 0)) }
    }

    private mutating func remove(_ name: String) {
        guard let lane = laneNamed.removeValue(forKey: name) else { return }
        lanes[lane].isGone = true
        lost(lane)
        removeIfIdle(lane)
    }

    /// A backend is not to be had: all that wait for it go elsewhere, one by one.
    mutating func lost(_ lane: Int) {
        if lanes[lane].queued > 0, !emptied.contains(lane) { emptied.append(lane) }
    }

    private mutating func empty(_ lane: Int, now: UInt64) {
        let first = lanes[lane].age.first
        guard first >= 0, let index = entryOf[lanes[lane].waiting[first].key] else {
            emptied.removeAll { $0 == lane }
            return
        }
        if isStopping {
            leaveQueue(index)
            return refuse(index, .stopping)
        }
        move(index, now: now)
    }

    /// One that waits goes elsewhere, or is refused.
    mutating func move(_ index: Int, now: UInt64) {
        leaveQueue(index)
        if let refusal = route(index, now: now, because: .moved) { refuse(index, refusal) }
    }

    /// All that wait there are looked at again, the oldest first: whether their model is still
    /// listed, and whether somebody else can serve them while the breaker is open.
    mutating func lookAgain(_ lane: Int) {
        lanes[lane].nextSwept = lanes[lane].age.first
        if !swept.contains(lane) { swept.append(lane) }
    }

    private mutating func sweep(_ lane: Int, now: UInt64) {
        let waiting = lanes[lane].nextSwept
        guard waiting >= 0 else {
            swept.removeAll { $0 == lane }
            return lanes[lane].forgetUnlisted()
        }
        lanes[lane].nextSwept = lanes[lane].ageLinks[waiting].after
        guard let index = entryOf[lanes[lane].waiting[waiting].key] else {
            preconditionFailure("who waits is known")
        }
        let isStranded = !lanes[lane].models[entries[index].model].isListed
        let isHeldUp = lanes[lane].breaker.forbids(now: now)
        if isStranded || isHeldUp && canGoElsewhere(index, now: now) { move(index, now: now) }
    }

    mutating func removeIfIdle(_ lane: Int) {
        guard lanes[lane].isGone, lanes[lane].queued == 0, lanes[lane].running == 0,
            let place = laneOrder.firstIndex(of: lane)
        else { return }
        laneOrder.remove(at: place)
        emptied.removeAll { $0 == lane }
        swept.removeAll { $0 == lane }
        learning.removeAll { $0 == lane }
        lanes[lane].incoming = nil
        lanes[lane].isRemoved = true
        if !lanes[lane].isStirred { freeLanes.append(lane) }
    }
}
