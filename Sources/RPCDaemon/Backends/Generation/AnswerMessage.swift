import CrowdModelsProtocol

/// A message, or the delta of one: where what the model said stands.
struct AnswerMessage {
    /// A string token, possibly empty, or an array or object of parts.
    var content = JSONRange.absent
    /// `reasoning_content`, `reasoning` and `thinking` (`reasoning_text` too): strings, arrays or
    /// objects that are not empty. The same text may stand in several.
    var reasoningContent = JSONRange.absent
    var reasoning = JSONRange.absent
    var thinking = JSONRange.absent
    /// An array with at least one element; `thinking_blocks` too.
    var reasoningDetails = JSONRange.absent
    /// A string token that is not empty.
    var refusal = JSONRange.absent
    /// An array with at least one element, or one such element.
    var toolCalls = JSONRange.absent
    /// An object: OpenAI's older form of one call.
    var functionCall = JSONRange.absent
    /// A string token, not empty: what a voice says, which is the content where there is no other.
    private var transcript = JSONRange.absent
    /// Gemini: there are thoughts in the content, between tags of its own.
    private(set) var saysThought = false

    /// The reasoning, under whichever name it came.
    @inline(__always) var anyReasoning: JSONRange {
        if reasoningContent.isPresent { return reasoningContent }
        if reasoning.isPresent { return reasoning }
        return thinking.isPresent ? thinking : reasoningDetails
    }

    /// Whether it has a text, perhaps after reasoning, and nothing else.
    var isTextAlone: Bool {
        content.isPresent && !reasoningDetails.isPresent && !refusal.isPresent
            && !toolCalls.isPresent && !functionCall.isPresent && !transcript.isPresent
            && !saysThought
    }

    @inline(__always)
    mutating func read(_ walker: inout JSONWalker, _ text: Span<UInt8>) throws(JSONError) {
        try walker.enterObject()
        while let name = try walker.nextName() {
            let token = text.extracting(name.bounds)
            switch token.count {
            case 9 where token.reads("content"): content = try walker.present()
            case 19 where token.reads("reasoning_content"):
                reasoningContent = try walker.filledParts(text)
            case 11 where token.reads("reasoning"): reasoning = try walker.filledParts(text)
            case 10 where token.reads("thinking"): thinking = try walker.filledParts(text)
            case 16 where token.reads("reasoning_text"): thinking = try walker.filledParts(text)
            case 17 where token.reads("thinking_blocks"):
                reasoningDetails = try walker.filled(.array, text)
            case 12 where token.reads("tool_calls"):
                toolCalls = try walker.filledList(text)
            case 9 where token.reads("refusal"): refusal = try walker.filledString(text)
            case 19 where token.reads("reasoning_details"):
                reasoningDetails = try walker.filled(.array, text)
            case 15 where token.reads("function_call"):
                functionCall = try walker.filled(.object, text)
            default: try takeOther(token, &walker, text)
            }
        }
        if transcript.isPresent, content.count <= 2 { content = transcript }
    }

    /// Members under which few servers tell what others tell under the names above.
    private mutating func takeOther(
        _ name: Span<UInt8>, _ walker: inout JSONWalker, _ text: Span<UInt8>
    ) throws(JSONError) {
        switch name.count {
        case 11 where name.reads("tool_call"):
            let calls = try walker.filledList(text)
            if !toolCalls.isPresent { toolCalls = calls }
        case 9 where name.reads("thought"), 10 where name.reads("thoughts"),
            18 where name.reads("thinking_content"), 19 where name.reads("reasoning_summary"),
            13 where name.reads("cot_summary"):
            let told = try walker.filledParts(text)
            if !thinking.isPresent { thinking = told }
        case 7 where name.reads("audio"):
            let voice = try walker.filled(.object, text)
            guard voice.isPresent else { return }
            let words = text.member("transcript", of: voice)
            if words.count > 2, text[Int(words.start)] == UInt8(ascii: "\"") { transcript = words }
        case 15 where name.reads("extra_content"):
            let extra = try walker.filled(.object, text)
            guard extra.isPresent else { return }
            let google = text.member("google", of: extra)
            guard google.isPresent, text[Int(google.start)] == UInt8(ascii: "{") else { return }
            let thought = text.member("thought", of: google)
            saysThought = thought.isPresent && text[Int(thought.start)] == UInt8(ascii: "t")
        default: try walker.skip()
        }
    }
}

extension Span<UInt8> {
    /// The member of that name of the valid object at `range`; absent where it has none.
    fileprivate func member(_ wanted: StaticString, of range: JSONRange) -> JSONRange {
        var found = JSONRange.absent
        GenerationReport.readMembers(self, at: range) { name, value in
            if extracting(name.bounds).reads(wanted) { found = value }
        }
        return found
    }
}
