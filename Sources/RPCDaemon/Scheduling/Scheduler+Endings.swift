/// What follows when a try ends.
extension Scheduler {
    mutating func firstToken(_ key: UInt64, now: UInt64) {
        guard let index = entryOf[key], !entries[index].isWaiting,
            entries[index].firstTokenAt == nil
        else { return }
        entries[index].firstTokenAt = now
        let lane = entries[index].lane
        if !lanes[lane].models[entries[index].model].isLoaded {
            lanes[lane].answered(entries[index].model)
            stir(lane)
        }
    }

    mutating func ended(_ key: UInt64, _ verdict: Verdict, now: UInt64) {
        guard let index = entryOf[key], !entries[index].isWaiting else { return }
        let lane = entries[index].lane
        switch verdict {
        case .served(let tokens): served(index, tokens: tokens, now: now)
        case .failed(let failure, let afterText):
            failed(index, failure, afterText: afterText, now: now)
        }
        stir(lane)
        removeIfIdle(lane)
    }

    private mutating func served(_ index: Int, tokens: Int, now: UInt64) {
        let (lane, model) = (entries[index].lane, entries[index].model)
        let work = entries[index].ticket.work
        charge(index, now: now)
        if work == .generate {
            lanes[lane].models[model].forecast.served(
                start: entries[index].startedAt, firstToken: entries[index].firstTokenAt, end: now,
                tokens: tokens, loaded: !entries[index].loads)
            lanes[lane].forecast.served(
                start: entries[index].startedAt, firstToken: entries[index].firstTokenAt, end: now,
                tokens: tokens, loaded: true)
            remember(index, now: now)
        }
        if work == .unload {
            lanes[lane].unloaded(model)
        } else {
            lanes[lane].answered(model)
        }
        lanes[lane].models[model].contentionSpan = 0
        lanes[lane].holdSpan = 0
        tellBreaker(lane, lanes[lane].breaker.succeeded(now: now))
        stopRunning(index, now: now)
        forget(index)
    }

    private mutating func failed(
        _ index: Int, _ failure: FailureClass, afterText: Bool, now: UInt64
    ) {
        let (lane, model) = (entries[index].lane, entries[index].model)
        let key = entries[index].ticket.key
        let (sequel, mark) = failure.consequences
        charge(index, now: now)
        apply(mark, lane, key, now: now)
        // Both are forgotten with the model, where this was the last that ran on it.
        let (id, contextLength) = (
            lanes[lane].models[model].facts.id, lanes[lane].models[model].facts.contextLength
        )
        if sequel == .again { lanes[lane].contended(model, now: now) }
        stopRunning(index, now: now)
        if afterText || entries[index].firstTokenAt != nil { return giveUp(index) }
        switch sequel {
        case .none: giveUp(index)
        case .again: waitAgain(index, now: now)
        case .larger:
            guard let contextLength else { return giveUp(index) }
            entries[index].contextAbove = max(entries[index].contextAbove, contextLength)
            goOn(index, failedAt: id, now: now)
        case .next: goOn(index, failedAt: id, now: now)
        }
        if lanes[lane].breaker.forbids(now: now), hasOther(than: lane) { lookAgain(lane) }
    }

    /// The next candidate, if there is one and the request may still try.
    private mutating func goOn(_ index: Int, failedAt id: String, now: UInt64) {
        entries[index].failed(at: id, of: lanes[entries[index].lane].name)
        let isOver = entries[index].ticket.expiresAt <= now
        let mayTry = entries[index].attempts < SchedulingLimits.attemptsMax && !isOver
        if !mayTry || route(index, now: now, because: .failover) != nil { giveUp(index) }
    }

    /// Back to where it was, as the first of its caller's, until the load may be tried again.
    private mutating func waitAgain(_ index: Int, now: UInt64) {
        let (lane, model) = (entries[index].lane, entries[index].model)
        entries[index].isRepeat = true
        guard !lanes[lane].isGone, lanes[lane].facts.state == .up,
            lanes[lane].models[model].isListed
        else {
            if route(index, now: now, because: .contention) != nil { giveUp(index) }
            return
        }
        entries[index].account = lanes[lane].accounts.open(entries[index].ticket.caller)
        wait(index, atFront: true, now: now, because: .contention)
    }

