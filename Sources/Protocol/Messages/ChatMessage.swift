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

/// A call of a function that the model asks for.
public struct CompleteToolCall: Equatable, Sendable, JSONReadable {
    /// Names the call in the message that answers it; nil where the backend gave none.
    public var id: String?
    /// The name of the function.
    public var name: String
    /// JSON text, as the model wrote it: check it before use.
    public var arguments: String

    /// A call of that function.
    public init(id: String?, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        id = try members.stringIfPresent("id")
        let function = try MemberReader(
            members["function"] ?? .null, at: "\(members.place).function")
        name = try function.string("name")
        arguments = try function.string("arguments")
    }

    /// The call as JSON.
    public var json: JSONValue {
        var object = JSONObject()
        if let id { object.append("id", .string(id)) }
        object.append("type", "function")
        object.append(
            "function", ["name": .string(name), "arguments": .string(arguments)])
        return .object(object)
    }
}
