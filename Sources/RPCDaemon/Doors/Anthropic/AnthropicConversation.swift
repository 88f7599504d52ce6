import CrowdModelsProtocol

/// The conversation of a request, as the messages of `complete`: written step by step, each of
/// which is shown the request's text.
struct AnthropicConversation {
    private var writer: MessageWriter
    private var messages: Elements
    private var index = 0
    /// What is being written of a message; nil between two.
    private var turn: Turn?

    /// A message whose blocks are looked at, as often as it takes.
    private struct Turn {
        enum Pass {
            /// Instructions.
            case system
            /// What the model thought, then what it said, then whom it called, whatever order
            /// they had: one message has each in one place.
            case thoughts, texts, calls
            /// Answers to calls come before what the user says: a server wants them right behind
            /// these.
            case results, rest
        }

        var pass: Pass
        let content: JSONRange
        var blocks: Elements
        /// The parts of the call's answer that is looked at.
        var parts: Elements
        /// Whether a text stands already in what is written of that answer.
        var hasText = false
        var hasImage = false

        init(_ pass: Pass, _ content: JSONRange, _ text: Span<UInt8>) {
            self.pass = pass
            self.content = content
            blocks = Elements(of: content, in: text)
            parts = Elements(of: nil, in: text)
        }

        mutating func begin(parts content: JSONRange?, in text: Span<UInt8>) {
            parts = Elements(of: content, in: text)
            hasText = false
        }
    }

    init(
        system: JSONRange?, messages: JSONRange, _ text: Span<UInt8>, _ out: inout ByteBuffer
    ) {
        writer = MessageWriter(&out)
        self.messages = Elements(of: messages, in: text)
        if let system { begin(.system, system, text, to: &out) }
    }

    /// Goes on; true when all of it is written, the end of the array too.
    mutating func resume(_ text: Span<UInt8>, to out: inout ByteBuffer) throws(Fault) -> Bool {
        var slice = Slice()
        while !slice.isSpent {
            if turn == nil {
                guard let element = messages.next(in: text) else {
                    if writer.isEmpty {
                        throw Fault(.invalidParams, "`messages` needs at least one message")
                    }
                    writer.end(&out)
                    return true
                }
                try begin(ObjectView(text, at: element), to: &out)
                index += 1
                slice.spend(element)
            } else if let part = turn?.parts.next(in: text) {
                try take(part: ObjectView(text, at: part), to: &out)
                slice.spend(part)
            } else if let block = turn?.blocks.next(in: text) {
                try take(ObjectView(text, at: block), to: &out)
                slice.spend(block)
            } else {
                endPass(text, to: &out)
            }
        }
        return false
    }

    private mutating func begin(
        _ message: ObjectView, to out: inout ByteBuffer
    ) throws(Fault) {
        guard let content = message.value("content") else {
            throw Fault(.invalidParams, "`messages`, element \(index): `content` is missing")
        }
        if message.reads("role", "user") {
            begin(.results, content, message.text, to: &out)
        } else if message.reads("role", "assistant") {
            begin(.thoughts, content, message.text, to: &out)
        } else if message.reads("role", "system") {
            begin(.system, content, message.text, to: &out)
        } else {
            throw Fault(
                .invalidParams, "`messages`, element \(index): `role` is user or assistant")
        }
    }

    private mutating func begin(
        _ pass: Turn.Pass, _ content: JSONRange, _ text: Span<UInt8>, to out: inout ByteBuffer
    ) {
        guard text.kind(content) == .string else {
            turn = Turn(pass, content, text)
            return
        }
        switch pass {
        case .system: writer.system(text.inside(content), to: &out)
        case .thoughts, .texts, .calls: writer.assistant(text.inside(content), to: &out)
        case .results, .rest: writer.user(text.inside(content), to: &out)
        }
    }

    private mutating func endPass(_ text: Span<UInt8>, to out: inout ByteBuffer) {
        guard let ended = turn.take() else { return }
        switch ended.pass {
        case .thoughts: turn = Turn(.texts, ended.content, text)
        case .texts: turn = Turn(.calls, ended.content, text)
        case .results:
            if ended.hasImage { writer.parts(to: &out) }
            turn = Turn(.rest, ended.content, text)
            turn?.hasImage = ended.hasImage
        case .system, .calls, .rest: break
        }
    }

