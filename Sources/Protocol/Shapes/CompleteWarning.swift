/// In what an answer is not what was asked for.
public struct CompleteWarning: Equatable, Sendable, JSONReadable, JSONWritable {
    /// What it is, for programs, such as `model_substituted`.
    public var kind: String
    /// What it is, for people.
    public var message: String

    /// A warning of that kind.
    public init(kind: String, message: String) {
        self.kind = kind
        self.message = message
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        kind = try members.string("kind")
        message = try members.string("message")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("kind", kind, to: &out)
        object.add("message", message, to: &out)
        object.end(&out)
    }
}

extension Schema {
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
}
