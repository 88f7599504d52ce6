package import Backends
package import Configuration
import CrowdModelsProtocol
import Kernel
package import Scheduling

/// One model server as the daemon drives it: looked at every interval, and described to the
/// scheduler whenever something about it is different.
///
/// The dispatcher keeps it; jobs hold it while they are tried there.
///
/// Many properties: a server is looked at, waited for and told about, each with what was last
/// known.
package final class Backend {
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
    /// What the scheduler is told of the models; made anew when the list changes.
    private var modelFacts: [ModelFacts] = []
    /// What the server last told of requests, less our own.
    private var others = (running: 0, waiting: 0)
    /// Whether the first look has ended, well or not.
    package private(set) var hasGreeted = false
    private var isClosed = false
    /// The models that callers may use; none while it is down.
    package private(set) var offered: [Model] = []

    /// The model of that name among them.
    package func offered(named name: String) -> Model? {
        for index in offered.indices where offered[index].id == name { return offered[index] }
        return nil
    }

    /// Tokens that a model has room for as it is loaded; nil where its server does not say.
    func loadedContext(of model: String) -> Int? {
        for index in offered.indices where offered[index].id == model {
            return offered[index].loadedContextLength
        }
        return nil
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
    }

    package var config: BackendConfig { server.config }
    package var name: String { server.config.name }
    package var isKeyRefused: Bool { server.state == .authFailed }
    package var isUp: Bool { server.state == .up }

    /// How many requests run there.
    package var inFlight: Int { dispatcher.view(of: self)?.inFlight ?? 0 }

    // MARK: Looking

    /// Looks at the server now, and then once every interval.
    package func look() {
        dispatcher.loop.set(lookTimer, after: interval.nanoseconds)
        server.refresh { [unowned self] outcome in looked(outcome) }
    }

    /// A model was loaded for a request: where others leave for it, only a look says which.
    func hasLoaded() {
        if server.modelsMax != nil { look() }
    }

    /// Looks at it once, for somebody who waits.
    package func refresh(_ completion: @escaping (ModelServer.Outcome) -> Void) {
        server.refresh { [unowned self] outcome in
            looked(outcome)
            completion(outcome)
        }
    }

    /// A connection was refused under a request: it is down until a look says otherwise.
    func refused(_ words: String) {
        guard server.state == .up else { return }
        server.markDown(words)
        looked(.failed(.unreachable(words)))
    }

    /// Milliseconds after which asking again makes sense.
    package var retryMilliseconds: Int { Int(interval.nanoseconds / 1_000_000) }

    /// How failures of this backend are worded for a request for `model`.
    func words(for model: String) -> BackendFailure {
        BackendFailure(
            backend: name, product: server.productName, endpoint: config.endpoint.original,
            model: model,
            others: offered.filter { $0.purpose.canChat && $0.id != model }.map(\.id),
            retryAfter: retryMilliseconds, keyStart: server.keyStart)
    }

    /// Stops looking, for good; it offers nothing any more, and tells nothing.
    package func close() {
        isClosed = true
        offered = []
        dispatcher.loop.cancel(lookTimer)
        server.close()
    }

    private func looked(_ outcome: ModelServer.Outcome) {
        if isClosed { return }
        let worked = hasWorked
        hasWorked = false
        let isBusyOtherwise = takeLoad()
        if outcome == .listed(changed: false), lastOutcome == outcome {
            if worked || isBusyOtherwise { dispatcher.updated(self) }
            return
        }
        let isNews = outcome != lastOutcome || outcome == .listed(changed: true)
        lastOutcome = outcome
        let before = offered
        offered = isUp ? server.offered : []
        modelFacts = Self.facts(of: server)
        for line in news.take(sight(outcome)) { dispatcher.delegate.log(line) }
        if isNews {
            dispatcher.delegate.changed(self)
            dispatcher.delegate.changedModels(of: self, before: before)
        }
        dispatcher.updated(self)
        if !hasGreeted {
            hasGreeted = true
            dispatcher.delegate.greeted(self)
        }
        if origin == .discovered, case .failed(.unreachable) = outcome {
            dispatcher.delegate.unreachable(self)
        }
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
        let chat = server.offered.filter(\.purpose.canChat)
        let traits = server.adapter.traits
        return BackendNews.Look(
            product: server.productName, backend: name, endpoint: config.endpoint.original,
            keyVariable: config.keyVariable, isDiscovered: origin == .discovered,
            interval: interval.value, failure: failure,
            chatModels: isUp ? chat.map(\.id) : config.supportedModels,
            models: server.models.map(\.id), missing: server.missing,
            loadsOnRequest: traits.modelsMax == 1 && isUp && !chat.contains { $0.state == .loaded },
            startHint: server.startHint, loadCommand: traits.loadCommand)
    }

    // MARK: For the scheduler

    /// What routing and admission need to know.
    package var facts: BackendFacts {
        var facts = BackendFacts(name: name)
        switch server.state {
        case .up, .rateLimited: facts.state = .up
        case .down: facts.state = .down
        case .authFailed: facts.state = .authFailed
        case .probing: facts.state = .probing
        }
        facts.models = modelFacts
        facts.maxConcurrent = max(1, server.concurrency)
        facts.queueMax = queueMax
        facts.rateLimit = config.rateLimit
        facts.priority = config.priority
        facts.timeout = config.timeout.nanoseconds
        facts.othersRunning = others.running
        facts.othersWaiting = others.waiting
        facts.assignsSlots = server.adapter.traits.assignsSlots
        facts.residency = server.modelsMax.map { .limited($0) } ?? .all
        facts.othersLoaded = server.loadedBeside
        return facts
    }

    private static func facts(of server: ModelServer) -> [ModelFacts] {
        let loads = server.adapter.load(model: "", contextLength: nil, ttl: nil) != nil
        let ranks = server.adapter.rerank(Span(), Span(), model: "", options: nil) != nil
        let traits = server.adapter.traits
        return server.offered.map { model in
            var facts = facts(of: model)
            if !loads { facts.cannot.insert(.loading) }
            if !ranks { facts.cannot.insert(.rerank) }
            if traits.assignsSlots { facts.parallel = model.parallel }
            if !traits.hasSuffix { facts.cannot.insert(.infill) }
            return facts
        }
    }

    private static func facts(of model: Model) -> ModelFacts {
        var facts = ModelFacts(id: model.id)
        switch model.state {
        case .loaded: facts.state = .loaded
        case .loading: facts.state = .loading
        case .notLoaded: facts.state = .notLoaded
        case .unknown: facts.state = .unknown
        }
        if model.purpose == .embeddings {
            facts.can = .embeddings
            facts.cannot = [.chat, .vision, .tools, .textCompletion, .infill]
        } else if model.purpose != .unknown {
            facts.can = .chat
            facts.cannot = .embeddings
        }
        if model.isNamedReranker {
            facts.can = .rerank
            facts.cannot.insert(.chat)
        }
        facts.contextLength = model.loadedContextLength ?? model.maxContextLength
        facts.isRemote = model.isRemote
        return facts
    }
}
