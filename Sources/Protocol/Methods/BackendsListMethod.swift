/// `backends.list`: the model servers the daemon knows.
public enum BackendsListMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = []

    /// What there is to know of it.
    public static let description = MethodDescription(
        .backendsList, "Lists the model servers the daemon knows.",
        result: .backendsResult,
        examples: [
            MethodExample(
                "all of them",
                result: #"""
                    {"backends": [{"name": "lmstudio", "kind": "lmstudio", "endpoint":
                     "http://localhost:1234/api/v0", "state": "up", "origin": "configured",
                     "models": 2, "in_flight": 1, "queued": 0, "breaker": "closed",
                     "last_seen_seconds": 0.4}]}
                    """#)
        ])
}
