/// `notifications/cancelled`: `cancel` as the Model Context Protocol says it.
public enum CancelledMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .required("requestId", .identifier, "The id of the request to stop, as it was sent."),
        .optional("reason", .string, "Why, for people; it is not kept."),
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .cancelled, "The same as `cancel`, as the Model Context Protocol says it.",
        "Its unknown members are ignored, as that protocol wants.",
        result: .cancelResult,
        examples: [
            MethodExample(
                "a request that is running",
                params: #"{"requestId": 7, "reason": "The user stopped it."}"#,
                result: #"{"cancelled": true}"#)
        ])
}
