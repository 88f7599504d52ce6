package import Configuration
package import CrowdModelsProtocol

/// What one program's way of doing things is, where it is not OpenAI's. Pure: it says what to send;
/// nothing of a server's ways stands elsewhere. What comes back is read by `Generation` by what it
/// is, whoever sent it, since proxies pass on what others said.
///
/// Whoever speaks OpenAI's API is served by what stands in the extensions; an adapter of its own
/// says what is different there. The server keeps it for as long as it is that program, and what
/// it learned of it meanwhile.
package protocol Adapter: Sendable {
    var paths: ServerPaths { get }

    /// Whether a request is asked for as a stream: also where the caller wants it whole, if the
    /// server would compute a whole answer to its end after its client has gone.
    func streams(_ request: ChatRequest) -> Bool

    /// Appends the body that asks for a completion, and answers where it is sent.
    func chat(_ request: ChatRequest, _ call: ChatCall, to body: inout ByteBuffer) -> String

    /// The server does not have what `chat` asked of it: from now on `chat` asks another of its
    /// APIs. False where there is none that was not found missing.
    mutating func chooseOtherAPI(for request: ChatRequest) -> Bool

    /// Texts to vectors. `input`: a string or an array of strings, as the caller wrote it.
    func embed(
        _ input: Span<UInt8>, model: String, dimensions: Int?, options: Span<UInt8>?
    ) -> ServerRequest

    /// Documents by their nearness to a query; nil where the program has no such API.
    func rerank(
        _ query: Span<UInt8>, _ documents: Span<UInt8>, model: String, options: Span<UInt8>?
    ) -> ServerRequest?

    /// Asks how many tokens a conversation is, or a prompt; nil where the program cannot say.
    func countTokens(
        messages: Span<UInt8>?, prompt: Span<UInt8>?, tools: Span<UInt8>?, model: String
    ) -> ServerRequest?

    /// Loads a model; nil where that is not for a caller to say. `ttl`: seconds without use.
    func load(model: String, contextLength: Int?, ttl: Int?) -> ServerRequest?

    /// Unloads a model; nil where that is not for a caller to say.
    func unload(model: String) -> ServerRequest?

    /// Where a stream of events tells how far loads are; nil where nothing does.
    var loadEvents: String? { get }

    var traits: ServerTraits { get }

    /// A look has listed these models.
    mutating func learn(_ models: [Model])
}

/// What a program is like beside its requests, for those who decide by it.
package struct ServerTraits: Equatable, Sendable {
    /// Whether a text completion can be filled in between two texts.
    package var hasSuffix = false
    /// Whether a request for a model that is not loaded makes the server load it, and throw out
    /// another together with what that one is generating.
    package var evictsModels = false
    /// How many models stay loaded then, where that is always so; nil where its lists tell.
    package var modelsMax: Int?
    /// Whether a request may name the slot that is to serve it, each model having its own.
    package var assignsSlots = false
    /// The command that loads a model.
    package var loadCommand: String?
    /// Whether it answers who has a model loaded or unloaded before it has begun.
    package var answersFirst = false
}

extension Adapter {
    package var traits: ServerTraits { ServerTraits() }
    package var loadEvents: String? { nil }
    package mutating func learn(_ models: [Model]) {}

    package func streams(_ request: ChatRequest) -> Bool { request.isStream }

    package func chat(
        _ request: ChatRequest, _ call: ChatCall, to body: inout ByteBuffer
    ) -> String {
        request.write(call, ChatForm(isStream: streams(request)), to: &body)
        return call.isRaw ? paths.completions : paths.chat
    }

    package mutating func chooseOtherAPI(for request: ChatRequest) -> Bool { false }

    /// How the same completion may be asked for once more after the server turned out not to take
    /// it so; nil where it cannot, or was.
    package mutating func otherCall(
        than call: ChatCall, for request: ChatRequest, after failure: ServerFailure
    ) -> ChatCall? {
        if failure.reason == .unknownRoute {
            if let next = call.leaving(.api), chooseOtherAPI(for: request) {
                return next
            }
            guard call.isRaw, !request.has(.suffix) else { return nil }
            return call.leaving(.kind)?.with(raw: false)
        }
        guard failure.reason == .refused, let words = failure.words else { return nil }
        if !call.isRaw, ChatRequest.lacksTemplate(words), request.isPlain {
            return call.leaving(.kind)?.with(raw: true)
        }
        if let form = request.otherFormat, ResponseFormat.isRefused(by: words) {
            return call.leaving(.format)?.with(format: form)
        }
        return nil
    }
}

extension Adapter {
    package func embed(
        _ input: Span<UInt8>, model: String, dimensions: Int?, options: Span<UInt8>?
    ) -> ServerRequest {
        var request = ServerRequest(paths.openAI + "/embeddings", model: model)
        request.add("input", token: input)
        request.add("dimensions", dimensions)
        request.add(options: options, except: ["input", "dimensions", "encoding_format"])
        return request.closed()
    }

    package func rerank(
        _ query: Span<UInt8>, _ documents: Span<UInt8>, model: String, options: Span<UInt8>?
    ) -> ServerRequest? {
        var request = ServerRequest(paths.openAI + "/rerank", model: model)
        request.add("query", token: query)
        request.add("documents", token: documents)
        request.add(options: options, except: ["query", "documents", "top_n", "return_documents"])
        return request.closed()
    }

    package func countTokens(
        messages: Span<UInt8>?, prompt: Span<UInt8>?, tools: Span<UInt8>?, model: String
    ) -> ServerRequest? { nil }

    package func load(model: String, contextLength: Int?, ttl: Int?) -> ServerRequest? { nil }
    package func unload(model: String) -> ServerRequest? { nil }
}

/// What looks have told of a server, as far as its adapter has to know.
struct ServerKnowledge: Equatable, Sendable {
    /// llama.cpp's router, which loads and unloads models.
    var isRouter = false
    /// Ollama's own API is there, or LM Studio's newer one.
    var hasOwnAPI = false
}

extension ServerKind {
    /// The adapter of that program at an endpoint.
    package func adapter(
        at endpoint: Endpoint, isRouter: Bool = false, hasOwnAPI: Bool = false
    ) -> any Adapter {
        adapter(
            ServerPaths(endpoint),
            ServerKnowledge(isRouter: isRouter, hasOwnAPI: hasOwnAPI))
    }

    func adapter(_ paths: ServerPaths, _ known: ServerKnowledge) -> any Adapter {
        switch self {
        case .lmstudio: LMStudioAdapter(paths: paths, hasOwnChat: known.hasOwnAPI)
        case .ollama: OllamaAdapter(paths: paths, usesOwnAPI: known.hasOwnAPI)
        case .llamaCpp: LlamaCppAdapter(paths: paths, isRouter: known.isRouter)
        case .vllm: VLLMAdapter(paths: paths)
        case .gpt4all: GPT4AllAdapter(paths: paths)
        default: OpenAIAdapter(paths: paths, kind: self)
        }
    }
}
