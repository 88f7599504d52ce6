package import CrowdModelsProtocol

/// Ollama. Its own API tells durations to streams too, keeps a model for as long as asked, has
/// thinking apart, and says where a prompt does not fit; OpenAI's is used where that is missing,
/// or cannot say what was asked. A request without a prompt loads a model, and one that is to be
/// kept for no time unloads it; has no reranking and counts no tokens unasked.
package struct OllamaAdapter: Adapter {
    package let paths: ServerPaths
    private let chatPath: String
    private let generatePath: String
    private var usesOwnAPI: Bool
    /// Tokens that its loaded models have room for, where it tells.
    private var contexts: [String: Int] = [:]
    /// How many of them are remembered: no machine has as many loaded.
    private static let contextsMax = 1024

    init(paths: ServerPaths, usesOwnAPI: Bool) {
        self.paths = paths
        self.usesOwnAPI = usesOwnAPI
        chatPath = paths.root + "/api/chat"
        generatePath = paths.root + "/api/generate"
    }

    package var traits: ServerTraits {
        var traits = ServerTraits()
        traits.hasSuffix = true
        traits.evictsModels = true
        return traits
    }

    package func chat(
        _ request: ChatRequest, _ call: ChatCall, to body: inout ByteBuffer
    ) -> String {
        if usesOwnAPI, call.format == .asGiven {
            let own = OllamaRequest(request, call, contextLength: contexts[call.model])
            if own.write(to: &body) { return call.isRaw ? generatePath : chatPath }
            body.removeAll()
        }
        request.write(call, ChatForm(isStream: request.isStream), to: &body)
        return call.isRaw ? paths.completions : paths.chat
    }

    package mutating func chooseOtherAPI(for request: ChatRequest) -> Bool {
        defer { usesOwnAPI = false }
        return usesOwnAPI
    }

    package mutating func learn(_ models: [Model]) {
        contexts.removeAll()
        for model in models where contexts.count < Self.contextsMax {
            contexts[model.id] = model.loadedContextLength
        }
    }

    package func rerank(
        _ query: Span<UInt8>, _ documents: Span<UInt8>, model: String, options: Span<UInt8>?
    ) -> ServerRequest? { nil }

    package func load(model: String, contextLength: Int?, ttl: Int?) -> ServerRequest? {
        var request = ServerRequest(generatePath, model: model)
        request.add("stream", false)
        request.add("keep_alive", ttl)
        if let contextLength {
            var options = ByteBuffer()
            options.append("{\"num_ctx\":")
            options.append(decimal: contextLength)
            options.append("}")
            request.add("options", token: options.span)
        }
        return request.closed()
    }

    package func unload(model: String) -> ServerRequest? {
        var request = ServerRequest(generatePath, model: model)
        request.add("stream", false)
        request.add("keep_alive", 0)
        return request.closed()
    }
}
