/// A piece of a tool call, in a `complete.delta`.
public struct ToolCallDelta: Equatable, Sendable, JSONReadable, JSONWritable {
    /// Which call it belongs to, from 0.
    public var index: Int
    /// The call's id, in its first piece.
    public var id: String?
    /// The function's name, in its first piece.
    public var name: String?
    /// Text to append to its arguments.
    public var arguments: String?

    /// A piece of the call with that index.
    public init(index: Int) {
        self.index = index
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        index = try members.integer("index")
        id = try members.stringIfPresent("id")
        let function = try MemberReader(
            members["function"] ?? [:], at: "\(members.place).function")
        name = try function.stringIfPresent("name")
        arguments = try function.stringIfPresent("arguments")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        let id = ByteBuffer(insideOf: id)
        let name = ByteBuffer(insideOf: name)
        let arguments = ByteBuffer(insideOf: arguments)
        Self.write(
            index: index, id: id.span, name: name.span,
            arguments: self.arguments == nil ? nil : arguments.span, to: &out)
    }

    /// Appends the object from texts as the inside of JSON strings; an empty id or name is left
    /// out, as in each piece but a call's first.
    package static func write(
        index: Int, id: Span<UInt8> = Span(), name: Span<UInt8> = Span(),
        arguments: Span<UInt8>?, to out: inout ByteBuffer
    ) {
        var object = ObjectWriter(&out)
        object.add("index", index, to: &out)
        if !id.isEmpty {
            object.add("id", inside: id, to: &out)
            object.add("type", "function", to: &out)
        }
        object.name("function", to: &out)
        var function = ObjectWriter(&out)
        function.add("name", insideIfAny: name, to: &out)
        if let arguments { function.add("arguments", inside: arguments, to: &out) }
        function.end(&out)
        object.end(&out)
    }
}

extension Schema {
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
}
