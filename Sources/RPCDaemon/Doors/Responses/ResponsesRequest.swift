import CrowdModelsProtocol

/// What a request of the Responses API means to the daemon.
struct ResponsesRequest {
    private var params: Splice
    private var input: ResponsesInput

    /// Begins the params of `complete`.
    init(_ request: DoorRequest, to out: inout ByteBuffer) throws(Fault) {
        try Self.refuseKept(request)
        let body = request.object
        params = Splice(&out)
        params.pass("model", of: request, &out)
        params.begin("messages", &out)
        input = try ResponsesInput(
            instructions: body.inside("instructions"), input: body.value("input"), body.text,
            to: &out)
    }

    /// Goes on; when all is written, what was left out is noted in `omitted`, and the answer is
    /// true.
    mutating func resume(
        _ request: DoorRequest, _ omitted: inout OmittedTools, to out: inout ByteBuffer
    ) throws(Fault) -> Bool {
        let body = request.object
        guard try input.resume(body.text, to: &out) else { return false }
        params.pass("max_output_tokens", as: "max_tokens", of: request, &out)
        params.pass("temperature", of: request, &out)
        params.pass("top_p", of: request, &out)
        if let effort = body.object("reasoning").words("effort") {
            params.add("reasoning", body.text.extracting(effort.bounds), &out)
        }
        Self.writeFormat(body.object("text").object("format"), &params, to: &out)
        if Self.writeTools(body, &params, &omitted, to: &out) {
            Self.writeChoice(body, &params, to: &out)
        }
        if let value = request.value("parallel_tool_calls"), request.token(value).reads("false") {
            params.add("options", literal: "{\"parallel_tool_calls\":false}", &out)
        }
        params.passOurs(of: request, &out)
        if request.isTrue("stream") { params.add("stream", literal: "true", &out) }
        params.end(&out)
        return true
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

    /// Appends the tools that are functions; whether there are any.
    private static func writeTools(
        _ body: ObjectView, _ params: inout Splice, _ omitted: inout OmittedTools,
        to out: inout ByteBuffer
    ) -> Bool {
        var tools = ArrayView(body.text, at: body.value("tools"))
        var hasTool = false
        while let element = tools.next() {
            let tool = ObjectView(body.text, at: element)
            guard tool.reads("type", "function"), let name = tool.words("name") else {
                omitted.add(tool)
                continue
            }
            if hasTool {
                out.append(",")
            } else {
                hasTool = true
                params.begin("tools", &out)
                out.append("[")
            }
            out.append("{\"type\":\"function\",\"function\":{\"name\":")
            out.append(body.text.extracting(name.bounds))
            for member in ["description", "parameters", "strict"] as [StaticString] {
                tool.append(member, as: member, to: &out)
            }
            out.append("}}")
        }
        if hasTool { out.append("]") }
        return hasTool
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
            params.begin("tool_choice", &out)
            out.append("{\"type\":\"function\",\"function\":{\"name\":")
            out.append(body.text.extracting(name.bounds))
            out.append("}}")
        } else if choice.reads("type", "allowed_tools"), let mode = choice.words("mode") {
            params.add("tool_choice", body.text.extracting(mode.bounds), &out)
        }
    }
}
