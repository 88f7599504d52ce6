/// A piece of a streamed completion: the params of `complete.delta`.
public struct CompleteDelta: Equatable, Sendable, JSONReadable, JSONWritable {
    /// The id of the request.
    public var id: JSONValue
    /// Counts the pieces from 0.
    public var sequence: Int
    /// Text to append.
    public var content: String?
    /// Reasoning to append.
    public var reasoning: String?
    /// Refusal to append.
    public var refusal: String?
    /// Pieces of tool calls.
    public var toolCalls: [ToolCallDelta]

    /// A piece without anything in it yet.
    public init(id: JSONValue, sequence: Int) {
        self.id = id
        self.sequence = sequence
        toolCalls = []
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        id = members["id"] ?? .null
        sequence = try members.integer("seq")
        content = try members.stringIfPresent("content")
        reasoning = try members.stringIfPresent("reasoning")
        refusal = try members.stringIfPresent("refusal")
        toolCalls = try members.readAll("tool_calls")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        let id = ByteBuffer(id)
        let content = ByteBuffer(insideOf: content)
        let reasoning = ByteBuffer(insideOf: reasoning)
        let refusal = ByteBuffer(insideOf: refusal)
        let toolCalls = ByteBuffer(all: toolCalls)
        Self.write(
            id: id.span, sequence: sequence, content: content.span, reasoning: reasoning.span,
            refusal: refusal.span, toolCalls: toolCalls.span, to: &out)
    }

    /// Appends the object from what a daemon has of it: the id as it came, texts as the inside of
    /// JSON strings, calls as an array; what is empty is left out. It allocates nothing.
    @inlinable package static func write(
        id: Span<UInt8>, sequence: Int, content: Span<UInt8>, reasoning: Span<UInt8>,
        refusal: Span<UInt8>, toolCalls: Span<UInt8>, to out: inout ByteBuffer
    ) {
        var object = ObjectWriter(&out)
        object.add("id", token: id, to: &out)
        object.add("seq", sequence, to: &out)
        object.add("content", insideIfAny: content, to: &out)
        object.add("reasoning", insideIfAny: reasoning, to: &out)
        object.add("refusal", insideIfAny: refusal, to: &out)
        object.add("tool_calls", token: toolCalls, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let completeDelta = Schema(
        "CompleteDelta",
        #"""
        {"type": "object", "description": "A piece of a streamed completion.",
         "required": ["id", "seq"], "properties": {
          "id": {"type": ["string", "number"], "description": "The id of the request."},
          "seq": {"type": "integer", "minimum": 0, "description": "Counts the pieces from 0."},
          "content": {"type": "string", "description": "Text to append."},
          "reasoning": {"type": "string", "description": "Reasoning to append."},
          "refusal": {"type": "string", "description": "Words of a refusal to append."},
          "tool_calls": {"type": "array", "items": {"$ref": "#/components/schemas/ToolCallDelta"},
            "description": "Pieces of tool calls."}}}
        """#)
}
