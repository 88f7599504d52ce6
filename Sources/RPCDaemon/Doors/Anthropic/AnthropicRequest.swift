import CrowdModelsProtocol

/// What a request of Anthropic's API means to the daemon.
///
/// `thinking` and `output_config.effort` are tolerated where they leave it to the model; caches,
/// metadata and tools that Anthropic's own servers run have no meaning here.
struct AnthropicRequest {
    /// Whether tokens are to be counted, and nothing generated.
    private let isCount: Bool
    private var params: Splice
    private var conversation: AnthropicConversation
    private var isConversationDone = false
    private var tools: FunctionTools

    /// What was left out of the request, for the log; nil for nothing.
    var omission: String? { tools.omission }

    /// Begins the params of `complete`, or those of `tokens.count`.
    init(
        _ request: DoorRequest, isCount: Bool = false, to out: inout ByteBuffer
    ) throws(Fault) {
        let body = request.object
        self.isCount = isCount
        if !isCount { try Self.refuseServers(body) }
        params = Splice(&out)
        guard let model = body.words("model") else {
            throw Fault(.invalidParams, "`model` is missing: name one; GET /v1/models lists them")
        }
        params.add("model", body.text.extracting(model.bounds), &out)
        guard let messages = body.value("messages"), body.text.kind(messages) == .array else {
            throw Fault(.invalidParams, "`messages` is missing: an array of messages")
        }
        params.begin("messages", &out)
        conversation = AnthropicConversation(
            system: body.value("system"), messages: messages, body.text, &out)
        tools = FunctionTools(
            body.value("tools"), in: body.text, schema: "input_schema"
        ) { $0.value("type") == nil || $0.reads("type", "custom") }
    }

    /// Goes on; true when all is written.
    mutating func resume(
        _ request: DoorRequest, to out: inout ByteBuffer
    ) throws(Fault) -> Bool {
        if !isConversationDone {
            guard try conversation.resume(request.body, to: &out) else { return false }
            isConversationDone = true
        }
        guard tools.resume(request.body, &params, to: &out) else { return false }
        if !isCount {
            if tools.hasTool { writeChoice(request.object.object("tool_choice"), to: &out) }
            writeSettings(request, to: &out)
        }
        params.end(&out)
        return true
    }

    /// Appends `tool_choice`, and that calls come one at a time where that was asked for.
    private mutating func writeChoice(_ choice: ObjectView, to out: inout ByteBuffer) {
        if choice.reads("type", "any") {
            params.add("tool_choice", literal: "\"required\"", &out)
        } else if choice.reads("type", "none") {
            params.add("tool_choice", literal: "\"none\"", &out)
        } else if choice.reads("type", "auto") {
            params.add("tool_choice", literal: "\"auto\"", &out)
        } else if choice.reads("type", "tool"), let name = choice.words("name") {
            params.add(choice: choice.text.extracting(name.bounds), &out)
        }
        if choice.isTrue("disable_parallel_tool_use") {
            params.add("options", literal: "{\"parallel_tool_calls\":false}", &out)
        }
    }

    private mutating func writeSettings(_ request: DoorRequest, to out: inout ByteBuffer) {
        let body = request.object
        let passedOn: [StaticString] = ["max_tokens", "temperature", "top_p", "top_k"]
        for name in passedOn { params.pass(name, of: request, &out) }
        if let stops = request.value("stop_sequences"), ArrayView.isFilled(body.text, stops) {
            params.add("stop", request.token(stops), &out)
        }
        Self.writeThinking(body.object("thinking"), &params, to: &out)
        Self.writeFormat(body, &params, to: &out)
        params.passOurs(of: request, &out)
        if request.isTrue("stream") { params.add("stream", literal: "true", &out) }
    }

    private static func refuseServers(_ body: ObjectView) throws(Fault) {
        guard let servers = body.value("mcp_servers"), ArrayView.isFilled(body.text, servers) else {
            return
        }
        throw Fault(
            .unsupported,
            "`mcp_servers` is not supported: let the program that asks call its tools itself",
            data: ["what": "mcp_servers"])
    }

    /// How much to think, where a number says so; a model that is let alone thinks as it always
    /// does, and one that cannot would refuse the word.
    private static func writeThinking(
        _ thinking: ObjectView, _ params: inout Splice, to out: inout ByteBuffer
    ) {
        guard thinking.reads("type", "enabled"), let budget = thinking.integer("budget_tokens")
        else { return }
        let effort: StaticString =
            budget < 4096 ? "\"low\"" : budget < 16_384 ? "\"medium\"" : "\"high\""
        params.add("reasoning", literal: effort, &out)
    }

    private static func writeFormat(
        _ body: ObjectView, _ params: inout Splice, to out: inout ByteBuffer
    ) {
        var format = body.object("output_config").value("format")
        if format == nil { format = body.value("output_format") }
        guard let schema = ObjectView(body.text, at: format).value("schema") else { return }
        params.begin("response_format", &out)
        out.append("{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"answer\",\"strict\":true")
        out.append(member: "schema", token: body.text.extracting(schema.bounds))
        out.append("}}")
    }
}
