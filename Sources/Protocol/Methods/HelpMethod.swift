/// `help`: the methods, or one of them in full.
public enum HelpMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .optional("method", .string, "The method to describe; without it, all are listed.")
    ]
}
