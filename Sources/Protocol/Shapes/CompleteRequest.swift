/// The parameters of `complete`. What is nil is left out, and so the backend's default.
///
/// Many properties: one for each parameter of the method.
public struct CompleteRequest: Equatable, Sendable {
    /// The model's id or alias; nil for the default one.
    public var model: String?
    /// What to answer; exactly one of `prompt` and `messages`.
    public var prompt: String?
    /// The conversation; exactly one of `prompt` and `messages`.
    public var messages: [ChatMessage] = []
    /// Sent first, as a system message of its own.
    public var systemPrompt: String?
    /// How freely to choose, from 0.
    public var temperature: Double?
    /// Choose among the likeliest tokens up to this share, 0 to 1.
    public var topP: Double?
    /// Choose among this many tokens.
    public var topK: Int?
    /// Leave out tokens below this share of the likeliest one's, 0 to 1.
    public var minP: Double?
    /// The most tokens to produce; -1 for no limit.
    public var maxTokens: Int?
    /// Texts at which to stop.
    public var stop: [String] = []
    /// The same seed, the same answer, where supported.
    public var seed: Int?
    /// Above 0: fewer tokens that were there before.
    public var presencePenalty: Double?
    /// Above 0: fewer tokens the more often they were there before.
    public var frequencyPenalty: Double?
    /// Above 1: fewer repetitions.
    public var repeatPenalty: Double?
    /// For token numbers what to add to their likelihood.
    public var logitBias: [Int: Double] = [:]
    /// The form of the answer, as OpenAI's `response_format`; `jsonSchema(_:)` makes one.
    public var responseFormat: JSONValue?
    /// Functions that the model may ask to be called, in OpenAI's form.
    public var tools: [JSONValue] = []
    /// `auto`, `none`, `required`, or the one function to call, in OpenAI's form.
    public var toolChoice: JSONValue?
    /// How much to think first, such as `off`, `low` or `high`.
    public var reasoning: String?
    /// Seconds without use after which the backend unloads the model.
    public var ttl: Int?
    /// A smaller model of the same backend that guesses ahead.
    public var draftModel: String?
    /// Members passed on to the backend as they are.
    public var options: JSONObject?
    /// Whether to send `complete.delta` as text comes.
    public var stream = false
    /// Whether to send `complete.progress` on change.
    public var progress = false
    /// The only backend to use.
    public var backend: String?
    /// Whether others go first: `batch` instead of `interactive`.
    public var isBatch = false
    /// Milliseconds from arrival after which to give up.
    public var timeoutMilliseconds: Int?
    /// Milliseconds from arrival; refused at once if predicted to end later.
    public var deadlineMilliseconds: Int?
    /// A label under which `stats` counts the request.
    public var tag: String?
    /// Names a conversation, so that its requests go where its prompt is still cached.
    public var session: String?
    /// Whether the prompt goes to the model as it is, without its chat template.
    public var raw = false
    /// The text behind what is to be filled in after the prompt.
    public var suffix: String?

    /// A request for the answer to a prompt.
    public init(prompt: String) {
        self.prompt = prompt
    }

    /// A request for the next message of a conversation.
    public init(messages: [ChatMessage]) {
        self.messages = messages
    }

    /// The `response_format` of an answer that fits a JSON Schema.
    public static func jsonSchema(_ schema: JSONValue, name: String = "answer") -> JSONValue {
        [
            "type": "json_schema",
            "json_schema": ["name": .string(name), "strict": true, "schema": schema],
        ]
    }

