package import CrowdModelsProtocol

/// LM Studio. It has two APIs that each tell half: `/api/v0` adds stats to a whole answer, `/v1`
/// usage to a stream. A third (0.4 and newer) loads and unloads, and streams where the caller wants
/// to know how far a load or the reading is, which nothing else tells; it has no reranking.
package struct LMStudioAdapter: Adapter {
    package let paths: ServerPaths
    private let chatPath: String
    private let completionsPath: String
    /// Whether streams go to `/v1`, which tells the usage; false once that is missing.
    private var streamsTellUsage = true
    /// Whether whole answers come from `/api/v0`, which tells stats; false once that is missing.
    private var wholesTellStats = true
    /// Whether it has a chat of its own; false once that is missing.
    private var hasOwnChat: Bool

    init(paths: ServerPaths, hasOwnChat: Bool = false) {
        self.paths = paths
        self.hasOwnChat = hasOwnChat
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
        if hasOwnChat, let own = LMStudioRequest(request, call) {
            own.write(to: &body)
            return paths.native + "/chat"
        }
        let isOwn = request.isStream ? !streamsTellUsage : wholesTellStats
        let form = ChatForm(
            isStream: request.isStream, hasUsage: !isOwn, format: .schema,
            reasoning: .effortOrSwitch)
        request.write(call, form, to: &body)
        if isOwn { return call.isRaw ? completionsPath : chatPath }
        return call.isRaw ? paths.completions : paths.chat
    }

    package mutating func chooseOtherAPI(for request: ChatRequest) -> Bool {
        if hasOwnChat, LMStudioRequest.fits(request) {
            hasOwnChat = false
            return true
        }
        if request.isStream { streamsTellUsage.toggle() } else { wholesTellStats.toggle() }
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
