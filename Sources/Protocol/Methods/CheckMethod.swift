/// `check`: whether a call would be accepted, without making it.
public enum CheckMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .required("method", .string, "The method that would be called."),
        .optional(
            "params", .structured, "The parameters it would be called with, by name or by position."
        ),
    ]
}
