import CrowdModelsProtocol

/// The conversation of an Ollama request, as the messages of `complete`: written step by step, each
/// of which is shown the request's text. Its calls may have no ids, and then its answers to them
/// none either: they are told apart by their order and their names.
struct OllamaMessages {
    /// The most calls that an answer without an id is looked for among; a model asks for few at
    /// once, and to look through thousands for each of thousands would take minutes.
    private static let waitingMax = 128

    private var writer: MessageWriter
    private var messages: Elements
    private var index = 0
    /// The pictures of the message at hand, or its calls; nil for none.
    private var pictures: Elements?
    private var toolCalls: Elements?
    /// The calls that are not answered yet, in their order.
    private var waiting: [(id: [UInt8], name: [UInt8])] = []
    private var calls = 0

    /// A conversation; `messages` is an array, or nothing.
    init(_ messages: JSONRange?, _ text: Span<UInt8>, _ out: inout ByteBuffer) {
        writer = MessageWriter(&out)
        self.messages = Elements(of: messages, in: text)
    }

    /// A prompt with its pictures as a conversation of one message.
    init(
        prompt: Span<UInt8>, images: JSONRange?, _ text: Span<UInt8>, to out: inout ByteBuffer
    ) {
        self.init(nil, text, &out)
        begin(user: prompt, images: images, text, to: &out)
    }

    /// Goes on; true when all of it is written, the end of the array too.
    mutating func resume(_ text: Span<UInt8>, to out: inout ByteBuffer) throws(Fault) -> Bool {
        var slice = Slice()
        while !slice.isSpent {
            if let image = pictures?.next(in: text) {
                write(image: text.inside(image), to: &out)
                slice.spend(image)
            } else if let call = toolCalls?.next(in: text) {
                write(call: ObjectView(text, at: call), to: &out)
                slice.spend(call)
            } else if let message = messages.next(in: text) {
                pictures = nil
                toolCalls = nil
                try begin(ObjectView(text, at: message), to: &out)
                index += 1
                slice.spend(message)
            } else {
                writer.end(&out)
                return true
            }
        }
        return false
    }

    private mutating func begin(
        _ message: ObjectView, to out: inout ByteBuffer
    ) throws(Fault) {
        let content = message.inside("content")
        if message.reads("role", "user") {
            begin(user: content, images: message.value("images"), message.text, to: &out)
        } else if message.reads("role", "assistant") {
            writer.reasoning(message.inside("thinking"), to: &out)
            writer.assistant(content, to: &out)
            waiting.removeAll(keepingCapacity: true)
            toolCalls = Elements(of: message.value("tool_calls"), in: message.text)
        } else if message.reads("role", "system") {
            writer.system(content, to: &out)
        } else if message.reads("role", "tool") {
            write(tool: message, to: &out)
        } else {
            throw .refused(
                "messages", "has no role that is user, assistant, system or tool at \(index)")
        }
    }

    private mutating func begin(
        user content: Span<UInt8>, images: JSONRange?, _ text: Span<UInt8>,
        to out: inout ByteBuffer
    ) {
        guard ArrayView.isFilled(text, images) else { return writer.user(content, to: &out) }
        writer.parts(to: &out)
        if !content.isEmpty { writer.user(content, to: &out) }
        pictures = Elements(of: images, in: text)
    }

    private mutating func write(image data: Span<UInt8>, to out: inout ByteBuffer) {
        writer.image(to: &out) { out in
            if !data.hasPrefix("data:") {
                out.append("data:")
                out.append(Self.mediaType(data))
                out.append(";base64,")
            }
            out.append(data)
        }
    }

    /// What a picture is, told by the first letters of its base64.
    private static func mediaType(_ data: Span<UInt8>) -> StaticString {
        if data.hasPrefix("/9j/") { return "image/jpeg" }
        if data.hasPrefix("R0lG") { return "image/gif" }
        return data.hasPrefix("UklG") ? "image/webp" : "image/png"
    }

    private mutating func write(call: ObjectView, to out: inout ByteBuffer) {
        let function = call.object("function")
        var id = call.inside("id").array
        if id.isEmpty { id = Array("call_\(calls)".utf8) }
        calls += 1
        let name = function.inside("name")
        if waiting.count < Self.waitingMax { waiting.append((id, name.array)) }
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
