import CrowdModelsProtocol

/// What a request of Anthropic's API means to the daemon.
///
/// `thinking` and `output_config.effort` are tolerated where they leave it to the model; caches,
/// metadata and tools that Anthropic's own servers run have no meaning here.
enum AnthropicRequest {
    /// Appends the params of `complete`, and says what was left out.
    static func write(_ request: DoorRequest, to out: inout ByteBuffer) throws(Fault) -> String? {
        let body = request.object
        try refuseServers(body)
        var params = Splice(&out)
        var omitted = OmittedTools()
        try writePrompt(body, &params, &omitted, to: &out)
        let passedOn: [StaticString] = ["max_tokens", "temperature", "top_p", "top_k"]
        for name in passedOn { params.pass(name, of: request, &out) }
        if let stops = request.value("stop_sequences"), ArrayView.isFilled(body.text, stops) {
            params.add("stop", request.token(stops), &out)
        }
        writeThinking(body.object("thinking"), &params, to: &out)
        writeFormat(body, &params, to: &out)
        params.passOurs(of: request, &out)
        if request.isTrue("stream") { params.add("stream", literal: "true", &out) }
        params.end(&out)
        return omitted.sentence
    }

    /// Appends the params of `tokens.count`.
    static func writeCount(
        _ request: DoorRequest, to out: inout ByteBuffer
    ) throws(Fault) {
        var params = Splice(&out)
        var omitted = OmittedTools()
        try writePrompt(request.object, &params, &omitted, counting: true, to: &out)
        params.end(&out)
    }

    private static func writePrompt(
        _ body: ObjectView, _ params: inout Splice, _ omitted: inout OmittedTools,
        counting: Bool = false, to out: inout ByteBuffer
    ) throws(Fault) {
        guard let model = body.words("model") else {
            throw Fault(.invalidParams, "`model` is missing: name one; GET /v1/models lists them")
        }
        params.add("model", body.text.extracting(model.bounds), &out)
        guard let messages = body.value("messages"), body.text.kind(messages) == .array else {
            throw Fault(.invalidParams, "`messages` is missing: an array of messages")
        }
        params.begin("messages", &out)
        var writer = AnthropicConversation(body.text, &out)
        try writer.write(system: body.value("system"), messages: messages, to: &out)
        let tools = AnthropicTools(body.text)
        if tools.write(body.value("tools"), &params, &omitted, to: &out), !counting {
            tools.write(choice: body.object("tool_choice"), &params, to: &out)
        }
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
