extension Schema {
    static let conversations = [
        message, contentPart, toolCall, tool, toolChoice, responseFormat, logitBias, options,
    ]

    static let message = Schema(
        "Message",
        #"""
        {"type": "object", "description": "One message of a conversation, in OpenAI's form.",
         "required": ["role"], "properties": {
          "role": {"type": "string",
            "description": "Who speaks: `system`, `user`, `assistant`, `tool`."},
          "content": {"type": ["string", "array", "null"],
            "items": {"$ref": "#/components/schemas/ContentPart"},
            "description": "What is said: text, or parts, images among them."},
          "name": {"type": "string", "description": "The speaker's name."},
          "reasoning_content": {"type": "string",
            "description": "What the model thought, in an `assistant` message."},
          "tool_calls": {"type": "array", "items": {"$ref": "#/components/schemas/ToolCall"},
            "description": "The calls that an `assistant` message asked for."},
          "tool_call_id": {"type": "string",
            "description": "The call that a `tool` message answers."}}}
        """#)

    static let contentPart = Schema(
        "ContentPart",
        #"""
        {"type": "object", "description": "A piece of a message: text, an image or a sound.",
         "required": ["type"], "properties": {
          "type": {"type": "string", "description": "`text`, `image_url` or `input_audio`."},
          "text": {"type": "string", "description": "The text of a `text` part."},
          "image_url": {"type": "object", "description": "The picture of an `image_url` part.",
            "required": ["url"], "properties": {
            "url": {"type": "string", "description": "Usually `data:image/png;base64,...`."},
            "detail": {"type": "string", "description": "`low`, `high` or `auto`."}}},
          "input_audio": {"type": "object", "description": "The sound of an `input_audio` part.",
            "required": ["data", "format"], "properties": {
            "data": {"type": "string", "description": "Base64."},
            "format": {"type": "string", "description": "Such as `wav`."}}}}}
        """#)

    static let toolCall = Schema(
        "ToolCall",
        #"""
        {"type": "object", "description": "A call of a function that the model asks for.",
         "required": ["function"], "properties": {
          "id": {"type": "string", "description": "Names the call in the message that answers it."},
          "type": {"type": "string", "description": "`function`."},
          "function": {"type": "object", "description": "The function and its arguments.",
            "required": ["name", "arguments"], "properties": {
            "name": {"type": "string", "description": "The name of one of `tools`."},
            "arguments": {"type": "string",
              "description": "JSON text, as the model wrote it: check it before use."}}}}}
        """#)

    static let tool = Schema(
        "Tool",
        #"""
        {"type": "object", "description": "A function that the model may ask to be called.",
         "required": ["type", "function"], "properties": {
          "type": {"type": "string", "description": "`function`."},
          "function": {"type": "object", "description": "What the model is told of it.",
            "required": ["name"], "properties": {
            "name": {"type": "string", "description": "Its name."},
            "description": {"type": "string", "description": "What it does and when to use it."},
            "parameters": {"type": "object", "additionalProperties": true,
              "description": "A JSON Schema of its arguments."},
            "strict": {"type": "boolean",
              "description": "Whether the arguments have to fit the schema exactly."}}}}}
        """#)

    static let toolChoice = Schema(
        "ToolChoice",
        #"""
        {"type": "object", "description": "The one function that has to be called.",
         "required": ["type", "function"], "properties": {
          "type": {"type": "string", "description": "`function`."},
          "function": {"type": "object", "description": "Which one.", "required": ["name"],
            "properties": {"name": {"type": "string", "description": "Its name."}}}}}
        """#)

    static let responseFormat = Schema(
        "ResponseFormat",
        #"""
        {"type": "object", "description": "The form of the answer.", "required": ["type"],
         "properties": {
          "type": {"type": "string",
            "description": "`text`, `json_schema` or, where the backend knows it, `json_object`."},
          "json_schema": {"type": "object", "description": "The schema of a `json_schema` answer.",
            "required": ["schema"], "properties": {
            "name": {"type": "string", "description": "A name for it."},
            "strict": {"type": "boolean", "description": "Whether to hold to it exactly."},
            "schema": {"type": "object", "additionalProperties": true,
              "description": "The JSON Schema itself."}}}}}
        """#)

    static let logitBias = Schema(
        "LogitBias",
        #"""
        {"type": "object", "additionalProperties": {"type": "number"},
         "description": "For token numbers (as names) what to add to their likelihood."}
        """#)

    static let options = Schema(
        "Options",
        #"""
        {"type": "object", "additionalProperties": true,
         "description": "Members for the backend's own API; those the daemon sets itself win."}
        """#)
}
