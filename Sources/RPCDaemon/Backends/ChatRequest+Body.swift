import CrowdModelsProtocol

/// The body that a server gets for what a caller asked, as OpenAI's API has it.
extension ChatRequest {
    /// Appends it: messages for chat, a prompt for text completion.
    func write(_ call: ChatCall, _ form: ChatForm, to body: inout ByteBuffer) {
        let text = text
        body.append("{\"model\":")
        body.append(string: call.model)
        if call.isRaw {
            body.append(",\"prompt\":")
            writePlainPrompt(to: &body)
            if has(.suffix) {
                body.append(",\"suffix\":")
                let suffix = arguments[CompleteParameter.suffix.rawValue]
                body.append(text.span.extracting(suffix.bounds))
            }
        } else {
            body.append(",\"messages\":[")
            writeMessages(text.span, to: &body)
            body.append("]")
        }
        if let slot = call.slot {
            body.append(",\"id_slot\":")
            body.append(decimal: slot)
        }
        if form.isStream {
            body.append(",\"stream\":true")
            if form.hasUsage { body.append(",\"stream_options\":{\"include_usage\":true}") }
            if form.hasProgress { body.append(",\"return_progress\":true") }
        }
        writeParameters(text.span, call, form, to: &body)
        body.append("}")
    }

    /// The form of `response_format` that it does not have; nil where there is none.
    var otherFormat: ResponseFormat.Form? {
        let text = text
        if !has(.responseFormat) { return nil }
        return ResponseFormat.otherForm(
            of: text.span.extracting(arguments[CompleteParameter.responseFormat.rawValue].bounds))
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

    /// Parameters that every chat API knows, and takes as they are.
    private static let passedOn: [(parameter: CompleteParameter, member: StaticString)] = [
        (.temperature, "temperature"), (.topP, "top_p"), (.topK, "top_k"), (.minP, "min_p"),
        (.maxTokens, "max_tokens"), (.stop, "stop"), (.seed, "seed"),
        (.presencePenalty, "presence_penalty"), (.frequencyPenalty, "frequency_penalty"),
        (.repeatPenalty, "repeat_penalty"), (.logitBias, "logit_bias"),
        (.responseFormat, "response_format"), (.tools, "tools"), (.toolChoice, "tool_choice"),
        (.ttl, "ttl"), (.draftModel, "draft_model"),
    ]

    private func writeParameters(
        _ text: Span<UInt8>, _ call: ChatCall, _ form: ChatForm, to body: inout ByteBuffer
    ) {
        for (parameter, member) in Self.passedOn {
            let value = arguments[parameter.rawValue]
            guard value.isPresent else { continue }
            body.append(",\"")
            body.append(parameter == .repeatPenalty ? form.repeatPenalty : member)
            body.append("\":")
            let token = text.extracting(value.bounds)
            if parameter == .responseFormat {
                let wanted = call.format == .asGiven ? form.format : call.format
                ResponseFormat.write(token, as: wanted, to: &body)
            } else {
                body.append(token)
            }
        }
        if let tokensMax = form.tokensMax, !has(.maxTokens), !hasOption("max_tokens", text) {
            body.append(",\"max_tokens\":")
            body.append(decimal: tokensMax)
        }
        writeReasoning(text, form.reasoning, to: &body)
        for member in options where !isOurs(member, text, call, form) {
            body.append(",")
            body.append(text.extracting(member.name.bounds))
            body.append(":")
            body.append(text.extracting(member.value.bounds))
        }
    }

    private func writeReasoning(
        _ text: Span<UInt8>, _ form: ChatForm.ReasoningForm, to body: inout ByteBuffer
    ) {
        let value = arguments[CompleteParameter.reasoning.rawValue]
        guard value.isPresent else { return }
        let token = text.extracting(value.bounds)
        let isOn = token[0] == UInt8(ascii: "t") || token.reads("on")
        let isOff =
            token[0] == UInt8(ascii: "f") || token.reads("off") || token.reads("none")
        switch form {
        case .template where isOn || isOff:
            body.append(",\"chat_template_kwargs\":{\"enable_thinking\":")
            body.append(bool: isOn)
            return body.append("}")
        case .template:
            body.append(",\"chat_template_kwargs\":{\"reasoning_effort\":")
            body.append(token)
            body.append("}")
        case .effort, .effortOrSwitch: break
        }
        body.append(",\"reasoning_effort\":")
        if isOn {
            body.append(form == .effort ? "\"medium\"" : "\"on\"")
        } else if isOff {
            body.append(form == .effort ? "\"none\"" : "\"off\"")
        } else {
            body.append(token)
        }
    }

    /// Members of the server's request that the daemon always writes itself, or never sends.
    private static let reserved: [StaticString] = [
        "model", "messages", "prompt", "suffix", "stream", "stream_options",
    ]

    private func hasOption(_ literal: StaticString, _ text: Span<UInt8>) -> Bool {
        options.contains { member in
            JSONText.string(
                text.extracting(member.name.bounds), hasEscape: member.nameHasEscape,
                equals: literal)
        }
    }

    /// Whether the daemon writes that member of the server's request itself: then what `options`
    /// says is dropped, since no server is sent a member twice.
    private func isOurs(
        _ member: JSONMember, _ text: Span<UInt8>, _ call: ChatCall, _ form: ChatForm
    ) -> Bool {
        let name = text.extracting(member.name.bounds)
        func reads(_ literal: StaticString) -> Bool {
            JSONText.string(name, hasEscape: member.nameHasEscape, equals: literal)
        }
        if Self.reserved.contains(where: reads) { return true }
        if call.slot != nil, reads("id_slot") { return true }
        if form.isStream, form.hasProgress, reads("return_progress") { return true }
        if has(.reasoning), reads("reasoning_effort") { return true }
        if has(.reasoning), form.reasoning == .template, reads("chat_template_kwargs") {
            return true
        }
        if has(.maxTokens), reads("max_completion_tokens") { return true }
        if has(.repeatPenalty), reads(form.repeatPenalty) { return true }
        return Self.passedOn.contains { has($0.parameter) && reads($0.member) }
    }
}