    private mutating func take(_ block: ObjectView, to out: inout ByteBuffer) throws(Fault) {
        switch turn?.pass {
        case .system: write(instruction: block, to: &out)
        case .thoughts where block.reads("type", "thinking"):
            writer.reasoning(block.inside("thinking"), to: &out)
        case .texts where block.reads("type", "text"):
            writer.assistant(block.inside("text"), to: &out)
        case .calls where block.reads("type", "tool_use"):
            let (id, input) = (block.inside("id"), block.token("input"))
            writer.call(name: block.inside("name"), to: &out) {
                $0.append(id)
            } arguments: {
                if input.isEmpty { $0.append("{}") } else { $0.append(quoting: input) }
            }
        case .results:
            let isImage = block.reads("type", "image")
            let isResult = !isImage && block.reads("type", "tool_result")
            if isImage { turn?.hasImage = true }
            if isResult { begin(result: block, to: &out) }
        case .rest:
            if !block.reads("type", "tool_result") {
                try write(block, to: &out)
            } else if turn?.hasImage == true {
                turn?.begin(parts: block.value("content"), in: block.text)
            }
        default: break
        }
    }

    /// Claude Code's first block tells what to bill: nothing that a model should read, and in its
    /// older versions another in every request, so that no server could keep the prompt.
    private mutating func write(instruction block: ObjectView, to out: inout ByteBuffer) {
        let said = block.inside("text")
        if said.hasPrefix("x-anthropic-billing-header:") { return }
        writer.system(said, to: &out)
    }

    /// Begins the message that answers a call; what it holds in parts is to follow.
    private mutating func begin(result block: ObjectView, to out: inout ByteBuffer) {
        let id = block.inside("tool_use_id")
        writer.tool(to: &out) { $0.append(id) }
        // Only the text can say that the call failed.
        if block.isTrue("is_error") { out.append("Error: ") }
        guard let content = block.value("content") else { return }
        if block.text.kind(content) == .string {
            out.append(block.text.inside(content))
        } else {
            turn?.begin(parts: content, in: block.text)
        }
    }

    /// A part of a call's answer. No such message can hold a picture: they follow in what the user
    /// says.
    private mutating func take(part: ObjectView, to out: inout ByteBuffer) throws(Fault) {
        let isImage = part.reads("type", "image")
        if turn?.pass == .rest {
            if isImage { try write(part, to: &out) }
        } else if isImage {
            turn?.hasImage = true
        } else if let said = try Self.textOf(part) {
            if turn?.hasText == true { out.append("\\n") }
            turn?.hasText = true
            out.append(part.text.inside(said))
        }
    }

    private mutating func write(
        _ block: ObjectView, to out: inout ByteBuffer
    ) throws(Fault) {
        guard block.reads("type", "image") else {
            if let said = try Self.textOf(block) { writer.user(block.text.inside(said), to: &out) }
            return
        }
        let source = block.object("source")
        let url = source.inside("url")
        let media = source.inside("media_type")
        let data = source.inside("data")
        guard !url.isEmpty || !data.isEmpty else {
            throw Self.unsupported("an image that is neither `base64` nor a `url`")
        }
        writer.image(to: &out) { out in
            guard url.isEmpty else { return out.append(url) }
            out.append("data:")
            out.append(media)
            out.append(";base64,")
            out.append(data)
        }
    }

    /// The text that a block holds; nil for what only Anthropic's own servers make and read.
    private static func textOf(_ block: ObjectView) throws(Fault) -> JSONRange? {
        if let said = block.words("text") { return said }
        if block.reads("type", "document"), block.object("source").reads("type", "text") {
            return block.object("source").words("data")
        }
        if block.reads("type", "tool_reference") || block.reads("type", "server_tool_use")
            || block.reads("type", "redacted_thinking")
            || block.inside("type").hasSuffix("_tool_result")
        {
            return nil
        }
        throw unsupported(
            "a content block of type `\(JSONText.quoted(block.token("type")))`")
    }

    private static func unsupported(_ what: String) -> Fault {
        Fault(.unsupported, "\(what) is not supported", data: ["what": .string(what)])
    }
}

extension Span<UInt8> {
    /// Whether it begins with the bytes of `literal`.
    func hasPrefix(_ literal: StaticString) -> Bool {
        matches(literal, at: 0)
    }

    /// Whether it ends with the bytes of `literal`.
    func hasSuffix(_ literal: StaticString) -> Bool {
        matches(literal, at: count &- literal.utf8CodeUnitCount)
    }

    private func matches(_ literal: StaticString, at start: Int) -> Bool {
        let length = literal.utf8CodeUnitCount
        guard start >= 0, count &- start >= length else { return false }
        for offset in 0..<length
        where unsafe self[start &+ offset] != literal.utf8Start[offset] {
            return false
        }
        return true
    }
}
