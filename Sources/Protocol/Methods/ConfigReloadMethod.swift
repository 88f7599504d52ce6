/// `config.reload`: reads the configuration anew.
public enum ConfigReloadMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = []

    /// What there is to know of it.
    public static let description = MethodDescription(
        .configReload, "Reads the configuration anew; for admins only.",
        """
        Not built yet: it is refused with 1010, and a changed file counts from the next start. \
        Admins are root, the user that the daemon runs as, and `admin_uids`.
        """,
        result: .reloadResult,
        errors: [.unsupported, .permissionDenied],
        examples: [
            MethodExample(
                "nothing has changed", result: #"{"ok": true, "changed": []}"#)
        ])
}
