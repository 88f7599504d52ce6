import CrowdModelsProtocol

/// OpenAI's `GET /v1/models`, which every server has, and what they reveal of themselves in it.
struct OpenAIList: ListEntries {
    /// Where others have the list, whose entries may have a name instead of an id.
    private static let otherMember: StaticString = "models"

    private let isOther: Bool
    var member: StaticString { isOther ? Self.otherMember : "data" }
    var other: (any ListEntries)? { isOther ? nil : OpenAIList(isOther: true) }
    var envelopes: [StaticString] { ["result", "data", "response"] }

    private(set) var kind = ServerKind.openai
    private(set) var listed = ListedModels()
    /// llama.cpp's router lists models that it has not loaded, and says so.
    private(set) var isRouter = false
    /// Models of a router that sleep: not loaded, but not gone either.
    private(set) var asleep = 0
    /// Whether it says that it is a list, though it may be empty.
    private(set) var saysList = false
    /// The first owner that an entry names.
    private(set) var owner: String?
    /// Whether any entry says when it was made.
    private(set) var hasDates = false

    /// Whether any entry says who owns it.
    var hasOwners: Bool { owner != nil }

    init() { self.init(isOther: false) }

    private init(isOther: Bool) { self.isOther = isOther }

    /// Reads an answer in one go; nil where it is no list.
    init?(_ body: Span<UInt8>) {
        let reading = ListReading(body, into: OpenAIList())
        _ = reading.resume(among: ModelTable()) { _ in true }
        guard reading.isList == true, let list = reading.entries as? OpenAIList else { return nil }
        self = list
    }

    /// The list may come bare, or be null.
    mutating func isList(_ envelope: ListSurvey, _ text: Span<UInt8>) -> Bool {
        guard envelope.isObject else { return envelope.hasList }
        if envelope.saysError(text) { return false }
        saysList = envelope.member("object", text)?.name(text) == "list"
        return envelope.hasList || envelope.member(member, text)?.isNull(text) == true
    }

    var models: [Model] { listed.table.all }

    var byteCount: Int { listed.byteCount }

    mutating func read(_ entry: ListEntry, _ text: Span<UInt8>, among _: ModelTable) {
        if let model = model(of: entry, text) { listed.add(model) }
    }

    private mutating func model(of entry: ListEntry, _ text: Span<UInt8>) -> Model? {
        var model = Model(id: "")
        var owner: String?
        var status: String?
        var isLoading = false
        var purpose: Model.Purpose?
        entry.forEachMember(text) { name, value in
            switch name.count {
            // A string is all that some say of a model.
            case 0: model.id = value.name(text) ?? model.id
            case 4 where name.reads("id"): model.id = value.name(text) ?? model.id
            case 6 where isOther && name.reads("name"), 7 where isOther && name.reads("model"),
                5 where isOther && name.reads("key"):
                if model.id.isEmpty { model.id = value.name(text) ?? "" }
            case 10 where name.reads("owned_by"): owner = value.name(text)
            case 9 where name.reads("created"): hasDates = true
            case 6 where name.reads("mode"): purpose = LiteLLMDetails.purpose(value.name(text))
            case 6 where name.reads("meta"):
                isLoading = value.isNull(text)
                model.maxContextLength = value.member("n_ctx_train", text)?.count(text)
                model.loadedContextLength = value.member("n_ctx", text)?.count(text)
                model.sizeBytes = value.member("size", text)?.count(text)
            case 15 where name.reads("max_model_len"), 16 where name.reads("context_length"),
                18 where name.reads("max_input_tokens"):
                model.maxContextLength = value.count(text) ?? model.maxContextLength
            case 8 where name.reads("status"):
                status = value.member("value", text)?.name(text) ?? value.name(text)
                isRouter = isRouter || value.isObject(text)
                model.loadFailure = Self.loadFailure(value, text)
            case 14 where name.reads("capabilities"): model.capabilities = value.names(text)
            case 14 where name.reads("architecture"):
                let modalities = value.member("input_modalities", text)?.names(text) ?? []
                if modalities.contains("image") { model.purpose = .vlm }
            default: break
            }
        }
        guard !model.id.isEmpty else { return nil }
        model.isRemote = model.id.hasSuffix(":cloud") || model.id.hasSuffix("-cloud")
        take(owner, &model, isLoading: isLoading)
        if let status { model.state = Self.state(status) }
        if status == "sleeping" { asleep += 1 }
        if let purpose {
            model.purpose = purpose
        } else if model.isNamedEmbedder, model.purpose != .vlm {
            model.purpose = .embeddings
        }
        return model
    }

    /// Concludes from the owner which program lists it so, and what that means for the model.
    private mutating func take(_ owner: String?, _ model: inout Model, isLoading: Bool) {
        guard let owner else { return }
        self.owner = self.owner ?? owner
        guard let kind = Self.owners[owner] else { return }
        self.kind = kind
        if model.purpose == .unknown, kind != .ollama, kind != .lemonade { model.purpose = .llm }
        switch kind {
        case .llamaCpp:
            model.format = "gguf"
            model.state = isLoading ? .loading : .loaded
        case .vllm, .sglang, .koboldcpp: model.state = .loaded
        default: break
        }
    }

    /// Programs by what they write into `owned_by`.
    private static let owners = Dictionary(
        uniqueKeysWithValues: ServerKind.allCases.compactMap { kind in
            kind.owner.map { ($0, kind) }
        })

    /// What llama.cpp's router says of a load that failed.
    private static func loadFailure(_ status: JSONPlace, _ text: Span<UInt8>) -> String? {
        guard status.member("failed", text)?.isTrue(text) == true else { return nil }
        let code = status.member("exit_code", text).map { place in
            JSONText.integer(text.extracting(place.range.bounds))
        }
        return (code ?? nil).map { "its process ended with exit code \($0)" }
            ?? "its process did not start"
    }

    private static func state(_ word: String) -> Model.State {
        switch word {
        case "loaded", "ready", "running": .loaded
        case "loading", "starting", "downloading": .loading
        case "unloaded", "sleeping", "stopped", "failed": .notLoaded
        default: .unknown
        }
    }
}
