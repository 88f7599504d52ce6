/// How many tokens a prompt is.
public struct TokensCountResult: Equatable, Sendable, JSONReadable, JSONWritable {
    /// The number.
    public var promptTokens: Int
    /// Whether it was estimated from the letters, because the backend cannot count.
    public var isEstimated: Bool

    /// A count.
    public init(promptTokens: Int, isEstimated: Bool) {
        self.promptTokens = promptTokens
        self.isEstimated = isEstimated
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        promptTokens = try members.integer("prompt_tokens")
        isEstimated = try members.bool("estimated")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("prompt_tokens", promptTokens, to: &out)
        object.add("estimated", isEstimated, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let tokensCountResult = Schema(
        "TokensCountResult",
        #"""
        {"type": "object", "description": "How many tokens a prompt is.",
         "required": ["prompt_tokens", "estimated"], "properties": {
          "prompt_tokens": {"type": "integer", "minimum": 0, "description": "The number."},
          "estimated": {"type": "boolean",
            "description": "True where the backend cannot count, and it is a guess."}}}
        """#)
}
