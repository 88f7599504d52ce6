import CrowdModelsProtocol

/// What a request of the Responses API means to the daemon.
struct ResponsesRequest {
    private var params: Splice
    private var input: ResponsesInput
    private var isInputDone = false
    private var tools: FunctionTools

    /// What was left out of the request, for the log; nil for nothing.
    var omission: String? { tools.omission }

    /// Begins the params of `complete`.
    init(_ request: DoorRequest, to out: inout ByteBuffer) throws(Fault) {
        try Self.refuseKept(request)
        let body = request.object
        params = Splice(&out)
        params.pass("model", of: request, &out)
        params.begin("messages", &out)
        tools = FunctionTools(
            body.value("tools"), in: body.text, schema: "parameters"
        ) { $0.reads("type", "function") }
        input = try ResponsesInput(
            instructions: body.inside("instructions"), input: body.value("input"), body.text,
            to: &out)
    }

    /// Goes on; true when all is written.
    mutating func resume(
        _ request: DoorRequest, to out: inout ByteBuffer
    ) throws(Fault) -> Bool {
        let body = request.object
        if !isInputDone {
            guard try input.resume(body.text, to: &out) else { return false }
            isInputDone = true
            writeSettings(request, to: &out)
        }
        guard tools.resume(body.text, &params, to: &out) else { return false }
        if tools.hasTool { Self.writeChoice(body, &params, to: &out) }
        if let value = request.value("parallel_tool_calls"), request.token(value).reads("false") {
            params.add("options", literal: "{\"parallel_tool_calls\":false}", &out)
        }
        params.passOurs(of: request, &out)
        if request.isTrue("stream") { params.add("stream", literal: "true", &out) }
        params.end(&out)
        return true
    }

    private mutating func writeSettings(_ request: DoorRequest, to out: inout ByteBuffer) {
        let body = request.object
        params.pass("max_output_tokens", as: "max_tokens", of: request, &out)
        params.pass("temperature", of: request, &out)
        params.pass("top_p", of: request, &out)
        if let effort = body.object("reasoning").words("effort") {
            params.add("reasoning", body.text.extracting(effort.bounds), &out)
        }
        Self.writeFormat(body.object("text").object("format"), &params, to: &out)
    }

    /// What would need a memory of earlier requests, or an answer with likelihoods.
    private static func refuseKept(_ request: DoorRequest) throws(Fault) {
        let whole = "is not supported: nothing is kept; send the whole conversation as `input`"
        try request.refuse("previous_response_id", unless: [], whole)
        try request.refuse("conversation", unless: [], whole)
        try request.refuse("background", unless: ["false"], "is not supported: nothing is kept")
        try request.refuse("prompt", unless: [], "is not supported: there are no stored prompts")
        try request.refuse(
            "top_logprobs", unless: ["0"], "is not supported: an answer has no likelihoods")
    }

    private static func writeFormat(
        _ format: ObjectView, _ params: inout Splice, to out: inout ByteBuffer
    ) {
        if format.reads("type", "json_object") {
            params.add("response_format", literal: "{\"type\":\"json_object\"}", &out)
        } else if format.reads("type", "json_schema"), let schema = format.value("schema") {
            params.begin("response_format", &out)
            out.append("{\"type\":\"json_schema\",\"json_schema\":{\"schema\":")
            out.append(format.text.extracting(schema.bounds))
            if format.value("name") == nil { out.append(",\"name\":\"answer\"") }
            format.append("name", as: "name", to: &out)
            format.append("strict", as: "strict", to: &out)
            out.append("}}")
        }
    }

    private static func writeChoice(
        _ body: ObjectView, _ params: inout Splice, to out: inout ByteBuffer
    ) {
        if let word = body.words("tool_choice") {
            params.add("tool_choice", body.text.extracting(word.bounds), &out)
            return
        }
        let choice = body.object("tool_choice")
        if choice.reads("type", "function"), let name = choice.words("name") {
            params.add(choice: body.text.extracting(name.bounds), &out)
        } else if choice.reads("type", "allowed_tools"), let mode = choice.words("mode") {
            params.add("tool_choice", body.text.extracting(mode.bounds), &out)
        }
    }
}
