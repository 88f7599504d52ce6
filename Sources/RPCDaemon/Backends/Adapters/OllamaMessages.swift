import CrowdModelsProtocol

/// Messages of OpenAI's form as Ollama's own API takes them: texts joined, pictures apart, the
/// arguments of calls as objects, and results of tools by the tool's name.
struct OllamaMessages {
    /// Names of the tools that were called, by the id of the call.
    private var called: [String: String] = [:]

    /// Appends a system prompt and a user's prompt, each a string token or empty.
    static func write(system: Span<UInt8>, prompt: Span<UInt8>, to body: inout ByteBuffer) {
        if !system.isEmpty {
            body.append("{\"role\":\"system\",\"content\":")
            body.append(system)
            body.append("}")
        }
        if prompt.isEmpty { return }
        if !system.isEmpty { body.append(",") }
        body.append("{\"role\":\"user\",\"content\":")
        body.append(prompt)
        body.append("}")
    }

    /// Appends the elements of an array of messages; false where one cannot be told so, such as a
    /// picture that would have to be fetched.
    mutating func write(_ messages: Span<UInt8>, to body: inout ByteBuffer) -> Bool {
        var reader = JSONElementReader(from: 0)
        var count = 0
        while let element = (try? reader.next(in: messages)) ?? nil {
            if count > 0 { body.append(",") }
            count += 1
            guard write(JSONPlace(range: element), messages, to: &body) else { return false }
        }
        return true
    }

    private mutating func write(
        _ message: JSONPlace, _ text: Span<UInt8>, to body: inout ByteBuffer
    ) -> Bool {
        guard let role = message.member("role", text) else { return false }
        let isDeveloper = role.name(text) == "developer"
        body.append("{\"role\":")
        if isDeveloper {
            body.append("\"system\"")
        } else {
            body.append(text.extracting(role.range.bounds))
        }
        guard writeContent(message.member("content", text), text, to: &body) else { return false }
        let thinking =
            message.member("reasoning", text) ?? message.member("reasoning_content", text)
            ?? message.member("thinking", text)
        if let thinking, thinking.name(text) != nil {
            body.append(",\"thinking\":")
            body.append(text.extracting(thinking.range.bounds))
        }
        if let calls = message.member("tool_calls", text), calls.isArray(text) {
            guard writeCalls(calls, text, to: &body) else { return false }
        }
        if let id = message.member("tool_call_id", text)?.name(text) {
            body.append(",\"tool_call_id\":")
            body.append(string: id)
            let name = message.member("name", text)?.name(text) ?? called[id]
            if let name {
                body.append(",\"tool_name\":")
                body.append(string: name)
            }
        }
        body.append("}")
        return true
    }

    /// Appends `content`, and `images` where there are any.
    private func writeContent(
        _ content: JSONPlace?, _ text: Span<UInt8>, to body: inout ByteBuffer
    ) -> Bool {
        body.append(",\"content\":")
        guard let content, !content.isNull(text) else {
            body.append("\"\"")
            return true
        }
        guard content.isArray(text) else {
            body.append(text.extracting(content.range.bounds))
            return true
        }
        var images = ByteBuffer()
        var isKnown = true
        body.append("\"")
        var reader = JSONElementReader(from: Int(content.range.start))
        while let element = (try? reader.next(in: text)) ?? nil {
            let part = JSONPlace(range: element)
            if let words = part.member("text", text) {
                body.append(text.extracting(Self.inside(words.range)))
            } else if let image = part.member("image_url", text) {
                let url = image.member("url", text) ?? image
                isKnown = Self.add(url, text, to: &images) && isKnown
            } else {
                isKnown = false
            }
        }
        body.append("\"")
        if !images.isEmpty {
            body.append(",\"images\":[")
            body.append(images.span)
            body.append("]")
        }
        return isKnown
    }

    /// Appends what a `data:` URL holds in base64; false for any other.
    private static func add(
        _ url: JSONPlace, _ text: Span<UInt8>, to images: inout ByteBuffer
    ) -> Bool {
        guard text[Int(url.range.start)] == UInt8(ascii: "\"") else { return false }
        let inside = text.extracting(Self.inside(url.range))
        let head = inside.extracting(..<min(inside.count, urlHeadBytesMax))
        let start = unsafe head.withUnsafeBufferPointer { bytes -> Int? in
            let letters = unsafe String(decoding: bytes, as: UTF8.self)
            guard letters.hasPrefix("data:"), let comma = letters.utf8.firstIndex(of: 0x2C),
                letters[..<comma].hasSuffix(";base64")
            else { return nil }
            return letters.utf8.distance(from: letters.startIndex, to: comma) + 1
        }
        guard let start else { return false }
        images.append(images.isEmpty ? "\"" : ",\"")
        images.append(inside.extracting(start...))
        images.append("\"")
        return true
    }

    /// Where the data of a `data:` URL begins at the latest: its head is a type of a picture.
    private static let urlHeadBytesMax = 128

    /// Appends `tool_calls` with their arguments as objects.
    private mutating func writeCalls(
        _ calls: JSONPlace, _ text: Span<UInt8>, to body: inout ByteBuffer
    ) -> Bool {
        body.append(",\"tool_calls\":[")
        var reader = JSONElementReader(from: Int(calls.range.start))
        var count = 0
        while let element = (try? reader.next(in: text)) ?? nil {
            let call = JSONPlace(range: element)
            guard let function = call.member("function", text),
                let name = function.member("name", text)?.name(text)
            else { return false }
            if let id = call.member("id", text)?.name(text) { called[id] = name }
            body.append(count > 0 ? "," : "")
            count += 1
            body.append("{\"function\":{\"name\":")
            body.append(string: name)
            body.append(",\"arguments\":")
            guard writeArguments(function.member("arguments", text), text, to: &body) else {
                return false
            }
            body.append("}}")
        }
        body.append("]")
        return true
    }

    /// Appends arguments as the object that they are, or that their string holds.
    private func writeArguments(
        _ arguments: JSONPlace?, _ text: Span<UInt8>, to body: inout ByteBuffer
    ) -> Bool {
        guard let arguments, !arguments.isNull(text) else {
            body.append("{}")
            return true
        }
        if arguments.isObject(text) {
            body.append(text.extracting(arguments.range.bounds))
            return true
        }
        var plain = ByteBuffer()
        JSONText.appendUnescaped(text.extracting(Self.inside(arguments.range)), to: &plain)
        if plain.isEmpty { plain.append("{}") }
        guard let range = try? JSONText.validate(plain.span),
            JSONPlace(range: range).isObject(plain.span)
        else { return false }
        body.append(plain.span)
        return true
    }

    /// What stands between the quotes of a string token.
    private static func inside(_ token: JSONRange) -> Range<Int> {
        Int(token.start) + 1..<Int(token.end) - 1
    }
}
