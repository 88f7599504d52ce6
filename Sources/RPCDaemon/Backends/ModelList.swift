import CrowdModelsProtocol

/// Reads the lists of models that servers give, each in its own form.
package enum ModelList {
    /// What a list turned out to be.
    package struct Listing: Equatable, Sendable {
        /// The kind of server that answers in this form.
        package var kind: ServerKind
        package var models: [Model]

        package init(kind: ServerKind, models: [Model]) {
            self.kind = kind
            self.models = models
        }
    }

    /// LM Studio's `GET /api/v0/models`; nil for any other server's answer to that path.
    ///
    /// Lemonade serves a list there, too, but its entries have no `state`.
    package static func lmStudio(_ body: Span<UInt8>) -> [Model]? {
        guard let answer = try? JSONValue(parsing: body), answer["error"] == nil,
            let entries = answer["data"]?.arrayValue
        else { return nil }
        if !entries.isEmpty, entries.allSatisfy({ $0["state"] == nil }) { return nil }
        return entries.compactMap(lmStudioModel)
    }

    private static func lmStudioModel(_ entry: JSONValue) -> Model? {
        guard let id = entry["id"]?.stringValue, !id.isEmpty else { return nil }
        var model = Model(id: id)
        switch entry["type"]?.stringValue {
        case "llm": model.purpose = .llm
        case "vlm": model.purpose = .vlm
        case "embeddings", "embedding": model.purpose = .embeddings
        default: model.purpose = .unknown
        }
        model.state = entry["state"]?.stringValue.flatMap(Model.State.init) ?? .unknown
        model.publisher = entry["publisher"]?.stringValue
        model.arch = entry["arch"]?.stringValue
        model.quantization = entry["quantization"]?.stringValue
        model.format = entry["compatibility_type"]?.stringValue
        model.maxContextLength = entry["max_context_length"]?.integerValue
        model.loadedContextLength = entry["loaded_context_length"]?.integerValue
        model.capabilities = entry["capabilities"]?.arrayValue?.compactMap(\.stringValue) ?? []
        return model
    }

    /// Adds what LM Studio 0.4's `GET /api/v1/models` tells beside: sizes, parameters, and how many
    /// requests a loaded instance runs at once.
    package static func addLMStudioDetails(_ body: Span<UInt8>, to models: inout [Model]) -> Bool {
        guard let answer = try? JSONValue(parsing: body),
            let entries = answer["models"]?.arrayValue
        else { return false }
        // By name: two lists of many thousands are not held against each other entry by entry.
        let places = Dictionary(grouping: models.indices) { models[$0].id }
        for entry in entries {
            let instances = entry["loaded_instances"]?.arrayValue ?? []
            let names = instances.map { $0["id"]?.stringValue } + [entry["key"]?.stringValue]
            for index in Set(names.compactMap(\.self)).flatMap({ places[$0] ?? [] }) {
                let instance = instances.first { $0["id"]?.stringValue == models[index].id }
                models[index].sizeBytes = entry["size_bytes"]?.integerValue
                models[index].parameters = entry["params_string"]?.stringValue
                models[index].parallel = (instance ?? instances.first)?["config"]?["parallel"]?
                    .integerValue.flatMap { $0 > 0 ? $0 : nil }
            }
        }
        return true
    }

    /// OpenAI's `GET /v1/models`, and what the servers that answer so reveal of themselves.
    package static func openAI(_ body: Span<UInt8>) -> Listing? {
        guard let answer = try? JSONValue(parsing: body), answer["error"] == nil,
            let data = answer["data"], let entries = data.arrayValue ?? (data == .null ? [] : nil)
        else { return nil }
        var kind = ServerKind.openai
        var models: [Model] = []
        for entry in entries {
            guard let id = entry["id"]?.stringValue, !id.isEmpty else { continue }
            var model = Model(id: id)
            switch entry["owned_by"]?.stringValue {
            case "llamacpp":
                kind = .llamaCpp
                model.purpose = .llm
                model.state = entry["meta"] == .null ? .loading : .loaded
                model.format = "gguf"
                model.maxContextLength = entry["meta"]?["n_ctx_train"]?.integerValue
                model.sizeBytes = entry["meta"]?["size"]?.integerValue
            case "vllm":
                kind = .vllm
                model.purpose = .llm
                model.state = .loaded
                model.maxContextLength = entry["max_model_len"]?.integerValue
            default: break
            }
            models.append(model)
        }
        return Listing(kind: kind, models: models)
    }
}
