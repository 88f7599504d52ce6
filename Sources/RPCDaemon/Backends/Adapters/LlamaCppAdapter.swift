package import CrowdModelsProtocol

/// llama.cpp's server: counts tokens as the model's template writes them; as a router it loads and
/// unloads, and as a server of one model it cannot.
package struct LlamaCppAdapter: Adapter {
    package let paths: ServerPaths
    package let isRouter: Bool

    package var traits: ServerTraits {
        var traits = ServerTraits()
        traits.assignsSlots = true
        traits.evictsModels = isRouter
        traits.answersFirst = isRouter
        return traits
    }

    /// It computes a whole answer to its end, whether its client is there or not.
    package func streams(_ request: ChatRequest) -> Bool { true }

    package func chat(
        _ request: ChatRequest, _ call: ChatCall, to body: inout ByteBuffer
    ) -> String {
        let form = ChatForm(
            isStream: true, hasProgress: request.isTrue(.progress), reasoning: .template)
        request.write(call, form, to: &body)
        return call.isRaw ? paths.completions : paths.chat
    }

    package var loadEvents: String? { isRouter ? paths.root + "/models/sse" : nil }

    package func countTokens(
        messages: Span<UInt8>?, prompt: Span<UInt8>?, tools: Span<UInt8>?, model: String
    ) -> ServerRequest? {
        if let messages {
            var request = ServerRequest(paths.root + "/v1/messages/count_tokens", model: model)
            request.add("messages", token: messages)
            if let tools { request.add("tools", token: tools) }
            return request.closed()
        }
        guard let prompt else { return nil }
        var request = ServerRequest(paths.root + "/tokenize", model: model)
        request.add("content", token: prompt)
        request.add("add_special", true)
        return request.closed()
    }

    package func load(model: String, contextLength: Int?, ttl: Int?) -> ServerRequest? {
        isRouter ? ServerRequest(paths.root + "/models/load", model: model).closed() : nil
    }

    package func unload(model: String) -> ServerRequest? {
        isRouter ? ServerRequest(paths.root + "/models/unload", model: model).closed() : nil
    }
}
