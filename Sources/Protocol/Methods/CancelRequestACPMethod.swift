/// `$/cancel_request`: `cancel` under the name that the Agent Client Protocol gave it.
public enum CancelRequestACPMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .required("id", .identifier, "The id of the request to stop, as it was sent.")
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .cancelRequestACP,
        "The same as `cancel`, under the name that the Agent Client Protocol gave it.",
        result: .cancelResult,
        examples: [
            MethodExample(
                "a request that is running",
                params: #"{"id": 7}"#,
                result: #"{"cancelled": true}"#)
        ])
}
