/// What servers say when a prompt is too long, and the two numbers of their sentence.
///
/// A number counts only where the words around it tell what it is: the same sentence may hold the
/// tokens that were asked for, and a sum.
struct ContextOverflow: Equatable {
    /// Tokens that fit; nil where the sentence does not say.
    let contextLength: Int?
    /// Tokens of the prompt; nil where the sentence does not say.
    let promptTokens: Int?

    /// Reads a sentence of any server.
    init(_ words: String) {
        let words = Array(words.utf8)
        contextLength = Self.number(in: words, Self.contextMarks)
        promptTokens = Self.number(in: words, Self.promptMarks)
    }

    /// Where the number of tokens that fit stands: `#` between what is around it.
    private static let contextMarks = [
        "context length of only #", "context length is only #", "maximum context length is #",
        "context size (#", "context length (#", "context window of #", "model length of #",
        "maximum allowed length (#", "must be <= #", "> # maximum", ">= n_ctx (#",
        "less than # tokens", "with # maximum context", "context length of # ", "max_seq_len #",
        "max_seq_len (#", "tokens allowed (#", "context window (#", "context size of #",
        "tokens, max #", "maximum context length of #", "context limit of #",
    ]

    /// Where the number of tokens of the prompt stands.
    private static let promptMarks = [
        "has # input tokens", "at least # input tokens", "passed # input tokens",
        "# in the messages", "keep the first #", "request (#", "messages resulted in #",
        "Requested tokens (#", "prompt (length #", "input (#", "Input length (#", "Given: #",
        "too long: #", "n_keep (#", "Prompt contains #", "Prompt length #", "prompt (#",
        "token count (#", "prompt has # tokens", "too long (#", "prompt length (#",
        "# input tokens", "requested # tokens",
    ]

    /// Whether the sentence says that a prompt is too long.
    static func isMeant(by words: String) -> Bool {
        if plain.contains(where: { words.contains($0) }) { return true }
        let words = words.lowercased()
        // A limit of the output is the caller's own fault, and no overflow.
        if words.contains("fewer output tokens"), !words.contains("input tokens") { return false }
        return limits.contains { words.contains($0) } && verbs.contains { words.contains($0) }
    }

    /// Sentences that name neither a limit nor what exceeds it in words that others use, too.
    private static let plain = [
        "Trying to keep the first", "tokens to keep from the initial prompt is greater",
        "n_keep", "context overflow", "tokens` must be <=", "prompt is too long",
        "Reached context length", "Prompt is too long", "prompt too long", "inputs` must have less",
    ]
    private static let limits = [
        "context length", "context window", "context size", "context limit", "model length",
        "max_seq_len", "maximum sequence length", "maximum allowed length", "available context",
        "maximum context", "number of tokens allowed", "max_model_len",
    ]
    private static let verbs = [
        "exceed", "longer than", "too long", "is greater than", "overflow", "larger than",
        "too large", "however", "is only", "not enough", "shorten the", "reduce the length",
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
                let digits = words[first...].prefix { isDigit($0) || $0 == UInt8(ascii: ",") }
                    .filter(isDigit)
                let end =
                    first
                    + words[first...].prefix { isDigit($0) || $0 == UInt8(ascii: ",") }
                    .count
                if !digits.isEmpty, words[end...].starts(with: after),
                    let number = Int(String(decoding: digits, as: UTF8.self))
                {
                    return number
                }
            }
        }
        return nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
}
