/// `models.list`: the models of all backends.
public enum ModelsListMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .optional("backend", .name, "Only models of the backend of this name."),
        .optional(
            "type", .choice(["llm", "vlm", "embeddings", "unknown"]), "Only models of this type."),
        .optional(
            "state", .choice(["loaded", "loading", "not-loaded", "unknown"]),
            "Only models in this state."),
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .modelsList, "Lists the models of all backends.",
        """
        Answered from what the daemon knows: it asks the backends again every few seconds by \
        itself. `models.refresh` asks them now.
        """,
        result: .modelsResult,
        examples: [
            MethodExample(
                "what is loaded?",
                params: #"{"state": "loaded"}"#,
                result: #"""
                    {"models": [{"id": "qwen3-4b", "backend": "lmstudio", "type": "llm",
                     "state": "loaded", "arch": "qwen3", "quantization": "Q4_K_M", "format":
                     "gguf", "max_context_length": 32768, "loaded_context_length": 8192,
                     "capabilities": ["tool_use"]}]}
                    """#)
        ])
}
