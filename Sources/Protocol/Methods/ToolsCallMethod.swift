/// `tools/call`: calls a tool of the Model Context Protocol.
public enum ToolsCallMethod {
    /// What a call takes, in the order of a call by position; `ToolsCallParameter` names places.
    public static let parameters: [Parameter] = [
        .required("name", .name, "The tool: `ask_model` or `list_models`."),
        .optional("arguments", .object, "What it takes; its `inputSchema` says what that is."),
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .toolsCall, "Calls a tool, as the Model Context Protocol says it.",
        """
        `ask_model` does what `complete` does, with `prompt`, `model`, `system_prompt`, \
        `max_tokens` and `response_format`; `list_models` takes nothing and does what \
        `models.list` does. What goes wrong with a tool is no error but a result with `isError` \
        and our words; an unknown tool and wrong arguments are -32602. A `progressToken` in \
        `_meta` asks for `notifications/progress` before the result, where the request has an id \
        that is not null and stands alone. A call that is cancelled is not answered at all.
        """,
        result: .toolResult,
        errors: [.unsupportedProtocolVersion],
        notifications: [.toolProgress],
        examples: [
            MethodExample(
                "a question",
                params: #"""
                    {"name": "ask_model", "arguments": {"prompt": "Say hello.", "max_tokens": 50}}
                    """#,
                result: #"""
                    {"content": [{"type": "text", "text": "Hello!"}], "structuredContent":
                     {"content": "Hello!", "model": "qwen3-4b", "backend": "lmstudio",
                     "finish_reason": "stop", "stats": {"queue_time": 0.0001, "total_time": 0.17,
                     "source": "measured"}}, "isError": false}
                    """#),
            MethodExample(
                "a model that nobody has",
                params: #"""
                    {"name": "ask_model", "arguments": {"prompt": "Hi", "model": "qwen4"}}
                    """#,
                result: #"""
                    {"content": [{"type": "text", "text":
                     "no backend has the model qwen4; nearest: qwen3-4b"}], "isError": true,
                     "_meta": {"crowd-models/error": {"code": 1001, "message":
                     "no backend has the model qwen4; nearest: qwen3-4b", "data": {"kind":
                     "model_not_found", "retryable": false, "nearest": ["qwen3-4b"]}}}}
                    """#),
        ])
}

/// Where each parameter of `tools/call` stands in its list.
public enum ToolsCallParameter: Int, CaseIterable, Sendable {
    case name, arguments
}
