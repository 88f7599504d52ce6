import CrowdModelsProtocol

/// `GET /api/tags` and `GET /api/ps`: every model, or those in memory, under each of its names.
struct OllamaModels: OllamaTongue {
    /// Whether those in memory alone are asked for.
    let isLoaded: Bool
    private var models = NamedModels { OllamaName.tagged($0) }

    init(isLoaded: Bool) { self.isLoaded = isLoaded }

    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        params.append(isLoaded ? "{\"state\":\"loaded\"}" : "{}")
        return Question(.modelsList)
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        while !tell(result, to: &out) {}
    }

    mutating func tell(_ result: Span<UInt8>, to out: inout ByteBuffer) -> Bool {
        if out.isEmpty { out.append("{\"models\":[") }
        let isLoaded = isLoaded
        let isDone = models.resume(result) { _, element, name in
            guard let value = try? JSONValue(parsing: result.extracting(element.bounds)),
                let model = try? ModelDescription(json: value)
            else { return }
            out.appendComma()
            Self.write(model, name, isLoaded: isLoaded, to: &out)
        }
        if isDone { out.append("]}") }
        return isDone
    }

    private static func write(
        _ model: ModelDescription, _ name: String, isLoaded: Bool, to out: inout ByteBuffer
    ) {
        var object = ObjectWriter(&out)
        object.add("name", name, to: &out)
        object.add("model", name, to: &out)
        // Programs read dates and sizes that nobody here may know.
        if !isLoaded { object.add("modified_at", OllamaModel.unknownDate, to: &out) }
        object.add("size", model.sizeBytes ?? 0, to: &out)
        object.add("digest", "", to: &out)
        object.name("details", to: &out)
        OllamaModel.writeDetails(model, to: &out)
        if isLoaded {
            object.add("expires_at", OllamaModel.unknownDate, to: &out)
            object.add("size_vram", model.sizeBytes ?? 0, to: &out)
            object.add("context_length", model.loadedContextLength, to: &out)
        }
        object.end(&out)
    }
}

/// `POST /api/show`: what is known of one model.
struct OllamaModel: OllamaTongue {
    static let unknownDate = "1970-01-01T00:00:00Z"

    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        var splice = Splice(&params)
        try OllamaName.write(request, &splice, to: &params)
        splice.end(&params)
        return Question(.modelsGet)
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        guard let value = try? JSONValue(parsing: result),
            let model = try? ModelDescription(json: value)
        else { return }
        let arch = model.arch ?? "unknown"
        var information = JSONObject()
        information.append("general.architecture", .string(arch))
        if let context = model.loadedContextLength ?? model.maxContextLength {
            information.append("\(arch).context_length", .integer(context))
        }
        var object = ObjectWriter(&out)
        for member: StaticString in ["modelfile", "parameters", "template", "license"] {
            object.add(member, "", to: &out)
        }
        object.name("details", to: &out)
        Self.writeDetails(model, to: &out)
        object.add("model_info", json: .object(information), to: &out)
        object.add("capabilities", Self.capabilities(model), to: &out)
        object.add("modified_at", Self.unknownDate, to: &out)
        object.end(&out)
    }

    /// Ollama's words for what a model can. Where its server does not say, a model that writes is
    /// taken to call tools, as every server lets it try: some programs hide one that does not.
    static func capabilities(_ model: ModelDescription) -> [String] {
        if model.type == "embeddings" { return ["embedding"] }
        let told = model.capabilities
        var words = ["completion"]
        if told.isEmpty || told.contains(where: { $0.hasPrefix("tool") }) { words.append("tools") }
        if model.type == "vlm" || told.contains("vision") { words.append("vision") }
        if told.contains("thinking") || told.contains("reasoning") { words.append("thinking") }
        if told.contains("insert") { words.append("insert") }
        return words
    }

    static func writeDetails(_ model: ModelDescription, to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("parent_model", "", to: &out)
        object.add("format", model.format ?? "", to: &out)
        object.add("family", model.arch ?? "", to: &out)
        object.add("families", model.arch.map { [$0] } ?? [], to: &out)
        object.add("parameter_size", model.parameters ?? "", to: &out)
        object.add("quantization_level", model.quantization ?? "", to: &out)
        object.end(&out)
    }
}

/// `POST /api/pull`: a model that is there is as good as pulled; nothing is ever fetched.
struct OllamaPull: OllamaTongue {
    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        var splice = Splice(&params)
        try OllamaName.write(request, &splice, to: &params)
        splice.end(&params)
        return Question(.modelsGet, contentType: "application/x-ndjson")
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        out.append("{\"status\":\"success\"}\n")
    }
}

/// `GET /` and `GET /api/version`: that somebody is there who speaks so.
struct OllamaPresence: OllamaTongue {
    /// The Ollama whose API this is: programs turn older ones away, and read nothing but a number.
    static let version = "0.24.0"
    private var isRoot = false

    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        params.append("{}")
        isRoot = request.path == "/"
        return Question(
            .ping, contentType: isRoot ? "text/plain; charset=utf-8" : "application/json")
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        if isRoot { return out.append("Ollama is running") }
        out.append("{\"version\":")
        out.append(string: Self.version)
        out.append("}")
    }
}
