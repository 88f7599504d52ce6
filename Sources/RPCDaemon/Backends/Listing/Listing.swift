package import Configuration
import CrowdModelsProtocol
import HTTP

/// How one server is asked for its models: which question comes next, and what follows from the
/// answers. It outlives a single look, so that an unchanged list is not read again and a program
/// that is known is not guessed anew.
///
/// LM Studio's own list is asked for first, since it says most, then OpenAI's, which every server
/// has. What that one says is told, never the status of a probe.
///
/// Many properties: one look asks several questions, and what each of them taught outlives it.
package struct Listing: Sendable {
    /// What is to be done next.
    package enum Step: Equatable, Sendable {
        /// Ask `GET` of this path.
        case ask(String)
        /// The look is over: the models are in `models`; whether anything is different from before.
        case listed(changed: Bool)
        /// The look is over, without a list.
        case failed(DiscoveryFailure)
    }

    /// The question that waits for its answer; each is left by `take`.
    private enum Question: Equatable {
        case none
        case lmStudio, lmStudioDetails
        case openAI
        case props
        case tags, running
        case localAI, liteLLM, mlx
        case gauges
    }

    /// Which program it is, as far as that is known.
    package private(set) var kind: ServerKind
    /// All models that it lists.
    package private(set) var models: [Model] = []
    /// How many requests a llama.cpp server runs at once.
    package private(set) var slots: Int?
    /// llama.cpp's router, which loads and unloads models for requests.
    package private(set) var isRouter = false
    /// What is known of how many models can be loaded there side by side.
    package private(set) var room = Room()

    package struct Room: Equatable, Sendable {
        /// As many as the server keeps, 0 for any number; nil where it does not say. A router does.
        package var told: Int?
        /// The most that one look saw loaded.
        package var seen = 0
        /// Models that take a place though they are not loaded: a router's that sleep.
        package var asleep = 0

        package init(told: Int? = nil, seen: Int = 0, asleep: Int = 0) {
            self.told = told
            self.seen = seen
            self.asleep = asleep
        }
    }

    /// How busy it says it is; nil where it does not.
    package private(set) var load: ServerLoad?

    /// What its adapter has to know.
    var known: ServerKnowledge {
        ServerKnowledge(isRouter: isRouter, hasOwnAPI: hasTags == true && kind == .ollama)
    }

    /// Which program it is by the configuration, or by what discovery found.
    private let given: ServerKind
    /// Whether the configuration says it, whatever a list may say.
    private let isFixed: Bool
    private let paths: ServerPaths
    private let port: Int
    private var question = Question.none
    private var fresh: [Model] = []
    private var freshRoom = Room()
    /// The answers of the last look that were lists, as they came.
    private var lists: [[UInt8]] = []
    private var freshLists: [[UInt8]] = []
    /// Whether LM Studio's newer list is there; nil before it was asked.
    private var hasDetails: Bool?
    /// Whether Ollama's own API is there, and not only a list that looks like its own.
    private var hasTags: Bool?
    /// Whether vLLM tells its gauges; nil before it was asked.
    private var hasGauges: Bool?
    /// Whether the guessing is over: the list itself does not tell which program it is.
    private var hasGuessed = false
    private var isKnown = false

    /// A server of which nothing is known but its configuration.
    package init(_ configured: BackendConfig.Kind, at endpoint: Endpoint) {
        self.init(ServerKind(configured), at: endpoint, isFixed: configured != .auto)
    }

    /// A server that discovery has found to be of this kind.
    package init(found kind: ServerKind, at endpoint: Endpoint) {
        self.init(kind, at: endpoint, isFixed: false)
    }

    private init(_ kind: ServerKind, at endpoint: Endpoint, isFixed: Bool) {
        given = kind
        self.isFixed = isFixed
        self.kind = kind
        hasGuessed = kind != .unknown
        paths = ServerPaths(endpoint)
        port = endpoint.port
    }

    /// Begins a look.
    package mutating func begin() -> Step {
        fresh = []
        freshLists = []
        freshRoom = room
        switch kind {
        case .unknown, .lmstudio: return ask(.lmStudio)
        case .ollama where hasTags != false: return ask(.tags)
        default: return ask(.openAI)
        }
    }

    /// Forgets what was known: whoever listens there next may be another program.
    package mutating func forget() {
        models = []
        lists = []
        room = Room()
        hasDetails = nil
        hasTags = nil
        hasGauges = nil
        load = nil
        hasGuessed = given != .unknown
        isKnown = false
        kind = given
    }

    private mutating func ask(_ question: Question) -> Step {
        self.question = question
        switch question {
        case .lmStudio: return .ask(paths.lmStudio + "/models")
        case .lmStudioDetails: return .ask(paths.native + "/models")
        case .openAI: return .ask(paths.openAI + "/models")
        case .props: return .ask(paths.root + "/props")
        case .tags: return .ask(paths.root + "/api/tags")
        case .running: return .ask(paths.root + "/api/ps")
        case .localAI: return .ask(paths.root + "/.well-known/localai.json")
        case .liteLLM: return .ask(paths.root + "/health/liveliness")
        case .mlx: return .ask(paths.root + "/health")
        case .gauges: return .ask(paths.root + "/metrics")
        case .none: preconditionFailure("a look that is over asks nothing")
        }
    }

    /// Takes the answer to what was asked.
    package mutating func take(status: Int, location: String?, _ body: Span<UInt8>) -> Step {
        let asked = question
        question = .none
        let isGood = (200..<300).contains(status)
        switch asked {
        case .none: preconditionFailure("nothing was asked")
        case .lmStudio: return takeLMStudio(isGood, status, body)
        case .lmStudioDetails:
            hasDetails = isGood && LMStudioLists.addDetails(body, to: &fresh)
            if hasDetails == true { keep(body) }
            return listed()
        case .openAI: return takeOpenAI(isGood, status, location, body)
        case .props:
            if isGood { takeProps(body) }
            return listed()
        case .tags:
            guard isGood, let models = OllamaLists.models(body) else {
                hasTags = false
                // What said that it is Ollama may have other tongues only.
                return fresh.isEmpty ? ask(.openAI) : listed()
            }
            hasTags = true
            kind = .ollama
            fresh = models
            keep(body)
            return ask(.running)
        case .running:
            if isGood, OllamaLists.addRunning(body, to: &fresh) { keep(body) }
            return listed()
        case .localAI: return takeGuess(isGood && ErrorBody(body).words == nil ? .localai : nil)
        case .liteLLM:
            return takeGuess(isGood && Self.text(body).contains("alive") ? .litellm : nil)
        case .mlx:
            // Python's spelling; llama.cpp writes it without the space.
            let isIt = isGood && Self.text(body).contains("\"status\": \"ok\"")
            return takeGuess(isIt ? .mlxLM : nil)
        case .gauges:
            load = isGood ? ServerLoad(body) : nil
            hasGauges = load != nil
            return freshLists.isEmpty ? .listed(changed: false) : listed()
        }
    }

    /// Whether it is asked how busy it is, each time it is looked at.
    private var tellsGauges: Bool { kind == .vllm && hasGauges != false }

    /// What an answer begins with, to look for a word in it.
    private static func text(_ body: Span<UInt8>) -> String {
        let front = body.extracting(..<min(body.count, 256))
        return unsafe front.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    private mutating func takeLMStudio(
        _ isGood: Bool, _ status: Int, _ body: Span<UInt8>
    ) -> Step {
        guard isGood, let models = LMStudioLists.models(body) else {
            // LM Studio has no older API that would take a key which this one refused.
            if kind == .lmstudio, status == 401 { return .failed(.unauthorized(status)) }
            return ask(.openAI)
        }
        if isKnown, kind == .lmstudio, lists.first.map({ body.isEqual(to: $0.span) }) == true {
            return .listed(changed: false)
        }
        kind = .lmstudio
        fresh = models
        keep(body)
        return hasDetails == false ? listed() : ask(.lmStudioDetails)
    }

    private mutating func takeOpenAI(
        _ isGood: Bool, _ status: Int, _ location: String?, _ body: Span<UInt8>
    ) -> Step {
        if !isGood {
            if status == 401 || status == 403 { return .failed(.unauthorized(status)) }
            if let location { return .failed(.redirected(status, location)) }
            return .failed(.status(status, words: ErrorBody(body).words))
        }
        if isKnown, isLast(body) { return tellsGauges ? ask(.gauges) : .listed(changed: false) }
        guard let list = OpenAIList(body) else {
            return .failed(
                .notAList(ErrorBody(body).words ?? "the answer is no list of models"))
        }
        fresh = list.models
        isRouter = list.isRouter
        freshRoom.asleep = list.asleep
        keep(body)
        if !isFixed {
            if list.kind != .openai {
                kind = list.kind
            } else if let guess = guess(list) {
                return guess
            }
        }
        switch kind {
        case .llamaCpp: return ask(.props)
        case .ollama where hasTags == nil: return ask(.tags)
        case .vllm where tellsGauges: return ask(.gauges)
        default: return listed()
        }
    }

    /// Where the list itself does not say whose it is: what it does not say tells, or one more
    /// question. Asked once.
    private mutating func guess(_ list: OpenAIList) -> Step? {
        if hasGuessed { return nil }
        hasGuessed = true
        kind = .openai
        if port == Self.liteLLMPort { return ask(.liteLLM) }
        guard !list.hasOwners, !list.models.isEmpty else { return nil }
        if Self.janPorts.contains(port) {
            kind = .jan
            return nil
        }
        return ask(list.hasDates ? .mlx : .localAI)
    }

    private static let liteLLMPort = 4000
    private static let janPorts = [1337, 6767]

    private mutating func takeGuess(_ guess: ServerKind?) -> Step {
        if let guess { kind = guess }
        return listed()
    }

    /// llama.cpp's `GET /props`: how many slots, and how much context each has; of a router, how
    /// many models it keeps (`--models-max`). The first routers said 4 whatever they were told.
    private mutating func takeProps(_ body: Span<UInt8>) {
        if isRouter {
            freshRoom.told = JSONPlace.read(body) { props, text -> Int? in
                let most = props.member("max_instances", text)?.integer(text)
                let isTrue = props.member("models_autoload", text) != nil || most != 4
                return isTrue ? most.map { max(0, $0) } : nil
            }
            return
        }
        var context: Int?
        let slots = JSONPlace.read(body) { props, text -> Int? in
            context = props.member("default_generation_settings", text)?.member("n_ctx", text)?
                .count(text)
            return props.member("total_slots", text)?.count(text)
        }
        self.slots = slots
        for index in fresh.indices where fresh[index].state == .loaded {
            fresh[index].loadedContextLength = context
            fresh[index].parallel = slots
        }
    }

    /// Bytes of memory that a known list takes: its answers as they came, and for each model what
    /// is told of it here, in routing and in the log, with strings of its own.
    var allocated: Int {
        lists.reduce(models.count * Self.modelBytes) { $0 + $1.capacity }
    }

    private static let modelBytes = 1024

    private mutating func listed() -> Step {
        if fresh.count > HTTPLimits.listModelsMax {
            fresh = []
            freshLists = []
            return .failed(.notAList("more than \(HTTPLimits.listModelsMax) models"))
        }
        freshRoom.seen = max(freshRoom.seen, fresh.count { $0.state == .loaded })
        let changed = fresh != models || freshRoom != room || !isKnown
        models = fresh
        room = freshRoom
        lists = freshLists
        isKnown = true
        return .listed(changed: changed)
    }

    private mutating func keep(_ body: Span<UInt8>) {
        freshLists.append(unsafe body.withUnsafeBufferPointer { unsafe Array($0) })
    }

    /// Whether this is the only list of the last look, as it came then.
    private func isLast(_ body: Span<UInt8>) -> Bool {
        guard lists.count == 1, let last = lists.first else { return false }
        return body.isEqual(to: last.span)
    }
}
