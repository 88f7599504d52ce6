/// `models.get`: one model.
public enum ModelsGetMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .required("model", .name, "The model's id or an alias of it.")
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .modelsGet, "Describes one model.",
        """
        A model that several backends have is described as the backend has it that would be \
        asked first.
        """,
        result: .model,
        errors: [
            .modelNotFound
        ],
        examples: [
            MethodExample(
                "one model",
                params: #"{"model": "qwen3-4b"}"#,
                result: #"""
                    {"id": "qwen3-4b", "backend": "lmstudio", "type": "llm", "state": "loaded",
                     "arch": "qwen3", "quantization": "Q4_K_M", "format": "gguf",
                     "max_context_length": 32768, "loaded_context_length": 8192, "capabilities":
                     ["tool_use"]}
                    """#)
        ])
}
