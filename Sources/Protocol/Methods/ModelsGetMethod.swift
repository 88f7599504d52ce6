/// `models.get`: one model.
public enum ModelsGetMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .required("model", .string, "The model's id or an alias of it.")
    ]
}
