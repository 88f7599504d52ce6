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

    /// Takes over what is known of the backend. The models that are not listed any more, as far as
    /// anything waits for them, are the caller's to empty.
    func update(_ new: BackendFacts, now: UInt64) {
        let isListNews =
            facts.models != new.models || facts.assignsSlots != new.assignsSlots
            || facts.othersLoaded != new.othersLoaded || models.isEmpty || hasLearnt
        facts = new
        if rate.limit != new.rateLimit { rate.limitChanged(to: new.rateLimit) }
        if isListNews { list(new.models, now: now) }
        let banded = mustBand || new.residency != .all || new.models.contains { $0.parallel != nil }
        if banded != isBanded { sortIntoBands(banded: banded, now: now) }
        if queued > 1 { isOrderNews = true }
    }

    private func list(_ listed: [ModelFacts], now: UInt64) {
        for index in models.indices { models[index].isListed = false }
        loaded.removeAll(keepingCapacity: true)
        unsure = facts.othersLoaded
        hasLearnt = false
        loadingModels.removeAll(keepingCapacity: true)
        for facts in listed {
            let index = index(of: facts)
            let wasLoaded = models[index].isLoaded
            models[index].facts = facts
            models[index].isListed = true
            models[index].isLoaded = facts.state == .loaded || facts.state == .unknown
            if models[index].isLoaded { loaded.append(index) }
            if wasLoaded, !models[index].isLoaded { models[index].slots.emptied() }
            models[index].slots.resize(to: self.facts.assignsSlots ? facts.parallel ?? 0 : 0)
            if facts.state == .loading, models[index].running == 0 {
                loadingModels.append(index)
                models[index].loadsElsewhereSince = models[index].loadsElsewhereSince ?? now
            } else {
                models[index].loadsElsewhereSince = nil
            }
        }
        strangers = 0
        for index in models.indices {
            if !models[index].isListed { models[index].isLoaded = false }
            if models[index].running > 0, !models[index].isLoaded { strangers += 1 }
        }
    }

    private func index(of facts: ModelFacts) -> Int {
        if let known = modelNamed[facts.id] { return known }
        let index: Int
        if let old = freeModels.popLast() {
            index = old
            models[index] = LaneModel(facts)
        } else {
            index = models.count
            models.append(LaneModel(facts))
            waitingFor.append(0)
        }
        modelNamed[facts.id] = index
        return index
    }

    /// Whether it knows a model that the last look did not list.
    var hasUnlisted: Bool { modelNamed.values.contains { !models[$0].isListed } }

    /// Forgets the models that are not listed and that nothing runs or waits for.
    func forgetUnlisted() {
        for index in models.indices { removeIfForgotten(index) }
    }

    func removeIfForgotten(_ model: Int) {
        guard !models[model].isListed, models[model].running == 0, waitingFor[model] == 0,
            modelNamed[models[model].facts.id] == model
        else { return }
        modelNamed[models[model].facts.id] = nil
        freeModels.append(model)
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
