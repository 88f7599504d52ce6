package import Backends
package import Configuration
import CrowdModelsProtocol
import HTTP
import Kernel
package import Scheduling
import Telemetry

/// One model server as the daemon drives it: looked at every interval, and described to the
/// scheduler whenever something about it is different.
///
/// The dispatcher keeps it; jobs hold it while they are tried there.
///
/// Many properties: a server is looked at, waited for and told about, each with what was last
/// known.
package final class Backend: Continuation {
    package let server: ModelServer
    package let origin: Origin
    package unowned let dispatcher: Dispatcher
    private let queueMax: Int
    /// Seconds between two looks.
    private let interval: Seconds
    private lazy var lookTimer = Timer { [unowned self] in look() }
    private var news = BackendNews()
    private var lastOutcome: ModelServer.Outcome?
    /// Whether anything was sent there since the last look: the scheduler has drawn conclusions
    /// about what is loaded, which the next look confirms or not, changed or unchanged.
    var hasWorked = false
    /// What was last made of the server's list.
    private var known: ListStudy.Result
    /// The list that is to be taken over when it is understood; nil while there is none.
    private var study: Study?
    private var isContinuing = false
    /// What the scheduler was last told: it stays true until a list is taken over.
    private var toldFacts: BackendFacts
    /// What the server last told of requests, less our own.
    private var others = (running: 0, waiting: 0)
    /// Whether those who watch it were last told of a pause.
    private var wasHeld = false
    /// Whether the first look has ended, well or not.
    package private(set) var hasGreeted = false
    private var isClosed = false
    /// The models that callers may use; none while it is down.
    package private(set) var offered: ModelList
    private let nothing: ModelList
    /// How many lists were studied.
    private var listNumber = 0

    /// Tokens that a model has room for as it is loaded; nil where its server does not say.
    func loadedContext(of model: String) -> Int? {
        offered.table.loadedContext(of: model)
    }

    /// A look that has ended, what is made of its list, and who waits for that.
    private struct Study {
        var list: ListStudy
        var outcome: ModelServer.Outcome
        var told: [() -> Void]
    }

    /// How it came to be known.
    package enum Origin: String, Sendable {
        case configured, discovered
    }

    package init(
        _ server: ModelServer, origin: Origin = .configured, queueMax: Int, interval: Seconds,
        of dispatcher: Dispatcher
    ) {
        self.server = server
        self.origin = origin
        self.queueMax = queueMax
        self.interval = interval
        self.dispatcher = dispatcher
        nothing = ModelList(ModelTable(), on: dispatcher.loop)
        offered = nothing
        known = ListStudy.Result(offered: nothing, kind: server.kind)
        toldFacts = BackendFacts(name: server.config.name)
        toldFacts = stand
    }

    package var config: BackendConfig { server.config }
    package var name: String { server.config.name }
    package var isKeyRefused: Bool { server.state == .authFailed }
    package var isUp: Bool { server.state == .up }
    /// As callers are told of it: of one that is up and asked for a pause, that it did.
    package var state: ModelServer.State { isUp && isHeld ? .rateLimited : server.state }
    private var isHeld: Bool {
        if case .held? = dispatcher.view(of: self)?.pause { true } else { false }
    }

    /// How many requests run there.
    package var inFlight: Int { dispatcher.view(of: self)?.inFlight ?? 0 }

    // MARK: Looking

    /// Looks at the server now, and then once every interval.
    package func look() {
        dispatcher.loop.set(lookTimer, after: interval.nanoseconds)
        server.refresh { [unowned self] outcome in looked(outcome) {} }
    }

    /// A model was loaded for a request: where others leave for it, only a look says which.
    func hasLoaded() {
        if server.modelsMax != nil { look() }
    }

    /// Looks at it once, for somebody who waits.
    package func refresh(_ completion: @escaping (ModelServer.Outcome) -> Void) {
        server.refresh { [unowned self] outcome in
            looked(outcome) { completion(outcome) }
        }
    }

    /// A connection was refused under a request: it is down until a look says otherwise.
    func refused(_ words: String) {
        guard server.state == .up else { return }
        server.markDown(words)
        looked(.failed(.unreachable(words))) {}
    }

    /// An answer has begun. Where its server says that it takes no more, it gets its pause: of a
    /// minute at most, since what it counts may be one model's requests.
    func heard(_ head: HTTPResponseHead) {
        guard let wait = head.rateLimit.pause(now: Int64(Clock.wall() / 1_000_000)) else { return }
        let pause = min(UInt64(wait) * 1_000_000, SchedulingLimits.coolDownMax)
        dispatcher.take(.held(backend: name, until: dispatcher.loop.now + pause))
        tellPause()
    }

    /// Those who watch it are told where its server has asked for a pause, or that is over.
    func tellPause() {
        if isHeld == wasHeld { return }
        wasHeld.toggle()
        dispatcher.delegate.changed(self)
    }

    /// Milliseconds after which asking again makes sense.
    package var retryMilliseconds: Int { Int(interval.nanoseconds / 1_000_000) }

    /// How failures of this backend are worded for a request for `model`.
    func words(for model: String) -> BackendFailure {
        let table = offered.table
        return BackendFailure(
            backend: name, product: server.productName, endpoint: config.endpoint.original,
            model: model,
            others: table.all.filter { $0.purpose.canChat && $0.id != model }.map(\.id),
            retryAfter: retryMilliseconds, keyStart: server.keyStart)
    }

    /// Stops looking, for good; it offers nothing any more, and tells nothing.
    package func close() {
        isClosed = true
        offered = nothing
        let waiting = study?.told ?? []
        study = nil
        dispatcher.loop.cancel(lookTimer)
        server.close()
        for told in waiting { told() }
    }

    /// A look has ended; `told` is called when all that it showed is known to all.
    private func looked(_ outcome: ModelServer.Outcome, _ told: @escaping () -> Void) {
        if isClosed { return told() }
        tellPause()
        let worked = hasWorked
        hasWorked = false
        let isBusyOtherwise = takeLoad()
        let isRenewed = isUp && server.offered !== known.offered
        if study == nil, outcome == .listed(changed: false), lastOutcome == outcome, !isRenewed {
            if worked || isBusyOtherwise { dispatcher.updated(self) }
            return told()
        }
        var waiting = study?.told ?? []
        waiting.append(told)
        if study != nil, outcome == .listed(changed: false) {
            // The very list that is being taken over.
            study?.told = waiting
            return
        }
        study = nil
        guard isUp, server.offered !== known.offered || server.kind != known.kind else {
            return conclude(outcome, waiting, nil)
        }
        study = Study(
            list: ListStudy(
                of: server.offered, kind: server.kind, adapter: server.adapter, before: offered),
            outcome: outcome, told: waiting)
        if server.offered.table.count + offered.table.count <= ListStudy.wholeMax {
            _ = goOn { _ in true }
        } else {
            goOnInNextTurn()
        }
    }

    private func goOnInNextTurn() {
        if isContinuing { return }
        isContinuing = true
        dispatcher.loop.inNextTurn(self)
    }

    package func continueTurn() {
        isContinuing = false
        var budget = TurnBudget()
        if !goOn({ budget.spend($0, of: dispatcher.loop) }) { goOnInNextTurn() }
    }

    /// Goes on with the list until it is taken over; whether that is so.
    private func goOn(_ hasTime: (Int) -> Bool) -> Bool {
        while study != nil {
            if dispatcher.delegate.hearsOfModels { study?.list.compare() }
            guard study?.list.resume(hasTime) == true, let ended = study else { return false }
            // Somebody may have begun to listen meanwhile.
            if ended.list.changes == nil, dispatcher.delegate.hearsOfModels { continue }
            study = nil
            known = ended.list.result
            listNumber += 1
            conclude(ended.outcome, ended.told, ended.list.changes)
        }
        return true
    }

    /// Takes over what a look has shown, list and all.
    private func conclude(
        _ outcome: ModelServer.Outcome, _ waiting: [() -> Void], _ changes: ModelChanges?
    ) {
        let isNews = outcome != lastOutcome || outcome == .listed(changed: true)
        lastOutcome = outcome
        let before = offered
        offered = isUp ? known.offered : nothing
        toldFacts = stand
        for line in news.take(sight(outcome)) { dispatcher.delegate.log(line) }
        if isNews {
            dispatcher.delegate.changed(self)
            dispatcher.delegate.changedModels(of: self, changes ?? changed(from: before))
        }
        dispatcher.updated(self)
        if !hasGreeted {
            hasGreeted = true
            dispatcher.delegate.greeted(self)
        }
        if origin == .discovered, case .failed(.unreachable) = outcome {
            dispatcher.delegate.unreachable(self)
        }
        for told in waiting { told() }
    }

    /// What is different where a whole list comes or goes; nil where nobody wants to know.
    func changed(from before: ModelList) -> ModelChanges? {
        guard before !== offered, dispatcher.delegate.hearsOfModels else { return nil }
        var changes = ModelChanges(from: before.table, to: offered.table)
        _ = changes.resume { _ in true }
        return changes
    }
    /// Takes over how busy the server is with requests of others; whether that is news.
    private func takeLoad() -> Bool {
        let before = others
        others = (0, 0)
        if let load = server.load {
            // Which of those that wait are ours is not told: those it has no room for.
            let ours = inFlight
            others.running = max(0, load.running - ours)
            others.waiting = max(0, load.waiting - max(0, ours - load.running))
        }
        return others != before
    }

    private func sight(_ outcome: ModelServer.Outcome) -> BackendNews.Look {
        var failure: DiscoveryFailure?
        if case .failed(let why) = outcome { failure = why }
        let traits = server.adapter.traits
        let missing = server.missing
        return BackendNews.Look(
            product: server.productName, backend: name, endpoint: config.endpoint.original,
            keyVariable: config.keyVariable, isDiscovered: origin == .discovered,
            interval: interval.value, failure: failure,
            chatModels: isUp ? known.chat : NameSample(config.supportedModels),
            models: NameSample(missing.isEmpty ? [] : server.models.map(\.id)), missing: missing,
            loadsOnRequest: traits.modelsMax == 1 && isUp && !known.hasLoadedChat,
            startHint: server.startHint, loadCommand: traits.loadCommand)
    }

    // MARK: For the scheduler

    /// What routing and admission need to know.
    package var facts: BackendFacts {
        var facts = toldFacts
        facts.othersRunning = others.running
        facts.othersWaiting = others.waiting
        return facts
    }

    /// The same but for what others do there, as the last look that was taken over has shown it.
    private var stand: BackendFacts {
        var facts = BackendFacts(name: name)
        switch server.state {
        case .up, .rateLimited: facts.state = .up
        case .down: facts.state = .down
        case .authFailed: facts.state = .authFailed
        case .probing: facts.state = .probing
        }
        // Of a server that was never seen, what the configuration says: who asks for one of its
        // models is told that it is away, and not that nobody has it.
        let isSeen = facts.state == .up || !known.facts.isEmpty
        facts.models = isSeen ? known.facts : config.supportedModels.map { ModelFacts(id: $0) }
        facts.listNumber = listNumber
        facts.maxConcurrent = max(1, server.concurrency)
        facts.queueMax = queueMax
        facts.rateLimit = config.rateLimit
        facts.priority = config.priority
        facts.timeout = config.timeout.nanoseconds
        facts.assignsSlots = server.adapter.traits.assignsSlots
        facts.residency = server.modelsMax.map { .limited($0) } ?? .all
        facts.othersLoaded = server.loadedBeside
        return facts
    }
}
