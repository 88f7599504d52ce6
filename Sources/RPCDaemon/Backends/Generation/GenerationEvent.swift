/// What one step of an answer gave, in normal form; it lives no longer than the call that hands it
/// out.
///
/// Texts are the inside of JSON strings: valid, and fit to stand between quotes as they are.
package struct GenerationEvent: ~Escapable {
    /// Empty where nothing of that kind came.
    package let content: Span<UInt8>
    package let reasoning: Span<UInt8>
    package let refusal: Span<UInt8>
    /// A JSON array of deltas of tool calls, or empty.
    package let toolCalls: Span<UInt8>
    /// How much of the prompt is read, 0 to 1, where the server tells; then there is no text.
    package let promptProgress: Double?

    @_lifetime(copy content, copy reasoning, copy refusal, copy toolCalls)
    init(
        content: Span<UInt8>, reasoning: Span<UInt8>, refusal: Span<UInt8>, toolCalls: Span<UInt8>
    ) {
        self.content = content
        self.reasoning = reasoning
        self.refusal = refusal
        self.toolCalls = toolCalls
        promptProgress = nil
    }

    @_lifetime(immortal)
    init(promptProgress: Double) {
        content = Span()
        reasoning = Span()
        refusal = Span()
        toolCalls = Span()
        self.promptProgress = promptProgress
    }
}
