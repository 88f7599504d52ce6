/// `requests.list`: what is queued and running, of all connections.
public enum RequestsListMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = []

    /// What there is to know of it.
    public static let description = MethodDescription(
        .requestsList, "Lists what is queued and running, of all connections.",
        result: .requestsResult,
        examples: [
            MethodExample(
                "one running, one waiting",
                result: #"""
                    {"requests": [{"key": "r17", "client": "uid:1000 nightly", "method":
                     "complete", "model": "qwen3-4b", "backend": "lmstudio", "phase":
                     "generating", "age_seconds": 2.5, "tokens": 104, "tokens_per_second":
                     50.2}, {"key": "r18", "client": "uid:1000 python3", "method": "complete",
                     "model": "qwen3-4b", "backend": "lmstudio", "phase": "queued", "position":
                     1, "age_seconds": 0.3}]}
                    """#)
        ])
}
