/// One message of a conversation, in OpenAI's form.
public struct ChatMessage: Equatable, Sendable {
    /// Who speaks: `system`, `user`, `assistant` or `tool`.
    public var role: String
    /// What is said: a string, or an array of parts; nil for a message of tool calls alone.
    public var content: JSONValue?
    /// The speaker's name.
    public var name: String?
    /// The calls that an `assistant` message asked for.
    public var toolCalls: [CompleteToolCall] = []
    /// The call that a `tool` message answers.
    public var toolCallID: String?

    /// A message of that role.
    public init(role: String, content: JSONValue?) {
        self.role = role
        self.content = content
    }

    /// Instructions for the whole conversation.
    public static func system(_ text: String) -> ChatMessage {
        ChatMessage(role: "system", content: .string(text))
    }

    /// What the user says, and images that go with it (`data:image/png;base64,...`).
    public static func user(_ text: String, imageURLs: [String] = []) -> ChatMessage {
        if imageURLs.isEmpty { return ChatMessage(role: "user", content: .string(text)) }
        let images = imageURLs.map { url -> JSONValue in
            ["type": "image_url", "image_url": ["url": .string(url)]]
        }
        let part: JSONValue = ["type": "text", "text": .string(text)]
        return ChatMessage(role: "user", content: .array([part] + images))
    }

    /// What the model said.
    public static func assistant(_ text: String) -> ChatMessage {
        ChatMessage(role: "assistant", content: .string(text))
    }

    /// What a tool answered to the call of that id.
    public static func tool(_ text: String, callID: String) -> ChatMessage {
        var message = ChatMessage(role: "tool", content: .string(text))
        message.toolCallID = callID
        return message
    }

    /// The message as JSON.
    public var json: JSONValue {
        var object = JSONObject()
        object.append("role", .string(role))
        if let content { object.append("content", content) }
        if let name { object.append("name", .string(name)) }
        if !toolCalls.isEmpty { object.append("tool_calls", .array(toolCalls.map(\.json))) }
        if let toolCallID { object.append("tool_call_id", .string(toolCallID)) }
        return .object(object)
    }
}

extension Schema {
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
}
