/// How long things will take, by how long they took.
extension Lane {
    /// Nanoseconds until a request that arrives now would start, and its place in the queue.
    func predictedWait(_ ticket: Ticket, model: Int, now: UInt64) -> (wait: UInt64, position: Int) {
        var ahead = accounts.ahead(of: ticket.caller)
        let interactive = queued - batchQueued
        if ticket.priority == .batch {
            ahead = min(
                queued, ahead + min(interactive, SchedulingLimits.overtakingMax * (ahead + 1)))
        } else {
            ahead = min(ahead, interactive + interactive / SchedulingLimits.overtakingMax)
        }
        let position = ahead + 1
        let pause = pauseWait(position: position, now: now)
        return (max(pause, slotWait(model, ticket.work, position: position, now: now)), position)
    }

    /// How long the rate limit, or a pause that the server asked for, holds it back.
    func pauseWait(position: Int, now: UInt64) -> UInt64 {
        let held = heldUntil > now ? heldUntil - now : 0
        return max(held, rate.wait(position: position, now: now))
    }

    /// How long until a slot is free for `position`: those that run end one after the other, each a
    /// service time after its start, and those that wait take their slots in turn.
    func slotWait(_ model: Int, _ work: Ticket.Work, position: Int, now: UInt64) -> UInt64 {
        let service = anyService(now: now) ?? 0
        let slots = max(1, facts.maxConcurrent)
        if !mayStart(model, work, now: now) {
            let pause = models[model].notBefore > now ? models[model].notBefore - now : 0
            // All that runs must end first; where nothing does, somebody else is in the way.
            let last = running > 0 ? remaining(service, end: running - 1, now: now) : service
            return max(pause, last) + UInt64(position - 1) * service / UInt64(slots)
        }
        let free = max(0, slots - running)
        guard position > free else { return 0 }
        let (rounds, turn) = (position - free - 1).quotientAndRemainder(dividingBy: slots)
        // Where more run than may by now, those must end first; whoever takes a free slot starts
        // now, and ends after all that run.
        let end = max(0, running - slots) + turn
        let first = end < running ? remaining(service, end: end, now: now) : service
        return first + UInt64(rounds) * service
    }

    /// How long until the `end`-th of those that run has ended, from 0. The punctual ones end in
    /// the order of their starts, the late ones in the opposite one: both from the border between
    /// them on.
    private func remaining(_ service: UInt64, end: Int, now: UInt64) -> UInt64 {
        var punctual = runningSince.firstIndex { $0 + service >= now } ?? running
        var late = punctual - 1
        var last: UInt64 = 0
        for _ in 0...end {
            let next =
                punctual < running
                ? remaining(service, since: runningSince[punctual], now: now) : .max
            let other = late >= 0 ? remaining(service, since: runningSince[late], now: now) : .max
            if next <= other { punctual += 1 } else { late -= 1 }
            last = min(next, other)
        }
        return last
    }

    /// How long a request still runs that started at `since`. Of one that takes longer than usual
    /// nothing is known but that: it is believed to take as long again as it is late, and no longer
    /// than usual.
    private func remaining(_ service: UInt64, since: UInt64, now: UInt64) -> UInt64 {
        let elapsed = now > since ? now - since : 0
        return elapsed <= service ? service - elapsed : min(service, elapsed - service)
    }

    /// How long a request will wait there behind those of others, once it was sent.
    func othersWait(now: UInt64) -> UInt64 {
        guard facts.othersWaiting > 0 else { return 0 }
        let service = anyService(now: now) ?? SchedulingLimits.retryAfterUnknown
        let atOnce = UInt64(max(1, facts.othersRunning + running))
        return UInt64(facts.othersWaiting) * service / atOnce
    }

    /// How long the model takes until its first token, once it was sent the request.
    func predictedFirstToken(_ model: Int) -> UInt64 {
        let forecast = models[model].forecast
        let load = wouldLoad(model) ? forecast.load ?? 0 : 0
        return load + (forecast.firstToken ?? 0)
    }

    /// How long a request is served, its load included; nil where nothing is known.
    func predictedService(_ ticket: Ticket, model: Int, now: UInt64) -> UInt64? {
        if isForgotten(now: now) { return nil }
        let own = models[model].forecast
        guard let service = own.service(tokensMax: ticket.tokensMax) ?? forecast.service else {
            return nil
        }
        return service + (wouldLoad(model) ? own.load ?? 0 : 0)
    }

    /// How long an ordinary request of this backend takes.
    func anyService(now: UInt64) -> UInt64? {
        isForgotten(now: now) ? nil : forecast.service
    }

    /// How long until the first of those that wait is predicted to leave its place.
    func vacancyWait(now: UInt64) -> UInt64 {
        let pause = pauseWait(position: 1, now: now)
        guard let service = anyService(now: now) else {
            return max(pause, SchedulingLimits.retryAfterUnknown)
        }
        let first = running > 0 ? remaining(service, end: 0, now: now) : 0
        return max(pause, first, SchedulingLimits.retryAfterMin)
    }

    private func isForgotten(now: UInt64) -> Bool {
        running == 0 && forecast.lastEnd + SchedulingLimits.serviceTimeMemory <= now
    }

    /// When to look at the queue again even if nothing happens; nil: only an event does anything.
    ///
    /// - Parameter isWanted: whether requests wait somewhere, which it might take over.
    func wakesAt(now: UInt64, isWanted: Bool) -> UInt64? {
        guard isWanted, facts.state == .up else { return nil }
        var wake = UInt64.max
        func consider(_ moment: UInt64) {
            if moment > now { wake = min(wake, moment) }
        }
        if running < facts.maxConcurrent {
            consider(heldUntil)
            if !rate.isOpen(now: now) { consider(now + rate.wait(position: 1, now: now)) }
            if breaker.state == .open { consider(breaker.opensUntil) }
            for band in activeBands where bands[band].model >= 0 {
                consider(models[bands[band].model].notBefore)
            }
            for model in loadingModels {
                if let since = models[model].loadsElsewhereSince {
                    consider(since + SchedulingLimits.foreignLoad)
                }
            }
        }
        if isOrderNews, tellable > 0 { consider(tellsAt) }
        return wake == .max ? nil : wake
    }

    /// When the next telling of positions is allowed.
    var tellsAt: UInt64 { toldAt + span(finding: SchedulingLimits.positionsMax) }

    /// The least time between two findings of so many places.
    func span(finding most: Int) -> UInt64 {
        SchedulingLimits.tellInterval
            + UInt64(min(queued, most)) * SchedulingLimits.tellIntervalEach
    }
}
