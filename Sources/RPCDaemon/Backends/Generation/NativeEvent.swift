import CrowdModelsProtocol

/// One event of LM Studio's own chat (`POST /api/v1/chat`, 0.4), by its `type`, as far as it says
/// something; its parts stand in the frame.
struct NativeEvent {
    enum Kind {
        case none, start, load, prompt, reasoning, message, end
    }

    var kind = Kind.none
    /// A string token: `content`, a piece of the text.
    var content = JSONRange.absent
    /// A string token: which instance of which model serves.
    var instance = JSONRange.absent
    /// How far the load or the reading is, 0 to 1.
    var progress = JSONRange.absent
    /// The object that a chat ends with.
    var result = JSONRange.absent

    /// Whether there is anything of it.
    var isPresent: Bool {
        kind != .none || content.isPresent || instance.isPresent || progress.isPresent
            || result.isPresent
    }

    /// Reads the type, a string token; none of another program's is like one of these.
    static func kind(_ type: Span<UInt8>) -> Kind {
        switch type.count {
        case 12 where type.reads("chat.start"): .start
        case 10 where type.reads("chat.end"): .end
        case 21 where type.reads("model_load.progress"): .load
        case 28 where type.reads("prompt_processing.progress"): .prompt
        case 17 where type.reads("reasoning.delta"): .reasoning
        case 15 where type.reads("message.delta"): .message
        default: .none
        }
    }
}

extension AnswerFrame {
    /// Takes what an event of that chat says as what any answer would say.
    mutating func resolveNative() {
        if native.instance.isPresent { model = native.instance }
        switch native.kind {
        case .message: (message.content, hasChoice) = (native.content, true)
        case .reasoning: (message.reasoning, hasChoice) = (native.content, true)
        case .end: hasChoice = true
        case .none, .start, .load, .prompt: break
        }
    }
}

extension Generation {
    /// Hands out how far a load is, or the prompt's reading: of both the first, so that what is
    /// told rises.
    mutating func takeNativeProgress(
        _ event: NativeEvent, _ data: Span<UInt8>, _ handle: (borrowing GenerationEvent) -> Bool
    ) -> Bool {
        guard event.progress.isPresent, event.kind == .load || !hasLoaded,
            let part = JSONText.double(data.extracting(event.progress.bounds))
        else { return true }
        if event.kind == .load { hasLoaded = true }
        return handle(GenerationEvent(promptProgress: min(1, max(0, part))))
    }

    /// The end of such a chat, which does not say why: as many tokens as were asked for are the
    /// reason where there are so many.
    mutating func takeNativeEnd(_ event: NativeEvent, _ data: Span<UInt8>) {
        report.readNative(data, event.result)
        let isFull = tokensMax.map { (report.completionTokens ?? 0) >= $0 } ?? false
        let word: StaticString = isFull ? "\"length\"" : "\"stop\""
        var token = ByteBuffer()
        token.append(word)
        finish = finish ?? FinishWord(token.span)
        phase = .finished
    }
}

extension GenerationReport {
    /// The `stats` of a chat's result: tokens, and seconds.
    mutating func readNative(_ text: Span<UInt8>, _ result: JSONRange) {
        guard result.isPresent else { return }
        var stats = JSONRange.absent
        Self.readMembers(text, at: result) { name, value in
            if text.extracting(name.bounds).reads("stats") { stats = value }
        }
        guard stats.isPresent else { return }
        Self.readMembers(text, from: stats) { name, value in
            switch name.count {
            case 14 where name.reads("input_tokens"): promptTokens = Self.count(value)
            case 21 where name.reads("total_output_tokens"): completionTokens = Self.count(value)
            case 25 where name.reads("reasoning_output_tokens"):
                reasoningTokens = Self.count(value)
            case 19 where name.reads("tokens_per_second"): tokensPerSecond = Self.speed(value)
            case 29 where name.reads("time_to_first_token_seconds"):
                timeToFirstToken = Self.seconds(value, in: 1)
            default: break
            }
        }
    }
}
