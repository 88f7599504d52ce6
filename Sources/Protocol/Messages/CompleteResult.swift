/// A finished completion, whether streamed or not.
public struct CompleteResult: Equatable, Sendable, JSONReadable {
    /// The text; empty where there is none.
    public var content: String
    /// What the model thought before it.
    public var reasoning: String?
    /// The words with which it refused.
    public var refusal: String?
    /// The calls that the model asks for.
    public var toolCalls: [CompleteToolCall]
    /// The model that served it.
    public var model: String
    /// The backend that served it.
    public var backend: String
    /// Why it ended: `stop`, `length`, `tool_calls` or `cancelled`.
    public var finishReason: String
    /// How many backends were tried.
    public var attempts: Int
    /// In what the answer is not what was asked for.
    public var warnings: [CompleteWarning]
    /// Tokens used, where they are known.
    public var usage: CompleteUsage?
    /// How it went.
    public var stats: CompleteStats
    /// What the backend says of the model that served.
    public var modelInfo: CompleteModelInfo?
    /// The engine that served, as the backend describes it.
    public var runtime: JSONObject?

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        content = try members.string("content")
        reasoning = try members.stringIfPresent("reasoning")
        refusal = try members.stringIfPresent("refusal")
        toolCalls = try members.readAll("tool_calls")
        model = try members.string("model")
        backend = try members.string("backend")
        finishReason = try members.string("finish_reason")
        attempts = try members.integerIfPresent("attempts") ?? 1
        warnings = try members.readAll("warnings")
        usage = try members.readIfPresent("usage")
        stats = try members.read("stats")
        modelInfo = try members.readIfPresent("model_info")
        runtime = members["runtime"]?.objectValue
    }
}

/// In what an answer is not what was asked for.
public struct CompleteWarning: Equatable, Sendable, JSONReadable {
    /// What it is, for programs, such as `model_substituted`.
    public var kind: String
    /// What it is, for people.
    public var message: String

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        kind = try members.string("kind")
        message = try members.string("message")
    }
}

/// Tokens used by a completion.
public struct CompleteUsage: Equatable, Sendable, JSONReadable {
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

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        promptTokens = try members.integerIfPresent("prompt_tokens")
        completionTokens = try members.integerIfPresent("completion_tokens")
        totalTokens = try members.integerIfPresent("total_tokens")
        cachedTokens = try members.integerIfPresent("cached_tokens")
        reasoningTokens = try members.integerIfPresent("reasoning_tokens")
        isEstimated = try members.boolIfPresent("estimated") ?? false
    }
}

/// How a completion went; times in seconds. What neither was said nor could be measured is nil.
public struct CompleteStats: Equatable, Sendable, JSONReadable {
    /// From the first token to the last.
    public var tokensPerSecond: Double?
    /// From sending to the first text, reasoning or tool call.
    public var timeToFirstToken: Double?
    /// What the backend spent producing.
    public var generationTime: Double?
    /// From arrival at the daemon to sending.
    public var queueTime: Double
    /// From arrival at the daemon to the answer.
    public var totalTime: Double
    /// The backend's own word for why it ended.
    public var stopReason: String?
    /// Who measured: `backend` or `measured`.
    public var source: String

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        tokensPerSecond = try members.numberIfPresent("tokens_per_second")
        timeToFirstToken = try members.numberIfPresent("time_to_first_token")
        generationTime = try members.numberIfPresent("generation_time")
        queueTime = try members.number("queue_time")
        totalTime = try members.number("total_time")
        stopReason = try members.stringIfPresent("stop_reason")
        source = try members.string("source")
    }
}

/// What the backend says of the model that served.
public struct CompleteModelInfo: Equatable, Sendable, JSONReadable {
    /// Architecture, such as `llama`.
    public var arch: String?
    /// Quantization, such as `Q4_K_M`.
    public var quant: String?
    /// File format, such as `gguf`.
    public var format: String?
    /// Tokens of context it was loaded with.
    public var contextLength: Int?

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        arch = try members.stringIfPresent("arch")
        quant = try members.stringIfPresent("quant")
        format = try members.stringIfPresent("format")
        contextLength = try members.integerIfPresent("context_length")
    }
}
