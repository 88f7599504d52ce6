extension CompleteMethod {
    /// Checks of a call's arguments what their types alone do not forbid, and answers the members
    /// of `options`, none of which is given twice. The arguments are lent, and not changed;
    /// `survey` is what a `LineReader` found in a long line.
    public static func check(
        _ arguments: inout Arguments, in text: Span<UInt8>, survey: ParamsSurvey? = nil
    ) throws(Fault) -> [JSONMember] {
        let hasPrompt = arguments[CompleteParameter.prompt.rawValue].isPresent
        let messages = arguments[CompleteParameter.messages.rawValue]
        if hasPrompt == messages.isPresent {
            throw Fault(
                .invalidParams,
                hasPrompt
                    ? "`complete` takes `prompt` or `messages`, not both"
                    : "`complete` needs `prompt` (a string) or `messages` (an array of messages)",
                data: ["parameter": "prompt"])
        }
        try checkRaw(&arguments, in: text)
        if messages.isPresent {
            let check = survey?.messages ?? MessagesCheck(text.extracting(messages.bounds))
            if let fault = check.fault { throw fault }
        }
        let options = arguments[CompleteParameter.options.rawValue]
        if !options.isPresent { return [] }
        let members = survey?.options ?? OptionsCheck.read(options, text)
        try OptionsCheck.check(members, of: .complete, text)
        try checkOneAnswer(members, text)
        return members
    }

    /// `raw` and `suffix` are about the text alone: a conversation has a template.
    private static func checkRaw(
        _ arguments: inout Arguments, in text: Span<UInt8>
    ) throws(Fault) {
        let raw = arguments[CompleteParameter.raw.rawValue]
        let isRaw = raw.isPresent && text[Int(raw.start)] == UInt8(ascii: "t")
        let hasSuffix = arguments[CompleteParameter.suffix.rawValue].isPresent
        guard isRaw || hasSuffix else { return }
        let name = isRaw ? "raw" : "suffix"
        for other in [CompleteParameter.messages, .systemPrompt, .tools]
        where arguments[other.rawValue].isPresent {
            throw Fault(
                .invalidParams,
                "`\(name)` of `complete` goes with `prompt` alone, not with `\(other.name)`",
                data: ["parameter": .string(name)])
        }
    }

    private static func checkOneAnswer(
        _ members: [JSONMember], _ text: Span<UInt8>
    ) throws(Fault) {
        for member in members {
            let name = text.extracting(member.name.bounds)
            for (other, harmless) in oneAnswer
            where JSONText.string(name, hasEscape: member.nameHasEscape, equals: other) {
                let value = text.extracting(member.value.bounds)
                if harmless.contains(where: { isToken(value, $0) }) { continue }
                throw Fault(
                    .invalidParams,
                    "`options.\(other)` of `complete` is not supported: an answer has one choice, "
                        + "and no likelihoods",
                    data: ["parameter": .string("options.\(other)")])
            }
        }
    }

    /// Members that ask for what a result has no place for, and the values that ask for nothing.
    private static let oneAnswer: [(name: StaticString, harmless: [StaticString])] = [
        ("n", ["1", "null"]), ("best_of", ["0", "1", "null"]), ("logprobs", ["false", "null"]),
        ("top_logprobs", ["0", "null"]), ("echo", ["false", "null"]),
    ]

    private static func isToken(_ token: Span<UInt8>, _ literal: StaticString) -> Bool {
        guard token.count == literal.utf8CodeUnitCount else { return false }
        return unsafe token.withUnsafeBufferPointer { bytes in
            literal.withUTF8Buffer { unsafe bytes.elementsEqual($0) }
        }
    }
}
