import CrowdModelsProtocol

/// The members of a body of Ollama's that are no part of the conversation: what a caller gave as
/// parameters, and in `options`, sorted into the request's own and the model's.
struct OllamaOptions {
    private let request: ChatRequest
    private let contextLength: Int?

    init(of request: ChatRequest, contextLength: Int?) {
        self.request = request
        self.contextLength = contextLength
    }

    /// Members of its requests that stand beside `options`; any other is a model's option.
    private static let beside: [StaticString] = [
        "format", "keep_alive", "think", "truncate", "shift", "template", "system", "context",
        "images", "dimensions",
    ]

    /// What the request writes itself, or never sends.
    private static let reserved: [StaticString] = [
        "model", "messages", "prompt", "suffix", "raw", "stream", "stream_options", "tools",
        "options", "tool_choice", "response_format", "reasoning_effort", "n", "best_of",
        "logprobs", "top_logprobs", "echo", "max_completion_tokens",
    ]

    /// What it calls the parameters that it has.
    private static let parameters: [(parameter: CompleteParameter, member: StaticString)] = [
        (.temperature, "temperature"), (.topP, "top_p"), (.topK, "top_k"), (.minP, "min_p"),
        (.maxTokens, "num_predict"), (.stop, "stop"), (.seed, "seed"),
        (.presencePenalty, "presence_penalty"), (.frequencyPenalty, "frequency_penalty"),
        (.repeatPenalty, "repeat_penalty"),
    ]

    private func name(_ member: JSONMember) -> String {
        let text = request.text
        return JSONText.string(text.span.extracting(member.name.bounds))
    }

    private static func isIn(_ list: [StaticString], _ name: String) -> Bool {
        list.contains { "\($0)" == name }
    }

    /// Whether the caller gave that member.
    func hasMember(_ wanted: String) -> Bool {
        request.options.contains { name($0) == wanted }
    }

    /// Appends what stands beside `options`.
    func writeMembers(to body: inout ByteBuffer) {
        let text = request.text
        let ours: [(parameter: CompleteParameter, member: String)] = [
            (.responseFormat, "format"), (.ttl, "keep_alive"), (.reasoning, "think"),
        ]
        for member in request.options {
            let name = name(member)
            guard Self.isIn(Self.beside, name),
                !ours.contains(where: { request.has($0.parameter) && $0.member == name })
            else { continue }
            body.append(",")
            body.append(text.span.extracting(member.name.bounds))
            body.append(":")
            body.append(text.span.extracting(member.value.bounds))
        }
    }

    /// Appends the model's options, if there are any.
    func writeOptions(to body: inout ByteBuffer) {
        let text = request.text
        var names: Set<String> = []
        var options = ByteBuffer()
        func add(_ name: String, _ value: Span<UInt8>) {
            guard names.insert(name).inserted else { return }
            options.append(names.count == 1 ? "{" : ",")
            options.append(string: name)
            options.append(":")
            options.append(value)
        }
        for (parameter, member) in Self.parameters where request.has(parameter) {
            let value = text.span.extracting(request.arguments[parameter.rawValue].bounds)
            if parameter == .stop, value[0] == UInt8(ascii: "\"") {
                // Ollama takes a list only.
                var list = ByteBuffer()
                list.append("[")
                list.append(value)
                list.append("]")
                add("stop", list.span)
            } else {
                add("\(member)", value)
            }
        }
        for member in request.options {
            let name = name(member)
            let value = text.span.extracting(member.value.bounds)
            if name == "options" {
                JSONPlace(range: member.value).forEachMember(text.span) { name, value in
                    add(JSONText.string(name), text.span.extracting(value.range.bounds))
                }
            } else if !Self.isIn(Self.beside, name), !Self.isIn(Self.reserved, name) {
                add(name == "max_tokens" ? "num_predict" : name, value)
            }
        }
        if let contextLength {
            var number = ByteBuffer()
            number.append(decimal: contextLength)
            add("num_ctx", number.span)
        }
        if options.isEmpty { return }
        body.append(",\"options\":")
        body.append(options.span)
        body.append("}")
    }
}
