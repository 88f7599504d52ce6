/// The lists of models of servers other than LM Studio.
struct KindLists {
    let kind: ServerKind
    let entries: [(entry: Shelf.Entry, state: String)]

    /// OpenAI's list, with what each server adds to it or leaves out.
    var openAI: JSON { ["object": "list", "data": .array(entries.map(openAI))] }

    private func openAI(_ one: (entry: Shelf.Entry, state: String)) -> JSON {
        let model = one.entry.model
        let isLoaded = one.state == "loaded"
        var json: [JSON.Member] = [
            .init(name: "id", value: .string(model.id)), .init(name: "object", value: "model"),
        ]
        if kind.tellsDates { json.append(.init(name: "created", value: .int(created))) }
        if let owner = kind.owner { json.append(.init(name: "owned_by", value: .string(owner))) }
        switch kind {
        case .llamaCpp:
            let meta: JSON = [
                "vocab_type": 2, "n_vocab": 32000, "n_ctx_train": .int(model.contextMax),
                "n_params": 7_000_000_000, "size": .int(model.sizeBytes),
            ]
            json.append(.init(name: "meta", value: isLoaded ? meta : .null))
        case .vllm:
            json.append(.init(name: "root", value: .string(model.id)))
            json.append(.init(name: "parent", value: .null))
            json.append(.init(name: "max_model_len", value: .int(model.contextMax)))
            json.append(.init(name: "permission", value: .array([])))
        case .sglang:
            json.append(.init(name: "root", value: .string(model.id)))
            json.append(.init(name: "max_model_len", value: .int(model.contextMax)))
        case .lemonade:
            json.append(.init(name: "checkpoint", value: .string(model.id)))
            json.append(.init(name: "recipe", value: "llamacpp"))
        case .gpt4all:
            json.append(.init(name: "permissions", value: .array([["id": "placeholder"]])))
        case .dockerModelRunner: json.append(.init(name: "dmr", value: ["format": "gguf"]))
        default: break
        }
        return .object(json)
    }

    private var created: Int {
        switch kind {
        case .textGenerationWebUI: 0
        case .litellm: 1_677_610_602
        default: 1_747_835_957
        }
    }

    /// Ollama's `GET /api/tags`.
    var tags: JSON {
        ["models": .array(entries.map { .object(ollama($0.entry.model)) })]
    }

    /// Ollama's `GET /api/ps`.
    var running: JSON {
        let loaded = entries.filter { $0.state == "loaded" }
        return [
            "models": .array(
                loaded.map { one in
                    let context = one.entry.instances.first?.context ?? one.entry.model.context
                    return .object(
                        ollama(one.entry.model) + [
                            .init(name: "expires_at", value: "2318-01-01T00:00:00Z"),
                            .init(name: "size_vram", value: .int(one.entry.model.sizeBytes)),
                            .init(name: "context_length", value: .int(context)),
                        ])
                })
        ]
    }

    private func ollama(_ model: Model) -> [JSON.Member] {
        let details: JSON = [
            "parent_model": "", "format": .string(model.format), "family": .string(model.arch),
            "families": .array([.string(model.arch)]),
            "parameter_size": .string(model.parameters),
            "quantization_level": .string(model.quant),
        ]
        let ability = model.isEmbedding ? "embedding" : "completion"
        return [
            .init(name: "name", value: .string(model.id)),
            .init(name: "model", value: .string(model.id)),
            .init(name: "modified_at", value: "2025-05-10T08:06:48.639712648-07:00"),
            .init(name: "size", value: .int(model.sizeBytes)),
            .init(name: "digest", value: .string(String(repeating: "0a8c2669", count: 8))),
            .init(name: "details", value: details),
            .init(name: "capabilities", value: .array([.string(ability)])),
        ]
    }

    /// llama-swap's `GET /running`.
    var swapped: JSON {
        let loaded = entries.filter { $0.state == "loaded" }
        return [
            "running": .array(
                loaded.map { one in
                    [
                        "model": .string(one.entry.model.id), "state": "ready", "cmd": "",
                        "proxy": "http://localhost:5800", "ttl": 0, "name": "", "description": "",
                    ]
                })
        ]
    }

    /// llama.cpp's `GET /props`.
    var props: JSON {
        let loaded = entries.first { $0.state == "loaded" }
        let instance = loaded?.entry.instances.first
        return [
            "default_generation_settings": ["n_ctx": .int(instance?.context ?? 4096)],
            "total_slots": .int(instance?.parallel ?? 1),
            "model_path": .string("/models/\(loaded?.entry.model.id ?? "none").gguf"),
            "chat_template": "", "build_info": "b9554-0d6b0c5",
        ]
    }
}
