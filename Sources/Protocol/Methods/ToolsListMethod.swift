/// `tools/list`: the tools of the Model Context Protocol.
public enum ToolsListMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .optional("cursor", .string, "Which page; there is one, so that none is ever given out.")
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .toolsList, "Lists the tools that a host of the Model Context Protocol may call.",
        result: .toolsResult,
        errors: [.unsupportedProtocolVersion],
        examples: [
            MethodExample(
                "the tools, one of them in short",
                result: #"""
                    {"tools": [{"name": "list_models", "title": "List the local models",
                     "description": "Lists the models of this machine.", "inputSchema": {"type":
                     "object", "properties": {}, "required": [], "additionalProperties": false},
                     "outputSchema": {"type": "object", "required": ["models"]}, "annotations":
                     {"readOnlyHint": true, "openWorldHint": false}}]}
                    """#)
        ])

    /// Checks what the types alone do not forbid.
    public static func check(_ arguments: Arguments) throws(Fault) {
        guard arguments[0].isPresent else { return }
        throw Fault(
            .invalidParams, "`tools/list` has one page, and gives out no `cursor`",
            data: ["parameter": "cursor"])
    }
}
