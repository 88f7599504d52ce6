/// `server/discover`: what a host of the Model Context Protocol asks instead of `initialize`.
public enum ServerDiscoverMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = []

    /// What there is to know of it.
    public static let description = MethodDescription(
        .serverDiscover,
        "Which versions of the Model Context Protocol are spoken, and what it offers.",
        """
        From 2026-07-28 on there are no sessions: each request names its version in `_meta`, as \
        `io.modelcontextprotocol/protocolVersion`, and one that is not spoken is answered with \
        -32022.
        """,
        result: .discoverResult,
        errors: [.unsupportedProtocolVersion],
        examples: [
            MethodExample(
                "a host that asks",
                result: #"""
                    {"supportedVersions": ["2026-07-28", "2025-11-25", "2025-06-18"],
                     "capabilities": {"tools": {}}, "instructions":
                     "Language models that run on this machine.", "resultType": "complete",
                     "ttlMs": 3600000, "cacheScope": "public", "_meta":
                     {"io.modelcontextprotocol/serverInfo": {"name": "crowd-models-executor",
                     "title": "Crowd Models Executor", "version": "0.1.0"}}}
                    """#)
        ])
}
