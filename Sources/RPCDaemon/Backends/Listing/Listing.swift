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
package struct Listing {
    /// What is to be done next.
    package enum Step: Equatable, Sendable {
        /// Ask `GET` of this path.
        case ask(String)
        /// There is more to do with the answer: `resume`, in this turn or in later ones.
        case unfinished
        /// The look is over: the models are in `models`; whether anything is different from before.
        case listed(changed: Bool)
        /// The look is over, without a list.
        case failed(DiscoveryFailure)
    }

    /// The question that waits for its answer; each is left by `take`.
    enum Question: Equatable {
        case none
        case lmStudio, lmStudioDetails
        case openAI
        case props
        case tags, running
        case localAI, liteLLM, liteLLMDetails, mlx
        case gauges
    }

    /// Which program it is, as far as that is known.
    package internal(set) var kind: ServerKind
    /// All models that it lists: those of the last list that was read to its end.
    package internal(set) var table = ModelTable()
    /// The same in their order.
    package var models: [Model] { table.all }
    /// How many requests a llama.cpp server runs at once.
    package internal(set) var slots: Int?
    /// llama.cpp's router, which loads and unloads models for requests.
    package internal(set) var isRouter = false
    /// What is known of how many models can be loaded there side by side.
    package internal(set) var room = Room()

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
    package internal(set) var load: ServerLoad?

    /// What its adapter has to know.
    var known: ServerKnowledge {
        let isNewer = hasDetails == true && kind == .lmstudio
        return ServerKnowledge(
            isRouter: isRouter, hasOwnAPI: isNewer || hasTags == true && kind == .ollama)
    }

    /// Which program it is by the configuration, or by what discovery found.
    private let given: ServerKind
    /// Whether the configuration says it, whatever a list may say.
    let isFixed: Bool
    private let paths: ServerPaths
    let port: Int
    var question = Question.none
    /// The answer that is being read as a list; nil while none is.
    var reading: ListReading?
    /// Where the fresh list is compared with the one that is known; nil while it is not.
    var settling: Settling?
    var fresh = ModelTable()
    var freshRoom = Room()
    /// The answers of the last look that were lists, as they came.
    var lists: [[UInt8]] = []
    var freshLists: [[UInt8]] = []
    /// Whose own list has come in this look, and has no models: OpenAI's is asked, too, since one
    /// API decides nothing about another.
    var emptyKind: ServerKind?
    /// Whether LM Studio's newer list is there; nil before it was asked.
    var hasDetails: Bool?
    /// Whether Ollama's own API is there, and not only a list that looks like its own.
    var hasTags: Bool?
    /// Whether vLLM tells its gauges; nil before it was asked.
    var hasGauges: Bool?
    /// Whether the guessing is over: the list itself does not tell which program it is.
    var hasGuessed = false
    var isKnown = false
    /// Whether the models of this look are other ones than those before, or lie elsewhere.
    var isNews = false
    /// Whether the next list is taken for the one before, be it the same.
    var isRenewing = false

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
        forgetFresh()
        isNews = false
        freshRoom = room
        switch kind {
        // LiteLLM takes seconds for the first path that it does not know.
        case .unknown where port == Self.liteLLMPort: return ask(.openAI)
        case .unknown, .lmstudio: return ask(.lmStudio)
        case .ollama where hasTags != false: return ask(.tags)
        default: return ask(.openAI)
        }
    }

    /// Forgets what was known: whoever listens there next may be another program.
    package mutating func forget() {
        forgetFresh()
        table = ModelTable()
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

    /// The next look reads the list again, and its models take the place of those before. Nothing
    /// of it is said to have changed that has not.
    mutating func renew() {
        isRenewing = true
        lists = []
    }

    /// Gives up the look: what was known is what is known.
    mutating func abandon() { forgetFresh() }

    /// Whether the question that is asked is for a list, and not for what is told beside it.
    var asksForList: Bool {
        switch question {
        case .lmStudio, .lmStudioDetails, .openAI, .tags, .running, .liteLLMDetails: true
        case .none, .props, .localAI, .liteLLM, .mlx, .gauges: false
        }
    }

    /// Whether the question is none that decides: where the server breaks off, what it would tell
    /// is left out.
    var goesOnWithoutAnswer: Bool {
        switch question {
        case .none, .openAI: false
        case .lmStudio: kind != .lmstudio
        case .tags: !fresh.isEmpty
        case .lmStudioDetails, .props, .running, .localAI, .liteLLM, .liteLLMDetails, .mlx, .gauges:
            true
        }
    }

    /// Bytes that are read of what is told beside a list: a page of vLLM's gauges takes 100 KiB, a
    /// template for chats 50.
    static let detailBytesMax = 512 * 1024

    /// Nothing of this look is kept.
    private mutating func forgetFresh() {
        question = .none
        reading = nil
        emptyKind = nil
        settling = nil
        fresh = ModelTable()
        freshLists = []
    }

    mutating func ask(_ question: Question) -> Step {
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
        case .liteLLMDetails: return .ask(paths.openAI + "/model/info")
        case .mlx: return .ask(paths.root + "/health")
        case .gauges: return .ask(paths.root + "/metrics")
        case .none: preconditionFailure("a look that is over asks nothing")
        }
    }

    /// Bytes of memory that it takes: of the list that is known the answers as they came, and for
    /// each model what is told of it here, in routing and in the log, with strings of its own; of
    /// the one that is being read, what was read of it.
    var allocated: Int {
        let known = lists.reduce(table.count * Self.modelBytes) { $0 + $1.capacity }
        let fresh = freshLists.reduce(fresh.count * Self.freshBytes) { $0 + $1.capacity }
        return known + fresh + (reading?.byteCount ?? 0)
    }

    private static let modelBytes = 1024
    /// What is not told anywhere yet.
    private static let freshBytes = 512
}
