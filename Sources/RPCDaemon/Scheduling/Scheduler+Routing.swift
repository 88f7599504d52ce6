/// Where a request may go, and where it goes.
extension Scheduler {
    /// Sends the request to the best candidate, or lets it wait there; or says why none takes it.
    mutating func route(_ index: Int, now: UInt64, because reason: QueueReason) -> Refusal? {
        collect(entries[index].ticket, index, now: now) ?? settle(index, now: now, because: reason)
    }

    /// The same, once its candidates are collected.
    mutating func settle(_ index: Int, now: UInt64, because reason: QueueReason) -> Refusal? {
        guard let best = candidates.first, best.forbidden.isEmpty else {
            return refusal(of: entries[index].ticket, now: now)
        }
        if entries[index].ticket.model == nil { settleChoice(index, best) }
        let next = candidates.count > 1 && candidates[1].forbidden.isEmpty ? candidates[1] : nil
        entries[index].advantage = best.advantage(over: next)
        place(index, best, now: now, because: reason)
        return nil
    }

    /// A request that names no model keeps to what was chosen for it, whatever happens later.
    private mutating func settleChoice(_ index: Int, _ best: Candidate) {
        if entries[index].ticket.needs.contains(.chat), let first = defaultModel.first {
            entries[index].ticket.model = first
            entries[index].ticket.fallbacks = Array(defaultModel.dropFirst())
        } else {
            entries[index].ticket.model = lanes[best.lane].models[best.model].facts.id
        }
    }

    /// Whether another backend would take a request that waits.
    mutating func canGoElsewhere(_ index: Int, now: UInt64) -> Bool {
        let lane = entries[index].lane
        guard collect(entries[index].ticket, index, now: now) == nil else { return false }
        return candidates.contains { $0.lane != lane && $0.forbidden.isEmpty }
    }

    /// Whether the request failed on that model of the backend.
    private func hasTried(_ index: Int, _ model: Int, of lane: Int) -> Bool {
        !entries[index].tried.isEmpty
            && entries[index].hasTried(lanes[lane].models[model].facts.id, of: lanes[lane].name)
    }

    // MARK: Candidates

    /// Fills `candidates`, the best first, the forbidden ones last; or says why there can be none.
    ///
    /// - Parameter entry: the request's index; -1 for one that only asks, or has just arrived.
    mutating func collect(_ ticket: Ticket, _ entry: Int, now: UInt64) -> Refusal? {
        candidates.removeAll(keepingCapacity: true)
        if laneNamed.isEmpty { return .noBackend }
        if let backend = ticket.backend, laneNamed[backend] == nil {
            return .unknownBackend(backend)
        }
        let place = ticket.session.flatMap {
            sessions.place(Sessions.Name(uid: ticket.caller.uid, name: $0), now: now)
        }
        if let model = ticket.model {
            collect(model, 0, ticket, entry, place, now: now)
            for (number, fallback) in ticket.fallbacks.enumerated() {
                collect(fallback, number + 1, ticket, entry, place, now: now)
            }
        } else {
            switch choice(for: ticket, now: now) {
            case .refused(let refusal): return refusal
            case .models(let names):
                for (number, name) in names.enumerated() {
                    collect(name, number, ticket, entry, place, now: now)
                }
            }
        }
        sortCandidates()
        return nil
    }

    private mutating func collect(
        _ name: String, _ choice: Int, _ ticket: Ticket, _ entry: Int, _ place: Sessions.Place?,
        now: UInt64
    ) {
        for lane in laneOrder where !lanes[lane].isGone {
            guard let model = lanes[lane].model(named: name) else { continue }
            if entry >= 0, hasTried(entry, model, of: lane) {
                continue
            }
            var candidate = candidate(lane, model, choice, ticket, entry, now: now)
            candidate.hasSession = holds(candidate, place)
            candidates.append(candidate)
        }
    }

