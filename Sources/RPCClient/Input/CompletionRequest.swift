import CrowdModelsProtocol
import Glibc

/// The params of `complete` as the command line, the files it names and standard input give them.
struct CompletionRequest {
    private let invocation: Invocation

    init(_ invocation: Invocation) {
        self.invocation = invocation
    }

    /// The params. Reads standard input last, so that a mistake is told before one types a prompt.
    func params() throws(Failure) -> JSONObject {
        var params = JSONObject()
        params["model"] = string("model")
        params["system_prompt"] = string("system")
        params["temperature"] = try invocation.number("temperature").map(JSONValue.double)
        params["max_tokens"] = try invocation.integer("max-tokens").map(JSONValue.integer)
        params["seed"] = try invocation.integer("seed").map(JSONValue.integer)
        params["backend"] = string("backend")
        params["tag"] = string("tag")
        params["priority"] = try invocation.choice("priority", of: ["interactive", "batch"])
            .map(JSONValue.string)
        if let seconds = try invocation.number("timeout") {
            params["timeout_ms"] = .integer(max(1, Int((seconds * 1000).rounded())))
        }
        params["response_format"] = try responseFormat()
        if !invocation.isSet("no-stream") { params["stream"] = true }
        let images = try invocation.all("image").map(Self.imagePart)
        let prompt = try prompt()
        if images.isEmpty {
            params["prompt"] = .string(prompt)
        } else {
            let text: JSONValue = ["type": "text", "text": .string(prompt)]
            params["messages"] = [["role": "user", "content": .array([text] + images)]]
        }
        return params
    }

    private func string(_ name: String) -> JSONValue? { invocation[name].map(JSONValue.string) }

    private func prompt() throws(Failure) -> String {
        let words = invocation.words.joined(separator: " ")
        let isTerminal = isatty(STDIN_FILENO) == 1
        if isTerminal, !words.isEmpty { return words }
        if isTerminal, isatty(STDERR_FILENO) == 1 {
            ErrorOutput.note("type the prompt, then Ctrl-D")
        }
        var bytes = try InputFile.readStandardInput()
        if bytes.last == UInt8(ascii: "\n") {
            bytes.removeLast()
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        }
        let input = try InputFile.text(bytes, of: "standard input")
        let prompt = [words, input].filter { !$0.isEmpty }.joined(separator: "\n\n")
        guard !prompt.isEmpty else {
            throw Failure(
                .usage, "no prompt: give it after `complete`, on standard input, or both")
        }
        return prompt
    }

    private func responseFormat() throws(Failure) -> JSONValue? {
        guard let path = invocation["schema"] else { return nil }
        let bytes = try InputFile.read(path)
        let schema: JSONValue
        do throws(JSONError) {
            schema = try JSONValue(parsing: bytes.span)
        } catch {
            throw Failure(.badData, "\(path) is not valid JSON: \(error.message)")
        }
        guard schema.kind == .object else {
            throw Failure(
                .badData, "\(path) holds no JSON Schema: it is \(schema.kind.withArticle)")
        }
        return [
            "type": "json_schema",
            "json_schema": ["name": "answer", "strict": true, "schema": schema],
        ]
    }

    private static func imagePart(_ path: String) throws(Failure) -> JSONValue {
        guard let url = ImageData.url(try InputFile.read(path)) else {
            throw Failure(.badData, "\(path) is no picture: PNG, JPEG, GIF and WebP are known")
        }
        return ["type": "image_url", "image_url": ["url": .string(url)]]
    }
}
