import Configuration
import CrowdModelsProtocol
import HTTP
import Kernel

/// How a server is asked for its models: LM Studio's own list first, since it says most, then
/// OpenAI's, which every server has. A refused key ends it at once: LM Studio has no older API that
/// would take it.
extension ModelServer {
    func askForModels() {
        switch kind {
        case .unknown, .lmstudio: askLMStudio()
        case .ollama, .vllm, .llamaCpp, .openai: askOpenAI(after: nil)
        }
    }

    private func get(
        _ path: String, _ answered: @escaping (HTTPResponseHead, Span<UInt8>) -> Void
    ) {
        guard let head = try? requestHead(.get, path) else {
            // In the next turn, as whatever else fails at once: who asks goes on deciding.
            return loop.inNextTurn(
                RefusedLook(self, .notAList("the endpoint or the API key cannot be sent")))
        }
        var request = HTTPRequest(head)
        request.answerBytesMax = HTTPLimits.listBytesMax
        inquiry = Inquiry(request, to: wire, on: loop) { [weak self] result, body in
            guard let self else { return }
            switch result {
            case .failure(.lacking(let words)): finish(.failed(.lacking(words)))
            case .failure(let error): finish(.failed(.unreachable(error.message)))
            case .success(let head) where head.status == 401 || head.status == 403:
                finish(.failed(.unauthorized(head.status)))
            case .success(let head): answered(head, body)
            }
        }
    }

    private func askLMStudio() {
        get(paths.lmStudio + "/models") { [weak self] head, body in
            guard let self else { return }
            if head.status == 200, isLastList(body) { return finish(.listed(changed: false)) }
            guard head.status == 200, let models = ModelList.lmStudio(body) else {
                let failure = Self.failure(head, body)
                if kind == .lmstudio, config.kind == .lmstudio {
                    return finish(.failed(failure))
                }
                return askOpenAI(after: failure)
            }
            kind = .lmstudio
            keepList(body)
            addDetails(to: models)
        }
    }

    /// Asks LM Studio 0.4 for what its older list leaves out; an older one says 404, or 200 and
    /// an error, and is not asked again.
    private func addDetails(to models: [Model]) {
        if hasNativeList == false { return listed(models) }
        get(paths.native + "/models") { [weak self] head, body in
            guard let self else { return }
            var models = models
            hasNativeList = head.status == 200 && ModelList.addLMStudioDetails(body, to: &models)
            listed(models)
        }
    }

    private func askOpenAI(after failure: DiscoveryFailure?) {
        get(paths.openAI + "/models") { [weak self] head, body in
            guard let self else { return }
            if head.status == 200, isLastList(body) { return finish(.listed(changed: false)) }
            guard head.status == 200, let listing = ModelList.openAI(body) else {
                return finish(.failed(failure ?? Self.failure(head, body)))
            }
            if config.kind == .auto { kind = listing.kind }
            keepList(body)
            if kind == .llamaCpp { askForSlots(listing.models) } else { listed(listing.models) }
        }
    }

    private func askForSlots(_ models: [Model]) {
        get(paths.root + "/props") { [weak self] head, body in
            guard let self else { return }
            var models = models
            if head.status == 200, let props = try? JSONValue(parsing: body) {
                slots = props["total_slots"]?.integerValue.flatMap { $0 > 0 ? $0 : nil }
                let context = props["default_generation_settings"]?["n_ctx"]?.integerValue
                for index in models.indices where models[index].state == .loaded {
                    models[index].loadedContextLength = context
                    models[index].parallel = slots
                }
            }
            listed(models)
        }
    }

    private func listed(_ models: [Model]) {
        let changed = self.models != models || state != .up
        self.models = models
        finish(.listed(changed: changed))
    }

    private func isLastList(_ body: Span<UInt8>) -> Bool {
        guard state == .up, body.count == lastList.count, !lastList.isEmpty else { return false }
        for index in body.indices where body[index] != lastList[index] { return false }
        return true
    }

    private func keepList(_ body: Span<UInt8>) {
        lastList = unsafe body.withUnsafeBufferPointer { unsafe Array($0) }
    }

    private static func failure(
        _ head: HTTPResponseHead, _ body: Span<UInt8>
    ) -> DiscoveryFailure {
        if let location = head.location { return .redirected(head.status, location) }
        if head.status != 200 { return .status(head.status) }
        return .notAList(BackendFailure.words(in: body) ?? "the answer is no list of models")
    }

    /// The head of requests to `path`, with the key.
    func requestHead(
        _ method: HTTPRequestHead.Method, _ path: String
    ) throws(HTTPRequestHead.Refusal) -> HTTPRequestHead {
        let fields: [(name: String, value: String)] =
            method == .post
            ? [("Content-Type", "application/json"), ("Accept", "application/json")]
            : [("Accept", "application/json")]
        return try HTTPRequestHead(
            method, target: path, host: paths.host, fields: fields,
            authorization: key.map { Array("Bearer \($0.revealed)".utf8) },
            hasBody: method == .post)
    }
}

/// A look that could not be made, until its askers are told in the next turn.
private final class RefusedLook: Continuation {
    private let server: ModelServer
    private let failure: DiscoveryFailure

    init(_ server: ModelServer, _ failure: DiscoveryFailure) {
        self.server = server
        self.failure = failure
    }

    func continueTurn() {
        server.finish(.failed(failure))
    }
}
