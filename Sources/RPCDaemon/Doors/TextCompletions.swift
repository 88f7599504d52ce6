import CrowdModelsProtocol

/// `POST /v1/completions`: a text and what may follow it, as editors complete code.
struct TextCompletions: OpenAITongue, CompletionTongue {
    private var answer = OpenAIAnswer(
        prefix: "cmpl-", whole: "text_completion", chunk: "text_completion")

    private static let passed: [StaticString] = [
        "model", "temperature", "top_p", "top_k", "min_p", "max_tokens", "seed",
        "presence_penalty", "frequency_penalty", "repeat_penalty", "logit_bias", "suffix", "ttl",
        "draft_model", "session",
    ]

    var asked: String { answer.asked }

    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        let likelihoods = "is not supported: an answer has no likelihoods"
        try request.refuse("n", unless: ["1"], "must be 1: an answer has one choice")
        try request.refuse("best_of", unless: ["0", "1"], "must be 1: an answer has one choice")
        try request.refuse("logprobs", unless: ["false"], likelihoods)
        try request.refuse("echo", unless: ["false"], "is not supported")
        answer.begin(request)
        var splice = Splice(&params)
        splice.add("prompt", try Self.prompt(of: request), &params)
        for name in Self.passed { splice.pass(name, of: request, &params) }
        if !request.isEmptyArray("stop") { splice.pass("stop", of: request, &params) }
        splice.passOurs(of: request, &params)
        splice.begin("raw", &params)
        params.append("true")
        if answer.isStream {
            splice.begin("stream", &params)
            params.append("true")
        }
        splice.end(&params)
        return Question(.complete, answer.isStream ? .events : .whole)
    }

    /// The prompt's token: a string, or the only one of an array.
    @_lifetime(copy request)
    private static func prompt(of request: DoorRequest) throws(Fault) -> Span<UInt8> {
        guard let value = request.value("prompt") else {
            throw .refused("prompt", "is missing")
        }
        let prompt = request.token(value)
        switch request.kind(value) {
        case .string: return prompt
        case .array:
            var reader = JSONElementReader(skimmingFrom: 0)
            let first = (try? reader.next(in: prompt)) ?? nil
            let second = (try? reader.next(in: prompt)) ?? nil
            if let first, second == nil, prompt[Int(first.start)] == UInt8(ascii: "\"") {
                return prompt.extracting(first.bounds)
            }
            fallthrough
        default:
            throw .refused("prompt", "must be one text; send each in a request of its own")
        }
    }

    mutating func placed(model: String, backend: String) {
        answer.model = model
    }

    mutating func delta(_ delta: Delta, to out: inout ByteBuffer) {
        if delta.content.isEmpty { return }
        answer.beginChunk(to: &out)
        out.append(#"{"index":0,"text":""#)
        out.append(delta.content)
        out.append(#"","logprobs":null,"finish_reason":null}"#)
        answer.endChunk(to: &out)
    }

    mutating func succeed(_ completion: CompletionView, to out: inout ByteBuffer) {
        if answer.isStream {
            answer.beginChunk(to: &out)
            out.append(#"{"index":0,"text":""#)
        } else {
            answer.beginWhole(completion, to: &out)
            out.append(#"{"index":0,"text":""#)
            out.append(completion.content)
        }
        out.append(#"","logprobs":null,"finish_reason":""#)
        out.append(OpenAIAnswer.finishReason(completion))
        out.append("\"}")
        if answer.isStream {
            answer.endStream(completion, to: &out)
        } else {
            answer.endWhole(completion, to: &out)
        }
    }
}
