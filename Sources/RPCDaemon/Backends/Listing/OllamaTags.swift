import CrowdModelsProtocol

/// All that Ollama has: `GET /api/tags`.
struct OllamaTags: ListEntries {
    var member: StaticString { "models" }

    private(set) var listed = ListedModels()

    init() {}

    var byteCount: Int { listed.byteCount }

    mutating func isList(_ envelope: ListSurvey, _ text: Span<UInt8>) -> Bool {
        guard envelope.isObject, !envelope.saysError(text) else { return false }
        return envelope.hasList || envelope.member("models", text)?.isNull(text) == true
    }

    mutating func read(_ entry: ListEntry, _ text: Span<UInt8>, among _: ModelTable) {
        if let model = Self.model(of: entry, text) { listed.add(model) }
    }

    private static func model(of entry: ListEntry, _ text: Span<UInt8>) -> Model? {
        var model = Model(id: "")
        model.state = .notLoaded
        var isFamilyOfEmbedders = false
        entry.forEachMember(text) { name, value in
            switch name.count {
            case 6 where name.reads("name"): model.id = value.name(text) ?? model.id
            case 7 where name.reads("model"):
                if model.id.isEmpty { model.id = value.name(text) ?? "" }
            case 6 where name.reads("size"): model.sizeBytes = value.count(text)
            case 14 where name.reads("capabilities"): model.capabilities = value.names(text)
            case 13 where name.reads("remote_host"), 14 where name.reads("remote_model"):
                model.isRemote = model.isRemote || value.name(text) != nil
            case 9 where name.reads("details"):
                model.format = value.member("format", text)?.name(text)
                model.arch = value.member("family", text)?.name(text)
                model.parameters = value.member("parameter_size", text)?.name(text)
                model.quantization = value.member("quantization_level", text)?.name(text)
                model.maxContextLength = value.member("context_length", text)?.count(text)
                isFamilyOfEmbedders = model.arch?.contains("bert") ?? false
            default: break
            }
        }
        guard !model.id.isEmpty else { return nil }
        if model.id.hasSuffix(":cloud") || model.id.hasSuffix("-cloud") { model.isRemote = true }
        model.purpose = purpose(model, isFamilyOfEmbedders)
        return model
    }

    private static func purpose(_ model: Model, _ isFamilyOfEmbedders: Bool) -> Model.Purpose {
        if model.capabilities.contains("embedding") { return .embeddings }
        if model.capabilities.contains("vision") { return .vlm }
        if model.capabilities.contains("completion") { return .llm }
        let isEmbedder = isFamilyOfEmbedders || model.isNamedEmbedder
        return isEmbedder ? .embeddings : .llm
    }
}
