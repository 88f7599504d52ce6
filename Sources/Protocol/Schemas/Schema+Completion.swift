extension Schema {
    static let completions = [
        completeResult, warning, usage, completionStats, modelInfo, runtime, completeDelta,
        toolCallDelta,
        completeProgress, cancelResult,
    ]

    static let completeResult = Schema(
        "CompleteResult",
        #"""
        {"type": "object", "description": "A finished completion, whether streamed or not.",
         "required": ["content", "model", "backend", "finish_reason", "stats"], "properties": {
          "content": {"type": "string", "description": "The text; empty where there is none."},
          "reasoning": {"type": "string", "description": "What the model thought before it."},
          "refusal": {"type": "string", "description": "The words with which it refused."},
          "tool_calls": {"type": "array", "items": {"$ref": "#/components/schemas/ToolCall"},
            "description": "The calls that the model asks for."},
          "model": {"type": "string", "description": "The model that served it."},
          "backend": {"type": "string", "description": "The backend that served it."},
          "finish_reason": {"type": "string",
            "enum": ["stop", "length", "tool_calls", "cancelled"],
            "description": "Why it ended; `cancelled`: the text is what was there until then."},
          "attempts": {"type": "integer", "minimum": 2,
            "description": "How many backends were tried, where it was more than one."},
          "warnings": {"type": "array", "items": {"$ref": "#/components/schemas/Warning"},
            "description": "In what the answer is not what was asked for."},
          "usage": {"$ref": "#/components/schemas/Usage"},
          "stats": {"$ref": "#/components/schemas/CompletionStats"},
          "model_info": {"$ref": "#/components/schemas/ModelInfo"},
          "runtime": {"$ref": "#/components/schemas/Runtime"}}}
        """#)

    static let warning = Schema(
        "Warning",
        #"""
        {"type": "object", "description": "What about the answer is not what was asked for.",
         "required": ["kind", "message"], "properties": {
          "kind": {"type": "string", "enum": ["model_substituted", "prompt_truncated",
            "schema_violated", "tool_call_in_text", "finish_unknown"],
            "description": "What it is, for programs."},
          "message": {"type": "string", "description": "What it is, for people."}}}
        """#)

    static let usage = Schema(
        "Usage",
        #"""
        {"type": "object", "description": "Tokens used.", "required": [], "properties": {
          "prompt_tokens": {"type": "integer", "minimum": 0, "description": "Tokens read."},
          "completion_tokens": {"type": "integer", "minimum": 0,
            "description": "Tokens produced, those of the reasoning included."},
          "total_tokens": {"type": "integer", "minimum": 0, "description": "Both together."},
          "cached_tokens": {"type": "integer", "minimum": 0,
            "description": "Those of the prompt that the backend had in its cache."},
          "reasoning_tokens": {"type": "integer", "minimum": 0,
            "description": "Those of the produced ones that were reasoning."},
          "estimated": {"type": "boolean",
            "description": "True where the backend gave no counts and the deltas were counted."}}}
        """#)

    static let completionStats = Schema(
        "CompletionStats",
        #"""
        {"type": "object", "required": ["queue_time", "total_time", "source"],
         "description": "How it went. What neither was said nor could be measured is left out.",
         "properties": {
          "tokens_per_second": {"type": "number", "minimum": 0,
            "description": "Tokens per second, from the first token to the last."},
          "time_to_first_token": {"type": "number", "minimum": 0,
            "description": "Seconds from sending to the first text, reasoning or tool call."},
          "generation_time": {"type": "number", "minimum": 0,
            "description": "Seconds that the backend spent producing."},
          "queue_time": {"type": "number", "minimum": 0,
            "description": "Seconds from arrival at the daemon to sending."},
          "total_time": {"type": "number", "minimum": 0,
            "description": "Seconds from arrival at the daemon to the answer."},
          "stop_reason": {"type": "string",
            "description": "The backend's own word for why it ended, such as `eosFound`."},
          "source": {"type": "string", "enum": ["backend", "measured"],
            "description": "Who measured tokens_per_second, time_to_first_token and the like."}}}
        """#)

    static let modelInfo = Schema(
        "ModelInfo",
        #"""
        {"type": "object", "description": "What the backend says of the model that served.",
         "required": [], "properties": {
          "arch": {"type": "string", "description": "Architecture, such as `llama`."},
          "quant": {"type": "string", "description": "Quantization, such as `Q4_K_M`."},
          "format": {"type": "string", "description": "File format, such as `gguf`."},
          "context_length": {"type": "integer", "minimum": 0,
            "description": "Tokens of context it was loaded with."}}}
        """#)

    static let runtime = Schema(
        "Runtime",
        #"""
        {"type": "object", "description": "The engine that served, as the backend describes it.",
         "required": [], "properties": {
          "name": {"type": "string", "description": "Its name."},
          "version": {"type": "string", "description": "Its version."},
          "supported_formats": {"type": "array", "items": {"type": "string"},
            "description": "The file formats it reads."}}}
        """#)

    static let completeDelta = Schema(
        "CompleteDelta",
        #"""
        {"type": "object", "description": "A piece of a streamed completion.",
         "required": ["id", "seq"], "properties": {
          "id": {"type": ["string", "number"], "description": "The id of the request."},
          "seq": {"type": "integer", "minimum": 0, "description": "Counts the pieces from 0."},
          "content": {"type": "string", "description": "Text to append."},
          "reasoning": {"type": "string", "description": "Reasoning to append."},
          "tool_calls": {"type": "array", "items": {"$ref": "#/components/schemas/ToolCallDelta"},
            "description": "Pieces of tool calls."}}}
        """#)

    static let toolCallDelta = Schema(
        "ToolCallDelta",
        #"""
        {"type": "object", "description": "A piece of a tool call.", "required": ["index"],
         "properties": {
          "index": {"type": "integer", "minimum": 0, "description": "Which call it belongs to."},
          "id": {"type": "string", "description": "The call's id, in its first piece."},
          "type": {"type": "string", "description": "`function`."},
          "function": {"type": "object", "description": "What to append.", "required": [],
            "properties": {
            "name": {"type": "string", "description": "The function's name, in its first piece."},
            "arguments": {"type": "string", "description": "Text to append to its arguments."}}}}}
        """#)

    static let completeProgress = Schema(
        "CompleteProgress",
        #"""
        {"type": "object", "description": "Where a running completion stands.",
         "required": ["id", "phase"], "properties": {
          "id": {"type": ["string", "number"], "description": "The id of the request."},
          "phase": {"type": "string",
            "enum": ["queued", "connecting", "loading", "prompt", "generating"],
            "description": "What it waits for, or does."},
          "position": {"type": "integer", "minimum": 1,
            "description": "Its place in the backend's queue, from 1."},
          "progress": {"type": "number", "minimum": 0, "maximum": 1,
            "description": "How much of the phase is done."},
          "backend": {"type": "string", "description": "The backend it waits for or runs on."},
          "eta_ms": {"type": "integer", "minimum": 0,
            "description": "Milliseconds that the phase is expected to take still."}}}
        """#)

    static let cancelResult = Schema(
        "CancelResult",
        #"""
        {"type": "object", "description": "Whether there was something to cancel.",
         "required": ["cancelled"], "properties": {"cancelled": {"type": "boolean",
          "description": "False where no such request was queued or running."}}}
        """#)
}
