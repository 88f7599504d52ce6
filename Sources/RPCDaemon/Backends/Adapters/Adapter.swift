package import Configuration
import CrowdModelsProtocol

/// What one program's way of doing things is, where it is not OpenAI's. Pure: it says what to send,
/// and reads what comes back; nothing of a server's ways stands elsewhere.
///
/// Whoever speaks OpenAI's API is served by what stands in the extension; an adapter of its own
/// says what is different there.
package protocol Adapter: Sendable {
    var paths: ServerPaths { get }

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

    /// Whether a text completion can be filled in between two texts.
    var hasSuffix: Bool { get }
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
    package var hasSuffix: Bool { false }
}

extension ServerKind {
    /// The adapter of that program at an endpoint.
    package func adapter(at endpoint: Endpoint, isRouter: Bool = false) -> any Adapter {
        let paths = ServerPaths(endpoint)
        switch self {
        case .lmstudio: return LMStudioAdapter(paths: paths)
        case .ollama: return OllamaAdapter(paths: paths)
        case .llamaCpp: return LlamaCppAdapter(paths: paths, isRouter: isRouter)
        case .vllm: return VLLMAdapter(paths: paths)
        default: return OpenAIAdapter(paths: paths, kind: self)
        }
    }
}
