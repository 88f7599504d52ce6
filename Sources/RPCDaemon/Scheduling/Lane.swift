/// One backend as the scheduler sees it: who waits for it, what runs there, and what stands in the
/// way. It knows requests by their keys, and owns all that it counts.
///
/// A class, owned by its `Scheduler` alone: as a value it was copied at every question that the
/// scheduler asked of it, which doubled the cost of a request.
///
/// Many properties: a backend is one account. What runs, what waits and what was told are kept
/// true together, by every event.
final class Lane {
    var facts: BackendFacts
    /// Whether it left; it is kept until the last request that runs there has ended.
    var isGone = false
    /// Whether that is so, and its place may be used by another.
    var isRemoved = false
    /// Whether the scheduler has yet to look whether something may start.
    var isStirred = false
    var breaker = Breaker()
    var rate: RateWindow
    /// Nothing is sent before that time (Retry-After, `x-ratelimit`), and how long the last pause
    /// was that the server did not say.
    var heldUntil: UInt64 = 0
    var holdSpan: UInt64 = 0

    // What runs.
    var running = 0
    /// When each of them started, the oldest first.
    var runningSince: [UInt64] = []
    var models: [LaneModel] = []
    var modelNamed: [String: Int] = [:]
    /// The model that was last asked for by its name: as a rule the next one too.
    private var lastNamed = 0
    var freeModels: [Int] = []
    /// The list that is being taken over, as far as that is; nil while none is.
    var incoming: Incoming?
    /// Whether requests may run or wait for models that the last look did not list.
    var hasUnlisted = false
    /// Whether any listed model says how many requests it serves at once.
    var hasParallel = false
    /// How many wait for each model, and which of all starts here was its last: apart from the
    /// models, so that a rehearsal copies numbers alone.
    var waitingFor: [Int] = []
    var lastStart: [UInt64] = []
    /// The models that count as loaded, and how many run that do not.
    var loaded: [Int] = []
    var strangers = 0
    /// Models that may have been thrown out since the last look, or not.
    var unsure = 0
    /// Whether answers have taught us since the last look what is loaded.
    var hasLearnt = false
    /// The models that a look saw loading.
    var loadingModels: [Int] = []
    var starts: UInt64 = 0
    /// The last end of any request, and how long it took on the average.
    var forecast = Forecast()

    // What waits.
    var waiting: [Waiting] = []
    var freeWaiting: [Int] = []
    var lineLinks: [Link] = []
    var ageLinks: [Link] = []
    var age = Line()
    /// The oldest that is not out of patience; -1 for none.
    var fresh = -1
    /// The next that is looked at again by a sweep; -1 for none.
    var nextSwept = -1
    var queued = 0
    var batchQueued = 0
    var arrivals: UInt64 = 0
    var accounts = Accounts()
    var bands: [Band] = []
    var activeBands: [Int] = []
    var freeBands: [Int] = []
    var bandOf: [Int: Int] = [:]
    /// Whether each model waits in bands of its own, since they differ in whether they may start.
    var isBanded = false
    /// Whether it has to stay so whatever the facts say: a model was loaded or unloaded by request,
    /// or contended for.
    var mustBand = false
    /// How many interactive requests started while a batch one waited, and how many for loaded
    /// models while another model waited.
    var interactiveRun = 0
    var residentRun = 0
    /// In a rehearsal of the order, the model that would have been loaded last; -1 for none.
    var imagined = -1

    // What was told.
    var tellable = 0
    var isOrderNews = false {
        didSet { if isOrderNews { arePlacesOld = true } }
    }
    var toldAt: UInt64 = 0
    /// How often places were found, when last, and whether the order has changed since.
    var placesRound: UInt64 = 0
    var placesFoundAt: UInt64 = 0
    var arePlacesOld = true

    /// The requests of one priority, patient or not, for one model or for all of them.
    struct Band {
        /// -1 for all models.
        var model: Int
        var isImpatient: Bool
        var isBatch: Bool
        var tree = FairTree()
        /// Its place among the active ones.
        var place = 0
    }

    init(_ facts: BackendFacts) {
        self.facts = facts
        rate = RateWindow(limit: facts.rateLimit)
    }

