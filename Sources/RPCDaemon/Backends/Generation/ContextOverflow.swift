import CrowdModelsProtocol

/// What servers say when a prompt is too long, and the two numbers of their sentence.
///
/// A number counts where the words around it tell what it is, since the same sentence may hold the
/// tokens that were asked for, and a sum. Where no words tell and there are but two numbers, the
/// prompt's is the larger one.
struct ContextOverflow: Equatable {
    /// Tokens that fit; nil where the sentence does not say.
    private(set) var contextLength: Int?
    /// Tokens of the prompt; nil where the sentence does not say.
    private(set) var promptTokens: Int?

    /// Reads a sentence of any server.
    init(_ words: String) {
        let bytes = Array(words.utf8)
        contextLength = Self.number(in: bytes, Self.contextMarks)
        // vLLM does not count what has more letters than its context could hold.
        let isOfLetters = words.contains(" characters (more than ")
        promptTokens = isOfLetters ? nil : Self.number(in: bytes, Self.promptMarks)
        if contextLength == nil || promptTokens == nil { guess(bytes) }
    }

    /// Tells the rest by size.
    private mutating func guess(_ words: [UInt8]) {
        let all = Self.numbers(in: words)
        var rest = all.map(\.value).filter { $0 != contextLength && $0 != promptTokens }
        rest = rest.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        switch (contextLength, promptTokens, rest.count) {
        case (nil, nil, 2): (contextLength, promptTokens) = (rest.min(), rest.max())
        case (nil, let prompt?, 1) where rest[0] < prompt: contextLength = rest[0]
        case (let context?, nil, 1) where rest[0] > context: promptTokens = rest[0]
        case (nil, nil, 1):
            // Alone it is the limit, where one is spoken of right before it.
            guard let start = all.first?.start else { return }
            let before = String(decoding: words[..<start].suffix(Self.beforeMax), as: UTF8.self)
                .lowercased()
            if Self.limitWords.contains(where: before.contains) { contextLength = rest[0] }
        default: break
        }
    }

    /// How many bytes before a number tell what it is.
    private static let beforeMax = 40
    private static let limitWords = [
        "max", "limit", "context", "exceed", "allowed", "should be", "at most", "size",
    ]

    /// The numbers that may count tokens: of several digits, no part of a name, a version or a
    /// status.
    private static func numbers(in words: [UInt8]) -> [(value: Int, start: Int)] {
        var found: [(value: Int, start: Int)] = []
        var at = 0
        while at < words.count {
            guard isDigit(words[at]) else {
                at += 1
                continue
            }
            let token = number(in: words, at: at)
            let digits = token.filter(isDigit)
            let end = at + token.count
            let isJoined =
                at > 0 && isNamePart(words[at - 1])
                || end < words.count && isNamePart(words[end])
                    && !(words[end] == UInt8(ascii: ".")
                        && (end + 1 == words.count || !isDigit(words[end + 1])))
            let before = String(decoding: words[..<at].suffix(8), as: UTF8.self).lowercased()
            let isStatus = ["code", "status", "http"].contains { before.contains($0) }
            if digits.count > 1, !isJoined, !isStatus,
                let value = Int(String(decoding: digits, as: UTF8.self))
            {
                found.append((value, at))
            }
            at = end
        }
        return found
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        byte | 0x20 &- 97 < 26 || "-_./=".utf8.contains(byte)
    }

    /// Where the number of tokens that fit stands: `#` between what is around it.
    private static let contextMarks = [
        "context length of only #", "context length is only #", "maximum context length is #",
        "maximum prompt length is #", "context size (#", "context length (#", "context window of #",
        "model length of #", "maximum allowed length (#", "must be <= #", "> # maximum",
        ">= n_ctx (#", "n_ctx: #", "less than # tokens", "with # maximum context",
        "context length of # ", "context length #", "max_seq_len #", "max_seq_len (#",
        "tokens allowed (#", "tokens allowed #", "context window (#", "context size of #",
        "tokens, max #", "maximum context length of #", "maximum context of #",
        "context limit of #",
        "max context is #", "max_model_len of #", "maximum input length (#", "max session length #",
        "cannot exceed #", "token limit: #", "the limit is #", "> #, decrease",
        "maximum context length: #", "length should be [1, #",
    ]

