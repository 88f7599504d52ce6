/// `rerank`: documents by their nearness to a query.
public enum RerankMethod {
    /// What a call takes, in the order of a call by position; `RerankParameter` names the places.
    public static let parameters: [Parameter] = [
        .required("query", .string, "What is looked for."),
        .required("documents", .texts, "The texts to rank."),
        .optional(
            "model", .name,
            "The model's id or alias; without it the only model that ranks; where none is known "
                + "to, the only one that may."),
        .backend,
        .optional("top_n", .integer(1...1_000_000), "How many of the best to tell; all if absent."),
        .priority, .timeout, .deadline, .tag, .options,
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .rerank, "Ranks documents by their nearness to a query.",
        """
        The best comes first; `index` is the document's place in the call. A backend that has no \
        such API is answered with 1010.
        """,
        result: .rerankResult,
        errors: [
            .cancelled, .modelNotFound, .noBackend, .backendUnavailable, .backendError,
            .backendAuth, .rateLimited, .busy, .timeout, .contextOverflow, .unsupported,
            .shuttingDown, .limitExceeded, .deadlineUnreachable,
        ],
        examples: [
            MethodExample(
                "two documents",
                params: #"""
                    {"query": "a pet", "documents": ["a stone", "a cat"], "model":
                     "bge-reranker-v2-m3"}
                    """#,
                result: #"""
                    {"results": [{"index": 1, "relevance_score": 0.93}, {"index": 0,
                     "relevance_score": 0.02}], "model": "bge-reranker-v2-m3", "backend":
                     "llama.cpp", "usage": {"prompt_tokens": 12, "total_tokens": 12}}
                    """#)
        ])
}

/// Where each parameter of `rerank` stands in its list.
public enum RerankParameter: Int, CaseIterable, Sendable {
    case query, documents, model, backend, topN, priority, timeoutMilliseconds
    case deadlineMilliseconds, tag, options
}
