import CrowdModelsProtocol

/// The instructions and the items of a request, as the messages of `complete`: written step by
/// step, each of which is shown the request's text.
struct ResponsesInput {
    private var writer: MessageWriter
    private var items: Elements
    /// What is being written of an item; nil between two.
    private var turn: Turn?
    /// Answers of calls with pictures, which the message after them shows: none of those can hold
    /// one, and nothing may stand between them.
    private var pictured: [JSONRange] = []
    /// Whether a text stands already in the answer of a call that is being written.
    private var hasOutput = false

    /// The parts of an item, as often as they are looked at.
    private struct Turn {
        enum Pass {
            /// Whether a picture is among what the user says; left for `user`.
            case look
            case user, system, assistant, thoughts, output, pictures
        }

        let pass: Pass
        let content: JSONRange
        var parts: Elements
        var hasImage = false

        init(_ pass: Pass, _ content: JSONRange, _ text: Span<UInt8>) {
            self.pass = pass
            self.content = content
            parts = Elements(of: content, in: text)
        }
    }

    /// Begins with the instructions, and with a text that is all there is.
    init(
        instructions: Span<UInt8>, input: JSONRange?, _ text: Span<UInt8>,
        to out: inout ByteBuffer
    ) throws(Fault) {
        writer = MessageWriter(&out)
        writer.system(instructions, to: &out)
        guard let input else { throw .refused("input", "is missing: a text, or items") }
        items = Elements(of: input, in: text)
        if text.kind(input) == .string { writer.user(text.inside(input), to: &out) }
    }

    /// Goes on; true when all of it is written, the end of the array too.
    mutating func resume(_ text: Span<UInt8>, to out: inout ByteBuffer) throws(Fault) -> Bool {
        var slice = Slice()
        while !slice.isSpent {
            if turn != nil {
                if let part = turn?.parts.next(in: text) {
                    try take(ObjectView(text, at: part), to: &out)
                    slice.spend(part)
                } else {
                    endPass(text, to: &out)
                }
            } else if let item = items.next(in: text) {
                try begin(ObjectView(text, at: item), at: item, to: &out)
                slice.spend(item)
            } else if !pictured.isEmpty {
                showPictures(text)
            } else {
                if writer.isEmpty { throw .refused("input", "needs at least one item") }
                writer.end(&out)
                return true
            }
        }
        return false
    }

    /// The pictures of the next answer that has some are to be shown.
    private mutating func showPictures(_ text: Span<UInt8>) {
        turn = Turn(.pictures, pictured.removeFirst(), text)
    }

    private mutating func begin(
        _ item: ObjectView, at range: JSONRange, to out: inout ByteBuffer
    ) throws(Fault) {
        if item.reads("type", "function_call_output")
            || item.reads("type", "custom_tool_call_output")
        {
            return begin(output: item, to: &out)
        }
        if !pictured.isEmpty {
            items.giveBack(range)
            return showPictures(item.text)
        }
        if item.value("role") != nil, item.value("type") == nil || item.reads("type", "message") {
            try begin(message: item, to: &out)
        } else if item.reads("type", "reasoning") {
            begin(thoughts: item)
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

    private mutating func begin(message: ObjectView, to out: inout ByteBuffer) throws(Fault) {
        guard let content = message.value("content") else { return }
        let text = message.text
        let isText = text.kind(content) == .string
        if message.reads("role", "user") {
            if isText { return writer.user(text.inside(content), to: &out) }
            turn = Turn(.look, content, text)
        } else if message.reads("role", "assistant") {
            if isText { return writer.assistant(text.inside(content), to: &out) }
            turn = Turn(.assistant, content, text)
        } else if message.reads("role", "system") || message.reads("role", "developer") {
            if isText { return writer.system(text.inside(content), to: &out) }
            turn = Turn(.system, content, text)
        } else {
            throw .refused("input", "has a message whose role is none")
        }
    }

    /// The summary is what the content is summed up in: it counts where that is not told.
    private mutating func begin(thoughts item: ObjectView) {
        for member: StaticString in ["content", "summary"] {
            guard let parts = item.value(member), ArrayView.isFilled(item.text, parts) else {
                continue
            }
            turn = Turn(.thoughts, parts, item.text)
            return
        }
    }

    private mutating func begin(output item: ObjectView, to out: inout ByteBuffer) {
        let id = item.inside("call_id")
        writer.tool(to: &out) { $0.append(id) }
        guard let output = item.value("output") else { return }
        if item.text.kind(output) == .string { return out.append(item.text.inside(output)) }
        hasOutput = false
        turn = Turn(.output, output, item.text)
    }

    private mutating func endPass(_ text: Span<UInt8>, to out: inout ByteBuffer) {
        guard let ended = turn.take() else { return }
        switch ended.pass {
        case .look:
            if ended.hasImage { writer.parts(to: &out) }
            turn = Turn(.user, ended.content, text)
        case .output:
            if ended.hasImage { pictured.append(ended.content) }
        case .user, .system, .assistant, .thoughts, .pictures: break
        }
    }

    private mutating func take(_ part: ObjectView, to out: inout ByteBuffer) throws(Fault) {
        guard let pass = turn?.pass else { return }
        let isImage = pass != .thoughts && part.reads("type", "input_image")
        if isImage { turn?.hasImage = true }
        switch pass {
        case .look: break
        case .pictures: if isImage { try write(image: part, to: &out) }
        case .user where isImage: try write(image: part, to: &out)
        case .user: writer.user(try Self.textOf(part), to: &out)
        case .system: writer.system(try Self.textOf(part), to: &out)
        case .assistant: writer.assistant(try Self.textOf(part), to: &out)
        case .thoughts: writer.reasoning(part.inside("text"), to: &out)
        case .output where isImage: break
        case .output:
            if hasOutput { out.append("\\n") }
            hasOutput = true
            out.append(try Self.textOf(part))
        }
    }

    private mutating func write(image part: ObjectView, to out: inout ByteBuffer) throws(Fault) {
        let url = part.inside("image_url")
        guard !url.isEmpty else {
            throw .refused("input", "holds an image without `image_url`: nothing is kept")
        }
        writer.image(to: &out) { $0.append(url) }
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
