/// A call of a function that the model asks for.
public struct CompleteToolCall: Equatable, Sendable, JSONReadable, JSONWritable {
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

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        let id = ByteBuffer(insideOf: id)
        let name = ByteBuffer(insideOf: name)
        let arguments = ByteBuffer(insideOf: arguments)
        Self.write(id: id.span, name: name.span, arguments: arguments.span, to: &out)
    }

    /// Appends the object from texts as the inside of JSON strings; an empty id is left out.
    package static func write(
        id: Span<UInt8>, name: Span<UInt8>, arguments: Span<UInt8>, to out: inout ByteBuffer
    ) {
        var object = ObjectWriter(&out)
        object.add("id", insideIfAny: id, to: &out)
        object.add("type", "function", to: &out)
        object.name("function", to: &out)
        var function = ObjectWriter(&out)
        function.add("name", inside: name, to: &out)
        function.add("arguments", inside: arguments, to: &out)
        function.end(&out)
        object.end(&out)
    }
}

extension Schema {
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
}
