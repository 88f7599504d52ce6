package import Configuration
import CrowdModelsProtocol
package import HTTP
package import Kernel

/// One model server: what is known of it, and the way to it.
///
/// It asks the server for its models when told to, finds out by the answer which program it is, and
/// keeps the connections. Who may send what when is not its affair.
///
/// Many properties: half of them are what `backends.list` tells of it.
package final class ModelServer: Continuation {
    /// How the server is doing.
    package enum State: String, CaseIterable, Sendable {
        case up, down, probing
        case authFailed = "auth_failed"
        case rateLimited = "rate_limited"
    }

    /// What a look at the server gave.
    package enum Outcome: Equatable, Sendable {
        /// It listed its models; whether anything is different from before.
        case listed(changed: Bool)
        case failed(DiscoveryFailure)
    }

    package let config: BackendConfig
    /// Where it is, as statistics name it: a host or the path of a socket, and the port or 0.
    package let address: (name: String, port: Int)
    package let wire: any Wire
    /// Which program it is; found out by fingerprint unless the configuration says it.
    package internal(set) var kind: ServerKind {
        didSet {
            if kind != oldValue { renewAdapter() }
            if kind != .unknown { seenKind = kind }
        }
    }
    /// Which program it was when that was last known.
    private(set) var seenKind = ServerKind.unknown
    /// What this program is sent; kept as long as it is that program, with what was learned of it.
    package internal(set) var adapter: any Adapter
    package internal(set) var state = State.probing
    /// All models that it lists, those too that the configuration does not offer.
    package var models: [Model] { list.all }
    var list: ModelList {
        didSet { offeredList = nil }
    }
    private var offeredList: ModelList?
    package internal(set) var lastError: String?
    /// When it last listed its models, on the loop's clock.
    package internal(set) var lastSeen: UInt64?
    /// Prepared heads of requests with a body, by path.
    var heads: [String: HTTPRequestHead] = [:]
    /// The one that was last used: as a rule the next one too.
    var lastHead: (path: String, head: HTTPRequestHead)?
    /// How many requests a llama.cpp server runs at once.
    var slots: Int?
    /// How it writes its answers, as far as it writes them whole.
    package let answers = AnswerShape()
    /// How busy it says it is; nil where it does not.
    package var load: ServerLoad? { listing.load }

    let loop: EventLoop
    let paths: ServerPaths
    let key: Secret?
    var inquiry: Inquiry?
    /// Whether an answer is being read, over some turns; and whether a turn of them is to come.
    private(set) var isReading = false
    private var isContinuing = false
    private var waiting: [(Outcome) -> Void] = []
    /// How it is asked for its models, and what is known from last time.
    var listing: Listing
    /// Bytes that the loop's account of memory counts for the models.
    private var held = 0
    /// Bytes that the whole daemon held when the models were listed.
    private var listedAmong = 0
    /// Whether the list was renewed since, or is to be.
    private var isGathering = false
    /// Bytes that are enough to scatter a list, if they are gone again: as many as a heap that is
    /// tight.
    private static let scattering = 64 << 20
    /// Requests of ours that may be under way there.
    private var underWay: [Exchange] = []
    /// How many of them there may be before those that are over are left out.
    private var underWayMax = 16
    /// What the adapter was made with.
    private var known = ServerKnowledge()

    /// Who wants to know of each exchange with it, until it is closed.
    package var watcher: (any ExchangeWatcher)?
    /// How the last look at each path went that was told to it: the status, nil for none.
    var lookedAt: [String: Int?] = [:]

    /// Bytes that are read of its lists, and of its answers without success.
    package var listBytesMax = HTTPLimits.listBytesMax
    package var errorBytesMax = HTTPLimits.errorBytesMax

    /// A server that was not asked yet. The endpoint must be one that this build can talk to.
    package convenience init(_ config: BackendConfig, key: Secret?, on loop: EventLoop) {
        self.init(config, key, Listing(config.kind, at: config.endpoint), on: loop)
    }

    /// A server that discovery has found: it gets no key.
    package convenience init(_ server: FoundServer, on loop: EventLoop) {
        self.init(
            BackendConfig(name: server.name, endpoint: server.endpoint), nil,
            Listing(found: server.kind, at: server.endpoint), on: loop)
    }

    private init(_ config: BackendConfig, _ key: Secret?, _ listing: Listing, on loop: EventLoop) {
        self.config = config
        self.key = key
        self.loop = loop
        self.listing = listing
        list = ModelList(ModelTable(), on: loop)
        let endpoint = config.endpoint
        address = (
            endpoint.socketPath.isEmpty ? endpoint.host : endpoint.socketPath, endpoint.port
        )
        let paths = ServerPaths(endpoint)
        self.paths = paths
        kind = listing.kind
        adapter = listing.kind.adapter(paths, known)
        let connectTimeout = config.connectTimeout.nanoseconds
        wire =
            switch config.endpoint.scheme {
            case .https:
                CurlWire(caFile: config.caFile, on: loop, connectTimeout: connectTimeout)
            case .http, .unix:
                PlainWire(
                    ServerAddress(config.endpoint), on: loop, connectTimeout: connectTimeout)
            }
    }

    deinit {
        inquiry?.cancel()
    }

    /// The program's name for log lines: LMStudio too for what is named or placed like it.
    package var productName: String {
        if kind == .unknown || kind == .openai, looksLikeLMStudio {
            return ServerKind.lmstudio.productName
        }
        return kind == .unknown || kind == .openai ? config.name : kind.productName
    }

    var looksLikeLMStudio: Bool {
        let name = config.name.lowercased().filter { $0.isLetter || $0.isNumber }
        return name.contains("lmstudio") || config.endpoint.port == 1234
    }

    /// The first characters of the key, as servers echo them; nil without a key.
    package var keyStart: String? { key.map { String($0.revealed.prefix(8)) } }

    /// The models that a caller may use: all listed ones, or those that the configuration names.
    package var offered: ModelList {
        if config.supportedModels.isEmpty { return list }
        let offered = offeredList ?? list.selecting(config.supportedModels)
        offeredList = offered
        return offered
    }

    /// Names in `supported_models` that the server does not list.
    package var missing: [String] {
        config.supportedModels.filter { list.table.place(of: $0) == nil }
    }

    /// How many requests may be under way at once: as configured, as the server says, else 4.
    package var concurrency: Int {
        if config.maxConcurrent > 0 { return config.maxConcurrent }
        return list.parallel ?? slots ?? Self.concurrencyDefault
    }

    /// How many models are loaded at once before a request for another makes one leave, with what
    /// it generates; nil where none leaves. Who does not say (Ollama) keeps as many as were seen to
    /// fit.
    package var modelsMax: Int? {
        let traits = adapter.traits
        guard traits.evictsModels else { return nil }
        if let most = traits.modelsMax { return most }
        guard let told = listing.room.told else { return max(1, listing.room.seen) }
        return told > 0 ? told : nil
    }

    /// Models that take a place among the loaded ones though `offered` does not show them so: those
    /// that the configuration leaves out, and a router's that sleep.
    package var loadedBeside: Int {
        let asleep = listing.room.asleep
        if config.supportedModels.isEmpty { return asleep }
        return asleep + list.loadedCount - offered.loadedCount
    }

    /// LM Studio's own default (0.4.0), and what Ollama had for years.
    package static let concurrencyDefault = 4

    /// Asks the server for its models; `completion` is called on the loop when it has answered or
    /// failed. Calls that come while it is being asked share that answer.
    package func refresh(_ completion: @escaping (Outcome) -> Void) {
        waiting.append(completion)
        // What a rush left is not kept for longer than until the next look.
        forgetEnded()
        // One that ended without a word would keep the server from ever being asked again.
        if inquiry?.isUnderWay != true, !isReading { askForModels() }
    }

    private func renewAdapter() {
        known = listing.known
        adapter = kind.adapter(paths, known)
        adapter.learn(models)
    }

    /// An answer is read from the next turn on.
    func startReading() {
        isReading = true
        if isContinuing { return }
        isContinuing = true
        loop.inNextTurn(self)
    }

    package func continueTurn() {
        isContinuing = false
        guard isReading else { return }
        var budget = TurnBudget()
        let step = listing.resume { budget.spend($0, of: loop) }
        isReading = false
        guard count() else {
            // What was known of the server is what is still known.
            listing.abandon()
            _ = count()
            return finish(
                .failed(.lacking(ExchangeError.crowdedOut(max: loop.memory.max).message)))
        }
        follow(step)
    }

    /// Counts what is held for the models, read or half read; false where that may not be.
    private func count() -> Bool {
        let memory = loop.memory
        let bytes = listing.allocated
        guard bytes <= held || memory.held - held + bytes <= memory.max else { return false }
        memory.change(&held, to: bytes)
        return true
    }

    /// Takes over what a look has told; where the list is more than may be held, none of it.
    func learn() throws(ExchangeError) {
        guard count() else {
            listing.forget()
            loop.memory.change(&held, to: 0)
            list = ModelList(ModelTable(), on: loop)
            throw .crowdedOut(max: loop.memory.max)
        }
        slots = listing.slots
        // The list that has not changed stays the one that all hold.
        if listing.isNews {
            list = ModelList(listing.table, on: loop)
            listedAmong = loop.memory.held
        } else {
            gather()
        }
        kind = listing.kind
        if known == listing.known { adapter.learn(models) } else { renewAdapter() }
    }

    /// Models that were listed among much that is gone now lie scattered, a few on each page of
    /// memory: they are listed anew, and what they leave goes back to the kernel.
    private func gather() {
        let memory = loop.memory
        if isGathering {
            isGathering = false
            memory.settle()
        } else if listedAmong > memory.held + Self.scattering {
            isGathering = true
            listedAmong = memory.held
            listing.renew()
        }
    }

    /// Whether a request of ours is under way there.
    var isServing: Bool {
        forgetEnded()
        return !underWay.isEmpty && state == .up
    }

    /// Remembers a request until it is over.
    func remember(_ exchange: Exchange) {
        // As a rule they end one after the other: the last one's place is free again.
        if let last = underWay.last, !last.isUnderWay { underWay.removeLast() }
        if underWay.count >= underWayMax { forgetEnded() }
        underWay.append(exchange)
    }

    private func forgetEnded() {
        underWay.removeAll { !$0.isUnderWay }
        underWayMax = max(16, 2 * underWay.count)
    }

    /// Stops asking and closes what is idle. Who waits for an answer gets none from the server.
    package func close() {
        inquiry?.cancel()
        inquiry = nil
        watcher = nil
        isReading = false
        loop.memory.change(&held, to: 0)
        wire.closeIdle()
        tell(.failed(.unreachable("the server is gone")))
    }

    func finish(_ outcome: Outcome) {
        inquiry = nil
        switch outcome {
        case .listed:
            state = .up
            lastError = nil
            lastSeen = loop.now
        case .failed(.lacking):
            // Nothing was learned about the server: it is what it was.
            break
        case .failed(let failure):
            switch failure {
            case .unauthorized: state = .authFailed
            case .status(429, _): state = .rateLimited
            default: state = .down
            }
            lastError = failure.message(product: productName)
            // Whoever listens there next may be another program.
            listing.forget()
            kind = listing.kind
            renewAdapter()
        }
        tell(outcome)
    }

    /// The look says nothing new, because the server is busy with a request of ours.
    func stayAsItIs() {
        inquiry = nil
        tell(.listed(changed: false))
    }

    private func tell(_ outcome: Outcome) {
        let completions = waiting
        waiting.removeAll()
        for completion in completions { completion(outcome) }
    }
}

extension ServerAddress {
    init(_ endpoint: Endpoint) {
        switch endpoint.scheme {
        case .unix: self = .unix(endpoint.socketPath)
        case .http, .https: self = .host(endpoint.host, port: UInt16(clamping: endpoint.port))
        }
    }
}

extension ModelServer {
    /// A connection was refused under a request: it is down until it lists its models again.
    package func markDown(_ words: String) {
        state = .down
        lastError = DiscoveryFailure.unreachable(words).message(product: productName)
        // What is asked, or being read, was said before: it is asked again.
        let isLooking = isReading || inquiry?.isUnderWay == true
        inquiry?.cancel()
        inquiry = nil
        isReading = false
        listing.forget()
        if isLooking { askForModels() }
    }
}
