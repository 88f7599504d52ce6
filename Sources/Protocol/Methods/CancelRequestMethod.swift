/// `$/cancelRequest`: `cancel` under the name that language servers gave it.
public enum CancelRequestMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .required("id", .identifier, "The id of the request to stop, as it was sent.")
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .cancelRequest,
        "The same as `cancel`, under the name that the Language Server Protocol gave it.",
        result: .cancelResult,
        examples: [
            MethodExample(
                "a request that has been answered",
                params: #"{"id": "a7"}"#,
                result: #"{"cancelled": false}"#)
        ])
}
