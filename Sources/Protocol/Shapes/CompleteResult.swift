/// A finished completion, whether streamed or not.
///
/// Many properties: one for each member on the wire.
public struct CompleteResult: Equatable, Sendable, JSONReadable, JSONWritable {
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

    /// A text, and what is always told of it.
    public init(
        content: String, model: String, backend: String, finishReason: String, stats: CompleteStats
    ) {
        self.content = content
        toolCalls = []
        self.model = model
        self.backend = backend
        self.finishReason = finishReason
        attempts = 1
        warnings = []
        self.stats = stats
    }

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

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var tokens = Tokens()
        tokens.content = ByteBuffer(insideOf: content).bytes
        tokens.reasoning = ByteBuffer(insideOf: reasoning).bytes
        tokens.refusal = ByteBuffer(insideOf: refusal).bytes
        tokens.toolCalls = ByteBuffer(all: toolCalls).bytes
        if let runtime { tokens.runtime = ByteBuffer(.object(runtime)).bytes }
        var result = self
        result.write(&tokens, to: &out)
    }
}

extension CompleteResult {
    /// What a daemon passes on of a result as it came, without reading it: texts as the inside of
    /// JSON strings, all else as JSON values. Empty for what there is not.
    package struct Tokens {
        package var content: [UInt8] = []
        package var reasoning: [UInt8] = []
        package var refusal: [UInt8] = []
        package var toolCalls: [UInt8] = []
        /// What served it; where it is empty, `model` says.
        package var model: [UInt8] = []
        /// What the server says of the model; where it is empty, `modelInfo` says.
        package var modelInfo: [UInt8] = []
        package var runtime: [UInt8] = []
        /// `tokens_per_second`; where it is none, `stats` says.
        package var speed = NumberText()

        package init() {}

        /// Bytes of all of them.
        package var byteCount: Int {
            content.count &+ reasoning.count &+ refusal.count &+ toolCalls.count &+ model.count
                &+ modelInfo.count &+ runtime.count
        }
    }

    /// Appends the object with `tokens` in the place of those members. Neither is changed: in a
    /// closure a value that is not lent is copied.
    package mutating func write(_ tokens: inout Tokens, to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("content", inside: tokens.content.span, to: &out)
        object.add("reasoning", insideIfAny: tokens.reasoning.span, to: &out)
        object.add("refusal", insideIfAny: tokens.refusal.span, to: &out)
        object.add("tool_calls", token: tokens.toolCalls.span, to: &out)
        object.add("model", token: tokens.model.span, to: &out)
        if tokens.model.isEmpty { object.add("model", model, to: &out) }
        object.add("backend", backend, to: &out)
        object.add("finish_reason", finishReason, to: &out)
        if attempts > 1 { object.add("attempts", attempts, to: &out) }
        if !warnings.isEmpty { object.add("warnings", all: warnings, to: &out) }
        object.add("usage", usage, to: &out)
        object.name("stats", to: &out)
        stats.write(speed: tokens.speed, to: &out)
        object.add("model_info", token: tokens.modelInfo.span, to: &out)
        if tokens.modelInfo.isEmpty { object.add("model_info", modelInfo, to: &out) }
        object.add("runtime", token: tokens.runtime.span, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let completeResult = Schema(
        "CompleteResult",
        #"""
        {"type": "object", "description": "A finished completion, whether streamed or not.",
         "required": ["content", "model", "backend", "finish_reason", "stats"], "properties": {
          "content": {"type": "string", "description": "The text; empty where there is none."},
          "reasoning": {"type": "string", "description": "What the model thought before it."},
          "refusal": {"type": "string", "description": "The words with which it refused."},
          "tool_calls": {"type": "array", "items": {"$ref": "#/components/schemas/ToolCall"},
            "description": "The calls that the model asks for."},
          "model": {"type": "string", "description": "The model that served it."},
          "backend": {"type": "string", "description": "The backend that served it."},
          "finish_reason": {"type": "string",
            "enum": ["stop", "length", "tool_calls", "cancelled"],
            "description": "Why it ended; `cancelled`: the text is what was there until then."},
          "attempts": {"type": "integer", "minimum": 2,
            "description": "How many backends were tried, where it was more than one."},
          "warnings": {"type": "array", "items": {"$ref": "#/components/schemas/Warning"},
            "description": "In what the answer is not what was asked for."},
          "usage": {"$ref": "#/components/schemas/Usage"},
          "stats": {"$ref": "#/components/schemas/CompletionStats"},
          "model_info": {"$ref": "#/components/schemas/ModelInfo"},
          "runtime": {"$ref": "#/components/schemas/Runtime"}}}
        """#)
}
