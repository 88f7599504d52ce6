/// `unsubscribe`: ends a subscription of this connection.
public enum UnsubscribeMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .required("subscription", .string, "What `subscribe` answered.")
    ]
}
