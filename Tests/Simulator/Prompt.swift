/// What a generating request asks for, validated as LM Studio does.
struct Prompt {
    var model: String?
    /// What the model answers to: the last user message, or the text prompt.
    var text = ""
    /// Everything that decides the answer's words.
    var essence: [UInt8] = []
    var tokens = 0
    var streams = false
    var includesUsage = false
    var tokensMax: Int?
    var stops: [String] = []
    var tools: [JSON] = []
    var toolChoice = "auto"
    var schema: JSON?
    var ttl: UInt64?

    /// A message costs its text's tokens and this for the template around it.
    static let messageTokens = 4

    /// `POST …/chat/completions`
    init(chat json: JSON) throws(Refusal) {
        guard let messages = json["messages"] else {
            throw .plain("'messages' field is required")
        }
        guard let items = messages.items, !items.isEmpty else {
            throw .plain("'messages' must be a non-empty array")
        }
        try readCommon(json)
        try readTools(json)
        for (index, message) in items.enumerated() {
            guard let role = message["role"]?.text else {
                throw .plain("'messages[\(index)].role' must be a string")
            }
            let content = try Prompt.text(of: message["content"] ?? .null, index)
            add(role, content)
            if role == "user" { text = content }
        }
    }

    /// `POST …/completions`
    init(completion json: JSON) throws(Refusal) {
        guard let prompt = json["prompt"] else { throw .plain("'prompt' field is required") }
        guard let text = prompt.text ?? prompt.items?.first?.text else {
            throw .plain("'prompt' must be a string")
        }
        try readCommon(json)
        self.text = text
        essence += text.utf8
        tokens = Prose.count(text)
    }

    /// `POST /api/v1/chat`
    init(native json: JSON) throws(Refusal) {
        guard let model = json["model"] else {
            throw .native(
                "\"model\" is required", status: 400, type: "invalid_request",
                code: "missing_required_parameter", parameter: "model")
        }
        guard let input = json["input"] else {
            throw .native(
                "\"input\" is required", status: 400, type: "invalid_request",
                code: "missing_required_parameter", parameter: "input")
        }
        self.model = model.text
        streams = json["stream"]?.flag ?? false
        tokensMax = json["max_output_tokens"]?.int
        if let system = json["system_prompt"]?.text { add("system", system) }
        let parts = input.items?.compactMap { $0["content"]?.text ?? $0["text"]?.text }
        text = input.text ?? parts?.joined(separator: "\n") ?? ""
        add("user", text)
    }

    private mutating func add(_ role: String, _ content: String) {
        essence += role.utf8
        essence.append(0)
        essence += content.utf8
        essence.append(0)
        tokens += Prose.count(content) + Prompt.messageTokens
    }

    private static func text(of content: JSON, _ index: Int) throws(Refusal) -> String {
        switch content {
        case .string(let text): return text
        case .null: return ""
        case .array(let parts):
            var text = ""
            for part in parts where part["type"]?.text == "text" {
                text += part["text"]?.text ?? ""
            }
            return text
        default: throw .plain("'messages[\(index)].content' must be a string or an array")
        }
    }

    private static let numbers = [
        "temperature", "top_p", "top_k", "min_p", "max_tokens", "presence_penalty",
        "frequency_penalty", "repeat_penalty", "seed", "ttl", "max_completion_tokens",
    ]

    private mutating func readCommon(_ json: JSON) throws(Refusal) {
        for name in Prompt.numbers {
            switch json[name] {
            case nil, .null, .number: break
            default: throw .plain("'\(name)' must be a number")
            }
        }
        switch json["model"] {
        case nil, .null: break
        case .string(let name): model = name
        default: throw .plain("'model' must be a string")
        }
        switch json["stream"] {
        case nil, .null: break
        case .bool(let flag): streams = flag
        default: throw .plain("'stream' must be a boolean")
        }
        switch json["logit_bias"] {
        case nil, .null, .object: break
        default: throw .plain("'logit_bias' must be an object")
        }
        includesUsage = json["stream_options"]?["include_usage"]?.flag ?? false
        let limit = (json["max_tokens"] ?? json["max_completion_tokens"])?.int
        tokensMax = limit.flatMap { $0 < 0 ? nil : $0 }
        ttl = json["ttl"]?.double.map { Clock.nanoseconds($0) }
        switch json["stop"] {
        case nil, .null: break
        case .string(let text): stops = [text]
        case .array(let items):
            for item in items {
                guard let text = item.text else { throw .plain("'stop' must hold strings") }
                stops.append(text)
            }
        default: throw .plain("'stop' must be a string or an array of strings")
        }
        stops.removeAll { $0.isEmpty }
        if let seed = json["seed"] { essence += seed.bytes() }
        try readFormat(json)
    }

    private mutating func readFormat(_ json: JSON) throws(Refusal) {
        guard let format = json["response_format"], format != .null else { return }
        switch format["type"]?.text {
        case "text": break
        case "json_schema": schema = format["json_schema"]?["schema"] ?? ["type": "object"]
        default: throw .plain("'response_format.type' must be 'json_schema' or 'text'")
        }
    }

    private mutating func readTools(_ json: JSON) throws(Refusal) {
        switch json["tools"] {
        case nil, .null: break
        case .array(let items): tools = items
        default: throw .plain("'tools' must be an array")
        }
        switch json["tool_choice"] {
        case nil, .null: break
        case .string(let choice): toolChoice = choice
        case .object: throw .plain("Invalid tool_choice type: 'object'")
        default: throw .plain("'tool_choice' must be a string")
        }
    }
}
