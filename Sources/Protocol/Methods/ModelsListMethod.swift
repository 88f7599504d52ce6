/// `models.list`: the models of all backends.
public enum ModelsListMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .optional("backend", .string, "Only models of the backend of this name."),
        .optional(
            "type", .choice(["llm", "vlm", "embeddings", "unknown"]), "Only models of this type."),
        .optional(
            "state", .choice(["loaded", "loading", "not-loaded", "unknown"]),
            "Only models in this state."),
    ]
}
