import CrowdModelsProtocol

/// A completion as Ollama's own API takes it: `POST /api/chat`, or `/api/generate` for text.
///
/// The prompt is never cut in silence: `truncate` and `shift` are off, so that a prompt without
/// room is refused; and the context that a model was loaded with is asked for again, since a
/// request without `num_ctx` would load it anew with the default.
struct OllamaRequest {
    private let request: ChatRequest
    private let call: ChatCall
    private let contextLength: Int?

    /// - Parameter contextLength: tokens that the loaded model has room for, where that is known.
    init(_ request: ChatRequest, _ call: ChatCall, contextLength: Int?) {
        self.request = request
        self.call = call
        self.contextLength = contextLength
    }

    /// Appends the body; false where that API cannot say what was asked.
    func write(to body: inout ByteBuffer) -> Bool {
        let text = request.text
        body.append("{\"model\":")
        body.append(string: call.model)
        body.append(",\"stream\":")
        body.append(bool: request.isStream)
        if call.isRaw {
            body.append(",\"prompt\":")
            request.writePlainPrompt(to: &body)
            // The place for a suffix is in the model's template, which `raw` would pass by.
            if request.has(.suffix) {
                body.append(",\"suffix\":")
                body.append(token(.suffix, text.span))
            } else {
                body.append(",\"raw\":true")
            }
        } else {
            body.append(",\"messages\":[")
            let system = request.has(.systemPrompt) ? token(.systemPrompt, text.span) : Span()
            let prompt = request.has(.prompt) ? token(.prompt, text.span) : Span()
            OllamaMessages.write(system: system, prompt: prompt, to: &body)
            if request.has(.messages) {
                if !system.isEmpty { body.append(",") }
                var messages = OllamaMessages()
                guard messages.write(token(.messages, text.span), to: &body) else { return false }
            }
            body.append("]")
        }
        guard writeFormat(text.span, to: &body), writeThink(text.span, to: &body) else {
            return false
        }
        if request.has(.tools), !isChoiceNone(text.span) {
            body.append(",\"tools\":")
            body.append(token(.tools, text.span))
        }
        if request.has(.ttl) {
            body.append(",\"keep_alive\":")
            body.append(token(.ttl, text.span))
        }
        let own = OllamaOptions(of: request, contextLength: contextLength)
        own.writeMembers(to: &body)
        if !own.hasMember("truncate") { body.append(",\"truncate\":false") }
        if !own.hasMember("shift") { body.append(",\"shift\":false") }
        own.writeOptions(to: &body)
        body.append("}")
        return true
    }

    @_lifetime(copy text)
    private func token(_ parameter: CompleteParameter, _ text: Span<UInt8>) -> Span<UInt8> {
        text.extracting(request.arguments[parameter.rawValue].bounds)
    }

    private func isChoiceNone(_ text: Span<UInt8>) -> Bool {
        request.string(.toolChoice) == "none"
    }

    /// `response_format` as `format`: the schema, or the word `json`.
    private func writeFormat(_ text: Span<UInt8>, to body: inout ByteBuffer) -> Bool {
        guard request.has(.responseFormat) else { return true }
        let token = token(.responseFormat, text)
        let format = JSONPlace(range: JSONRange(0, token.count))
        switch format.member("type", token)?.name(token) {
        case "text": return true
        case "json_object": body.append(",\"format\":\"json\"")
        case "json_schema":
            guard let schema = format.member("json_schema", token)?.member("schema", token) else {
                return false
            }
            body.append(",\"format\":")
            body.append(token.extracting(schema.range.bounds))
        default: return false
        }
        return true
    }

    /// `reasoning` as `think`: a switch, or a level for models that have levels.
    private func writeThink(_ text: Span<UInt8>, to body: inout ByteBuffer) -> Bool {
        guard request.has(.reasoning), !call.isRaw else { return true }
        body.append(",\"think\":")
        switch request.string(.reasoning) {
        case "on": body.append("true")
        case "off", "none": body.append("false")
        default: body.append(token(.reasoning, text))
        }
        return true
    }
}
