import CrowdModelsProtocol
import Glibc
import Link

/// What `complete` is asked for: options, the files they name, standard input.
struct CompletionParameters {
    private(set) var object: JSONObject
    /// Whether text is shown as it comes.
    var isStream: Bool { object["stream"]?.boolValue == true }
    var model: String? { object["model"]?.stringValue }
    var hasTokenLimit: Bool { object["max_tokens"] != nil }
    var json: JSONValue { .object(object) }

    /// Reads standard input last, so that a mistake is told before one types a prompt.
    /// A chat has neither a prompt nor messages yet.
    init(_ invocation: Invocation, isChat: Bool = false) throws(Failure) {
        var request = try Self.request(invocation)
        let named = try NamedValue.parameters(invocation.all("option"), of: .complete)
        if isChat {
            request.systemPrompt = Optional.none
            object = request.json.objectValue ?? JSONObject()
            for member in named.members { object[member.name] = member.value }
            return
        }
        var images: [String] = []
        for path in invocation.all("image") { images.append(try Self.imageURL(path)) }
        let messages = try invocation["messages"].map(Self.messages)
        let isAsked = named["prompt"] != nil || named["messages"] != nil
        let prompt = try Prompt(invocation, isOptional: isAsked || messages != nil).text

        if isAsked, prompt != nil || messages != nil {
            throw Failure(.usage, "the prompt is given twice: with -o, and besides it")
        }
        if let messages {
            object = request.json.objectValue ?? JSONObject()
            let last = prompt.map { [ChatMessage.user($0, imageURLs: images).json] } ?? []
            object["messages"] = .array(messages + last)
        } else {
            if let prompt, images.isEmpty {
                request.prompt = prompt
            } else if let prompt {
                request.messages = [.user(prompt, imageURLs: images)]
            }
            object = request.json.objectValue ?? JSONObject()
        }
        for member in named.members { object[member.name] = member.value }
    }

    /// The same with another model.
    func with(model: String) -> CompletionParameters {
        var copy = self
        copy.object["model"] = .string(model)
        return copy
    }

    /// The same, telling what it waits for.
    func withProgress() -> CompletionParameters {
        var copy = self
        copy.object["progress"] = true
        return copy
    }

    /// The same with the messages of a chat; its name only where the daemon knows what to do with
    /// one.
    func asking(_ messages: [JSONValue], model: String?, session: String) -> CompletionParameters {
        var copy = self
        copy.object["messages"] = .array(messages)
        copy.object["model"] = model.map(JSONValue.string)
        if CompleteMethod.parameters.contains(where: { $0.name == "session" }) {
            copy.object["session"] = .string(session)
        }
        return copy
    }

    /// The same for whoever only asks about it.
    func withoutStream() -> CompletionParameters {
        var copy = self
        copy.object["stream"] = Optional.none
        return copy
    }

    private static func request(_ invocation: Invocation) throws(Failure) -> CompleteRequest {
        var request = CompleteRequest(messages: [])
        request.model = invocation["model"] ?? Environment.model
        request.systemPrompt = invocation["system"]
        request.temperature = try invocation.number("temperature")
        request.maxTokens = try invocation.integer("max-tokens")
        request.seed = try invocation.integer("seed")
        request.backend = invocation["backend"]
        request.tag = invocation["tag"]
        request.isBatch =
            try invocation.choice("priority", of: ["interactive", "batch"]) == "batch"
        request.stream = !invocation.isSet("no-stream")
        request.timeoutMilliseconds = try invocation.number("timeout").map {
            max(1, Int(($0 * 1000).rounded()))
        }
        request.responseFormat = try responseFormat(invocation["schema"])
        return request
    }

    /// The messages of a file: an array of them, or what `chat` saved.
    private static func messages(_ path: String) throws(Failure) -> [JSONValue] {
        let value = try InputFile.json(path)
        guard let messages = value.arrayValue ?? value["messages"]?.arrayValue else {
            throw Failure(
                .badData, "\(path) holds no messages: it is \(value.kind.withArticle)")
        }
        return messages
    }

    private static func responseFormat(_ path: String?) throws(Failure) -> JSONValue? {
        guard let path else { return Optional.none }
        let schema = try InputFile.json(path)
        guard schema.kind == .object else {
            throw Failure(
                .badData, "\(path) holds no JSON Schema: it is \(schema.kind.withArticle)")
        }
        return CompleteRequest.jsonSchema(schema)
    }

    private static func imageURL(_ path: String) throws(Failure) -> String {
        guard let url = ImageData.url(try InputFile.read(path)) else {
            throw Failure(.badData, "\(path) is no picture: PNG, JPEG, GIF and WebP are known")
        }
        return url
    }
}

extension Environment {
    /// The user's own default model.
    static var model: String? {
        value("CROWD_MODELS_MODEL").flatMap { $0.isEmpty ? nil : $0 }
    }
}