    /// A copy to rehearse the order of those that wait with; what it does to it concerns nobody.
    init(rehearsing other: Lane) {
        facts = other.facts
        rate = other.rate
        running = other.running
        models = other.models
        waitingFor = other.waitingFor
        lastStart = other.lastStart
        starts = other.starts
        loaded = other.loaded
        strangers = other.strangers
        waiting = other.waiting
        lineLinks = other.lineLinks
        ageLinks = other.ageLinks
        age = other.age
        fresh = other.fresh
        queued = other.queued
        batchQueued = other.batchQueued
        accounts = other.accounts
        bands = other.bands
        activeBands = other.activeBands
        bandOf = other.bandOf
        isBanded = other.isBanded
        interactiveRun = other.interactiveRun
        residentRun = other.residentRun
    }

    var name: String { facts.name }

    /// The index of a listed model; a name without a tag finds Ollama's `:latest`.
    func model(named name: String) -> Int? {
        if lastNamed < models.count, models[lastNamed].isListed,
            models[lastNamed].facts.id == name
        {
            return lastNamed
        }
        if let index = modelNamed[name] {
            lastNamed = index
            return models[index].isListed ? index : nil
        }
        guard !modelNamed.isEmpty, !name.utf8.contains(UInt8(ascii: ":")),
            let index = modelNamed[name + ":latest"]
        else { return nil }
        return models[index].isListed ? index : nil
    }

    /// Whether the backend may be sent a request now, whatever its model.
    func isOpen(now: UInt64) -> Bool {
        running < facts.maxConcurrent && facts.state == .up && heldUntil <= now
            && rate.isOpen(now: now) && breaker.admits(now: now)
    }

    /// Whether a request that comes now starts at once.
    func startsAtOnce(_ model: Int, _ work: Ticket.Work, now: UInt64) -> Bool {
        queued == 0 && isOpen(now: now) && mayStart(model, work, now: now)
    }

    /// A request takes its place among those that wait.
    func enqueue(
        _ ticket: Ticket, model: Int, account: Int, arrivedAt: UInt64, atFront: Bool, now: UInt64
    ) -> Int {
        arrivals += 1
        let entry = Waiting(
            key: ticket.key, account: account, model: model, priority: ticket.priority,
            work: ticket.work, wantsProgress: ticket.wantsProgress, arrivedAt: arrivedAt,
            expiresAt: ticket.expiresAt, order: arrivals)
        let index: Int
        if let old = freeWaiting.popLast() {
            index = old
            waiting[old] = entry
        } else {
            index = waiting.count
            waiting.append(entry)
            lineLinks.append(Link())
            ageLinks.append(Link())
        }
        waitingFor[model] += 1
        if ticket.work != .generate { mustBand = true }
        if mustBand, !isBanded { sortIntoBands(banded: true, now: now) }
        queued += 1
        if ticket.priority == .batch { batchQueued += 1 }
        if ticket.wantsProgress { tellable += 1 }
        isOrderNews = true
        accounts.wait(account)
        let isImpatient = arrivedAt + SchedulingLimits.evictionPatience <= now
        age.append(index, in: &ageLinks)
        if fresh < 0, !isImpatient { fresh = index }
        insert(index, isImpatient: isImpatient, atFront: atFront)
        return index
    }

    /// A request does not wait any more; its account stays open.
    func dequeue(_ index: Int) {
        let entry = waiting[index]
        if fresh == index { fresh = ageLinks[index].after }
        if nextSwept == index { nextSwept = ageLinks[index].after }
        age.remove(index, in: &ageLinks)
        takeOut(index)
        accounts.stopWaiting(entry.account)
        waitingFor[entry.model] -= 1
        queued -= 1
        if entry.priority == .batch { batchQueued -= 1 }
        if entry.wantsProgress { tellable -= 1 }
        if queued > 0 { isOrderNews = true }
        freeWaiting.append(index)
    }

