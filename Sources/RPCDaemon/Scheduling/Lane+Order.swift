/// Who goes first.
///
/// Loaded models before others, interactive before batch, then the caller with the least share,
/// then the order of arrival. Each preference is bounded: after eight that overtook it, a batch
/// request or another model has its turn; and whoever has waited for `evictionPatience` goes before
/// both preferences, where no caller with a smaller share is passed over for it.
extension Lane {
    /// A request that might be next, with what decides between it and another.
    private struct Head {
        var index = -1
        var account = 0
        var isImpatient = false
        /// The start that was its model's last.
        var lastStart: UInt64 = 0
        var order: UInt64 = 0

        var exists: Bool { index >= 0 }
    }

    /// The request whose turn it is, whether or not it can start; and whether another model waits.
    func choose(now: UInt64, ignoringRoom: Bool = false) -> (index: Int, passes: Bool)? {
        ageAll(now: now)
        var resident = (interactive: Head(), batch: Head())
        var other = (interactive: Head(), batch: Head())
        var impatient = Head()
        for band in activeBands {
            let model = bands[band].model
            if !ignoringRoom, model >= 0, !models[model].hasRoom(now: now) { continue }
            let index = bands[band].tree.first(accounts)
            // An unload waits for what runs on its model, and for nothing else.
            if !ignoringRoom, waiting[index].work == .unload,
                models[waiting[index].model].running > 0
            {
                continue
            }
            var head = Head(
                index: index, account: waiting[index].account,
                isImpatient: bands[band].isImpatient, order: waiting[index].order)
            if head.isImpatient { improve(&impatient, head) }
            if model < 0 || isResident(model) {
                improve(&resident.interactive, &resident.batch, head, bands[band].isBatch)
            } else {
                head.lastStart = lastStart[model]
                improve(&other.interactive, &other.batch, head, bands[band].isBatch)
            }
        }
        let passes = other.interactive.exists || other.batch.exists
        if let due = due(resident, other) { return (due.index, passes) }
        let usual =
            [resident.interactive, resident.batch, other.interactive, other.batch]
            as InlineArray<4, Head>
        for place in usual.indices where usual[place].exists {
            let isTurn =
                impatient.exists
                && accounts.compare(impatient.account, usual[place].account) <= 0
            return (isTurn ? impatient.index : usual[place].index, passes)
        }
        return nil
    }

    /// The one that has been overtaken often enough; nil where nobody has.
    private func due(
        _ resident: (interactive: Head, batch: Head), _ other: (interactive: Head, batch: Head)
    ) -> Head? {
        let most = SchedulingLimits.overtakingMax
        let isOtherDue = residentRun >= most && (other.interactive.exists || other.batch.exists)
        let isBatchDue = interactiveRun >= most && (resident.batch.exists || other.batch.exists)
        switch (isOtherDue, isBatchDue) {
        case (false, false):
            // Both would be due at once, and one of them would then come one too late.
            let areNext = residentRun == most - 1 && interactiveRun == most - 1
            let arePartial =
                resident.batch.exists && other.interactive.exists && !other.batch.exists
            return areNext && arePartial ? resident.batch : nil
        case (true, true) where other.batch.exists: return other.batch
        case (true, _): return other.interactive.exists ? other.interactive : other.batch
        case (false, true): return resident.batch.exists ? resident.batch : other.batch
        }
    }

    private func improve(
        _ interactive: inout Head, _ batch: inout Head, _ head: Head, _ isBatch: Bool
    ) {
        if isBatch { improve(&batch, head) } else { improve(&interactive, head) }
    }

    private func improve(_ best: inout Head, _ head: Head) {
        guard best.exists else {
            best = head
            return
        }
        let share = accounts.compare(head.account, best.account)
        if share != 0 {
            if share < 0 { best = head }
        } else if head.isImpatient != best.isImpatient {
            if head.isImpatient { best = head }
        } else if head.lastStart != best.lastStart {
            if head.lastStart < best.lastStart { best = head }
        } else if head.order < best.order {
            best = head
        }
    }

    /// Counts who is overtaken by the request that starts now; it is still in the queue.
    func countOvertaking(_ index: Int, passes: Bool) {
        let isBatch = waiting[index].priority == .batch
        interactiveRun = isBatch || batchQueued == 0 ? 0 : interactiveRun + 1
        residentRun = passes && isResident(waiting[index].model) ? residentRun + 1 : 0
    }

    /// Finds the places of those that wait: once for all who ask, until the order changes; of a
    /// long queue not more often than they are told.
    func findPlaces(now: UInt64) {
        ageAll(now: now)
        let most = SchedulingLimits.placesMax
        let isDue = placesFoundAt + span(finding: most) <= now
        guard arePlacesOld, isDue || queued <= SchedulingLimits.placesExactMax else { return }
        arePlacesOld = false
        placesFoundAt = now
        placesRound += 1
        for (place, index) in order(atMost: most, now: now).enumerated() {
            waiting[index].place = place + 1
            waiting[index].placeRound = placesRound
        }
    }

    /// The first of those that wait, in the order in which they would start if nothing changed.
    func order(atMost count: Int, now: UInt64) -> [Int] {
        let rehearsal = Lane(rehearsing: self)
        var result: [Int] = []
        result.reserveCapacity(min(count, queued))
        while result.count < count, let next = rehearsal.choose(now: now, ignoringRoom: true) {
            result.append(next.index)
            rehearsal.countOvertaking(next.index, passes: next.passes)
            let (model, account) = (waiting[next.index].model, waiting[next.index].account)
            if !rehearsal.isResident(model) { rehearsal.imagined = model }
            rehearsal.countStart(model)
            rehearsal.dequeue(next.index)
            rehearsal.accounts.charge(account)
        }
        return result
    }
}
