/// What a backend offers, taken over whole: who asks meanwhile sees the list before.
extension Lane {
    /// A list on its way: where each of its models is to stand among those of the lane.
    struct Incoming {
        var facts: BackendFacts
        /// For each that is found, where it stands.
        fileprivate var places: [Int] = []
        fileprivate var named: [String: Int] = [:]
        /// Places that are free for models which are new, and the first behind all.
        fileprivate var free: [Int]
        fileprivate var end: Int

        /// Whether a place is found for each.
        var isWhole: Bool { places.count == facts.models.count }
    }

    /// Whether facts tell anything about the models that is not known.
    func isNews(_ new: BackendFacts) -> Bool {
        facts.listNumber != new.listNumber || facts.models != new.models
            || facts.assignsSlots != new.assignsSlots
            || facts.othersLoaded != new.othersLoaded || models.isEmpty || hasLearnt
    }

    /// Begins to take over a list; of one that has begun the rest is still to be done.
    func begin(_ new: BackendFacts) {
        if let begun = incoming?.facts, begun.listNumber == new.listNumber,
            begun.models == new.models
        {
            incoming?.facts = new
            return
        }
        var begun = Incoming(facts: new, free: freeModels, end: models.count)
        begun.places.reserveCapacity(new.models.count)
        begun.named.reserveCapacity(new.models.count)
        incoming = begun
    }

    /// Finds places for the next few of the list.
    func findPlaces() {
        guard var begun = incoming else { return }
        incoming = nil
        var bytes = 0
        let last = min(begun.facts.models.count, begun.places.count + SchedulingLimits.placedAtOnce)
        while begun.places.count < last, bytes < SchedulingLimits.placedBytes {
            let name = begun.facts.models[begun.places.count].id
            bytes += name.utf8.count
            let place: Int
            if let known = begun.named[name] ?? modelNamed[name] {
                place = known
            } else if let old = begun.free.popLast() {
                place = old
            } else {
                place = begun.end
                begun.end += 1
            }
            begun.named[name] = place
            begun.places.append(place)
        }
        incoming = begun
    }

    /// Takes over what is known of the backend, with the list that is whole or the one that is
    /// known. Requests for models that are not listed any more are the caller's to move.
    func update(_ new: BackendFacts, now: UInt64) {
        let list = incoming
        incoming = nil
        let models = facts.models
        facts = new
        if rate.limit != new.rateLimit { rate.limitChanged(to: new.rateLimit) }
        if let list { take(list, now: now) } else { facts.models = models }
        gather()
        let banded = mustBand || new.residency != .all || hasParallel
        if banded != isBanded { sortIntoBands(banded: banded, now: now) }
        if queued > 1 { isOrderNews = true }
    }

    private func take(_ list: Incoming, now: UInt64) {
        for index in models.indices { models[index].isListed = false }
        modelNamed = list.named
        loaded.removeAll(keepingCapacity: true)
        unsure = facts.othersLoaded
        hasLearnt = false
        hasParallel = false
        loadingModels.removeAll(keepingCapacity: true)
        for (facts, index) in zip(facts.models, list.places) {
            if index == models.count {
                models.append(LaneModel(facts))
                waitingFor.append(0)
                lastStart.append(0)
            } else if models[index].isFree {
                models[index] = LaneModel(facts)
                lastStart[index] = 0
            }
            update(index, facts, now: now)
        }
        strangers = 0
        hasUnlisted = false
        freeModels.removeAll(keepingCapacity: true)
        for index in models.indices {
            if !models[index].isListed { retire(index) }
            if models[index].running > 0, !models[index].isLoaded { strangers += 1 }
        }
    }

    private func update(_ index: Int, _ facts: ModelFacts, now: UInt64) {
        let wasLoaded = models[index].isLoaded
        models[index].facts = facts
        models[index].isListed = true
        models[index].isLoaded = facts.state == .loaded || facts.state == .unknown
        if models[index].isLoaded { loaded.append(index) }
        if wasLoaded, !models[index].isLoaded { models[index].slots.emptied() }
        models[index].slots.resize(to: self.facts.assignsSlots ? facts.parallel ?? 0 : 0)
        if facts.parallel != nil { hasParallel = true }
        if facts.state == .loading, models[index].running == 0 {
            loadingModels.append(index)
            models[index].loadsElsewhereSince = models[index].loadsElsewhereSince ?? now
        } else {
            models[index].loadsElsewhereSince = nil
        }
    }

    /// A model is not listed any more: it is forgotten, or kept for what runs or waits for it.
    private func retire(_ index: Int) {
        models[index].isLoaded = false
        if models[index].running == 0, waitingFor[index] == 0 {
            free(index)
        } else {
            modelNamed[models[index].facts.id] = index
            hasUnlisted = true
        }
    }

    /// Forgets the models that are not listed and that nothing runs or waits for.
    func forgetUnlisted() {
        for index in models.indices { _ = removeIfForgotten(index) }
    }

    /// Forgets a model that is not listed and that nothing runs or waits for; false if it is no
    /// such one.
    func removeIfForgotten(_ model: Int) -> Bool {
        guard !models[model].isListed, !models[model].isFree, models[model].running == 0,
            waitingFor[model] == 0
        else { return false }
        modelNamed[models[model].facts.id] = nil
        free(model)
        return true
    }

    /// Forgets a model: its place may be another's, and nothing of it is kept.
    private func free(_ model: Int) {
        models[model] = LaneModel(ModelFacts(id: ""))
        models[model].isListed = false
        models[model].isFree = true
        freeModels.append(model)
    }

    /// Of many models few are left: those take places beside one another, and the others are given
    /// up. While nothing runs or waits here, since requests know their models by their places.
    private func gather() {
        guard running == 0, queued == 0, freeModels.count > SchedulingLimits.freeModelsMax,
            freeModels.count > models.count / 2
        else { return }
        var kept: [LaneModel] = []
        var places = [Int](repeating: -1, count: models.count)
        for index in models.indices where !models[index].isFree {
            places[index] = kept.count
            kept.append(models[index])
        }
        lastStart = models.indices.filter { places[$0] >= 0 }.map { lastStart[$0] }
        models = kept
        waitingFor = [Int](repeating: 0, count: kept.count)
        modelNamed = modelNamed.mapValues { places[$0] }
        loaded = loaded.map { places[$0] }
        loadingModels = loadingModels.map { places[$0] }
        freeModels = []
    }
}
