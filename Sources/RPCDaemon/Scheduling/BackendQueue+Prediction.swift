extension BackendQueue {
    /// How long a request would wait that arrived now, in nanoseconds; what is not known (a load's
    /// time, the service time of a backend that has served nothing) counts as nothing.
    package func predictedWait(
        model: String, priority: Priority = .interactive, now: UInt64
    ) -> UInt64 {
        if waiting.isEmpty, running.count < maxConcurrent, rate.isOpen(now: now),
            models.mayStart(model, idle: running.isEmpty)
        {
            return 0
        }
        let ticket = QueueTicket(key: 0, model: model, priority: priority, expiresAt: .max)
        let entry = Waiting(ticket: ticket, arrivedAt: now, isResident: models.isResident(model))
        let position = 1 + count(before: entry, at: waiting.count)
        return max(
            rate.wait(position: position, now: now),
            slotWait(model: model, position: position, now: now))
    }

    /// How long a request is predicted to be served, in nanoseconds; nil where nothing is known.
    package func predictedService(now: UInt64) -> UInt64? {
        serviceTime.estimate(isIdle: running.isEmpty, now: now)
    }

    /// Why a request that would wait at `position` is not taken; nil where it is.
    func refusal(of ticket: QueueTicket, position: Int, now: UInt64) -> QueueRefusal? {
        let rateWait = rate.wait(position: position, now: now)
        let latestStart = min(ticket.expiresAt, ticket.deadline ?? .max)
        if rateWait > 0, now >= latestStart || rateWait >= latestStart - now {
            return .rateLimited(retryAfter: max(rateWait, SchedulingLimits.retryAfterMin))
        }
        if waiting.count >= queueMax {
            return .busy(queued: waiting.count, limit: queueMax, retryAfter: vacancyWait(now: now))
        }
        guard let deadline = ticket.deadline else { return nil }
        let slotWait = slotWait(model: ticket.model, position: position, now: now)
        return lateness(of: deadline, wait: max(rateWait, slotWait), now: now)
    }

    /// The refusal of a request that, started after `wait`, would end after its deadline. It fits
    /// as soon as the queue has become shorter by what it is late.
    func lateness(of deadline: UInt64, wait: UInt64, now: UInt64) -> QueueRefusal? {
        let predicted = wait + (predictedService(now: now) ?? 0)
        let budget = deadline > now ? deadline - now : 0
        if predicted <= budget, deadline > now { return nil }
        return .deadlineUnreachable(
            predicted: predicted,
            retryAfter: max(predicted - min(budget, predicted), SchedulingLimits.retryAfterMin))
    }

    /// How long until a slot is free for `position`: where all are busy, one ends every service
    /// time divided by the number of slots.
    private func slotWait(model: String, position: Int, now: UInt64) -> UInt64 {
        guard let service = predictedService(now: now) else { return 0 }
        let slots = UInt64(maxConcurrent)
        guard models.mayStart(model, idle: running.isEmpty) else {
            // It would evict, so all that is in flight must end first.
            return service + UInt64(position - 1) * service / slots
        }
        let free = max(0, maxConcurrent - running.count)
        return position <= free ? 0 : UInt64(position - free) * service / slots
    }

    /// How long until the first of those that wait is predicted to start and leave its place.
    private func vacancyWait(now: UInt64) -> UInt64 {
        let rateWait = rate.wait(position: 1, now: now)
        guard let service = predictedService(now: now) else {
            return max(rateWait, SchedulingLimits.retryAfterUnknown)
        }
        return max(rateWait, service / UInt64(maxConcurrent), SchedulingLimits.retryAfterMin)
    }
}
