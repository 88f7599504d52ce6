/// Tokens of an answer, as far as they are known.
struct TokenCounts: Equatable {
    let prompt: Int?
    let completion: Int?
    let total: Int?
    /// Those of the prompt that its server had in its cache.
    let cached: Int?
    /// Those of the produced ones that were reasoning.
    let reasoning: Int?

    /// The counts in a result of ours.
    init(of result: ObjectView) {
        let usage = result.object("usage")
        prompt = usage.integer("prompt_tokens")
        completion = usage.integer("completion_tokens")
        total = usage.integer("total_tokens")
        cached = usage.integer("cached_tokens")
        reasoning = usage.integer("reasoning_tokens")
    }
}
