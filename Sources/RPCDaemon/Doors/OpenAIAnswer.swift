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
    /// What every chunk begins with; empty before the first.
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
            var start = ByteBuffer()
            writeHead(chunkObject, model, to: &start)
            if includesUsage { start.append(",\"usage\":null") }
            chunkStart = start.bytes
        }
        out.append("data: ")
        let chunkStart = chunkStart
        out.append(chunkStart.span)
        out.append(",\"choices\":[")
    }

    func endChunk(to out: inout ByteBuffer) {
        out.append("]}\n\n")
    }

    /// Ends the chunk that says how the answer ended, and with it the stream.
    func endStream(_ result: ObjectView, to out: inout ByteBuffer) {
        out.append("]")
        Self.writeExtras(result, to: &out)
        out.append("}\n\n")
        let usage = result.token("usage")
        if includesUsage, !usage.isEmpty {
            out.append("data: ")
            writeHead(chunkObject, model, to: &out)
            out.append(#","choices":[],"usage":"#)
            Self.writeUsage(ObjectView(usage), to: &out)
            out.append("}\n\n")
        }
        out.append("data: [DONE]\n\n")
    }

    /// Begins a whole answer; its one choice is to follow. The result's model is who answered.
    func beginWhole(_ result: ObjectView, to out: inout ByteBuffer) {
        writeHead(wholeObject, result.string("model") ?? model, to: &out)
        out.append(",\"choices\":[")
    }

    func endWhole(_ result: ObjectView, to out: inout ByteBuffer) {
        out.append("]")
        let usage = result.token("usage")
        if !usage.isEmpty {
            out.append(",\"usage\":")
            Self.writeUsage(ObjectView(usage), to: &out)
        }
        Self.writeExtras(result, to: &out)
        out.append("}")
    }

    private func writeHead(_ object: StaticString, _ model: String, to out: inout ByteBuffer) {
        out.append("{\"id\":\"")
        out.append(prefix)
        out.append(utf8: key)
        out.append("\",\"object\":\"")
        out.append(object)
        out.append("\",\"created\":")
        out.append(decimal: created)
        out.append(",\"model\":")
        out.append(string: model)
    }

    /// Appends what the daemon knows of the answer and the API has no place for.
    private static func writeExtras(_ result: ObjectView, to out: inout ByteBuffer) {
        for name in ["backend", "warnings", "stats"] as [StaticString] {
            result.append(name, as: name, to: &out)
        }
    }

    /// Appends usage of ours in OpenAI's form.
    static func writeUsage(_ usage: ObjectView, to out: inout ByteBuffer) {
        out.append("{\"prompt_tokens\":")
        number(usage.token("prompt_tokens"), to: &out)
        out.append(",\"completion_tokens\":")
        number(usage.token("completion_tokens"), to: &out)
        out.append(",\"total_tokens\":")
        number(usage.token("total_tokens"), to: &out)
        let cached = usage.token("cached_tokens")
        if !cached.isEmpty {
            out.append(",\"prompt_tokens_details\":{\"cached_tokens\":")
            out.append(cached)
            out.append("}")
        }
        let reasoning = usage.token("reasoning_tokens")
        if !reasoning.isEmpty {
            out.append(",\"completion_tokens_details\":{\"reasoning_tokens\":")
            out.append(reasoning)
            out.append("}")
        }
        usage.append("estimated", as: "estimated", to: &out)
        out.append("}")
    }

    /// Appends a count; clients expect a number where the server told none.
    private static func number(_ token: Span<UInt8>, to out: inout ByteBuffer) {
        if token.isEmpty { out.append("0") } else { out.append(token) }
    }

    /// How the answer ended, in OpenAI's words. One that was cancelled by somebody else was cut
    /// off, and there is no other word for that.
    static func finishReason(_ result: ObjectView) -> StaticString {
        let reason = result.inside("finish_reason")
        if reason.reads("stop") { return "stop" }
        return reason.reads("tool_calls") ? "tool_calls" : "length"
    }
}