    /// The parameters by name.
    public var json: JSONValue {
        var object = JSONObject()
        func add(_ parameter: CompleteParameter, _ value: JSONValue?) {
            if let value { object.append(parameter.name, value) }
        }
        add(.model, model.map(JSONValue.string))
        add(.prompt, prompt.map(JSONValue.string))
        if !messages.isEmpty { add(.messages, .array(messages.map(\.json))) }
        add(.systemPrompt, systemPrompt.map(JSONValue.string))
        add(.temperature, temperature.map(JSONValue.double))
        add(.topP, topP.map(JSONValue.double))
        add(.topK, topK.map(JSONValue.integer))
        add(.minP, minP.map(JSONValue.double))
        add(.maxTokens, maxTokens.map(JSONValue.integer))
        if !stop.isEmpty { add(.stop, .array(stop.map(JSONValue.string))) }
        add(.seed, seed.map(JSONValue.integer))
        add(.presencePenalty, presencePenalty.map(JSONValue.double))
        add(.frequencyPenalty, frequencyPenalty.map(JSONValue.double))
        add(.repeatPenalty, repeatPenalty.map(JSONValue.double))
        if !logitBias.isEmpty { add(.logitBias, biases) }
        add(.responseFormat, responseFormat)
        if !tools.isEmpty { add(.tools, .array(tools)) }
        add(.toolChoice, toolChoice)
        add(.reasoning, reasoning.map(JSONValue.string))
        add(.ttl, ttl.map(JSONValue.integer))
        add(.draftModel, draftModel.map(JSONValue.string))
        add(.options, options.map(JSONValue.object))
        if stream { add(.stream, true) }
        if progress { add(.progress, true) }
        add(.backend, backend.map(JSONValue.string))
        if isBatch { add(.priority, "batch") }
        add(.timeoutMilliseconds, timeoutMilliseconds.map(JSONValue.integer))
        add(.deadlineMilliseconds, deadlineMilliseconds.map(JSONValue.integer))
        add(.tag, tag.map(JSONValue.string))
        add(.session, session.map(JSONValue.string))
        if raw { add(.raw, true) }
        add(.suffix, suffix.map(JSONValue.string))
        return .object(object)
    }

    /// Appends the parameters as compact JSON.
    public func write(to buffer: inout ByteBuffer) {
        json.write(to: &buffer)
    }

    private var biases: JSONValue {
        var object = JSONObject()
        for (token, bias) in logitBias.sorted(by: { $0.key < $1.key }) {
            object.append(String(token), .double(bias))
        }
        return .object(object)
    }
}

extension Schema {
    static let tool = Schema(
        "Tool",
        #"""
        {"type": "object", "description": "A function that the model may ask to be called.",
         "required": ["type", "function"], "properties": {
          "type": {"type": "string", "description": "`function`."},
          "function": {"type": "object", "description": "What the model is told of it.",
            "required": ["name"], "properties": {
            "name": {"type": "string", "description": "Its name."},
            "description": {"type": "string", "description": "What it does and when to use it."},
            "parameters": {"type": "object", "additionalProperties": true,
              "description": "A JSON Schema of its arguments."},
            "strict": {"type": "boolean",
              "description": "Whether the arguments have to fit the schema exactly."}}}}}
        """#)

    static let toolChoice = Schema(
        "ToolChoice",
        #"""
        {"type": "object", "description": "The one function that has to be called.",
         "required": ["type", "function"], "properties": {
          "type": {"type": "string", "description": "`function`."},
          "function": {"type": "object", "description": "Which one.", "required": ["name"],
            "properties": {"name": {"type": "string", "description": "Its name."}}}}}
        """#)

    static let responseFormat = Schema(
        "ResponseFormat",
        #"""
        {"type": "object", "description": "The form of the answer.", "required": ["type"],
         "properties": {
          "type": {"type": "string",
            "description": "`text`, `json_schema` or, where the backend knows it, `json_object`."},
          "json_schema": {"type": "object", "description": "The schema of a `json_schema` answer.",
            "required": ["schema"], "properties": {
            "name": {"type": "string", "description": "A name for it."},
            "strict": {"type": "boolean", "description": "Whether to hold to it exactly."},
            "schema": {"type": "object", "additionalProperties": true,
              "description": "The JSON Schema itself."}}}}}
        """#)

    static let logitBias = Schema(
        "LogitBias",
        #"""
        {"type": "object", "additionalProperties": {"type": "number"},
         "description": "For token numbers (as names) what to add to their likelihood."}
        """#)

    static let options = Schema(
        "Options",
        #"""
        {"type": "object", "additionalProperties": true,
         "description": "Members for the backend's own API; those the daemon sets itself win."}
        """#)
}
