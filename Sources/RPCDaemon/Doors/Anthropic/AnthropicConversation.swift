import CrowdModelsProtocol

/// The conversation of a request, as the messages of `complete`.
struct AnthropicConversation: ~Escapable {
    private let text: Span<UInt8>
    private var writer: MessageWriter

    @_lifetime(copy text)
    init(_ text: Span<UInt8>, _ out: inout ByteBuffer) {
        self.text = text
        writer = MessageWriter(&out)
    }

    /// Appends all of it, the end of the array too.
    mutating func write(
        system: JSONRange?, messages: JSONRange, to out: inout ByteBuffer
    ) throws(Fault) {
        if let system { write(instructions: system, to: &out) }
        var elements = ArrayView(text, at: messages)
        var index = 0
        while let element = elements.next() {
            let message = ObjectView(text, at: element)
            guard let content = message.value("content") else {
                throw Fault(.invalidParams, "`messages`, element \(index): `content` is missing")
            }
            if message.reads("role", "user") {
                try write(user: content, to: &out)
            } else if message.reads("role", "assistant") {
                write(assistant: content, to: &out)
            } else if message.reads("role", "system") {
                write(instructions: content, to: &out)
            } else {
                throw Fault(
                    .invalidParams, "`messages`, element \(index): `role` is user or assistant")
            }
            index += 1
        }
        if writer.isEmpty { throw Fault(.invalidParams, "`messages` needs at least one message") }
        writer.end(&out)
    }

    /// Claude Code's first block tells what to bill: nothing that a model should read, and in its
    /// older versions another in every request, so that no server could keep the prompt.
    private mutating func write(instructions: JSONRange, to out: inout ByteBuffer) {
        if text.kind(instructions) == .string {
            return writer.system(text.inside(instructions), to: &out)
        }
        var blocks = ArrayView(text, at: instructions)
        while let element = blocks.next() {
            let said = ObjectView(text, at: element).inside("text")
            if said.hasPrefix("x-anthropic-billing-header:") { continue }
            writer.system(said, to: &out)
        }
    }

    // MARK: - The model's turns

    /// Thoughts come before texts and these before calls, whatever order they had: one message has
    /// each in one place.
    private mutating func write(assistant content: JSONRange, to out: inout ByteBuffer) {
        if text.kind(content) == .string {
            return writer.assistant(text.inside(content), to: &out)
        }
        var blocks = ArrayView(text, at: content)
        while let element = blocks.next() {
            let block = ObjectView(text, at: element)
            guard block.reads("type", "thinking") else { continue }
            writer.reasoning(block.inside("thinking"), to: &out)
        }
        blocks = ArrayView(text, at: content)
        while let element = blocks.next() {
            let block = ObjectView(text, at: element)
            guard block.reads("type", "text") else { continue }
            writer.assistant(block.inside("text"), to: &out)
        }
        blocks = ArrayView(text, at: content)
        while let element = blocks.next() {
            let block = ObjectView(text, at: element)
            guard block.reads("type", "tool_use") else { continue }
            let (id, input) = (block.inside("id"), block.token("input"))
            writer.call(name: block.inside("name"), to: &out) {
                $0.append(id)
            } arguments: {
                if input.isEmpty { $0.append("{}") } else { $0.append(quoting: input) }
            }
        }
    }

    // MARK: - The user's turns

    /// Answers to calls come before what the user says: a server wants them right behind these.
    private mutating func write(user content: JSONRange, to out: inout ByteBuffer) throws(Fault) {
        if text.kind(content) == .string {
            return writer.user(text.inside(content), to: &out)
        }
        var hasImage = false
        var blocks = ArrayView(text, at: content)
        while let element = blocks.next() {
            let block = ObjectView(text, at: element)
            if block.reads("type", "image") {
                hasImage = true
            } else if block.reads("type", "tool_result") {
                if try write(result: block, to: &out) { hasImage = true }
            }
        }
        if hasImage { writer.parts(to: &out) }
        blocks = ArrayView(text, at: content)
        while let element = blocks.next() {
            let block = ObjectView(text, at: element)
            if block.reads("type", "tool_result") {
                try writeImages(in: block.value("content"), to: &out)
            } else {
                try write(block, to: &out)
            }
        }
    }

    /// Appends the message that answers a call; whether pictures belong to it, which no such
    /// message can hold: they follow in the user's own.
    private mutating func write(
        result block: ObjectView, to out: inout ByteBuffer
    ) throws(Fault) -> Bool {
        let id = block.inside("tool_use_id")
        writer.tool(to: &out) { $0.append(id) }
        // Only the text can say that the call failed.
        if block.isTrue("is_error") { out.append("Error: ") }
        guard let content = block.value("content") else { return false }
        if text.kind(content) == .string {
            out.append(text.inside(content))
            return false
        }
        var hasImage = false
        var hasText = false
        var parts = ArrayView(text, at: content)
        while let element = parts.next() {
            let part = ObjectView(text, at: element)
            if part.reads("type", "image") {
                hasImage = true
            } else if let said = try textOf(part) {
                if hasText { out.append("\\n") }
                hasText = true
                out.append(text.inside(said))
            }
        }
        return hasImage
    }

    private mutating func writeImages(
        in content: JSONRange?, to out: inout ByteBuffer
    ) throws(Fault) {
        var parts = ArrayView(text, at: content)
        while let element = parts.next() {
            let part = ObjectView(text, at: element)
            if part.reads("type", "image") { try write(part, to: &out) }
        }
    }

    private mutating func write(
        _ block: ObjectView, to out: inout ByteBuffer
    ) throws(Fault) {
        guard block.reads("type", "image") else {
            if let said = try textOf(block) { writer.user(text.inside(said), to: &out) }
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
    private func textOf(_ block: ObjectView) throws(Fault) -> JSONRange? {
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
        throw Self.unsupported(
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
