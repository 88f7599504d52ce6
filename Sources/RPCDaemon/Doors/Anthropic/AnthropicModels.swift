import CrowdModelsProtocol

/// `GET /v1/models` and `GET /v1/models/{id}` for Anthropic's clients: what can chat, and every
/// name that an alias gives it. When a model was made nobody says; their API has 1970 for that.
struct AnthropicModels: Tongue {
    /// The one that is asked about; nil for the list.
    private var id: String?
    private var key = ""
    private var models = NamedModels()
    /// The names that the list begins with and has come to.
    private var first: String?
    private var last: String?

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
        while !tell(result, to: &out) {}
    }

    mutating func tell(_ result: Span<UInt8>, to out: inout ByteBuffer) -> Bool {
        if let id {
            Self.write(ObjectView(result), id, to: &out)
            return true
        }
        if out.isEmpty { out.append("{\"data\":[") }
        var ends = (first: first, last: last)
        let isDone = models.resume(result) { model, _, name in
            if model.reads("type", "embeddings") { return }
            out.appendComma()
            ends = (ends.first ?? name, name)
            Self.write(model, name, to: &out)
        }
        (first, last) = ends
        guard isDone else { return false }
        out.append("],\"has_more\":false,\"first_id\":")
        Self.write(first, to: &out)
        out.append(",\"last_id\":")
        Self.write(last, to: &out)
        out.append("}")
        return true
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

    private static func write(_ model: ObjectView, _ name: String, to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("type", "model", to: &out)
        object.add("id", name, to: &out)
        object.add("display_name", name, to: &out)
        object.add("created_at", "1970-01-01T00:00:00Z", to: &out)
        let context =
            model.integer("loaded_context_length") ?? model.integer("max_context_length")
        object.add("max_input_tokens", context, to: &out)
        object.end(&out)
    }
}
