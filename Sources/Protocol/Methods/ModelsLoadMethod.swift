/// `models.load`: a model into the server's memory.
public enum ModelsLoadMethod {
    /// What a call takes, in the order of a call by position; `ModelsLoadParameter` names the
    /// places.
    public static let parameters: [Parameter] = [
        .required("model", .name, "The model's id or an alias of it."),
        .optional("backend", .name, "The only backend to use."),
        .optional(
            "context_length", .integer(1...1_073_741_824),
            "Tokens of context to load it with; the backend's default if absent."),
        .optional(
            "ttl", .integer(0...315_360_000),
            "Seconds without use after which the backend unloads it again."),
        .optional(
            "progress", .boolean, "Whether to send `complete.progress` on change; false by default."
        ),
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .modelsLoad, "Loads a model.",
        """
        It is answered when the model is loaded; one that is loaded already is answered at once. No \
        model that generates is made to leave for it: it waits its turn.
        """,
        result: .model,
        errors: [
            .invalidRequest, .cancelled, .modelNotFound, .noBackend, .backendUnavailable,
            .backendError, .backendAuth, .busy, .timeout, .unsupported, .shuttingDown,
            .limitExceeded,
        ],
        notifications: [.completeProgress],
        examples: [
            MethodExample(
                "with a context of its own",
                params: #"{"model": "qwen3-4b", "context_length": 16384}"#,
                result: #"""
                    {"id": "qwen3-4b", "backend": "lmstudio", "type": "llm", "state": "loaded",
                     "capabilities": [], "aliases": [], "loaded_context_length": 16384}
                    """#)
        ])
}

/// `models.unload`: a model out of the server's memory.
public enum ModelsUnloadMethod {
    /// What a call takes: what `models.load` takes, though only the first two count.
    public static let parameters = ModelsLoadMethod.parameters

    /// What there is to know of it.
    public static let description = MethodDescription(
        .modelsUnload, "Unloads a model.",
        """
        It waits until nothing of ours runs on the model, and is answered when the model has left; \
        one that is not loaded is answered at once.
        """,
        result: .model,
        errors: [
            .invalidRequest, .cancelled, .modelNotFound, .noBackend, .backendUnavailable,
            .backendError, .backendAuth, .busy, .timeout, .unsupported, .shuttingDown,
            .limitExceeded,
        ],
        notifications: [.completeProgress],
        examples: [
            MethodExample(
                "a model", params: #"{"model": "qwen3-4b"}"#,
                result: #"""
                    {"id": "qwen3-4b", "backend": "lmstudio", "type": "llm", "state":
                     "not-loaded", "capabilities": [], "aliases": []}
                    """#)
        ])
}

/// Where each parameter of `models.load` and `models.unload` stands in its list.
public enum ModelsLoadParameter: Int, CaseIterable, Sendable {
    case model, backend, contextLength, ttl, progress
}
