import CrowdModelsProtocol

/// What Ollama tells of its models in its own API.
enum OllamaLists {
    /// `GET /api/tags`: all that it has; nil where it is no such list.
    static func models(_ body: Span<UInt8>) -> [Model]? {
        JSONPlace.read(body) { answer, text in
            guard !LMStudioLists.saysError(answer, text), let list = answer.member("models", text),
                list.isArray(text) || list.isNull(text)
            else { return nil }
            var models = UniqueModels()
            list.forEachElement(text) { entry in
                if let model = model(entry, text) { models.add(model) }
            }
            return models.all
        }
    }

    private static func model(_ entry: JSONPlace, _ text: Span<UInt8>) -> Model? {
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

    /// Adds what `GET /api/ps` tells: which are loaded, and with how much context. False where it
    /// is no such list.
    static func addRunning(_ body: Span<UInt8>, to models: inout [Model]) -> Bool {
        var running: [String: Int?] = [:]
        let isList = JSONPlace.read(body) { answer, text -> Bool? in
            guard let list = answer.member("models", text) else { return nil }
            list.forEachElement(text) { entry in
                let name = entry.member("name", text) ?? entry.member("model", text)
                guard let id = name?.name(text) else { return }
                running.updateValue(entry.member("context_length", text)?.count(text), forKey: id)
            }
            return true
        }
        guard isList == true else { return false }
        for index in models.indices {
            guard let context = running[models[index].id] else { continue }
            models[index].state = .loaded
            models[index].loadedContextLength = context
        }
        return true
    }
}
