/// Answers what asks for, loads or unloads models.
struct ModelLists {
    let exchange: Exchange

    private var catalogue: Catalogue { exchange.simulation.catalogue }

    func v0() throws(Exchange.Ending) {
        let models = catalogue.entries.map { ModelLists.v0($0.entry, $0.state) }
        try exchange.reply(["object": "list", "data": .array(models)])
    }

    /// One model. No capture of the answer to an unknown one: the text is ours.
    func v0(_ id: String) throws(Exchange.Ending) {
        if let found = catalogue.entries.first(where: { $0.entry.model.id == id }) {
            try exchange.reply(ModelLists.v0(found.entry, found.state))
        } else {
            try exchange.reply(.plain("Model with id \"\(id)\" not found", status: 404))
        }
    }

    private static func v0(_ entry: Shelf.Entry, _ state: String) -> JSON {
        let model = entry.model
        var json: [JSON.Member] = [
            .init(name: "id", value: .string(model.id)),
            .init(name: "object", value: "model"),
            .init(name: "type", value: .string(model.type)),
            .init(name: "publisher", value: .string(model.publisher)),
            .init(name: "arch", value: .string(model.arch)),
            .init(name: "compatibility_type", value: .string(model.format)),
            .init(name: "quantization", value: .string(model.quant)),
            .init(name: "state", value: .string(state)),
            .init(name: "max_context_length", value: .int(model.contextMax)),
        ]
        if let instance = entry.instances.first {
            json.append(.init(name: "loaded_context_length", value: .int(instance.context)))
        }
        if !model.capabilities.isEmpty {
            let names = JSON.array(model.capabilities.map(JSON.string))
            json.append(.init(name: "capabilities", value: names))
        }
        return .object(json)
    }

    func openAI() throws(Exchange.Ending) {
        let listed = catalogue.entries.filter {
            catalogue.policy.loadsOnRequest || $0.state == "loaded"
        }
        let models = listed.map { one -> JSON in
            [
                "id": .string(one.entry.model.id), "object": "model",
                "owned_by": "organization_owner",
            ]
        }
        try exchange.reply(["data": .array(models), "object": "list"])
    }

    func v1() throws(Exchange.Ending) {
        try exchange.reply(["models": .array(catalogue.entries.map { ModelLists.v1($0.entry) })])
    }

    private static func v1(_ entry: Shelf.Entry) -> JSON {
        let model = entry.model
        var json: [JSON.Member] = [
            .init(name: "type", value: .string(model.isEmbedding ? "embedding" : "llm")),
            .init(name: "publisher", value: .string(model.publisher)),
            .init(name: "key", value: .string(model.id)),
            .init(name: "display_name", value: .string(model.id)),
        ]
        if !model.isEmbedding {
            json.append(.init(name: "architecture", value: .string(model.arch)))
        }
        let quantization: JSON = [
            "name": .string(model.quant), "bits_per_weight": .int(bits(model.quant)),
        ]
        json += [
            .init(name: "quantization", value: quantization),
            .init(name: "size_bytes", value: .int(model.sizeBytes)),
            .init(name: "params_string", value: .string(model.parameters)),
            .init(
                name: "loaded_instances", value: .array(entry.instances.map { instance($0, model) })
            ),
            .init(name: "max_context_length", value: .int(model.contextMax)),
            .init(name: "format", value: .string(model.format)),
        ]
        if !model.isEmbedding {
            let capabilities: JSON = [
                "vision": .bool(model.type == "vlm"),
                "trained_for_tool_use": .bool(model.capabilities.contains("tool_use")),
            ]
            json.append(.init(name: "capabilities", value: capabilities))
        }
        json.append(.init(name: "description", value: .null))
        return .object(json)
    }

    private static func instance(_ instance: Shelf.Instance, _ model: Model) -> JSON {
        var config: [JSON.Member] = [
            .init(name: "context_length", value: .int(instance.context))
        ]
        if !model.isEmbedding {
            config += [
                .init(name: "eval_batch_size", value: 512),
                .init(name: "parallel", value: .int(instance.parallel)),
                .init(name: "flash_attention", value: true),
                .init(name: "offload_kv_cache_to_gpu", value: true),
            ]
        }
        return ["id": .string(instance.id), "config": .object(config)]
    }

    /// "Q4_K_M" and "4bit" say 4.
    private static func bits(_ quantization: String) -> Int {
        Int(String(quantization.drop { !$0.isNumber }.prefix { $0.isNumber })) ?? 16
    }

    func load(_ json: JSON) throws(Exchange.Ending) {
        guard let name = json["model"]?.text else { return try missing("model") }
        let began = Clock.now
        guard let deadline = catalogue.startLoading(name) else { return try unknown(name) }
        while Clock.now < deadline { try exchange.wait(until: deadline) }
        let ttl = json["ttl"]?.double.map { Clock.nanoseconds($0) }
        let place = catalogue.finishLoading(
            name, context: json["context_length"]?.int, ttl: ttl)
        guard let place else { return try unknown(name) }
        var answer: [JSON.Member] = [
            .init(name: "type", value: .string(place.model.isEmbedding ? "embedding" : "llm")),
            .init(name: "instance_id", value: .string(place.instance)),
            .init(
                name: "load_time_seconds", value: .seconds(Clock.now - began)),
            .init(name: "status", value: "loaded"),
        ]
        if json["echo_load_config"]?.flag == true {
            let config: JSON = [
                "context_length": .int(place.context), "parallel": .int(place.model.parallel),
            ]
            answer.append(.init(name: "load_config", value: config))
        }
        try exchange.reply(.object(answer))
    }

    func unload(_ json: JSON) throws(Exchange.Ending) {
        guard let name = json["instance_id"]?.text else { return try missing("instance_id") }
        if catalogue.unload(name) { return try exchange.reply(["instance_id": .string(name)]) }
        try exchange.reply(
            .native(
                "Model with instance identifier '\(name)' is not loaded.", status: 404,
                type: "model_not_found"))
    }

    private func missing(_ name: String) throws(Exchange.Ending) {
        try exchange.reply(
            .native(
                "\"\(name)\" is required", status: 400, type: "invalid_request",
                code: "missing_required_parameter", parameter: name))
    }

    private func unknown(_ name: String) throws(Exchange.Ending) {
        try exchange.reply(
            .native("Model '\(name)' not found.", status: 404, type: "model_not_found"))
    }
}
