import CrowdModelsProtocol

/// `POST /v1/chat/completions`: a conversation, whole or as a stream of chunks.
struct ChatCompletions: OpenAITongue, CompletionTongue {
    private var answer = OpenAIAnswer(
        prefix: "chatcmpl-", whole: "chat.completion", chunk: "chat.completion.chunk")
    private var messages = Messages()
    /// Whether the chunk that names the role was sent.
    private var hasRole = false

    /// Members that are ours under the same name, and values that both APIs know.
    private static let passed: [StaticString] = [
        "model", "temperature", "top_p", "top_k", "min_p", "seed", "presence_penalty",
        "frequency_penalty", "repeat_penalty", "logit_bias", "response_format", "ttl",
        "draft_model", "session",
    ]

    /// Members that servers know and the daemon does not: they go into the server's own request.
    private static let forServers: [StaticString] = [
        "parallel_tool_calls", "chat_template_kwargs", "repetition_penalty", "typical_p",
        "grammar", "verbosity",
    ]

    var asked: String { answer.asked }

    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        try Self.refuseUnanswerable(request)
        guard messages.look(at: request) else { return nil }
        answer.begin(request)
        var splice = Splice(&params)
        for name in Self.passed { splice.pass(name, of: request, &params) }
        messages.pass(request, &splice, &params)
        // Two names for one thing: the newer one counts, where somebody says both.
        let newer: StaticString = "max_completion_tokens"
        let limit = request.value(newer) == nil ? "max_tokens" : newer
        splice.pass(limit, as: "max_tokens", of: request, &params)
        if !request.isEmptyArray("stop") { splice.pass("stop", of: request, &params) }
        if request.value("tools") != nil, !request.isEmptyArray("tools") {
            splice.pass("tools", of: request, &params)
            splice.pass("tool_choice", of: request, &params)
        }
        splice.pass("reasoning_effort", as: "reasoning", of: request, &params)
        splice.passOurs(of: request, &params)
        Self.passOptions(request, &splice, &params)
        if answer.isStream {
            splice.begin("stream", &params)
            params.append("true")
        }
        splice.end(&params)
        return Question(.complete, answer.isStream ? .events : .whole)
    }

    /// What asks for an answer that there is none like.
    private static func refuseUnanswerable(_ request: DoorRequest) throws(Fault) {
        let likelihoods = "is not supported: an answer has no likelihoods"
        try request.refuse("n", unless: ["1"], "must be 1: an answer has one choice")
        try request.refuse("logprobs", unless: ["false"], likelihoods)
        try request.refuse("top_logprobs", unless: ["0"], likelihoods)
        try request.refuse(
            "functions", unless: ["[]"], "is not supported; say it as `tools`")
        try request.refuse("audio", unless: [], "is not supported: answers are text")
    }

    private static func passOptions(
        _ request: DoorRequest, _ splice: inout Splice, _ params: inout ByteBuffer
    ) {
        var options: Splice?
        for name in forServers where request.value(name) != nil {
            if options == nil {
                splice.begin("options", &params)
                options = Splice(&params)
            }
            options?.pass(name, of: request, &params)
        }
        options?.end(&params)
    }

    mutating func placed(model: String, backend: String) {
        answer.model = model
    }

    mutating func delta(_ delta: Delta, to out: inout ByteBuffer) {
        beginStream(&out)
        answer.beginChunk(to: &out)
        out.append(#"{"index":0,"delta":{"#)
        var isFirst = true
        Self.add("content", delta.content, &isFirst, to: &out)
        Self.add("reasoning_content", delta.reasoning, &isFirst, to: &out)
        Self.add("refusal", delta.refusal, &isFirst, to: &out)
        if !delta.toolCalls.isEmpty {
            out.append(isFirst ? "\"tool_calls\":" : ",\"tool_calls\":")
            out.append(delta.toolCalls)
        }
        out.append(#"},"logprobs":null,"finish_reason":null}"#)
        answer.endChunk(to: &out)
    }

    private static func add(
        _ name: StaticString, _ text: Span<UInt8>, _ isFirst: inout Bool,
        to out: inout ByteBuffer
    ) {
        if text.isEmpty { return }
        out.append(isFirst ? "\"" : ",\"")
        isFirst = false
        out.append(name)
        out.append("\":\"")
        out.append(text)
        out.append("\"")
    }

    private mutating func beginStream(_ out: inout ByteBuffer) {
        if hasRole { return }
        hasRole = true
        answer.beginChunk(to: &out)
        out.append(#"{"index":0,"delta":{"role":"assistant","content":""},"#)
        out.append(#""logprobs":null,"finish_reason":null}"#)
        answer.endChunk(to: &out)
    }

    mutating func succeed(_ completion: CompletionView, to out: inout ByteBuffer) {
        guard answer.isStream else {
            answer.beginWhole(completion, to: &out)
            out.append(#"{"index":0,"message":"#)
            Self.writeMessage(completion, to: &out)
            out.append(#","logprobs":null,"finish_reason":""#)
            out.append(OpenAIAnswer.finishReason(completion))
            out.append("\"}")
            return answer.endWhole(completion, to: &out)
        }
        beginStream(&out)
        answer.beginChunk(to: &out)
        out.append(#"{"index":0,"delta":{},"logprobs":null,"finish_reason":""#)
        out.append(OpenAIAnswer.finishReason(completion))
        out.append("\"}")
        answer.endStream(completion, to: &out)
    }

    /// Appends the message of a whole answer.
    private static func writeMessage(
        _ completion: CompletionView, to out: inout ByteBuffer
    ) {
        out.append(#"{"role":"assistant""#)
        // Where there are calls and no words, SDKs expect null.
        if completion.content.isEmpty, !completion.toolCalls.isEmpty {
            out.append(",\"content\":null")
        } else {
            out.append(member: "content", inside: completion.content)
        }
        if completion.refusal.isEmpty {
            out.append(",\"refusal\":null")
        } else {
            out.append(member: "refusal", inside: completion.refusal)
        }
        var further = ObjectWriter.continuing()
        further.add("reasoning_content", insideIfAny: completion.reasoning, to: &out)
        further.add("tool_calls", token: completion.toolCalls, to: &out)
        out.append("}")
    }
}
