import Backends
import Scheduling
import Telemetry

/// What a server's list means for all who decide by it, worked out model by model: a list of a
/// hundred thousand is prepared in many turns, and taken over in one.
struct ListStudy {
    /// Models of a list that is studied at once: some 200 µs.
    static let wholeMax = 256

    /// What was found out.
    struct Result {
        /// The models that callers may use.
        var offered: ModelList
        /// What the scheduler is told of them.
        var facts: [ModelFacts] = []
        /// The chat models among them.
        var chat = NameSample()
        var hasLoadedChat = false
        /// The program that the facts are about.
        var kind: ServerKind
    }

    private(set) var result: Result
    /// What is different; nil where nobody wants to know.
    private(set) var changes: ModelChanges?
    private let before: ModelList
    /// What no model of this program can do.
    private let cannot: Abilities
    private let assignsSlots: Bool
    /// Whether the program's lists say what each model is for. Elsewhere one that is not named as
    /// an embedder is taken for one that chats, and may embed all the same: a llama.cpp that was
    /// started for embeddings lists its model as any other does.
    private let tellsPurposes: Bool
    private var next = 0

    /// A study of what a server offers, of which nothing was looked at yet.
    init(of offered: ModelList, kind: ServerKind, adapter: any Adapter, before: ModelList) {
        result = Result(offered: offered, kind: kind)
        self.before = before
        var cannot: Abilities = []
        if adapter.load(model: "", contextLength: nil, ttl: nil) == nil { cannot.insert(.loading) }
        if adapter.rerank(Span(), Span(), model: "", options: nil) == nil { cannot.insert(.rerank) }
        if !adapter.traits.hasSuffix { cannot.insert(.infill) }
        self.cannot = cannot
        assignsSlots = adapter.traits.assignsSlots
        tellsPurposes = [.lmstudio, .ollama, .lemonade].contains(kind)
    }

    /// Somebody wants to know what is different, too.
    mutating func compare() {
        if changes == nil {
            changes = ModelChanges(from: before.table, to: result.offered.table)
        }
    }

    /// Goes on until `hasTime`, which is told of work in bytes, says that it is enough; whether
    /// that was all.
    mutating func resume(_ hasTime: (Int) -> Bool) -> Bool {
        while next < result.offered.table.count {
            let model = result.offered.all[next]
            take(model)
            next += 1
            if !hasTime(Self.bytes(of: model)) { return false }
        }
        return changes?.resume(hasTime) ?? true
    }

    /// What a look at one model is worth in bytes of work: some hundred nanoseconds, and its name
    /// is read a few times.
    static func bytes(of model: Model) -> Int { 64 + 2 * model.id.utf8.count }

    private mutating func take(_ model: Model) {
        var facts = facts(of: model)
        facts.cannot.formUnion(cannot)
        if assignsSlots { facts.parallel = model.parallel }
        result.facts.append(facts)
        if model.purpose.canChat {
            result.chat.add(model.id)
            if model.state == .loaded { result.hasLoadedChat = true }
        }
    }

    private func facts(of model: Model) -> ModelFacts {
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
            if tellsPurposes { facts.cannot = .embeddings }
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
