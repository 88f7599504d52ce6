/// What servers say when a prompt is too long, and the two numbers of their sentence.
///
/// A number counts only where the words around it tell what it is: the same sentence may hold the
/// tokens that were asked for, and a sum.
struct ContextOverflow: Equatable {
    /// Tokens that fit; nil where the sentence does not say.
    let contextLength: Int?
    /// Tokens of the prompt; nil where the sentence does not say.
    let promptTokens: Int?

    /// Reads a sentence of LM Studio, llama.cpp, vLLM or OpenAI.
    init(_ words: String) {
        contextLength = Self.number(
            in: words,
            after: [
                "context length of only ", "context length is only ", "maximum context length is ",
                "context size (",
            ])
        promptTokens =
            Self.number(in: words, before: [" input tokens", " in the messages"])
            ?? Self.number(
                in: words, after: ["keep the first ", "request (", "messages resulted in "])
    }

    /// Whether the sentence says that a prompt is too long.
    static func isMeant(by words: String) -> Bool {
        [
            "Trying to keep the first", "tokens to keep from the initial prompt is greater",
            "exceeds the available context size", "maximum context length",
            "context length is only", "longer than the context length",
            "exceeds the context length", "Context size has been exceeded", "context overflow",
        ].contains { words.contains($0) }
    }

    private static func number(in words: String, after marks: [String]) -> Int? {
        for mark in marks {
            guard let place = words.firstRange(of: mark) else { continue }
            let digits = words[place.upperBound...].prefix { $0.isASCII && $0.isNumber }
            if let number = Int(digits) { return number }
        }
        return nil
    }

    private static func number(in words: String, before marks: [String]) -> Int? {
        for mark in marks {
            guard let place = words.firstRange(of: mark) else { continue }
            let digits = words[..<place.lowerBound].reversed().prefix { $0.isASCII && $0.isNumber }
            if let number = Int(String(digits.reversed())) { return number }
        }
        return nil
    }
}
