import CrowdModelsProtocol

/// What the answers of OpenAI's two completion APIs have in common: who answers when, in which
/// form, and the end with its numbers.
struct OpenAIAnswer {
    private let prefix: StaticString
    private let wholeObject: StaticString
    private let chunkObject: StaticString
    private(set) var isStream = false
    /// Whether the stream ends with the usage (`stream_options.include_usage`).
    private var includesUsage = false
    /// What its id has behind the prefix: letters, digits and `-`.
    private var key = ""
    private var created = 0
    /// Who answers, as far as that is known: first whom the request names.
    var model = ""
    /// Whom the request names.
    private(set) var asked = ""
    /// What every chunk has before its choice; empty before the first.
    private var chunkStart: [UInt8] = []

    init(prefix: StaticString, whole: StaticString, chunk: StaticString) {
        self.prefix = prefix
        wholeObject = whole
        chunkObject = chunk
    }

    /// Notes what the request says of the answer.
    mutating func begin(_ request: DoorRequest) {
        isStream = request.isTrue("stream")
        key = request.key
        created = request.receivedAt
        asked = request.string("model") ?? ""
        model = asked
        guard let options = request.value("stream_options") else { return }
        let view = ObjectView(request.body, from: Int(options.start))
        includesUsage = view.token("include_usage").reads("true")
    }

    /// Begins a chunk; its one choice is to follow.
    mutating func beginChunk(to out: inout ByteBuffer) {
        if chunkStart.isEmpty {
            var start = ByteBuffer(capacity: 256)
            start.append("data: ")
            writeHead(chunkObject, to: &start) { $0.append(string: model) }
            if includesUsage { start.append(",\"usage\":null") }
            start.append(",\"choices\":[")
            chunkStart = start.bytes
        }
        out.append(chunkStart.span)
    }

    func endChunk(to out: inout ByteBuffer) {
        out.append("]}\n\n")
    }

    /// Ends the chunk that says how the answer ended, and with it the stream.
    func endStream(_ completion: CompletionView, to out: inout ByteBuffer) {
        out.append("]")
        completion.writeExtras(to: &out)
        out.append("}\n\n")
        if includesUsage, let usage = completion.usage {
            out.append("data: ")
            writeHead(chunkObject, to: &out) { $0.append(string: model) }
            out.append(#","choices":[],"usage":"#)
            Self.write(usage, to: &out)
            out.append("}\n\n")
        }
        out.append("data: [DONE]\n\n")
    }

    /// Begins a whole answer; its one choice is to follow. The model is who answered.
    func beginWhole(_ completion: CompletionView, to out: inout ByteBuffer) {
        writeHead(wholeObject, to: &out) { completion.writeModel(asked: model, to: &$0) }
        out.append(",\"choices\":[")
    }

    func endWhole(_ completion: CompletionView, to out: inout ByteBuffer) {
        out.append("]")
        if let usage = completion.usage {
            out.append(",\"usage\":")
            Self.write(usage, to: &out)
        }
        completion.writeExtras(to: &out)
        out.append("}")
    }

    /// Appends what chunks and whole answers begin with; `writeModel` appends the model's name.
    @inline(__always)
    private func writeHead(
        _ object: StaticString, to out: inout ByteBuffer, _ writeModel: (inout ByteBuffer) -> Void
    ) {
        out.append("{\"id\":\"")
        out.append(prefix)
        out.append(utf8: key)
        out.append("\",\"object\":\"")
        out.append(object)
        out.append("\",\"created\":")
        out.append(decimal: created)
        out.append(",\"model\":")
        writeModel(&out)
    }

    /// Appends usage of ours in OpenAI's form. Clients expect a number of three counts, where the
    /// server told none, too.
    private static func write(_ usage: CompleteUsage, to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("prompt_tokens", usage.promptTokens ?? 0, to: &out)
        object.add("completion_tokens", usage.completionTokens ?? 0, to: &out)
        object.add("total_tokens", usage.totalTokens ?? 0, to: &out)
        if let cached = usage.cachedTokens {
            out.append(",\"prompt_tokens_details\":{\"cached_tokens\":")
            out.append(decimal: cached)
            out.append("}")
        }
        if let reasoning = usage.reasoningTokens {
            out.append(",\"completion_tokens_details\":{\"reasoning_tokens\":")
            out.append(decimal: reasoning)
            out.append("}")
        }
        if usage.isEstimated { object.add("estimated", true, to: &out) }
        object.end(&out)
    }

    /// How the answer ended, in OpenAI's words. One that was cancelled by somebody else was cut
    /// off, and there is no other word for that.
    static func finishReason(_ completion: CompletionView) -> StaticString {
        switch completion.finishReason {
        case "stop": "stop"
        case "tool_calls": "tool_calls"
        default: "length"
        }
    }
}
