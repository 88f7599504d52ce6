/// A tool that a host of the Model Context Protocol can call.
public enum MCPTool: CaseIterable, Sendable, Callee {
    case askModel, listModels

    /// The name on the wire.
    public var name: StaticString {
        switch self {
        case .askModel: "ask_model"
        case .listModels: "list_models"
        }
    }

    /// The name for people.
    public var title: String {
        switch self {
        case .askModel: "Ask a local model"
        case .listModels: "List the local models"
        }
    }

    /// What it does, for the model that chooses among tools.
    public var summary: String {
        switch self {
        case .askModel:
            "Asks a language model that runs on this machine, and answers its text. It may wait "
                + "for its turn; list_models names the models."
        case .listModels:
            "Lists the models of this machine: name, type, state, context length and server."
        }
    }

    /// What a call takes.
    public var parameters: [Parameter] {
        switch self {
        case .askModel: Self.askModelParameters
        case .listModels: []
        }
    }

    var bearsUnknown: Bool { false }

    private static let askModelParameters: [Parameter] = [
        .required("prompt", .string, "What to answer."),
        .optional("model", .name, "The model's id or alias; the daemon chooses if absent."),
        .optional("system_prompt", .string, "How to answer: a system message before the prompt."),
        .optional("max_tokens", .integer(1...Int.max), "The most tokens to produce."),
        .optional(
            "response_format", .object,
            "The form of the answer as OpenAI has it, such as a JSON Schema it has to fit."),
    ]

    /// The tool whose name the string token spells; -32602 with the nearest one otherwise.
    public static func named(_ token: Span<UInt8>) throws(Fault) -> MCPTool {
        for tool in allCases where JSONText.string(token, reads: "\(tool.name)") { return tool }
        let name = JSONText.quoted(token)
        let nearest = NearestName.to(name, among: allCases.map { "\($0.name)" })
        let hint = nearest.map { "; did you mean `\($0)`?" } ?? "; `tools/list` lists them"
        var data: JSONObject = ["parameter": "name"]
        if let nearest { data["nearest"] = .string(nearest) }
        throw Fault(.invalidParams, "there is no tool `\(name)`\(hint)", data: data)
    }

    /// Appends it as `tools/list` shows it.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("name", "\(name)", to: &out)
        object.add("title", title, to: &out)
        object.add("description", summary, to: &out)
        object.name("inputSchema", to: &out)
        writeInputSchema(to: &out)
        object.name("outputSchema", to: &out)
        out.append(compact: outputSchema)
        object.name("annotations", to: &out)
        // What a model says is no more certain than what a network does.
        out.append(#"{"readOnlyHint":true,"openWorldHint":"#)
        out.append(bool: self == .askModel)
        out.append("}")
        object.end(&out)
    }

    private func writeInputSchema(to out: inout ByteBuffer) {
        out.append(#"{"type":"object","properties":{"#)
        for (index, parameter) in parameters.enumerated() {
            if index > 0 { out.append(",") }
            out.append(string: parameter.name)
            out.append(":")
            parameter.writeSchema(to: &out)
            out.truncate(to: out.count - 1)
            out.append(#","description":"#)
            out.append(string: parameter.summary)
            out.append("}")
        }
        out.append(#"},"required":"#)
        JSONValue.array(parameters.filter(\.isRequired).map { .string($0.name) }).write(to: &out)
        out.append(#","additionalProperties":false}"#)
    }

    /// What `structuredContent` holds. It stands alone, so that nothing is referred to.
    private var outputSchema: StaticString {
        switch self {
        case .askModel:
            #"""
            {"type": "object", "required": ["content", "model", "backend", "finish_reason"],
             "properties": {
              "content": {"type": "string", "description": "The text."},
              "reasoning": {"type": "string", "description": "What the model thought before it."},
              "refusal": {"type": "string", "description": "The words with which it refused."},
              "model": {"type": "string", "description": "The model that answered."},
              "backend": {"type": "string", "description": "The server that it runs on."},
              "finish_reason": {"type": "string",
                "description": "stop; length if the text was cut at its longest; cancelled."},
              "usage": {"type": "object", "description": "Tokens, where they are known."},
              "stats": {"type": "object", "description": "Times in seconds, and speed."},
              "warnings": {"type": "array", "items": {"type": "object"},
                "description": "In what the answer is not what was asked for."}}}
            """#
        case .listModels:
            #"""
            {"type": "object", "required": ["models"], "properties": {
              "models": {"type": "array", "items": {"type": "object",
                "required": ["id", "backend", "type", "state"], "properties": {
                "id": {"type": "string", "description": "What ask_model calls it."},
                "backend": {"type": "string", "description": "The server that has it."},
                "type": {"type": "string", "description": "llm, vlm, embeddings or unknown."},
                "state": {"type": "string",
                  "description": "loaded, loading, not-loaded or unknown."},
                "max_context_length": {"type": "integer", "description": "Tokens."},
                "loaded_context_length": {"type": "integer", "description": "Tokens."},
                "aliases": {"type": "array", "items": {"type": "string"},
                  "description": "Other names of it."}}}}}}
            """#
        }
    }
}
