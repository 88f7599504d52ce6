/// `rpc.discover`: all of this as an OpenRPC document.
public enum DiscoverMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = []

    /// What there is to know of it.
    public static let description = MethodDescription(
        .discover, "Describes all of this as an OpenRPC 1.3.2 document.",
        """
        With every schema, every example, and under `x-notifications` what the server sends to \
        those who asked for it.
        """,
        result: .openRPCDocument,
        examples: [
            MethodExample(
                "the document, much shortened",
                result: #"""
                    {"openrpc": "1.3.2", "info": {"title": "crowd-models-executor", "version":
                     "0.1.0"}, "methods": [{"name": "ping", "summary": "Answers at once.",
                     "paramStructure": "either", "params": [], "result": {"name": "Pong",
                     "schema": {"$ref": "#/components/schemas/Pong"}}, "errors": [{"code":
                     -32602, "message": "A parameter is unknown."}], "examples": [{"name":
                     "is it there?", "params": [], "result": {"name": "Pong", "value": {"ok":
                     true}}}]}], "components": {"schemas": {"Pong": {"type": "object"}}}}
                    """#)
        ])
}
