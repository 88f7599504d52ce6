/// Decides which request of one backend starts when; events go in, decisions come out.
///
/// Requests for a model that can be served without evicting another go first, then interactive ones
/// before batch ones, then first come, first served. Whoever has waited for `evictionPatience` goes
/// before all others, whatever is loaded, and nobody else starts until it can; among several such,
/// interactive ones again come first, so that no flood of batch work holds up a person for longer.
///
/// It holds every request from its arrival until `finished` or `withdrawn`. A queued request that
/// expires is never started, but stays until its owner withdraws it. Time must not run backwards.
package struct BackendQueue {
    /// How many may be in flight at once, at least 1. Lowering it cancels nothing.
    package var maxConcurrent: Int {
        didSet { precondition(maxConcurrent >= 1, "a backend runs at least one request") }
    }
    /// How many may wait, 0 or more. Lowering it refuses new ones and keeps those that wait.
    package var queueMax: Int {
        didSet { precondition(queueMax >= 0, "a queue cannot hold less than nothing") }
    }
    /// Goes up whenever a queued request's position may have changed: as long as it stays, no
    /// progress needs to be told.
    package internal(set) var positionsVersion: UInt64 = 0

    /// In the order of arrival, so that those out of patience are always the first ones.
    var waiting: [Waiting] = []
    var running: [Running] = []
    var models: ModelResidency
    var rate: RateWindow
    var serviceTime = ServiceTime()
    /// How many of `waiting` were out of patience when the time was last told.
    var impatient = 0

    struct Waiting {
        let ticket: QueueTicket
        let arrivedAt: UInt64
        /// Whether it can be served without evicting a model; follows `models`.
        var isResident: Bool
    }

    struct Running {
        let key: UInt64
        let model: String
        let startedAt: UInt64
    }

    /// - Parameter rateLimit: how many may start in any minute; nil for no limit.
    /// - Parameter evictsModels: whether loading one model may throw out another, together with
    ///   what that one is generating (LM Studio's just-in-time loading): then models take turns.
    package init(
        maxConcurrent: Int, queueMax: Int = SchedulingLimits.queueMax, rateLimit: Int? = nil,
        evictsModels: Bool = false
    ) {
        precondition(maxConcurrent >= 1, "a backend runs at least one request")
        precondition(queueMax >= 0, "a queue cannot hold less than nothing")
        self.maxConcurrent = maxConcurrent
        self.queueMax = queueMax
        rate = RateWindow(limit: rateLimit)
        models = ModelResidency(evicts: evictsModels)
    }

    /// How many wait.
    package var queued: Int { waiting.count }
    /// How many are started and have not ended.
    package var inFlight: Int { running.count }
    /// How many may start in any minute; what started already still counts after a change.
    package var rateLimit: Int? {
        get { rate.limit }
        set { if newValue != rate.limit { rate.limitChanged(to: newValue) } }
    }

    /// A request wants to be served. Where nothing stands in its way it is `started` at once.
    package mutating func arrived(_ ticket: QueueTicket, now: UInt64) -> Admission {
        if waiting.isEmpty, running.count < maxConcurrent, rate.isOpen(now: now),
            models.mayStart(ticket.model, idle: running.isEmpty)
        {
            if let deadline = ticket.deadline,
                let refusal = lateness(of: deadline, wait: 0, now: now)
            {
                return .refused(refusal)
            }
            start(ticket, now: now)
            return .started
        }
        return enqueue(ticket, now: now)
    }

    /// The backend has served a request to its end; what it took predicts the waits of others.
    /// An unknown key is ignored: a cancel and an end may cross.
    package mutating func finished(_ key: UInt64, now: UInt64) {
        guard let index = running.firstIndex(where: { $0.key == key }) else { return }
        let ended = running.remove(at: index)
        let duration = now > ended.startedAt ? now - ended.startedAt : 0
        serviceTime.finished(after: duration, now: now)
        if !models.isOpen { residencyChanged { $0.served(ended.model, stillRunning: $1) } }
    }

    /// A request is gone without having been served: cancelled, expired or failed, queued or in
    /// flight. An unknown key is ignored.
    package mutating func withdrawn(_ key: UInt64) {
        if let index = running.firstIndex(where: { $0.key == key }) {
            running.remove(at: index)
            if !models.isOpen { residencyChanged { $0.ended(stillRunning: $1) } }
        } else if let index = waiting.firstIndex(where: { $0.ticket.key == key }) {
            removeWaiting(at: index)
        }
    }

    /// Discovery has seen which models are loaded. Backends that do not evict need not be told.
    package mutating func modelsChanged(loaded: Set<String>) {
        residencyChanged { $0.seen(loaded, running: $1) }
    }

    /// The backend's kind became known: whether its models throw each other out.
    package mutating func evictionChanged(to evicts: Bool) {
        if evicts != models.evicts {
            residencyChanged { $0.evictionChanged(to: evicts, running: $1) }
        }
    }

    /// The request that is to start now, which counts as in flight from here on; ask until nil.
    package mutating func next(now: UInt64) -> UInt64? {
        if waiting.isEmpty { return nil }
        timeTold(now)
        guard running.count < maxConcurrent, rate.isOpen(now: now), let index = first(now: now),
            models.mayStart(waiting[index].ticket.model, idle: running.isEmpty)
        else { return nil }
        let ticket = waiting[index].ticket
        removeWaiting(at: index)
        start(ticket, now: now)
        return ticket.key
    }

    /// When to ask `next` again even if nothing happens: the rate limit lets another one start, or
    /// a request runs out of patience, which changes positions. Nil: only an event does anything.
    package func wakesAt(now: UInt64) -> UInt64? {
        guard !waiting.isEmpty else { return nil }
        var wake: UInt64?
        if running.count < maxConcurrent, !rate.isOpen(now: now) {
            wake = now + rate.wait(position: 1, now: now)
        }
        let later = waiting.first { $0.arrivedAt + SchedulingLimits.evictionPatience > now }
        if waiting.count > 1, let later {
            let patience = later.arrivedAt + SchedulingLimits.evictionPatience
            wake = min(wake ?? patience, patience)
        }
        return wake
    }

    private mutating func start(_ ticket: QueueTicket, now: UInt64) {
        running.append(Running(key: ticket.key, model: ticket.model, startedAt: now))
        rate.started(now: now)
        if !models.isResident(ticket.model) {
            residencyChanged { models, _ in models.loading(ticket.model) }
        }
    }

    private mutating func enqueue(_ ticket: QueueTicket, now: UInt64) -> Admission {
        timeTold(now)
        let arrival = Waiting(
            ticket: ticket, arrivedAt: now, isResident: models.isResident(ticket.model))
        let position = 1 + count(before: arrival, at: waiting.count)
        if let refusal = refusal(of: ticket, position: position, now: now) {
            return .refused(refusal)
        }
        if position <= waiting.count { positionsVersion &+= 1 }
        waiting.append(arrival)
        return .queued(position: position)
    }

    private mutating func removeWaiting(at index: Int) {
        waiting.remove(at: index)
        if index < impatient { impatient -= 1 }
        if !waiting.isEmpty { positionsVersion &+= 1 }
    }

    /// Lets an event change what is resident, and those that wait follow.
    private mutating func residencyChanged(
        _ event: (inout ModelResidency, [Running]) -> Void
    ) {
        event(&models, running)
        var changed = false
        for index in waiting.indices {
            let isResident = models.isResident(waiting[index].ticket.model)
            if isResident != waiting[index].isResident {
                waiting[index].isResident = isResident
                changed = true
            }
        }
        if changed { positionsVersion &+= 1 }
    }

    /// Those whose patience has passed move to the front.
    private mutating func timeTold(_ now: UInt64) {
        let before = impatient
        while impatient < waiting.count,
            waiting[impatient].arrivedAt + SchedulingLimits.evictionPatience <= now
        {
            impatient += 1
        }
        if impatient != before, waiting.count > 1 { positionsVersion &+= 1 }
    }
}
