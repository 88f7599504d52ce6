/// `ping`: whether the daemon is there.
public enum PingMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = []

    /// What there is to know of it.
    public static let description = MethodDescription(
        .ping, "Answers at once.",
        "For a look whether the daemon is there, and how fast.",
        result: .pong,
        examples: [
            MethodExample(
                "is it there?",
                result: #"{"ok": true}"#)
        ])
}
