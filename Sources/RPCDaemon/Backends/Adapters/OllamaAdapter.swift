import CrowdModelsProtocol

/// Ollama: a request without a prompt loads a model, and one that is to be kept for no time unloads
/// it; has no reranking and counts no tokens unasked.
package struct OllamaAdapter: Adapter {
    package let paths: ServerPaths

    package func rerank(
        _ query: Span<UInt8>, _ documents: Span<UInt8>, model: String, options: Span<UInt8>?
    ) -> ServerRequest? { nil }

    package func load(model: String, contextLength: Int?, ttl: Int?) -> ServerRequest? {
        var request = ServerRequest(paths.root + "/api/generate", model: model)
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
        var request = ServerRequest(paths.root + "/api/generate", model: model)
        request.add("stream", false)
        request.add("keep_alive", 0)
        return request.closed()
    }

    package var hasSuffix: Bool { true }
}