    /// Whether another backend is up, which those that wait might go to.
    private func hasOther(than lane: Int) -> Bool {
        laneOrder.contains { $0 != lane && lanes[$0].facts.state == .up }
    }

    private mutating func giveUp(_ index: Int) {
        act(.giveUp(entries[index].ticket.key))
        forget(index)
    }

    // MARK: What a backend made of it

    /// What a failure means for its backend.
    private mutating func apply(
        _ mark: FailureClass.Mark, _ lane: Int, _ key: UInt64, now: UInt64
    ) {
        switch mark {
        case .none: tellBreaker(lane, lanes[lane].breaker.answered(key))
        case .counted(let floor):
            tellBreaker(lane, lanes[lane].breaker.failed(key, floor: floor, now: now))
        case .held(let retryAfter):
            lanes[lane].holdSpan = min(
                max(2 * lanes[lane].holdSpan, SchedulingLimits.holdMin),
                SchedulingLimits.coolDownMax)
            let until = now + (retryAfter ?? lanes[lane].holdSpan)
            lanes[lane].heldUntil = max(lanes[lane].heldUntil, until)
        case .down:
            lanes[lane].facts.state = .down
            lost(lane)
        }
    }

    private mutating func tellBreaker(_ lane: Int, _ change: Breaker.Change) {
        // Its name may be another's by now.
        if lanes[lane].isGone { return }
        switch change {
        case .none: break
        case .opened(let span):
            act(.breaker(backend: lanes[lane].facts.name, .open, retryAfter: span))
        case .closed:
            act(.breaker(backend: lanes[lane].facts.name, .closed, retryAfter: 0))
        }
    }

    /// Its place is free; where it was, others may start.
    mutating func stopRunning(_ index: Int, now: UInt64) {
        let (lane, model) = (entries[index].lane, entries[index].model)
        if let slot = entries[index].slot { lanes[lane].models[model].slots.release(slot) }
        lanes[lane].stop(
            entries[index].ticket.key, model: model, account: entries[index].account,
            startedAt: entries[index].startedAt, now: now)
        removeIfIdle(lane)
    }

    /// Who took as long as several others pays for several.
    private mutating func charge(_ index: Int, now: UInt64) {
        let lane = entries[index].lane
        let took = now > entries[index].startedAt ? now - entries[index].startedAt : 0
        guard let usual = lanes[lane].forecast.service, usual > 0, took >= 2 * usual else {
            return
        }
        lanes[lane].accounts.surcharge(
            entries[index].account,
            units: min(took / usual, SchedulingLimits.shareCostMax) - 1)
        if lanes[lane].queued > 1 { lanes[lane].isOrderNews = true }
    }

    /// Who was served what, for the next request that names no model or goes on with this one.
    private mutating func remember(_ index: Int, now: UInt64) {
        let (lane, model) = (entries[index].lane, entries[index].model)
        let uid = entries[index].ticket.caller.uid
        if !lanes[lane].models[model].facts.cannot.contains(.chat),
            entries[index].ticket.needs.contains(.chat)
        {
            let name = lanes[lane].models[model].facts.id
            // As a rule the last one's again, and no user is hashed.
            if lastModel != name || lastUser != uid {
                (lastModel, lastUser) = (name, uid)
                if lastModelOf[uid] != name {
                    if lastModelOf.count >= SchedulingLimits.usersMax { lastModelOf.removeAll() }
                    lastModelOf[uid] = name
                }
            }
        }
        guard let session = entries[index].ticket.session else { return }
        sessions.used(
            Sessions.Name(uid: uid, name: session),
            Sessions.Place(
                backend: lanes[lane].facts.name, model: lanes[lane].models[model].facts.id,
                slot: entries[index].slot ?? -1, owner: entries[index].owner, usedAt: now))
    }
}
