/// `embed`: texts to vectors.
public enum EmbedMethod {
    /// What a call takes, in the order of a call by position; `EmbedParameter` names the places.
    public static let parameters: [Parameter] = [
        .required("input", .stringOrStrings, "The text, or the texts, to embed."),
        .optional(
            "model", .name,
            "The model's id or alias; without it the only embeddings model there is; where "
                + "none is known to be one, the only model that may embed."),
        .backend,
        .optional(
            "dimensions", .integer(1...1_048_576),
            "How many numbers a vector shall have, where the model can shorten them."),
        .priority, .timeout, .deadline, .tag, .options,
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .embed, "Turns texts into vectors.",
        """
        The vectors stand in the order of the texts, their numbers as the backend wrote them. It \
        waits for its turn as `complete` does, and is cancelled the same way.
        """,
        result: .embedResult,
        errors: [
            .cancelled, .modelNotFound, .noBackend, .backendUnavailable, .backendError,
            .backendAuth, .rateLimited, .busy, .timeout, .contextOverflow, .unsupported,
            .shuttingDown, .limitExceeded, .deadlineUnreachable,
        ],
        examples: [
            MethodExample(
                "two texts",
                params: #"{"input": ["one", "two"], "model": "nomic-embed-text-v1.5"}"#,
                result: #"""
                    {"embeddings": [[0.12, -0.03], [0.08, 0.11]], "model":
                     "nomic-embed-text-v1.5", "backend": "lmstudio", "usage": {"prompt_tokens": 4,
                     "total_tokens": 4}}
                    """#)
        ])
}

/// Where each parameter of `embed` stands in its list.
public enum EmbedParameter: Int, CaseIterable, Sendable {
    case input, model, backend, dimensions, priority, timeoutMilliseconds, deadlineMilliseconds
    case tag, options
}