    /// What speaks for and against one model on one backend.
    func candidate(
        _ lane: Int, _ model: Int, _ choice: Int, _ ticket: Ticket, _ entry: Int, now: UInt64
    ) -> Candidate {
        var result = Candidate(
            lane: lane, model: model, choice: choice, isLoaded: !lanes[lane].wouldLoad(model),
            priority: lanes[lane].facts.priority, failures: lanes[lane].breaker.streak,
            startsAtOnce: lanes[lane].startsAtOnce(model, ticket.work, now: now),
            crowd: Double(lanes[lane].running + lanes[lane].queued + lanes[lane].facts.others)
                / Double(lanes[lane].facts.maxConcurrent))
        result.forbidden = obstacles(lane, model, ticket, entry, now: now)
        if !result.startsAtOnce {
            (result.wait, result.position) = lanes[lane].predictedWait(
                ticket, model: model, now: now)
            if lanes[lane].queued >= lanes[lane].facts.queueMax {
                result.forbidden.insert(.queueFull)
            }
        }
        result.firstToken =
            result.wait + lanes[lane].othersWait(now: now) + lanes[lane].predictedFirstToken(model)
        let arrivedAt = entry >= 0 ? entries[entry].arrivedAt : now
        let latest = min(
            ticket.expiresAt, arrivedAt &+ lanes[lane].facts.timeout, ticket.deadline ?? .max)
        let pause = lanes[lane].pauseWait(position: result.position, now: now)
        if pause > 0, now >= latest || pause >= latest - now {
            result.forbidden.insert(.rateLimit)
        }
        if let deadline = ticket.deadline {
            let service = lanes[lane].predictedService(ticket, model: model, now: now) ?? 0
            if now >= deadline || result.wait + service > deadline - now {
                result.forbidden.insert(.deadline)
            }
        }
        return result
    }

    /// What forbids the candidate, however long its queue is.
    private func obstacles(
        _ lane: Int, _ model: Int, _ ticket: Ticket, _ entry: Int, now: UInt64
    ) -> Forbidden {
        var result: Forbidden = []
        switch lanes[lane].facts.state {
        case .up: break
        case .authFailed: result.insert(.auth)
        case .down, .probing: result.insert(.down)
        }
        if lanes[lane].breaker.forbids(now: now) { result.insert(.breaker) }
        if let backend = ticket.backend, backend != lanes[lane].facts.name {
            result.insert(.backend)
        }
        if !lanes[lane].models[model].facts.cannot.isDisjoint(with: ticket.needs) {
            result.insert(.capability)
        }
        let above = entry >= 0 ? entries[entry].contextAbove : 0
        if let length = lanes[lane].models[model].facts.contextLength {
            if length < ticket.contextTokens || length <= above { result.insert(.context) }
        } else if above > 0 {
            result.insert(.context)
        }
        if entry >= 0, entries[entry].attempts > 0, lanes[lane].models[model].facts.isRemote {
            result.insert(.remote)
        }
        return result
    }

    /// Whether the candidate holds the conversation's prompt, and going there takes no longer than
    /// reading it anew.
    private func holds(_ candidate: Candidate, _ place: Sessions.Place?) -> Bool {
        guard let place, place.backend == lanes[candidate.lane].facts.name,
            place.model == lanes[candidate.lane].models[candidate.model].facts.id
        else { return false }
        let slots = lanes[candidate.lane].models[candidate.model].slots
        if slots.count > 0, place.owner != 0, !slots.holds(place.slot, place.owner) {
            return false
        }
        let reading = lanes[candidate.lane].models[candidate.model].forecast.firstToken ?? 0
        return candidate.wait <= reading
    }

    /// Few, and mostly in order.
    private mutating func sortCandidates() {
        var sorted = 1
        while sorted < candidates.count {
            var place = sorted
            while place > 0, candidates[place].precedes(candidates[place - 1]) {
                candidates.swapAt(place, place - 1)
                place -= 1
            }
            sorted += 1
        }
    }

    // MARK: Places

    /// The request goes to that backend: it starts, or waits there.
    private mutating func place(
        _ index: Int, _ best: Candidate, now: UInt64, because reason: QueueReason
    ) {
        let (lane, model) = (best.lane, best.model)
        let account = lanes[lane].accounts.open(entries[index].ticket.caller)
        entries[index].placed(lane: lane, model: model, account: account)
        if best.startsAtOnce {
            start(index, now: now)
        } else {
            if reason == .arrived, lanes[lane].anyService(now: now) != nil {
                entries[index].predictedStart = now + best.wait
            }
            wait(index, atFront: false, now: now, because: reason)
        }
    }

    /// The request waits where it is placed; for a daemon that stops nobody waits, be it for the
    /// next server after one that failed.
    mutating func wait(_ index: Int, atFront: Bool, now: UInt64, because reason: QueueReason) {
        let (lane, model) = (entries[index].lane, entries[index].model)
        if isStopping {
            lanes[lane].accounts.close(entries[index].account)
            return refuse(index, .stopping)
        }
        entries[index].waiting = lanes[lane].enqueue(
            entries[index].ticket, model: model, account: entries[index].account,
            arrivedAt: entries[index].arrivedAt, atFront: atFront, now: now)
        act(
            .queue(
                entries[index].ticket.key, on: lanes[lane].facts.name,
                model: lanes[lane].models[model].facts.id, reason))
        stir(lane)
    }

