/// What the methods of the Model Context Protocol answer; that protocol's own schemas say more.
extension Schema {
    static let contextProtocol = [
        initializeResult, discoverResult, toolsResult, toolDescription, toolResult, toolProgress,
        nothing,
    ]

    static let initializeResult = Schema(
        "InitializeResult",
        #"""
        {"type": "object", "description": "Which version is spoken, and by whom.",
         "required": ["protocolVersion", "capabilities", "serverInfo"], "properties": {
          "protocolVersion": {"type": "string",
            "description": "The version asked for, or 2025-11-25 where it is none of ours."},
          "capabilities": {"type": "object", "additionalProperties": true,
            "description": "`tools`."},
          "serverInfo": {"type": "object", "additionalProperties": true,
            "description": "`name`, `title` and `version` of the daemon."},
          "instructions": {"type": "string", "description": "What it is good for."}}}
        """#)

    static let discoverResult = Schema(
        "DiscoverResult",
        #"""
        {"type": "object", "description": "Which versions are spoken, and what can be done.",
         "required": ["supportedVersions", "capabilities", "resultType", "ttlMs", "cacheScope"],
         "properties": {
          "supportedVersions": {"type": "array", "items": {"type": "string"},
            "description": "The newest first."},
          "capabilities": {"type": "object", "additionalProperties": true,
            "description": "`tools`."},
          "instructions": {"type": "string", "description": "What it is good for."},
          "resultType": {"const": "complete", "description": "Always `complete`."},
          "ttlMs": {"type": "integer", "minimum": 0,
            "description": "Milliseconds for which it may be kept."},
          "cacheScope": {"const": "public", "description": "It is the same for everybody."},
          "_meta": {"type": "object", "additionalProperties": true,
            "description": "`io.modelcontextprotocol/serverInfo`."}}}
        """#)

    static let toolsResult = Schema(
        "ToolsResult",
        #"""
        {"type": "object", "description": "The tools.", "required": ["tools"], "properties": {
          "tools": {"type": "array", "items": {"$ref": "#/components/schemas/ToolDescription"},
            "description": "All of them; there is one page."},
          "resultType": {"const": "complete", "description": "To a request without session."},
          "ttlMs": {"type": "integer", "minimum": 0,
            "description": "Milliseconds for which it may be kept; likewise."},
          "cacheScope": {"const": "public", "description": "Likewise."},
          "_meta": {"type": "object", "additionalProperties": true,
            "description": "`io.modelcontextprotocol/serverInfo`; likewise."}}}
        """#)

    static let toolDescription = Schema(
        "ToolDescription",
        #"""
        {"type": "object", "description": "A tool that a host may call.",
         "required": ["name", "description", "inputSchema", "outputSchema", "annotations"],
         "properties": {
          "name": {"type": "string", "description": "What `tools/call` calls it."},
          "title": {"type": "string", "description": "Its name for people."},
          "description": {"type": "string", "description": "What it does, for a model."},
          "inputSchema": {"type": "object", "additionalProperties": true,
            "description": "The JSON Schema of its arguments."},
          "outputSchema": {"type": "object", "additionalProperties": true,
            "description": "The JSON Schema of `structuredContent`."},
          "annotations": {"type": "object", "additionalProperties": true,
            "description": "`readOnlyHint`: it changes nothing."}}}
        """#)

    static let toolResult = Schema(
        "ToolResult",
        #"""
        {"type": "object", "description": "What a tool answers, or with what words it failed.",
         "required": ["content", "isError"], "properties": {
          "content": {"type": "array", "description": "One text.",
            "items": {"type": "object", "description": "A text.", "required": ["type", "text"],
            "properties": {
            "type": {"const": "text", "description": "Always `text`."},
            "text": {"type": "string",
              "description": "The model's text, the list as JSON, or what went wrong."}}}},
          "structuredContent": {"type": "object", "additionalProperties": true,
            "description": "The result of `complete` or `models.list`; not where it failed."},
          "isError": {"type": "boolean", "description": "Whether it failed."},
          "resultType": {"const": "complete", "description": "To a request without session."},
          "_meta": {"type": "object", "additionalProperties": true,
            "description": "`crowd-models/error`, the whole error, where it failed."}}}
        """#)

    static let toolProgress = Schema(
        "ToolProgress",
        #"""
        {"type": "object", "description": "How far a call of a tool is.",
         "required": ["progressToken", "progress"], "properties": {
          "progressToken": {"type": ["string", "number"],
            "description": "What the call named in `_meta`."},
          "progress": {"type": "number", "minimum": 0,
            "description": "Steps so far: it rises, and has no end that is known."},
          "message": {"type": "string",
            "description": "What it waits for or does: its place, the model that loads."}}}
        """#)

    static let nothing = Schema(
        "Nothing",
        #"""
        {"type": "object", "description": "There is nothing to tell.",
         "additionalProperties": true}
        """#)
}
