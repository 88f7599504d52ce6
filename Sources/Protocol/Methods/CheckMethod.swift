/// `check`: whether a call would be accepted, without making it.
public enum CheckMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .required("method", .name, "The method that would be called."),
        .optional(
            "params", .structured, "The parameters it would be called with, by name or by position."
        ),
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .check, "Says whether a call would be accepted, without making it.",
        """
        Nothing is run or queued, and no backend is asked. A call that would be refused is \
        answered with the error that it would get by what the daemon knows now: -32601, -32602, \
        1001, 1002, 1010 or 1011.
        """,
        result: .checkResult,
        errors: [
            .methodNotFound, .modelNotFound, .noBackend, .unsupported, .permissionDenied,
        ],
        examples: [
            MethodExample(
                "a call that would be accepted",
                params: #"{"method": "complete", "params": {"prompt": "Hi"}}"#,
                result: #"{"valid": true}"#)
        ])
}
