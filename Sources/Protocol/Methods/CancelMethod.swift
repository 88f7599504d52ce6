/// `cancel`: stops a request of this connection.
public enum CancelMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .required("id", .identifier, "The id of the request to stop, as it was sent.")
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .cancel, "Cancels a request of this connection.",
        """
        The id is compared as it was sent: `1` and `"1"` are two. Also taken as a notification. \
        The cancelled request gets its own answer.
        """,
        result: .cancelResult,
        examples: [
            MethodExample(
                "a request that is running",
                params: #"{"id": 7}"#,
                result: #"{"cancelled": true}"#)
        ])
}
