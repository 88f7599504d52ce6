/// `initialize`: how a session of the Model Context Protocol begins.
public enum InitializeMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .required("protocolVersion", .name, "The version that the host would like to speak."),
        .optional("capabilities", .object, "What the host can do; nothing here needs any of it."),
        .optional("clientInfo", .object, "Which host it is; it is not kept."),
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .initialize, "Begins a session of the Model Context Protocol.",
        """
        2025-11-25 and 2025-06-18 are spoken; any other version is answered with 2025-11-25. \
        Nothing is remembered: its other methods may be called without it. Unknown members are \
        ignored, as that protocol wants.
        """,
        result: .initializeResult,
        examples: [
            MethodExample(
                "a host that speaks 2025-06-18",
                params: #"""
                    {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name":
                     "editor", "version": "1.0"}}
                    """#,
                result: #"""
                    {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo":
                     {"name": "crowd-models-executor", "title": "Crowd Models Executor",
                     "version": "0.1.0"}, "instructions": "Language models that run on this machine."}
                    """#)
        ])
}