    /// Where the number of tokens of the prompt stands.
    private static let promptMarks = [
        "has # input tokens", "at least # input tokens", "passed # input tokens",
        "# in the messages", "# in your prompt", "# tokens from the input", "(# of text input",
        "keep the first #", "request (#", "messages resulted in #", "resulted in over #",
        "Requested tokens (#", "prompt (length #", "(total length #", "input (#", "Input length (#",
        "Given: #", "too long: #", "n_keep (#", "n_keep: #", "Prompt contains #",
        "request contains #", "Prompt length #", "prompt (#", "token count (#",
        "prompt has # tokens", "too long (#", "prompt length (#", "Prompt length (#",
        "Prompt tokens (#", "length of input #", "received #", "context limit: # +",
        "# input tokens", "requested # tokens", "requested about # tokens",
    ]

    /// Whether the sentence says that a prompt is too long.
    static func isMeant(by words: String) -> Bool {
        let words = words.lowercased()
        if plain.contains(where: words.contains) { return true }
        // A limit of the output is the caller's own fault, and no overflow; one of requests in a
        // while is another matter.
        if words.contains("fewer output tokens"), !words.contains("input tokens") { return false }
        if words.contains("per minute") || words.contains("per day") { return false }
        if limits.contains(where: words.contains), verbs.contains(where: words.contains) {
            return true
        }
        return subjects.contains(where: words.contains) && measures.contains(where: words.contains)
            && excesses.contains(where: words.contains)
    }

    /// Sentences that name neither a limit nor what exceeds it in words that others use, too.
    private static let plain = [
        "trying to keep the first", "tokens to keep from the initial prompt is greater",
        "n_keep", "context overflow", "tokens` must be <=", "prompt is too long",
        "reached context length", "prompt too long", "inputs` must have less",
        "contextwindowexceeded", "too many tokens", "input is too long",
        "range of input length should be",
    ]
    private static let limits = [
        "context length", "context window", "context size", "context limit", "model length",
        "max_seq_len", "maximum sequence length", "maximum allowed length", "available context",
        "maximum context", "number of tokens allowed", "max_model_len", "token limit",
        "max session length", "maximum prompt length", "maximum input length",
    ]
    private static let verbs = [
        "exceed", "longer than", "too long", "is greater than", "overflow", "larger than",
        "too large", "however", "is only", "not enough", "shorten the", "reduce the length",
        "but the request contains",
    ]

    /// Else all three of these: what is too long, in what it is measured, and that it is.
    private static let subjects = ["prompt", "input", "request", "messages"]
    private static let measures = ["token", "context", "max length", "physical batch size"]
    private static let excesses = [
        "exceeds", "exceeded", "too long", "longer than", "too large", "cannot exceed",
    ]

    private static func number(in words: [UInt8], _ marks: [String]) -> Int? {
        for mark in marks {
            let parts = mark.utf8.split(
                separator: UInt8(ascii: "#"), omittingEmptySubsequences: false)
            let before = Array(parts[0])
            let after = Array(parts[1])
            for start in words.indices where words[start...].starts(with: before) {
                let first = start + before.count
                // Without words before it, the number begins where its first digit does.
                if before.isEmpty, start > 0, isDigit(words[start - 1]) { continue }
                let token = number(in: words, at: first)
                let digits = token.filter(isDigit)
                if !digits.isEmpty, words[token.endIndex...].starts(with: after),
                    let number = Int(String(decoding: digits, as: UTF8.self))
                {
                    return number
                }
            }
        }
        return nil
    }

    /// The digits from `start` on, with the commas between them.
    private static func number(in words: [UInt8], at start: Int) -> ArraySlice<UInt8> {
        var token = words[start...].prefix { isDigit($0) || $0 == UInt8(ascii: ",") }
        while token.last == UInt8(ascii: ",") { token.removeLast() }
        return token
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
}
