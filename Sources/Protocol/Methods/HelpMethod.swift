/// `help`: the methods, or one of them in full.
public enum HelpMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .optional("method", .name, "The method to describe; without it, all are listed.")
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .help, "Lists the methods, or describes one of them in full.",
        result: .helpResult,
        errors: [
            .methodNotFound
        ],
        examples: [
            MethodExample(
                "what is there?",
                result: #"{"methods": [{"name": "ping", "summary": "Answers at once."}]}"#),
            MethodExample(
                "how is one used?",
                params: #"{"method": "ping"}"#,
                result: #"""
                    {"name": "ping", "summary": "Answers at once.", "paramStructure": "either",
                     "params": [], "result": {"name": "Pong", "schema": {"$ref":
                     "#/components/schemas/Pong"}}, "errors": [{"code": -32602, "message":
                     "A parameter is unknown."}], "examples": [{"name": "is it there?",
                     "params": [], "result": {"name": "Pong", "value": {"ok": true}}}]}
                    """#),
        ])
}
