import CrowdModelsProtocol
import Glibc
import Link

extension CompleteRequest {
    /// What the command line, the files it names and standard input ask for. Reads standard input
    /// last, so that a mistake is told before one types a prompt.
    init(_ invocation: Invocation) throws(Failure) {
        let temperature = try invocation.number("temperature")
        let maxTokens = try invocation.integer("max-tokens")
        let seed = try invocation.integer("seed")
        let priority = try invocation.choice("priority", of: ["interactive", "batch"])
        let seconds = try invocation.number("timeout")
        let responseFormat = try Self.responseFormat(invocation["schema"])
        var images: [String] = []
        for path in invocation.all("image") { images.append(try Self.imageURL(path)) }
        let prompt = try Self.prompt(invocation.words)

        if images.isEmpty {
            self.init(prompt: prompt)
        } else {
            self.init(messages: [.user(prompt, imageURLs: images)])
        }
        model = invocation["model"]
        systemPrompt = invocation["system"]
        self.temperature = temperature
        self.maxTokens = maxTokens
        self.seed = seed
        self.responseFormat = responseFormat
        backend = invocation["backend"]
        tag = invocation["tag"]
        isBatch = priority == "batch"
        stream = !invocation.isSet("no-stream")
        timeoutMilliseconds = seconds.map { max(1, Int(($0 * 1000).rounded())) }
    }

    private static func prompt(_ words: [String]) throws(Failure) -> String {
        let words = words.joined(separator: " ")
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

    private static func responseFormat(_ path: String?) throws(Failure) -> JSONValue? {
        guard let path else { return Optional.none }
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
        return jsonSchema(schema)
    }

    private static func imageURL(_ path: String) throws(Failure) -> String {
        guard let url = ImageData.url(try InputFile.read(path)) else {
            throw Failure(.badData, "\(path) is no picture: PNG, JPEG, GIF and WebP are known")
        }
        return url
    }
}
