import CrowdModelsProtocol

/// What a result of `complete` says, as tongues tell it: read from its JSON, or taken from its
/// parts before they are any. Texts are the inside of JSON strings; empty for what there is not.
///
/// Many properties: one for each thing that is told.
struct CompletionView: ~Escapable {
    let content: Span<UInt8>
    let reasoning: Span<UInt8>
    let refusal: Span<UInt8>
    /// The array's token.
    let toolCalls: Span<UInt8>
    /// Why it ended, in our word.
    let finishReason: String
    let usage: CompleteUsage?
    /// The token of the name of what served; empty where `modelName` says it.
    private let model: Span<UInt8>
    private let modelName: String?
    /// Statistics, and what belongs to them, before they are JSON; else tokens say it.
    private let stats: CompleteStats?
    private let speed: NumberText
    private let backend: String
    private let warnings: [CompleteWarning]
    private let statsToken: Span<UInt8>
    private let backendToken: Span<UInt8>
    private let warningsToken: Span<UInt8>

    /// Reads a result.
    @_lifetime(copy json)
    init(_ json: Span<UInt8>) {
        let result = ObjectView(json)
        content = result.inside("content")
        reasoning = result.inside("reasoning")
        refusal = result.inside("refusal")
        toolCalls = result.token("tool_calls")
        model = result.token("model")
        finishReason = result.string("finish_reason") ?? ""
        usage = result.value("usage").map { CompleteUsage(ObjectView(json, at: $0)) }
        modelName = nil
        stats = nil
        speed = NumberText()
        backend = ""
        warnings = []
        statsToken = result.token("stats")
        backendToken = result.token("backend")
        warningsToken = result.token("warnings")
    }

    /// Takes a result as it is before it is JSON.
    @_lifetime(borrow tokens)
    init(_ parts: borrowing CompleteResult, _ tokens: borrowing CompleteResult.Tokens) {
        content = tokens.content.span
        reasoning = tokens.reasoning.span
        refusal = tokens.refusal.span
        toolCalls = tokens.toolCalls.span
        model = tokens.model.span
        finishReason = parts.finishReason
        usage = parts.usage
        modelName = parts.model
        stats = parts.stats
        speed = tokens.speed
        backend = parts.backend
        warnings = parts.warnings
        statsToken = Span()
        backendToken = Span()
        warningsToken = Span()
    }

    /// Appends the name of what served as a string; where nothing tells it, of whom it was asked.
    func writeModel(asked: String, to out: inout ByteBuffer) {
        if !model.isEmpty { return out.append(model) }
        out.append(string: modelName ?? asked)
    }

    /// Appends further members for what the daemon knows of the answer and few APIs have a place
    /// for.
    func writeExtras(to out: inout ByteBuffer) {
        var object = ObjectWriter.continuing()
        guard let stats else {
            object.add("backend", token: backendToken, to: &out)
            object.add("warnings", token: warningsToken, to: &out)
            return object.add("stats", token: statsToken, to: &out)
        }
        object.add("backend", backend, to: &out)
        if !warnings.isEmpty { object.add("warnings", all: warnings, to: &out) }
        object.name("stats", to: &out)
        stats.write(speed: speed, to: &out)
    }
}

extension CompleteUsage {
    /// Reads usage of ours.
    fileprivate init(_ usage: ObjectView) {
        self.init()
        promptTokens = usage.integer("prompt_tokens")
        completionTokens = usage.integer("completion_tokens")
        totalTokens = usage.integer("total_tokens")
        cachedTokens = usage.integer("cached_tokens")
        reasoningTokens = usage.integer("reasoning_tokens")
        isEstimated = usage.isTrue("estimated")
    }
}

/// A tongue that tells completions, and needs no JSON of theirs.
protocol CompletionTongue: Tongue {
    /// As `succeed` of the result's JSON.
    mutating func succeed(_ completion: CompletionView, to out: inout ByteBuffer)
}

extension CompletionTongue {
    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        succeed(CompletionView(result), to: &out)
    }

    mutating func tell(
        _ result: borrowing CompleteResult, _ tokens: borrowing CompleteResult.Tokens,
        to out: inout ByteBuffer
    ) -> Bool {
        succeed(CompletionView(result, tokens), to: &out)
        return true
    }
}
