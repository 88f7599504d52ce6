/// `route.explain`: where a `complete` would go, and why.
public enum RouteExplainMethod {
    /// What a call takes, in the order of a call by position: what `complete` takes.
    public static let parameters = CompleteMethod.parameters

    /// What there is to know of it.
    public static let description = MethodDescription(
        .routeExplain, "Says where a `complete` would go, and why not elsewhere.",
        """
        It takes the parameters of `complete` and answers the candidates that routing itself would \
        make, in its order: the first that nothing forbids is where the request would go; those \
        that something forbids stand last. Nothing is sent or queued. The parts of `score` are \
        compared one after the other, and the higher number wins.
        """,
        result: .routeExplanation,
        errors: [.modelNotFound, .noBackend],
        examples: [
            MethodExample(
                "a model that two backends have",
                params: #"{"prompt": "Hi", "model": "qwen3-4b"}"#,
                result: #"""
                    {"candidates": [{"backend": "lmstudio", "model": "qwen3-4b", "forbidden": [],
                     "score": {"wanted": 0, "loaded": 1, "session": 0, "priority": 0, "failures":
                     0, "first_token_ms": -110, "crowd": -0.25}, "predicted_wait_ms": 0},
                     {"backend": "ollama", "model": "qwen3-4b", "forbidden": [{"by": "breaker",
                     "message": "it failed too often; the next try is in 2 s"}], "score":
                     {"wanted": 0, "loaded": 1, "session": 0, "priority": 0, "failures": -3,
                     "first_token_ms": 0, "crowd": 0}, "predicted_wait_ms": 0}]}
                    """#)
        ])
}
