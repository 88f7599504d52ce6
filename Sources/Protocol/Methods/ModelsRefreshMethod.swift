/// `models.refresh`: asks the backends for their models now.
public enum ModelsRefreshMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .optional(
            "backend", .name, "Only the backend of this name is asked; without it, all are.")
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .modelsRefresh, "Asks the backends for their models now.",
        """
        Backends that do not answer are listed under `errors`; that is no error of the call.
        """,
        result: .refreshResult,
        examples: [
            MethodExample(
                "one backend is down",
                result: #"""
                    {"models": [{"id": "qwen3-4b", "backend": "lmstudio", "type": "llm",
                     "state": "loaded", "arch": "qwen3", "quantization": "Q4_K_M", "format":
                     "gguf", "max_context_length": 32768, "loaded_context_length": 8192,
                     "capabilities": ["tool_use"]}], "errors": [{"backend": "ollama", "kind":
                     "backend_unavailable", "message":
                     "Ollama at http://localhost:11434 is not running: `ollama serve`"}]}
                    """#)
        ])
}
