import CrowdModelsProtocol

/// LM Studio: loads and unloads by its own API (0.4 and newer); has no reranking.
package struct LMStudioAdapter: Adapter {
    package let paths: ServerPaths

    package func rerank(
        _ query: Span<UInt8>, _ documents: Span<UInt8>, model: String, options: Span<UInt8>?
    ) -> ServerRequest? { nil }

    package func load(model: String, contextLength: Int?, ttl: Int?) -> ServerRequest? {
        var request = ServerRequest(paths.native + "/models/load", model: model)
        request.add("context_length", contextLength)
        request.add("ttl", ttl)
        return request.closed()
    }

    package func unload(model: String) -> ServerRequest? {
        ServerRequest(paths.native + "/models/unload", "instance_id", model).closed()
    }
}
