/// `models.refresh`: asks the backends for their models now.
public enum ModelsRefreshMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .optional(
            "backend", .string, "Only the backend of this name is asked; without it, all are.")
    ]
}
