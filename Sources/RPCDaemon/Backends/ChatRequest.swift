package import CrowdModelsProtocol

/// What a caller asked of `complete`, kept as the text it came as.
///
/// It owns a copy of the line. Values are spliced into the server's request as the tokens they are:
/// a prompt of a megabyte is copied, never decoded and encoded again.
package final class ChatRequest {
    let text: [UInt8]
    let arguments: Arguments
    /// The members of `options`, no two of one name.
    private let options: [JSONMember]
    /// The W3C trace that the caller says it belongs to; valid, or nil.
    package let traceparent: String?
    /// Whether the caller wants text as it comes.
    package let isStream: Bool

    /// Bytes of the line it came as: what the server's request is made of.
    package var byteCount: Int { text.count }

    /// Keeps a checked call of `complete`. Throws -32602 for what the types alone do not forbid.
    package init(
        _ line: Span<UInt8>, _ arguments: Arguments, survey: ParamsSurvey? = nil
    ) throws(Fault) {
        options = try CompleteMethod.check(arguments, in: line, survey: survey)
        text = unsafe line.withUnsafeBufferPointer { unsafe Array($0) }
        self.arguments = arguments
        traceparent = RequestMeta.traceparent(of: arguments, in: line, survey: survey)
        let stream = arguments[CompleteParameter.stream.rawValue]
        isStream = stream.isPresent && line[Int(stream.start)] == UInt8(ascii: "t")
    }

    /// Whether the caller gave that parameter.
    package func has(_ parameter: CompleteParameter) -> Bool {
        arguments[parameter.rawValue].isPresent
    }

    /// The characters of a string parameter; nil where it was not given.
    package func string(_ parameter: CompleteParameter) -> String? {
        let text = text
        if !has(parameter) { return nil }
        return JSONText.string(text.span.extracting(arguments[parameter.rawValue].bounds))
    }

    /// The value of an integer parameter; nil where it was not given.
    package func integer(_ parameter: CompleteParameter) -> Int? {
        let text = text
        if !has(parameter) { return nil }
        return JSONText.integer(text.span.extracting(arguments[parameter.rawValue].bounds))
    }

    /// Whether a boolean parameter was given as true.
    package func isTrue(_ parameter: CompleteParameter) -> Bool {
        has(parameter) && text[Int(arguments[parameter.rawValue].start)] == UInt8(ascii: "t")
    }

    /// Whether the prompt goes to the model as it is: text completion, and no chat.
    package var isRaw: Bool { isTrue(.raw) || has(.suffix) }

    /// Appends the body of `POST …/completions`: the prompt as it is, without a template.
    package func writeRaw(
        model: String, stream: Bool, usageInStream: Bool, slot: Int? = nil,
        to body: inout ByteBuffer
    ) {
        let text = text
        body.append("{\"model\":")
        body.append(string: model)
        for (parameter, member) in [
            (CompleteParameter.prompt, "prompt"), (.suffix, "suffix"),
        ] as [(CompleteParameter, StaticString)] {
            let value = arguments[parameter.rawValue]
            guard value.isPresent else { continue }
            body.append(",\"")
            body.append(member)
            body.append("\":")
            body.append(text.span.extracting(value.bounds))
        }
        writeEnd(text.span, stream, usageInStream, slot, to: &body)
    }

    /// Appends the body of `POST …/chat/completions`. `stream`: ask for a stream, whatever the
    /// caller wants; `usageInStream`: and for its usage, where the server knows `stream_options`.
    package func write(
        model: String, stream: Bool, usageInStream: Bool, slot: Int? = nil,
        to body: inout ByteBuffer
    ) {
        let text = text
        body.append("{\"model\":")
        body.append(string: model)
        body.append(",\"messages\":[")
        writeMessages(text.span, to: &body)
        body.append("]")
        writeEnd(text.span, stream, usageInStream, slot, to: &body)
    }

    private func writeEnd(
        _ text: Span<UInt8>, _ stream: Bool, _ usageInStream: Bool, _ slot: Int?,
        to body: inout ByteBuffer
    ) {
        if let slot {
            body.append(",\"id_slot\":")
            body.append(decimal: slot)
        }
        if stream {
            body.append(",\"stream\":true")
            if usageInStream { body.append(",\"stream_options\":{\"include_usage\":true}") }
        }
        writeParameters(text, hasSlot: slot != nil, to: &body)
        body.append("}")
    }

    private func writeMessages(_ text: Span<UInt8>, to body: inout ByteBuffer) {
        let system = arguments[CompleteParameter.systemPrompt.rawValue]
        if system.isPresent {
            body.append("{\"role\":\"system\",\"content\":")
            body.append(text.extracting(system.bounds))
            body.append("},")
        }
        let prompt = arguments[CompleteParameter.prompt.rawValue]
        if prompt.isPresent {
            body.append("{\"role\":\"user\",\"content\":")
            body.append(text.extracting(prompt.bounds))
            body.append("}")
        } else {
            let messages = arguments[CompleteParameter.messages.rawValue].bounds
            body.append(text.extracting((messages.lowerBound + 1)..<(messages.upperBound - 1)))
        }
    }

    /// Parameters that every chat API knows by the same name, and takes as they are.
    private static let passedOn: [(parameter: CompleteParameter, member: StaticString)] = [
        (.temperature, "temperature"), (.topP, "top_p"), (.topK, "top_k"), (.minP, "min_p"),
        (.maxTokens, "max_tokens"), (.stop, "stop"), (.seed, "seed"),
        (.presencePenalty, "presence_penalty"), (.frequencyPenalty, "frequency_penalty"),
        (.repeatPenalty, "repeat_penalty"), (.logitBias, "logit_bias"),
        (.responseFormat, "response_format"), (.tools, "tools"), (.toolChoice, "tool_choice"),
        (.ttl, "ttl"), (.draftModel, "draft_model"),
    ]

    private func writeParameters(
        _ text: Span<UInt8>, hasSlot: Bool, to body: inout ByteBuffer
    ) {
        for (parameter, member) in Self.passedOn {
            let value = arguments[parameter.rawValue]
            guard value.isPresent else { continue }
            body.append(",\"")
            body.append(member)
            body.append("\":")
            body.append(text.extracting(value.bounds))
        }
        let reasoning = arguments[CompleteParameter.reasoning.rawValue]
        if reasoning.isPresent {
            body.append(",\"reasoning_effort\":")
            switch text[Int(reasoning.start)] {
            case UInt8(ascii: "t"): body.append("\"on\"")
            case UInt8(ascii: "f"): body.append("\"off\"")
            default: body.append(text.extracting(reasoning.bounds))
            }
        }
        for member in options where !isOurs(member, text, hasSlot: hasSlot) {
            body.append(",")
            body.append(text.extracting(member.name.bounds))
            body.append(":")
            body.append(text.extracting(member.value.bounds))
        }
    }

    /// Members of the server's request that the daemon always writes itself, or never sends.
    private static let reserved: [StaticString] = [
        "model", "messages", "prompt", "suffix", "stream", "stream_options",
    ]

    /// Whether the daemon writes that member of the server's request itself: then what `options`
    /// says is dropped, since no server is sent a member twice.
    private func isOurs(
        _ member: JSONMember, _ text: Span<UInt8>, hasSlot: Bool
    ) -> Bool {
        let name = text.extracting(member.name.bounds)
        func reads(_ literal: StaticString) -> Bool {
            JSONText.string(name, hasEscape: member.nameHasEscape, equals: literal)
        }
        if Self.reserved.contains(where: reads) { return true }
        if hasSlot, reads("id_slot") { return true }
        if has(.reasoning), reads("reasoning_effort") { return true }
        if has(.maxTokens), reads("max_completion_tokens") { return true }
        return Self.passedOn.contains { has($0.parameter) && reads($0.member) }
    }
}
