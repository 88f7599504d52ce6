import Backends
import Configuration
import CrowdModelsProtocol
import Kernel
import Metrics
import Scheduling
import Sessions
import Telemetry

/// One backend as the daemon drives it: the server, the queue before it, and who is in both.
///
/// The queue decides, the lane acts: it starts what the queue names and tells it what became of it.
final class BackendLane {
    let daemon: Daemon
    let server: ModelServer
    private(set) var queue: BackendQueue
    /// Queued and running requests by their key.
    private(set) var completions: [UInt64: Completion] = [:]
    private lazy var wakeTimer = Timer { [unowned self] in pump() }
    private lazy var lookTimer = Timer { [unowned self] in look() }
    private var lastOutcome: ModelServer.Outcome?
    /// Whether the first look has ended, well or not.
    private(set) var hasGreeted = false
    private var announcedModels: [String] = []
    private var publishedModels: [Model] = []
    /// The models that callers may use, while the server is up.
    private(set) var offers: [FoundModel] = []
    private var warnedMissing: [String] = []
    private var knownSeries: SeriesID?
    private var positionsTold: UInt64 = 0

    init(_ server: ModelServer, of daemon: Daemon) {
        self.daemon = daemon
        self.server = server
        queue = BackendQueue(
            maxConcurrent: server.concurrency, queueMax: daemon.limits.queueMax,
            rateLimit: server.config.rateLimit, evictsModels: server.kind.evictsModels)
    }

    var name: String { server.config.name }

    /// Where this backend's requests are counted.
    func series(in metrics: inout MetricsStore, now: UInt64) -> SeriesID {
        if let known = knownSeries, metrics.isCurrent(known) { return known }
        let fresh = metrics.series(.backend, name, now: now)
        knownSeries = fresh
        return fresh
    }

    // MARK: Requests

    /// Lets the queue decide on a request; if it is taken, the lane keeps it until `left`.
    func admit(_ completion: Completion, _ ticket: QueueTicket) throws(Fault) -> Admission {
        let admission = queue.arrived(ticket, now: daemon.loop.now)
        if case .refused(let refusal) = admission { throw fault(of: refusal) }
        completions[ticket.key] = completion
        if case .queued = admission { schedule() }
        return admission
    }

    /// A request was served, or is not wanted any more; others may go on.
    func left(_ completion: Completion, served: Bool) {
        guard completions.removeValue(forKey: completion.key) != nil else { return }
        if served {
            queue.finished(completion.key, now: daemon.loop.now)
        } else {
            queue.withdrawn(completion.key)
        }
        daemon.workEnded()
        pump()
    }

    /// Starts what may start now.
    func pump() {
        while let key = queue.next(now: daemon.loop.now) {
            guard let completion = completions[key] else {
                queue.withdrawn(key)
                continue
            }
            completion.start()
        }
        schedule()
    }

    private func schedule() {
        if queue.queued > 0, queue.positionsVersion != positionsTold {
            positionsTold = queue.positionsVersion
            for completion in completions.values { completion.positionMayHaveChanged() }
        }
        if let moment = queue.wakesAt(now: daemon.loop.now) {
            daemon.loop.set(wakeTimer, at: moment)
        } else {
            daemon.loop.cancel(wakeTimer)
        }
    }

