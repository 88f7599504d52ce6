/// `shutdown`: ends the daemon.
public enum ShutdownMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = []

    /// What there is to know of it.
    public static let description = MethodDescription(
        .shutdown, "Ends the daemon, as SIGTERM does; for admins only.",
        """
        What waits is refused with 1012, what runs has `shutdown_timeout` to end. Asked again \
        meanwhile, it changes nothing. Admins are root, the user that the daemon runs as, and \
        `admin_uids`.
        """,
        result: .okResult,
        errors: [.permissionDenied],
        examples: [MethodExample("now", result: #"{"ok": true}"#)])
}