    /// A request starts.
    func start(_ key: UInt64, model: Int, account: Int, work: Ticket.Work, now: UInt64) {
        accounts.charge(account)
        running += 1
        runningSince.append(now)
        if models[model].running == 0, !models[model].isLoaded { strangers += 1 }
        models[model].running += 1
        models[model].isUnloading = work == .unload
        countStart(model)
        if work == .generate {
            rate.started(now: now)
            _ = breaker.started(key)
        }
    }

    /// The model has its turn.
    func countStart(_ model: Int) {
        starts += 1
        lastStart[model] = starts
    }

    /// A request that ran since `startedAt` is gone; what its model is like afterwards is told
    /// separately.
    func stop(_ key: UInt64, model: Int, account: Int, startedAt: UInt64, now: UInt64) {
        running -= 1
        guard let index = runningSince.firstIndex(of: startedAt) else {
            preconditionFailure("who stops has started")
        }
        runningSince.remove(at: index)
        models[model].running -= 1
        models[model].isUnloading = false
        if models[model].running == 0, !models[model].isLoaded {
            strangers -= 1
            if queued > 1 { isOrderNews = true }
        }
        accounts.close(account)
        breaker.released(key, now: now)
        if removeIfForgotten(model) {
            // Whether it is loaded there, and takes a place, the next look says.
            unsure += 1
            hasLearnt = true
        }
    }

    /// Moves those whose patience has passed to the bands of the impatient.
    func ageAll(now: UInt64) {
        while fresh >= 0, waiting[fresh].arrivedAt + SchedulingLimits.evictionPatience <= now {
            let index = fresh
            fresh = ageLinks[index].after
            if bands[waiting[index].band].isImpatient { continue }
            takeOut(index)
            insert(index, isImpatient: true, atFront: false)
            if queued > 1 { isOrderNews = true }
        }
    }

    // MARK: Bands

    private func insert(_ index: Int, isImpatient: Bool, atFront: Bool) {
        let entry = waiting[index]
        let band = band(isBanded ? entry.model : -1, isImpatient, entry.priority == .batch)
        waiting[index].band = band
        bands[band].tree.insert(
            index, of: entry.account, order: entry.order, atFront: atFront, accounts, &lineLinks)
    }

    private func takeOut(_ index: Int) {
        let band = waiting[index].band
        bands[band].tree.remove(index, of: waiting[index].account, &lineLinks)
        guard bands[band].tree.count == 0 else { return }
        let last = activeBands.removeLast()
        if last != band {
            activeBands[bands[band].place] = last
            bands[last].place = bands[band].place
        }
        bandOf[Self.bandName(bands[band].model, bands[band].isImpatient, bands[band].isBatch)] = nil
        freeBands.append(band)
    }

    private func band(_ model: Int, _ isImpatient: Bool, _ isBatch: Bool) -> Int {
        let name = Self.bandName(model, isImpatient, isBatch)
        if let known = bandOf[name] { return known }
        let index: Int
        if let old = freeBands.popLast() {
            index = old
            bands[old].model = model
            bands[old].isImpatient = isImpatient
            bands[old].isBatch = isBatch
        } else {
            index = bands.count
            bands.append(Band(model: model, isImpatient: isImpatient, isBatch: isBatch))
        }
        bands[index].place = activeBands.count
        activeBands.append(index)
        bandOf[name] = index
        return index
    }

    private static func bandName(_ model: Int, _ isImpatient: Bool, _ isBatch: Bool) -> Int {
        (model + 1) * 4 + (isImpatient ? 2 : 0) + (isBatch ? 1 : 0)
    }

    /// Puts all that wait into bands anew, in the order in which they came.
    func sortIntoBands(banded: Bool, now: UInt64) {
        var index = age.first
        while index >= 0 {
            takeOut(index)
            index = ageLinks[index].after
        }
        isBanded = banded
        index = age.first
        while index >= 0 {
            let isImpatient =
                waiting[index].arrivedAt + SchedulingLimits.evictionPatience <= now
            insert(index, isImpatient: isImpatient, atFront: false)
            index = ageLinks[index].after
        }
        fresh = age.first
        while fresh >= 0, waiting[fresh].arrivedAt + SchedulingLimits.evictionPatience <= now {
            fresh = ageLinks[fresh].after
        }
    }
}
