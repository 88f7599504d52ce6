/// Tokens used by a completion.
public struct CompleteUsage: Equatable, Sendable, JSONReadable, JSONWritable {
    /// Tokens read.
    public var promptTokens: Int?
    /// Tokens produced, those of the reasoning included.
    public var completionTokens: Int?
    /// Both together.
    public var totalTokens: Int?
    /// Those of the prompt that the backend had in its cache.
    public var cachedTokens: Int?
    /// Those of the produced ones that were reasoning.
    public var reasoningTokens: Int?
    /// Whether the daemon counted because the backend did not.
    public var isEstimated: Bool

    /// That nothing is known.
    public init() {
        isEstimated = false
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        promptTokens = try members.integerIfPresent("prompt_tokens")
        completionTokens = try members.integerIfPresent("completion_tokens")
        totalTokens = try members.integerIfPresent("total_tokens")
        cachedTokens = try members.integerIfPresent("cached_tokens")
        reasoningTokens = try members.integerIfPresent("reasoning_tokens")
        isEstimated = try members.boolIfPresent("estimated") ?? false
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("prompt_tokens", promptTokens, to: &out)
        object.add("completion_tokens", completionTokens, to: &out)
        object.add("total_tokens", totalTokens, to: &out)
        object.add("cached_tokens", cachedTokens, to: &out)
        object.add("reasoning_tokens", reasoningTokens, to: &out)
        if isEstimated { object.add("estimated", true, to: &out) }
        object.end(&out)
    }
}

extension Schema {
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
}
