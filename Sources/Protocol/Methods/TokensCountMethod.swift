/// `tokens.count`: how many tokens a prompt is.
public enum TokensCountMethod {
    /// What a call takes, in the order of a call by position; `TokensCountParameter` names the
    /// places.
    public static let parameters: [Parameter] = [
        .optional("model", .name, "The model's id or alias; chosen as for `complete` without it."),
        .optional(
            "messages", .objects, of: "Message",
            "The conversation in OpenAI's form; exactly one of `prompt` and `messages`."),
        .optional("prompt", .string, "The text; exactly one of `prompt` and `messages`."),
        .optional("tools", .objects, of: "Tool", "Functions that are told to the model, too."),
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .tokensCount, "Counts the tokens of a prompt or a conversation.",
        """
        The backend is asked where it can count, without waiting for a turn. Where it cannot, the \
        number is estimated from the letters, and `estimated` is true.
        """,
        result: .tokensCountResult,
        errors: [.cancelled, .modelNotFound, .noBackend, .backendUnavailable, .unsupported],
        examples: [
            MethodExample(
                "a prompt", params: #"{"prompt": "Why is the sky blue?"}"#,
                result: #"{"prompt_tokens": 6, "estimated": true}"#)
        ])
}

extension TokensCountMethod {
    /// Checks what the types alone do not forbid.
    public static func check(_ arguments: Arguments) throws(Fault) {
        let hasPrompt = arguments[TokensCountParameter.prompt.rawValue].isPresent
        guard hasPrompt == arguments[TokensCountParameter.messages.rawValue].isPresent else {
            return
        }
        throw Fault(
            .invalidParams,
            hasPrompt
                ? "`tokens.count` takes `prompt` or `messages`, not both"
                : "`tokens.count` needs `prompt` (a string) or `messages` (an array of messages)",
            data: ["parameter": "prompt"])
    }
}

/// Where each parameter of `tokens.count` stands in its list.
public enum TokensCountParameter: Int, CaseIterable, Sendable {
    case model, messages, prompt, tools
}
