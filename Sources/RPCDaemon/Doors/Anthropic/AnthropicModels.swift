import CrowdModelsProtocol

/// `GET /v1/models` and `GET /v1/models/{id}` for Anthropic's clients: what can chat, and every
/// name that an alias gives it. When a model was made nobody says; their API has 1970 for that.
struct AnthropicModels: Tongue {
    /// The one that is asked about; nil for the list.
    private var id: String?
    private var key = ""

    mutating func named(_ key: String) { self.key = key }

    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        guard request.path.hasPrefix("/models/") else {
            params.append("{}")
            return Question(.modelsList)
        }
        let id = OpenAIModel.decoded(request.path.dropFirst("/models/".count))
        self.id = id
        var object = ObjectWriter(&params)
        object.add("model", id, to: &params)
        object.end(&params)
        return Question(.modelsGet)
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        guard let value = try? JSONValue(parsing: result) else { return }
        if let id {
            guard let model = try? ModelDescription(json: value) else { return }
            Self.write(model, id, to: &out)
            return
        }
        let models = ((try? ModelsResult(json: value))?.models ?? []).filter {
            $0.type != "embeddings"
        }
        var names: [String] = []
        out.append("{\"data\":[")
        for model in models {
            for name in [model.id] + model.aliases where !names.contains(name) {
                if !names.isEmpty { out.append(",") }
                names.append(name)
                Self.write(model, name, to: &out)
            }
        }
        out.append("],\"has_more\":false,\"first_id\":")
        Self.write(names.first, to: &out)
        out.append(",\"last_id\":")
        Self.write(names.last, to: &out)
        out.append("}")
    }

    mutating func fail(
        _ fault: Fault, status: Int, hasBegun: Bool, to out: inout ByteBuffer
    ) {
        AnthropicError.write(
            fault.hinting(at: id ?? ""), status: status, hasBegun: hasBegun, key: key, to: &out)
    }

    private static func write(_ name: String?, to out: inout ByteBuffer) {
        if let name { out.append(string: name) } else { out.append("null") }
    }

    private static func write(
        _ model: ModelDescription, _ name: String, to out: inout ByteBuffer
    ) {
        var object = ObjectWriter(&out)
        object.add("type", "model", to: &out)
        object.add("id", name, to: &out)
        object.add("display_name", name, to: &out)
        object.add("created_at", "1970-01-01T00:00:00Z", to: &out)
        object.add(
            "max_input_tokens", model.loadedContextLength ?? model.maxContextLength, to: &out)
        object.end(&out)
    }
}
