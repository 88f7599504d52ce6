/// Which models can be served without throwing out another.
///
/// Where a load may throw out what generates, a model that is not loaded ("a stranger") starts only
/// where there is room for it or nothing runs, and keeps the others out until it is loaded.
extension Lane {
    /// Whether a request for the model can be served as things are, without a load that harms.
    func isResident(_ model: Int) -> Bool {
        guard case .limited(let most) = facts.residency else { return true }
        if imagined >= 0 { return model == imagined }
        if strangers == 0 {
            return models[model].isLoaded || models[model].loadsElsewhereSince != nil
        }
        if loaded.count + strangers + unsure <= most {
            return models[model].isLoaded || models[model].running > 0
        }
        // Something loads that may throw out any other: only its own requests may join it.
        return strangers == 1 && !models[model].isLoaded && models[model].running > 0
    }

    /// Whether a request may be sent to the model, were there a free slot.
    func mayStart(_ model: Int, _ work: Ticket.Work, now: UInt64) -> Bool {
        guard models[model].hasRoom(now: now) else { return false }
        if work == .unload { return models[model].running == 0 }
        guard case .limited(let most) = facts.residency, !isResident(model) else { return true }
        if loadsElsewhere(than: model, now: now) { return false }
        return running == 0 || loaded.count + strangers + unsure < most
    }

    /// Whether the server would have to load it.
    func wouldLoad(_ model: Int) -> Bool {
        !models[model].isLoaded && models[model].running == 0
    }

    /// A model has answered, so it is loaded; if there was no room, the others may have gone for
    /// it: only a look can say.
    func answered(_ model: Int) {
        guard !models[model].isLoaded, models[model].isListed else { return }
        if case .limited(let most) = facts.residency, loaded.count + unsure + 1 > most {
            for other in loaded {
                models[other].isLoaded = false
                models[other].slots.emptied()
                if models[other].running > 0 { strangers += 1 }
            }
            unsure += loaded.count
            loaded.removeAll(keepingCapacity: true)
        }
        hasLearnt = true
        models[model].isLoaded = true
        models[model].loadsElsewhereSince = nil
        loaded.append(model)
        if models[model].running > 0 { strangers -= 1 }
        if queued > 1 { isOrderNews = true }
    }

    /// A model was unloaded as we asked.
    func unloaded(_ model: Int) {
        guard models[model].isLoaded else { return }
        hasLearnt = true
        if queued > 1 { isOrderNews = true }
        models[model].isLoaded = false
        models[model].slots.emptied()
        loaded.removeAll { $0 == model }
        if models[model].running > 0 { strangers += 1 }
    }

    /// A load was aborted because another was wanted: a pause, longer each time.
    func contended(_ model: Int, now: UInt64) {
        let span = models[model].contentionSpan
        models[model].contentionSpan = min(
            max(2 * span, SchedulingLimits.contentionMin), SchedulingLimits.contentionMax)
        models[model].notBefore = now + models[model].contentionSpan
        mustBand = true
    }

    /// Whether somebody else's load is under way, which one of ours could abort.
    private func loadsElsewhere(than model: Int, now: UInt64) -> Bool {
        for other in loadingModels where other != model && models[other].running == 0 {
            if let since = models[other].loadsElsewhereSince,
                since + SchedulingLimits.foreignLoad > now
            {
                return true
            }
        }
        return false
    }
}