    /// The request starts where it is placed.
    private mutating func start(_ index: Int, now: UInt64) {
        let (lane, model) = (entries[index].lane, entries[index].model)
        let (key, work) = (entries[index].ticket.key, entries[index].ticket.work)
        let loads = lanes[lane].wouldLoad(model)
        let wasOpen = lanes[lane].breaker.state == .open
        lanes[lane].start(
            key, model: model, account: entries[index].account, work: work, now: now)
        if wasOpen, lanes[lane].breaker.state == .halfOpen {
            act(.breaker(backend: lanes[lane].facts.name, .halfOpen, retryAfter: 0))
        }
        entries[index].started(loads: loads, now: now)
        assignSlot(index, now: now)
        act(
            .start(
                key,
                Placement(
                    backend: lanes[lane].facts.name, model: lanes[lane].models[model].facts.id,
                    slot: entries[index].slot, attempt: entries[index].attempts, loads: loads,
                    predictedStart: entries[index].predictedStart,
                    advantage: entries[index].advantage)))
    }

    /// A conversation goes to the slot that holds its prompt, where the server has slots.
    private mutating func assignSlot(_ index: Int, now: UInt64) {
        let (lane, model) = (entries[index].lane, entries[index].model)
        guard lanes[lane].models[model].slots.count > 0, entries[index].ticket.work == .generate
        else { return }
        var last = -1
        if let name = entries[index].ticket.session {
            let session = Sessions.Name(uid: entries[index].ticket.caller.uid, name: name)
            if let place = sessions.place(session, now: now),
                place.backend == lanes[lane].facts.name
            {
                (last, entries[index].owner) = (place.slot, place.owner)
            }
            if entries[index].owner == 0 { entries[index].owner = sessions.newOwner() }
        }
        entries[index].slot = lanes[lane].models[model].slots.assign(
            owner: entries[index].owner, last: last, now: now)
    }

    /// Starts one that waits there, or that waits elsewhere and can be served here; false if none.
    mutating func startNext(_ lane: Int, now: UInt64) -> Bool {
        guard !lanes[lane].isGone, lanes[lane].isOpen(now: now) else { return false }
        if lanes[lane].queued == 0 { return takeOver(lane, now: now) }
        guard let (waiting, passes) = lanes[lane].choose(now: now) else { return false }
        guard let index = entryOf[lanes[lane].waiting[waiting].key] else {
            preconditionFailure("who waits is known")
        }
        let latest = min(
            entries[index].ticket.expiresAt, entries[index].arrivedAt &+ lanes[lane].facts.timeout)
        if latest <= now {
            leaveQueue(index)
            refuse(index, .timedOut(backend: lanes[lane].facts.name))
            return true
        }
        if !lanes[lane].models[entries[index].model].isListed {
            move(index, now: now)
            return true
        }
        guard lanes[lane].mayStart(entries[index].model, entries[index].ticket.work, now: now)
        else { return false }
        lanes[lane].countOvertaking(waiting, passes: passes)
        lanes[lane].dequeue(waiting)
        entries[index].waiting = -1
        start(index, now: now)
        return true
    }

    /// Takes over one that waits for another backend, which is not to be preferred, and has the
    /// same model loaded.
    private mutating func takeOver(_ lane: Int, now: UInt64) -> Bool {
        for other in laneOrder where other != lane && lanes[other].queued > 0 {
            let isPreferred = lanes[other].facts.priority < lanes[lane].facts.priority
            if isPreferred, !lanes[other].breaker.forbids(now: now) { continue }
            for band in lanes[other].activeBands {
                let waiting = lanes[other].bands[band].tree.first(lanes[other].accounts)
                if takeOver(lane, waiting, of: other, now: now) { return true }
            }
            // Who is first there may be meant for it alone; the next may not.
            var (waiting, left) = (lanes[other].age.first, SchedulingLimits.takenOverMax)
            while waiting >= 0, left > 0 {
                if takeOver(lane, waiting, of: other, now: now) { return true }
                (waiting, left) = (lanes[other].ageLinks[waiting].after, left - 1)
            }
        }
        return false
    }

    /// Takes over one that waits for another backend; false where it cannot be served at once.
    private mutating func takeOver(
        _ lane: Int, _ waiting: Int, of other: Int, now: UInt64
    ) -> Bool {
        let name = lanes[other].models[lanes[other].waiting[waiting].model].facts.id
        guard let index = entryOf[lanes[other].waiting[waiting].key],
            let model = lanes[lane].model(named: name), !lanes[lane].wouldLoad(model),
            !hasTried(index, model, of: lane),
            lanes[lane].mayStart(model, entries[index].ticket.work, now: now)
        else { return false }
        let ticket = entries[index].ticket
        let candidate = candidate(lane, model, 0, ticket, index, now: now)
        guard candidate.forbidden.isEmpty, ticket.expiresAt > now else { return false }
        leaveQueue(index)
        entries[index].advantage = .free
        place(index, candidate, now: now, because: .moved)
        return true
    }
}
