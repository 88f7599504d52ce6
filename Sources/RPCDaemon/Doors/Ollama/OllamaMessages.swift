import CrowdModelsProtocol

/// The conversation of an Ollama request, as the messages of `complete`. Its calls may have no ids,
/// and then its answers to them none either: they are told apart by their order and their names.
struct OllamaMessages: ~Escapable {
    private let text: Span<UInt8>
    private var writer: MessageWriter
    /// The calls that are not answered yet, in their order.
    private var waiting: [(id: [UInt8], name: [UInt8])] = []
    private var calls = 0

    @_lifetime(copy text)
    init(_ text: Span<UInt8>, _ out: inout ByteBuffer) {
        self.text = text
        writer = MessageWriter(&out)
    }

    /// Appends all of it, the end of the array too.
    mutating func write(_ messages: JSONRange, to out: inout ByteBuffer) throws(Fault) {
        var elements = ArrayView(text, at: messages)
        var index = 0
        while let element = elements.next() {
            let message = ObjectView(text, at: element)
            let content = message.inside("content")
            if message.reads("role", "user") {
                write(user: content, images: message.value("images"), to: &out)
            } else if message.reads("role", "assistant") {
                write(assistant: message, to: &out)
            } else if message.reads("role", "system") {
                writer.system(content, to: &out)
            } else if message.reads("role", "tool") {
                write(tool: message, to: &out)
            } else {
                throw .refused(
                    "messages", "has no role that is user, assistant, system or tool at \(index)")
            }
            index += 1
        }
        writer.end(&out)
    }

    /// Appends a prompt with its pictures as a conversation of one message.
    mutating func write(
        prompt: Span<UInt8>, images: JSONRange?, to out: inout ByteBuffer
    ) {
        write(user: prompt, images: images, to: &out)
        writer.end(&out)
    }

    private mutating func write(
        user content: Span<UInt8>, images: JSONRange?, to out: inout ByteBuffer
    ) {
        guard ArrayView.isFilled(text, images) else { return writer.user(content, to: &out) }
        writer.parts(to: &out)
        if !content.isEmpty { writer.user(content, to: &out) }
        var elements = ArrayView(text, at: images)
        while let image = elements.next() {
            let data = text.inside(image)
            writer.image(to: &out) { out in
                if !data.hasPrefix("data:") {
                    out.append("data:")
                    out.append(Self.mediaType(data))
                    out.append(";base64,")
                }
                out.append(data)
            }
        }
    }

    /// What a picture is, told by the first letters of its base64.
    private static func mediaType(_ data: Span<UInt8>) -> StaticString {
        if data.hasPrefix("/9j/") { return "image/jpeg" }
        if data.hasPrefix("R0lG") { return "image/gif" }
        return data.hasPrefix("UklG") ? "image/webp" : "image/png"
    }

    private mutating func write(assistant message: ObjectView, to out: inout ByteBuffer) {
        writer.reasoning(message.inside("thinking"), to: &out)
        writer.assistant(message.inside("content"), to: &out)
        waiting.removeAll(keepingCapacity: true)
        var elements = ArrayView(text, at: message.value("tool_calls"))
        while let element = elements.next() {
            let call = ObjectView(text, at: element)
            let function = call.object("function")
            var id = call.inside("id").array
            if id.isEmpty { id = Array("call_\(calls)".utf8) }
            calls += 1
            let name = function.inside("name")
            waiting.append((id, name.array))
            let arguments = function.token("arguments")
            writer.call(name: name, to: &out) {
                $0.append(id.span)
            } arguments: { out in
                if arguments.isEmpty {
                    out.append("{}")
                } else if arguments[0] == UInt8(ascii: "\"") {
                    out.append(arguments.extracting(1..<arguments.count - 1))
                } else {
                    out.append(quoting: arguments)
                }
            }
        }
    }

    private mutating func write(tool message: ObjectView, to out: inout ByteBuffer) {
        var id = message.inside("tool_call_id").array
        var name = message.inside("tool_name").array
        if name.isEmpty { name = message.inside("name").array }
        let place =
            waiting.firstIndex { id.isEmpty ? $0.name == name : $0.id == id }
            ?? (id.isEmpty ? waiting.indices.first : nil)
        if let place {
            let call = waiting.remove(at: place)
            if id.isEmpty { id = call.id }
        }
        writer.tool(to: &out) { $0.append(id.span) }
        out.append(message.inside("content"))
    }
}

extension Span<UInt8> {
    /// A copy of the bytes.
    var array: [UInt8] { unsafe withUnsafeBufferPointer { unsafe Array($0) } }
}
