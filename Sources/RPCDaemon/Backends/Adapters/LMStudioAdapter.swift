package import CrowdModelsProtocol

/// LM Studio. It has two APIs that each tell half: `/api/v0` adds stats to a whole answer, `/v1`
/// usage to a stream. Loads and unloads by a third (0.4 and newer); has no reranking.
package struct LMStudioAdapter: Adapter {
    package let paths: ServerPaths
    private let chatPath: String
    private let completionsPath: String
    /// Whether streams go to `/v1`, which tells the usage; false once that is missing.
    private var streamsTellUsage = true
    /// Whether whole answers come from `/api/v0`, which tells stats; false once that is missing.
    private var wholesTellStats = true

    init(paths: ServerPaths) {
        self.paths = paths
        chatPath = paths.lmStudio + "/chat/completions"
        completionsPath = paths.lmStudio + "/completions"
    }

    package var traits: ServerTraits {
        var traits = ServerTraits()
        traits.evictsModels = true
        // Just-in-time loading keeps the one that a request loaded last.
        traits.modelsMax = 1
        traits.loadCommand = "lms load"
        return traits
    }

    package func chat(
        _ request: ChatRequest, _ call: ChatCall, to body: inout ByteBuffer
    ) -> String {
        let isOwn = request.isStream ? !streamsTellUsage : wholesTellStats
        let form = ChatForm(
            isStream: request.isStream, hasUsage: !isOwn, format: .schema,
            reasoning: .effortOrSwitch)
        request.write(call, form, to: &body)
        if isOwn { return call.isRaw ? completionsPath : chatPath }
        return call.isRaw ? paths.completions : paths.chat
    }

    package mutating func chooseOtherAPI(stream: Bool) -> Bool {
        if stream { streamsTellUsage.toggle() } else { wholesTellStats.toggle() }
        return true
    }

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

extension ServerPaths {
    /// Its API of 0.3, and that of 0.4.
    var lmStudio: String { root + "/api/v0" }
    var native: String { root + "/api/v1" }
}