    private func fault(of refusal: QueueRefusal) -> Fault {
        switch refusal {
        case .busy(let queued, let limit, let retryAfter):
            return Fault(
                .busy,
                "\(queued) requests wait for \(name) already, as many as may (queue_max); try "
                    + "again later",
                data: [
                    "backend": .string(name), "queued": .integer(queued), "limit": .integer(limit),
                    "retry_after_ms": .integer(Self.milliseconds(retryAfter)),
                ])
        case .rateLimited(let retryAfter):
            return Fault(
                .rateLimited,
                "\(name) may start \(server.config.rateLimit ?? 0) requests a minute (rate_limit), "
                    + "and this one's turn would come too late for its time limit",
                data: [
                    "backend": .string(name),
                    "retry_after_ms": .integer(Self.milliseconds(retryAfter)),
                ])
        case .deadlineUnreachable(let predicted, let retryAfter):
            return Fault(
                .deadlineUnreachable,
                "the answer of \(name) is predicted for after the deadline (deadline_ms)",
                data: [
                    "backend": .string(name),
                    "predicted_ms": .integer(Self.milliseconds(predicted)),
                    "retry_after_ms": .integer(Self.milliseconds(retryAfter)),
                ])
        }
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> Int {
        Int(clamping: (nanoseconds + 999_999) / 1_000_000)
    }

    // MARK: Discovery

    /// Looks at the server now, and then once every interval.
    func look() {
        daemon.loop.set(lookTimer, after: daemon.config.discovery.interval.nanoseconds)
        server.refresh { [unowned self] outcome in looked(outcome) }
    }

    /// Stops looking, for good.
    func close() {
        daemon.loop.cancel(lookTimer)
        daemon.loop.cancel(wakeTimer)
        server.close()
    }

    /// A look at the server has ended, whoever asked for it.
    func looked(_ outcome: ModelServer.Outcome) {
        if outcome == .listed(changed: false), lastOutcome == outcome { return }
        let isNews = outcome != lastOutcome || outcome == .listed(changed: true)
        tell(outcome)
        lastOutcome = outcome
        queue.evictionChanged(to: server.kind.evictsModels)
        queue.maxConcurrent = max(1, server.concurrency)
        let loaded = server.models.filter { $0.state == .loaded || $0.state == .unknown }
        queue.modelsChanged(loaded: Set(loaded.map(\.id)))
        if isNews {
            daemon.backendChanged(self)
            publishModels()
        }
        if case .failed = outcome { failQueued() }
        pump()
    }

    /// Tells subscribers what is different about the models that callers may use.
    private func publishModels() {
        let before = publishedModels
        let now = server.state == .up ? server.offered : []
        publishedModels = now
        daemon.modelsText = []
        offers = now.map { FoundModel(model: $0, lane: self) }
        guard daemon.desk.feed.isHeard(.models), before != now else { return }
        // By name: a list of many thousands is not searched through for each of them.
        let known = Dictionary(before.map { ($0.id, $0) }) { first, _ in first }
        let names = Set(now.map(\.id))
        for model in now {
            let old = known[model.id]
            if old == model { continue }
            daemon.publishModel(
                FoundModel(model: model, lane: self), old == nil ? "added" : "changed")
        }
        for model in before where !names.contains(model.id) {
            daemon.publishModel(FoundModel(model: model, lane: self), "removed")
        }
    }

    /// A connection was refused: the server is down until a look says otherwise.
    func refused(_ words: String) {
        server.markDown(words)
        looked(.failed(.unreachable(words)))
    }

    private func failQueued() {
        for key in queue.queuedKeys {
            completions[key]?.fail(daemon.router.unavailable(self), sent: false)
        }
    }

    // MARK: What the log says, word for word as the guide has it

    private func tell(_ outcome: ModelServer.Outcome) {
        let product = server.productName
        switch outcome {
        case .failed(let failure):
            if lastOutcome != outcome {
                daemon.log.error(failure.message(product: product))
                daemon.log.info(advice(failure))
            }
            announcedModels = []
        case .listed:
            tellModels(product)
        }
        guard !hasGreeted else { return }
        hasGreeted = true
        daemon.log.info(
            "Initialized LLM client for backend: \(name) with models: \(Self.list(chatModels))")
        daemon.firstLookEnded()
    }

    private var chatModels: [String] {
        let offered = server.offered.filter(\.purpose.canChat).map(\.id)
        return server.state == .up ? offered : server.config.supportedModels
    }

    private func tellModels(_ product: String) {
        let names = chatModels
        // The first list, and the first after a failure, is told whatever it holds.
        let isNews = lastOutcome.map { if case .failed = $0 { true } else { false } } ?? true
        if names != announcedModels || isNews {
            announcedModels = names
            if names.isEmpty {
                daemon.log.warning("No models discovered from \(product) backend")
                daemon.log.info(
                    "Load a model in \(product), or list one in supported_models that it has; it "
                        + "is noticed within \(daemon.config.discovery.interval.value) s")
            } else {
                daemon.log.info(
                    "Discovered \(names.count) models from \(product): \(Self.list(names))")
                daemon.log.info("Updated \(name) backend with discovered models")
            }
        }
        let missing = server.missing
        for model in missing where !warnedMissing.contains(model) {
            daemon.log.warning(
                "Model \(model) of supported_models is not on \(product) (backend \(name)); it has: "
                    + Self.list(server.models.map(\.id)))
        }
        warnedMissing = missing
        if !names.isEmpty, server.kind == .lmstudio,
            !server.offered.contains(where: { $0.state == .loaded && $0.purpose.canChat })
        {
            daemon.log.info(
                "No model is loaded in \(product); the first request loads the one it names, or: "
                    + "lms load \(names[0])")
        }
    }

    private func advice(_ failure: DiscoveryFailure) -> String {
        let place = server.config.endpoint.original
        let again = "it is tried again every \(daemon.config.discovery.interval.value) s"
        switch failure {
        case .unreachable:
            return "Start the server of \(server.productName) at \(place) (LM Studio: Local Server "
                + "tab, or: lms server start); \(again)"
        case .status, .notAList:
            return "Make sure that \(place) is \(server.productName)'s address and that its server "
                + "is running; \(again)"
        case .unauthorized:
            return "Set api_key of backend \(name), or the variable \(server.config.keyVariable)"
        }
    }

    /// Names as the guide prints them: `["a", "b"]`.
    static func list(_ names: [String]) -> String {
        "[" + names.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    }
}
