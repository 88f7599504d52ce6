import CrowdModelsProtocol

/// The body of a stream of LM Studio's own chat (`POST /api/v1/chat`, 0.4), which tells how far a
/// load and the prompt's reading are, and stats at the end. It takes one text and few parameters,
/// and does not tell why an answer ended: what it has no place for goes to its other APIs.
struct LMStudioRequest {
    private let request: ChatRequest
    private let model: String

    /// Nil for a request that it cannot say, or for which it has nothing to tell.
    init?(_ request: ChatRequest, _ call: ChatCall) {
        guard Self.fits(request), !call.isRaw, call.format == .asGiven else { return nil }
        self.request = request
        model = call.model
    }

    /// What it has no place for.
    private static let foreign: [CompleteParameter] = [
        .messages, .suffix, .stop, .seed, .presencePenalty, .frequencyPenalty, .logitBias,
        .responseFormat, .tools, .toolChoice, .ttl, .draftModel,
    ]

    /// What it calls what.
    private static let members: [(parameter: CompleteParameter, member: StaticString)] = [
        (.prompt, "input"), (.systemPrompt, "system_prompt"), (.temperature, "temperature"),
        (.topP, "top_p"), (.topK, "top_k"), (.minP, "min_p"), (.repeatPenalty, "repeat_penalty"),
        (.maxTokens, "max_output_tokens"),
    ]

    static func fits(_ request: ChatRequest) -> Bool {
        request.isStream && request.isTrue(.progress) && request.has(.prompt) && !request.isRaw
            && request.options.isEmpty && !foreign.contains(where: request.has)
    }

    func write(to body: inout ByteBuffer) {
        body.append("{\"model\":")
        body.append(string: model)
        // It would keep the conversation for a next turn.
        body.append(",\"stream\":true,\"store\":false")
        let text = request.text
        for (parameter, member) in Self.members {
            let value = request.arguments[parameter.rawValue]
            guard value.isPresent else { continue }
            body.append(",\"")
            body.append(member)
            body.append("\":")
            body.append(text.span.extracting(value.bounds))
        }
        let reasoning = request.arguments[CompleteParameter.reasoning.rawValue]
        if reasoning.isPresent {
            let token = text.span.extracting(reasoning.bounds)
            body.append(",\"reasoning\":")
            switch token[0] {
            case UInt8(ascii: "t"): body.append("\"on\"")
            case UInt8(ascii: "f"): body.append("\"off\"")
            default: body.append(token)
            }
        }
        body.append("}")
    }
}
