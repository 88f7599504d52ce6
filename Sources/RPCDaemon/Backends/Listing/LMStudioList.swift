import CrowdModelsProtocol

/// LM Studio's own list, `GET /api/v0/models`; any other server's answer to that path is none.
///
/// Lemonade serves a list there, too, but its entries have no `state`.
struct LMStudioList: ListEntries {
    var member: StaticString { "data" }

    private(set) var listed = ListedModels()
    private var hasEntries = false
    private var hasState = false

    init() {}

    var byteCount: Int { listed.byteCount }

    mutating func isList(_ envelope: ListSurvey, _ text: Span<UInt8>) -> Bool {
        envelope.isObject && envelope.hasList && !envelope.saysError(text)
            && (hasState || !hasEntries)
    }

    mutating func read(_ entry: ListEntry, _ text: Span<UInt8>, among _: ModelTable) {
        hasEntries = true
        if let model = model(of: entry, text) { listed.add(model) }
    }

    private mutating func model(of entry: ListEntry, _ text: Span<UInt8>) -> Model? {
        var model = Model(id: "")
        var state: String?
        entry.forEachMember(text) { name, value in
            switch name.count {
            case 4 where name.reads("id"): model.id = value.name(text) ?? ""
            case 6 where name.reads("type"): model.purpose = Self.purpose(value.name(text))
            case 7 where name.reads("state"): state = value.name(text) ?? ""
            case 11 where name.reads("publisher"): model.publisher = value.name(text)
            case 6 where name.reads("arch"): model.arch = value.name(text)
            case 14 where name.reads("quantization"): model.quantization = value.name(text)
            case 20 where name.reads("compatibility_type"): model.format = value.name(text)
            case 20 where name.reads("max_context_length"):
                model.maxContextLength = value.count(text)
            case 23 where name.reads("loaded_context_length"):
                model.loadedContextLength = value.count(text)
            case 14 where name.reads("capabilities"): model.capabilities = value.names(text)
            default: break
            }
        }
        if let state {
            hasState = true
            model.state = Model.State(rawValue: state) ?? .unknown
        }
        return model.id.isEmpty ? nil : model
    }

    private static func purpose(_ word: String?) -> Model.Purpose {
        switch word {
        case "llm": .llm
        case "vlm": .vlm
        case "embeddings", "embedding": .embeddings
        default: .unknown
        }
    }
}
