/// `requests.cancel`: stops a request of any connection.
public enum RequestsCancelMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .required("key", .name, "The request's `key` in `requests.list`.")
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .requestsCancel, "Cancels a request of any connection.",
        "Allowed to the user whose request it is, to root and to those under `admin_uids`.",
        result: .cancelResult,
        errors: [
            .permissionDenied
        ],
        examples: [
            MethodExample(
                "by its key",
                params: #"{"key": "r17"}"#,
                result: #"{"cancelled": true}"#)
        ])
}
