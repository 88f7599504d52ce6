package import CrowdModelsProtocol
package import Scheduling

/// Turns what the scheduler refuses into what its caller is told: what happened, at which backend,
/// and what to do about it.
///
/// It reads the backends and models that there are; it decides nothing.
package struct RefusalWords {
    /// What a caller is told of a backend.
    package struct Backend: Sendable {
        package var name: String
        package var product: String
        package var endpoint: String
        package var lastError: String?
        package var rateLimit: Int?
        /// Whether nobody configured it, so that it is sent no key.
        package var isDiscovered: Bool

        package init(
            name: String, product: String, endpoint: String, lastError: String? = nil,
            rateLimit: Int? = nil, isDiscovered: Bool = false
        ) {
            self.name = name
            self.product = product
            self.endpoint = endpoint
            self.lastError = lastError
            self.rateLimit = rateLimit
            self.isDiscovered = isDiscovered
        }
    }

    /// All backends, in the order in which they are tried.
    package var backends: [Backend]
    /// What a request can name: models of backends that are up, and aliases that lead to them.
    package var names: ModelNames
    /// The chat models among them, or the first of them.
    package var chatModels: [String]
    /// What discovery asks, for who has no backend at all.
    package var probed: [String]
    /// Milliseconds until a backend is looked at again.
    package var lookMilliseconds: Int

    package init(
        backends: [Backend], names: ModelNames, chatModels: [String], probed: [String],
        lookMilliseconds: Int
    ) {
        self.backends = backends
        self.names = names
        self.chatModels = chatModels
        self.probed = probed
        self.lookMilliseconds = lookMilliseconds
    }

    /// Names that an error lists: what a person reads through. `models.list` has all.
    package static let choicesMax = 50

    /// The error of a refusal of a call of `method`.
    package func fault(of refusal: Refusal, method: String) -> Fault {
        switch refusal {
        case .noBackend: noBackend
        case .unknownBackend(let name): unknownBackend(name)
        case .unknownModel(let name): unknownModel(name)
        case .noChoice(let choices): noChoice(choices)
        case .unavailable(let name, let wait): unavailable(name, retryAfter: wait)
        case .authFailed(let name): authFailed(name)
        case .unsupported(let backend, let model, let needs):
            unsupported(backend, model, needs, method)
        case .contextTooLong(let backend, let model, let length):
            Fault(
                .contextOverflow,
                "the prompt does not fit into the context of \(length) tokens that \(model) on "
                    + "\(backend) has; shorten it, or load the model with a larger context",
                data: ["backend": .string(backend), "context_length": .integer(length)])
        case .rateLimited(let name, let wait): rateLimited(name, wait)
        case .busy(let name, let queued, let limit, let wait):
            Fault(
                .busy,
                "\(queued) requests wait for \(name) already, as many as may (queue_max); try "
                    + "again later",
                data: [
                    "backend": .string(name), "queued": .integer(queued),
                    "limit": .integer(limit),
                    "retry_after_ms": .integer(Self.milliseconds(wait)),
                ])
        case .deadlineUnreachable(let name, let predicted, let wait):
            Fault(
                .deadlineUnreachable,
                "the answer of \(name) is predicted for after the deadline (deadline_ms)",
                data: [
                    "backend": .string(name),
                    "predicted_ms": .integer(Self.milliseconds(predicted)),
                    "retry_after_ms": .integer(Self.milliseconds(wait)),
                ])
        case .timedOut(let name):
            Fault(
                .timeout,
                "no answer from \(name) in time (phase: queued); allow more with timeout_ms",
                data: ["phase": "queued", "backend": .string(name), "content": ""])
        case .stopping: Self.stopping
        }
    }

    /// What callers get while the daemon ends.
    package static let stopping = Fault(
        .shuttingDown, "the daemon is stopping; try again when it is back")

    /// Nanoseconds as whole milliseconds, rounded up: who comes back a moment early waits again.
    package static func milliseconds(_ nanoseconds: UInt64) -> Int {
        Int(clamping: (nanoseconds &+ 999_999) / 1_000_000)
    }

    private var noBackend: Fault {
        Fault(
            .noBackend,
            "no model server is configured, and none was found; start one, or add "
                + "[[llm_backends]] to the configuration",
            data: ["probed": .array(probed.map { .string($0) })])
    }

    /// Also for who names one in `models.list` or `models.refresh`.
    package func unknownBackend(_ name: String) -> Fault {
        var data: JSONObject = ["parameter": "backend"]
        let nearest = NearestName.to(name, among: backends.map(\.name))
        if let nearest { data["nearest"] = .string(nearest) }
        return Fault(
            .invalidParams,
            "there is no backend `\(name.shortened)`; "
                + (nearest.map { "did you mean `\($0)`?" } ?? "`backends.list` lists them"),
            data: data)
    }

    /// Also for who asks `models.get` for one.
    package func unknownModel(_ name: String) -> Fault {
        let name = name.shortened
        let nearest = NearestName.closest(to: name, among: names, count: 3)
        return Fault(
            .modelNotFound,
            "no backend has \(name.isEmpty ? "a model without a name" : "the model \(name)"); "
                + (nearest.isEmpty
                    ? "none has any" : "nearest: \(nearest.joined(separator: ", "))"),
            data: ["nearest": .array(nearest.map { .string($0) })])
    }

    private func noChoice(_ choices: [String]) -> Fault {
        let shown = choices.prefix(Self.choicesMax)
        return Fault(
            .modelNotFound,
            shown.isEmpty
                ? "no model was named, and no backend is known to have one for this; load one, or name it"
                : "no model was named, and none of \(choices.count) stands out; name one of "
                    + shown.joined(separator: ", ") + ", or set default_model",
            data: ["choices": .array(shown.map { .string($0) })])
    }

    private func unavailable(_ name: String, retryAfter wait: UInt64?) -> Fault {
        let backend = backends.first { $0.name == name }
        let place = backend.map { " (\($0.product) at \($0.endpoint))" } ?? ""
        let silence = "it has not answered yet"
        let why =
            backend?.lastError
            ?? (wait == nil ? silence : "its last requests failed, and it is spared for a while")
        return Fault(
            .backendUnavailable,
            "backend \(name)\(place) is not available: \(why); check that its server is started",
            data: [
                "backend": .string(name),
                "retry_after_ms": .integer(
                    wait.map(Self.milliseconds) ?? lookMilliseconds),
            ])
    }

    private func authFailed(_ name: String) -> Fault {
        let backend = backends.first { $0.name == name }
        let place = backend.map { "\($0.product) at \($0.endpoint)" } ?? name
        let advice =
            backend?.isDiscovered == true
            ? "add [[llm_backends]] with its endpoint and api_key"
            : "set api_key of backend \(name)"
        return Fault(
            .backendAuth, "\(place) refused the API key, or wants one; \(advice)",
            data: ["backend": .string(name)])
    }

    private func unsupported(
        _ backend: String, _ model: String, _ needs: Abilities, _ method: String
    ) -> Fault {
        let what = needs.names.first ?? method
        var message = "\(model) on \(backend) cannot do that (\(what))"
        if needs.contains(.chat) {
            let choices = chatModels.prefix(Self.choicesMax).joined(separator: ", ")
            message =
                "\(model) on \(backend) is an embedding model and cannot answer; "
                + (choices.isEmpty ? "load a chat model" : "choose a chat model: \(choices)")
        }
        return Fault(
            .unsupported, message, data: ["what": .string(what), "backend": .string(backend)])
    }

    private func rateLimited(_ name: String, _ wait: UInt64) -> Fault {
        let limit = backends.first { $0.name == name }?.rateLimit
        let rule =
            limit.map { "may start \($0) requests a minute (rate_limit)" }
            ?? "asks for a pause between requests"
        return Fault(
            .rateLimited,
            "\(name) \(rule), and this one's turn would come too late for its time limit",
            data: [
                "backend": .string(name),
                "retry_after_ms": .integer(Self.milliseconds(wait)),
            ])
    }
}
