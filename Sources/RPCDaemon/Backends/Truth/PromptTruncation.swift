/// Whether a server has cut the prompt without a word, as Ollama does: told by the numbers.
package struct PromptTruncation {
    /// Tokens that the server says it read, cached ones included.
    package var promptTokens: Int?
    /// Tokens that the loaded model has room for.
    package var loadedContext: Int?
    /// Tokens that may be produced.
    package var maxTokens: Int?
    /// Letters of the prompt that was sent.
    package var promptLetters: Int
    /// The server said so itself.
    package var isTold: Bool

    package init(
        promptTokens: Int?, loadedContext: Int?, maxTokens: Int?, promptLetters: Int, isTold: Bool
    ) {
        self.promptTokens = promptTokens
        self.loadedContext = loadedContext
        self.maxTokens = maxTokens
        self.promptLetters = promptLetters
        self.isTold = isTold
    }

    /// Letters that one token of any language holds at most, as long texts go.
    private static let lettersPerToken = 8

    /// Whether the prompt was cut: what was read is all that there is room for, and the letters
    /// cannot be so few tokens.
    package var isCut: Bool {
        if isTold { return true }
        guard let promptTokens, promptTokens > 0, let loadedContext,
            promptTokens >= loadedContext - max(0, maxTokens ?? 0)
        else { return false }
        return promptLetters / Self.lettersPerToken > promptTokens
    }
}
