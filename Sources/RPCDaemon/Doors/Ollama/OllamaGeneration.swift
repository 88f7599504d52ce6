import CrowdModelsProtocol

/// `POST /api/chat` and `POST /api/generate`: text as lines of JSON, unless one piece is asked for.
/// Without anything to answer they load the model, or, where it is to be kept for no time, unload
/// it.
struct OllamaGeneration: OllamaTongue {
    /// What is asked for, and so where the text stands in an answer.
    private let isChat: Bool
    private var isStream = true
    /// The request, as far as it is put into our words: a conversation is in steps.
    private var asking: (splice: Splice, messages: OllamaMessages?)?
    /// The inside of the name that was asked for, which answers repeat.
    private var model: [UInt8] = []
    private var receivedAt = 0
    /// Whether a piece of the answer was told.
    private var hasText = false
    /// Why it is over, where nothing is generated; empty otherwise.
    private var doneReason = ""

    init(isChat: Bool) {
        self.isChat = isChat
    }

    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        let body = request.object
        if asking == nil {
            receivedAt = request.receivedAt
            isStream = !body.token("stream").reads("false")
            var splice = Splice(&params)
            model = try OllamaName.write(request, &splice, to: &params)
            if isEmpty(body) { return try stay(request, &splice, to: &params) }
            let messages = try begin(request, &splice, to: &params)
            asking = (splice, messages)
        }
        guard try asking?.messages?.resume(body.text, to: &params) != false,
            var splice = asking?.splice
        else { return nil }
        if isChat, let tools = body.value("tools"), ArrayView.isFilled(body.text, tools) {
            splice.add("tools", body.text.extracting(tools.bounds), &params)
        }
        try OllamaOptions.write(request, &splice, to: &params)
        if isStream { splice.add("stream", literal: "true", &params) }
        splice.end(&params)
        return Question(.complete, isStream ? .lines : .whole, context: contextWish(request))
    }

    private func contextWish(_ request: DoorRequest) -> ContextWish? {
        request.object.object("options").integer("num_ctx").map {
            ContextWish("options.num_ctx", tokens: $0, model: OllamaName.token(request))
        }
    }

    /// Whether there is nothing to answer.
    private func isEmpty(_ body: ObjectView) -> Bool {
        if isChat { return !ArrayView.isFilled(body.text, body.value("messages")) }
        return body.inside("prompt").isEmpty && body.inside("suffix").isEmpty
            && !ArrayView.isFilled(body.text, body.value("images"))
    }

    /// Loads or unloads.
    private mutating func stay(
        _ request: DoorRequest, _ splice: inout Splice, to params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        let ttl = try OllamaOptions.timeToLive(request)
        doneReason = ttl == 0 ? "unload" : "load"
        if let ttl, ttl > 0 {
            splice.begin("ttl", &params)
            params.append(decimal: ttl)
        }
        if ttl != 0, let context = request.object.object("options").integer("num_ctx") {
            splice.begin("context_length", &params)
            params.append(decimal: context)
        }
        splice.end(&params)
        return Question(ttl == 0 ? .modelsUnload : .modelsLoad)
    }

    /// Begins what is to be answered: a conversation, which is to be gone on with, or a prompt,
    /// which is written at once.
    private func begin(
        _ request: DoorRequest, _ splice: inout Splice, to params: inout ByteBuffer
    ) throws(Fault) -> OllamaMessages? {
        let body = request.object
        if isChat {
            splice.begin("messages", &params)
            return OllamaMessages(body.value("messages"), body.text, &params)
        }
        try request.refuse("template", unless: ["\"\""], "is the model's own; it cannot be given")
        try request.refuse(
            "context", unless: ["[]"], "is not supported; /api/chat takes a conversation")
        if let system = body.words("system"), system.count > 2 {
            splice.add("system_prompt", body.text.extracting(system.bounds), &params)
        }
        if ArrayView.isFilled(body.text, body.value("images")) {
            splice.begin("messages", &params)
            return OllamaMessages(
                prompt: body.inside("prompt"), images: body.value("images"), body.text, to: &params)
        }
        splice.begin("prompt", &params)
        params.append("\"")
        params.append(body.inside("prompt"))
        params.append("\"")
        if request.isTrue("raw") { splice.add("raw", literal: "true", &params) }
        if !body.inside("suffix").isEmpty { splice.pass("suffix", of: request, &params) }
        return nil
    }

    // MARK: - Answers

    /// A refusal is words like any other here; calls are told at the end, when they are whole.
    mutating func delta(_ delta: Delta, to out: inout ByteBuffer) {
        hasText = true
        tell(thinking: delta.reasoning, to: &out)
        tell(delta.content, to: &out)
        tell(delta.refusal, to: &out)
    }

    private func tell(_ text: Span<UInt8>, to out: inout ByteBuffer) {
        if text.isEmpty { return }
        begin(&out)
        out.append(
            isChat ? ",\"message\":{\"role\":\"assistant\",\"content\":\"" : ",\"response\":\"")
        out.append(text)
        out.append(isChat ? "\"},\"done\":false}\n" : "\",\"done\":false}\n")
    }

    private func tell(thinking text: Span<UInt8>, to out: inout ByteBuffer) {
        if text.isEmpty { return }
        begin(&out)
        out.append(
            isChat ? ",\"message\":{\"role\":\"assistant\",\"content\":\"\"" : ",\"response\":\"\"")
        out.append(member: "thinking", inside: text)
        out.append(isChat ? "},\"done\":false}\n" : ",\"done\":false}\n")
    }

    private func begin(_ out: inout ByteBuffer) {
        out.append("{\"model\":\"")
        out.append(model.span)
        out.append("\",\"created_at\":\"")
        out.append(date: receivedAt)
        out.append("\"")
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        let result = ObjectView(result)
        guard doneReason.isEmpty else { return writeEnd(result, to: &out) }
        if isStream {
            if !hasText {
                tell(thinking: result.inside("reasoning"), to: &out)
                tell(result.inside("content"), to: &out)
                tell(result.inside("refusal"), to: &out)
            }
            if result.value("tool_calls") != nil {
                begin(&out)
                writeText(result, isWhole: false, to: &out)
                out.append(",\"done\":false}\n")
            }
        }
        writeEnd(result, to: &out)
    }

    /// Appends the last line, or the only one.
    private func writeEnd(_ result: ObjectView, to out: inout ByteBuffer) {
        begin(&out)
        let isWhole = !isStream && doneReason.isEmpty
        if isWhole {
            writeText(result, isWhole: true, to: &out)
        } else {
            out.append(
                isChat
                    ? ",\"message\":{\"role\":\"assistant\",\"content\":\"\"}"
                    : ",\"response\":\"\"")
        }
        out.append(",\"done\":true,\"done_reason\":\"")
        if !doneReason.isEmpty {
            out.append(utf8: doneReason)
            out.append("\"}\n")
            return
        }
        out.append(result.isCut ? "length\"" : "stop\"")
        writeNumbers(result, to: &out)
        out.append("}\n")
    }

    /// Appends what was said, all of it or the calls alone.
    private func writeText(_ result: ObjectView, isWhole: Bool, to out: inout ByteBuffer) {
        out.append(
            isChat ? ",\"message\":{\"role\":\"assistant\",\"content\":\"" : ",\"response\":\"")
        if isWhole {
            out.append(result.inside("content"))
            out.append(result.inside("refusal"))
        }
        out.append("\"")
        if isWhole, result.value("reasoning") != nil {
            out.append(member: "thinking", inside: result.inside("reasoning"))
        }
        let text = result.text
        var calls = ArrayView(text, at: result.value("tool_calls"))
        var place = 0
        while let element = calls.next() {
            let call = ObjectView(text, at: element)
            let function = call.object("function")
            out.append(place == 0 ? ",\"tool_calls\":[{\"id\":\"" : ",{\"id\":\"")
            out.append(call.inside("id"))
            out.append("\",\"function\":{\"index\":")
            out.append(decimal: place)
            out.append(member: "name", inside: function.inside("name"))
            out.append(",\"arguments\":")
            out.append(objectSpeltBy: function.inside("arguments"))
            out.append("}}")
            place += 1
        }
        if place > 0 { out.append("]") }
        if isChat { out.append("}") }
    }

    /// Appends the tokens and the times, these in nanoseconds; what took how long where nobody
    /// measured is 0, as with Ollama.
    private func writeNumbers(_ result: ObjectView, to out: inout ByteBuffer) {
        let stats = result.object("stats")
        let counts = TokenCounts(of: result)
        func add(_ name: StaticString, _ value: Int, to out: inout ByteBuffer) {
            out.append(",\"")
            out.append(name)
            out.append("\":")
            out.append(decimal: value)
        }
        func nanoseconds(_ name: StaticString) -> Int {
            Int(min(stats.number(name) ?? 0, 1e9) * 1e9)
        }
        add("total_duration", nanoseconds("total_time"), to: &out)
        add("load_duration", 0, to: &out)
        if let prompt = counts.prompt { add("prompt_eval_count", prompt, to: &out) }
        add("prompt_eval_duration", nanoseconds("time_to_first_token"), to: &out)
        if let completion = counts.completion { add("eval_count", completion, to: &out) }
        add("eval_duration", nanoseconds("generation_time"), to: &out)
    }
}
