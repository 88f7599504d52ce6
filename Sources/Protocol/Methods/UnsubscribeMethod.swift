/// `unsubscribe`: ends a subscription of this connection.
public enum UnsubscribeMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .required("subscription", .name, "What `subscribe` answered.")
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .unsubscribe, "Ends a subscription of this connection.",
        "Also taken as a notification.",
        result: .unsubscribeResult,
        examples: [
            MethodExample(
                "a subscription",
                params: #"{"subscription": "s1"}"#,
                result: #"{"unsubscribed": true}"#)
        ])
}
