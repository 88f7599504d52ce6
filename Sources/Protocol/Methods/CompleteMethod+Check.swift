extension CompleteMethod {
    /// The most members `options` may have; a server's own parameters are a few dozen. Each is
    /// compared with those before it: 256 × 256 / 2 comparisons take 0.1 ms.
    public static let optionsMax = 256

    /// Checks of a call's arguments what their types alone do not forbid, and answers the members
    /// of `options`, none of which is given twice. `survey` is what a `LineReader` found in a long
    /// line.
    public static func check(
        _ arguments: Arguments, in text: Span<UInt8>, survey: ParamsSurvey? = nil
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
        try checkRaw(arguments, in: text)
        if messages.isPresent {
            let check = survey?.messages ?? MessagesCheck(text.extracting(messages.bounds))
            if let fault = check.fault { throw fault }
        }
        let options = arguments[CompleteParameter.options.rawValue]
        if !options.isPresent { return [] }
        let members = survey?.options ?? readOptions(options, text)
        try check(options: members, text)
        return members
    }

    /// `raw` and `suffix` are about the text alone: a conversation has a template.
    private static func checkRaw(
        _ arguments: Arguments, in text: Span<UInt8>
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

    private static func readOptions(_ options: JSONRange, _ text: Span<UInt8>) -> [JSONMember] {
        var members: [JSONMember] = []
        var reader = JSONMemberReader(from: Int(options.start))
        while members.count <= optionsMax, let member = (try? reader.next(in: text)) ?? nil {
            members.append(member)
        }
        return members
    }

    private static func check(
        options members: [JSONMember], _ text: Span<UInt8>
    ) throws(Fault) {
        if members.count > optionsMax {
            throw fault("options", "must have at most \(optionsMax) members")
        }
        for (index, member) in members.enumerated() {
            let name = text.extracting(member.name.bounds)
            for other in members[..<index] where isSame(member, other, text) {
                throw fault(
                    "options", "has the member `\(JSONText.quoted(name))` twice")
            }
            for (other, harmless) in oneAnswer
            where JSONText.string(name, hasEscape: member.nameHasEscape, equals: other) {
                let value = text.extracting(member.value.bounds)
                if harmless.contains(where: { isToken(value, $0) }) { continue }
                throw fault(
                    "options.\(other)",
                    "is not supported: an answer has one choice, and no likelihoods")
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

    /// Whether two members of one object have the same name.
    private static func isSame(
        _ first: JSONMember, _ second: JSONMember, _ text: Span<UInt8>
    ) -> Bool {
        if !first.nameHasEscape && !second.nameHasEscape {
            guard first.name.count == second.name.count else { return false }
            for offset in 0..<first.name.count
            where text[Int(first.name.start) + offset] != text[Int(second.name.start) + offset] {
                return false
            }
            return true
        }
        return JSONText.same(
            text.extracting(first.name.bounds), text.extracting(second.name.bounds))
    }

    private static func fault(_ parameter: String, _ what: String) -> Fault {
        Fault(
            .invalidParams, "`\(parameter)` of `complete` \(what)",
            data: ["parameter": .string(parameter)])
    }
}
