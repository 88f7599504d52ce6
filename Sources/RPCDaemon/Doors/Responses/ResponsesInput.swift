import CrowdModelsProtocol

/// The instructions and the items of a request, as the messages of `complete`.
struct ResponsesInput: ~Escapable {
    private let text: Span<UInt8>
    private var writer: MessageWriter
    /// Pictures that calls answered, which the message after their answers shows: none of those
    /// can hold one, and nothing may stand between them.
    private var images: [JSONRange] = []

    @_lifetime(copy text)
    init(_ text: Span<UInt8>, _ out: inout ByteBuffer) {
        self.text = text
        writer = MessageWriter(&out)
    }

    /// Appends all of it, the end of the array too.
    mutating func write(
        instructions: Span<UInt8>, input: JSONRange?, to out: inout ByteBuffer
    ) throws(Fault) {
        writer.system(instructions, to: &out)
        guard let input else { throw .refused("input", "is missing: a text, or items") }
        if text.kind(input) == .string {
            writer.user(text.inside(input), to: &out)
        } else {
            var items = ArrayView(text, at: input)
            while let item = items.next() { try write(ObjectView(text, at: item), to: &out) }
            try showImages(to: &out)
        }
        if writer.isEmpty { throw .refused("input", "needs at least one item") }
        writer.end(&out)
    }

    private mutating func write(_ item: ObjectView, to out: inout ByteBuffer) throws(Fault) {
        if item.reads("type", "function_call_output")
            || item.reads("type", "custom_tool_call_output")
        {
            return try write(output: item, to: &out)
        }
        try showImages(to: &out)
        if item.value("role") != nil, item.value("type") == nil || item.reads("type", "message") {
            try write(message: item, to: &out)
        } else if item.reads("type", "reasoning") {
            write(reasoning: item, to: &out)
        } else if item.reads("type", "function_call") {
            let (id, arguments) = (item.inside("call_id"), item.inside("arguments"))
            writer.call(name: item.inside("name"), to: &out) {
                $0.append(id)
            } arguments: {
                $0.append(arguments)
            }
        } else if item.reads("type", "custom_tool_call") {
            let (id, input) = (item.inside("call_id"), item.token("input"))
            writer.call(name: item.inside("name"), to: &out) {
                $0.append(id)
            } arguments: { out in
                out.append("{\\\"input\\\":")
                out.append(quoting: input)
                out.append("}")
            }
        } else if item.reads("type", "item_reference") {
            throw .refused(
                "input", "holds an `item_reference`: nothing is kept; send the item itself")
        }
        // What OpenAI's own servers did, such as a search, no model here has seen.
    }

    private mutating func write(
        message: ObjectView, to out: inout ByteBuffer
    ) throws(Fault) {
        guard let content = message.value("content") else { return }
        if message.reads("role", "user") {
            try write(user: content, to: &out)
        } else if message.reads("role", "assistant") {
            try Self.forEachText(text, of: content) { writer.assistant($0, to: &out) }
        } else if message.reads("role", "system") || message.reads("role", "developer") {
            try Self.forEachText(text, of: content) { writer.system($0, to: &out) }
        } else {
            throw .refused("input", "has a message whose role is none")
        }
    }

    private mutating func write(user content: JSONRange, to out: inout ByteBuffer) throws(Fault) {
        if text.kind(content) == .string {
            return writer.user(text.inside(content), to: &out)
        }
        if hasImage(content) { writer.parts(to: &out) }
        var parts = ArrayView(text, at: content)
        while let element = parts.next() {
            let part = ObjectView(text, at: element)
            if part.reads("type", "input_image") {
                try write(image: part, to: &out)
            } else {
                writer.user(try Self.textOf(part), to: &out)
            }
        }
    }

    private mutating func write(reasoning item: ObjectView, to out: inout ByteBuffer) {
        for member: StaticString in ["content", "summary"] {
            guard ArrayView.isFilled(text, item.value(member)) else { continue }
            var parts = ArrayView(text, at: item.value(member))
            while let element = parts.next() {
                writer.reasoning(ObjectView(text, at: element).inside("text"), to: &out)
            }
            // The one is what the other sums up.
            return
        }
    }

    private mutating func write(output item: ObjectView, to out: inout ByteBuffer) throws(Fault) {
        let id = item.inside("call_id")
        writer.tool(to: &out) { $0.append(id) }
        guard let output = item.value("output") else { return }
        if text.kind(output) == .string {
            out.append(text.inside(output))
            return
        }
        if hasImage(output) { images.append(output) }
        var parts = ArrayView(text, at: output)
        var hasText = false
        while let element = parts.next() {
            let part = ObjectView(text, at: element)
            if part.reads("type", "input_image") { continue }
            if hasText { out.append("\\n") }
            hasText = true
            out.append(try Self.textOf(part))
        }
    }

    private mutating func showImages(to out: inout ByteBuffer) throws(Fault) {
        for output in images {
            var parts = ArrayView(text, at: output)
            while let element = parts.next() {
                let part = ObjectView(text, at: element)
                if part.reads("type", "input_image") { try write(image: part, to: &out) }
            }
        }
        images.removeAll()
    }

    private mutating func write(image part: ObjectView, to out: inout ByteBuffer) throws(Fault) {
        let url = part.inside("image_url")
        guard !url.isEmpty else {
            throw .refused("input", "holds an image without `image_url`: nothing is kept")
        }
        writer.image(to: &out) { $0.append(url) }
    }

    private func hasImage(_ content: JSONRange) -> Bool {
        var parts = ArrayView(text, at: content)
        while let element = parts.next() {
            if ObjectView(text, at: element).reads("type", "input_image") { return true }
        }
        return false
    }

    private static func forEachText(
        _ text: Span<UInt8>, of content: JSONRange, _ body: (Span<UInt8>) -> Void
    ) throws(Fault) {
        if text.kind(content) == .string { return body(text.inside(content)) }
        var parts = ArrayView(text, at: content)
        while let element = parts.next() { body(try Self.textOf(ObjectView(text, at: element))) }
    }

    /// The text that a part holds.
    @_lifetime(copy part)
    private static func textOf(_ part: ObjectView) throws(Fault) -> Span<UInt8> {
        for member: StaticString in ["text", "refusal"] where part.words(member) != nil {
            return part.inside(member)
        }
        throw .refused(
            "input",
            "holds a part of type `\(JSONText.quoted(part.token("type")))`, which is not supported")
    }
}
