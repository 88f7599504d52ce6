package import CrowdModelsProtocol
package import HTTP

/// Turns what a server said, or did not say, into the fault that the caller gets.
///
/// Judged by the body as much as by the status: LM Studio says 200 to what it does not know. What a
/// server says with 401 or 403 is never passed on, since it echoes the start of the key.
package struct BackendFailure {
    /// The backend's name in the configuration.
    package var backend: String
    /// The program's own name.
    package var product: String
    /// Where it is, for the message.
    package var endpoint: String
    /// The model that was asked for.
    package var model: String
    /// What else its server lists, to name the nearest.
    package var others: [String]
    /// After how many milliseconds asking again makes sense, where nobody said.
    package var retryAfter: Int
    /// The start of the key, if there is one: words that repeat it are not passed on.
    private let keyStart: String?

    package init(
        backend: String, product: String, endpoint: String, model: String, others: [String],
        retryAfter: Int, keyStart: String?
    ) {
        self.keyStart = keyStart
        self.backend = backend
        self.product = product
        self.endpoint = endpoint
        self.model = model
        self.others = others
        self.retryAfter = retryAfter
    }

    /// No answer, or not a whole one.
    package func fault(of error: TransferError) -> Fault {
        switch error {
        case .connect, .connectTimeout, .broken, .answer(.closedWithoutAnswer):
            return Fault(
                .backendUnavailable,
                "\(product) at \(endpoint) does not answer (\(error.message)); check that its "
                    + "server is started",
                data: [
                    "backend": .string(backend), "retry_after_ms": .integer(retryAfter),
                ])
        case .answer, .answerTooLarge:
            return Fault(
                .backendError,
                "\(product) at \(endpoint) sent an answer that cannot be read: \(error.message)",
                data: ["backend": .string(backend), "status": 200],
                // Half an answer is a server that died or a line that broke, not one that talks
                // nonsense.
                retryable: error == .answer(.truncated))
        }
    }

    /// An answer that is an error by its status, by its body or both.
    ///
    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - retryAfter: milliseconds that the server asked for.
    ///   - body: the whole body; what is not JSON is quoted only by its length.
    package func fault(status: Int, retryAfter: Int?, body: Span<UInt8>) -> Fault {
        var data: JSONObject = ["backend": .string(backend)]
        if status == 401 || status == 403 {
            return Fault(
                .backendAuth,
                "\(product) at \(endpoint) refused the API key, or wants one (HTTP \(status)); set "
                    + "api_key for backend \(backend) in the configuration",
                data: data)
        }
        let words = Self.words(in: body).flatMap { repeatsKey($0) ? nil : $0 }
        if let words { data["backend_message"] = .string(words) }
        if status == 429, Self.code(in: body) == "insufficient_quota" {
            return Fault(
                .rateLimited,
                "\(product) at \(endpoint) has no quota left for this key"
                    + (words.map { ": \($0)" } ?? "") + "; check its plan and billing",
                data: data, retryable: false)
        }
        if status == 429 {
            data["retry_after_ms"] = .integer(retryAfter ?? self.retryAfter)
            return Fault(
                .rateLimited,
                "\(product) at \(endpoint) has had too many requests; try again later", data: data)
        }
        if let words, let fault = fault(of: words, data) { return fault }
        if Self.saysUnknownModel(status: status, body) {
            let nearest = NearestName.closest(to: model, among: others, count: 3)
            data["nearest"] = .array(nearest.map { .string($0) })
            return Fault(
                .modelNotFound,
                "\(product) at \(endpoint) does not know the model \(model)"
                    + (words.map { ": \($0)" } ?? ""),
                data: data)
        }
        if status == 503 {
            data["retry_after_ms"] = .integer(retryAfter ?? self.retryAfter)
            return Fault(
                .backendUnavailable,
                "\(product) at \(endpoint) is not ready: \(words ?? "HTTP 503"); try again later",
                data: data)
        }
        data["status"] = .integer(status)
        return Fault(
            .backendError,
            "\(product) at \(endpoint) answered with an error: "
                + (words ?? "HTTP \(status), a body of \(body.count) bytes"),
            data: data, retryable: status >= 500)
    }

    /// The class of an error that its words tell, whatever its status.
    package func fault(of words: String, _ data: JSONObject) -> Fault? {
        var data = data
        if words.contains("No models loaded") {
            data["retry_after_ms"] = .integer(retryAfter)
            return Fault(
                .backendUnavailable,
                "\(product) at \(endpoint) has no model loaded: \(words) (lms load \(model))",
                data: data)
        }
        guard ContextOverflow.isMeant(by: words) else { return nil }
        let overflow = ContextOverflow(words)
        if let length = overflow.contextLength { data["context_length"] = .integer(length) }
        if let tokens = overflow.promptTokens { data["prompt_tokens"] = .integer(tokens) }
        return Fault(
            .contextOverflow,
            "the prompt does not fit the context of \(model) on \(product): \(words)", data: data)
    }

    private func repeatsKey(_ words: String) -> Bool {
        keyStart.map { words.contains($0) } ?? false
    }

    /// The sentence of an error body: `{"error":"…"}`, `{"error":{"message":"…"}}`,
    /// `{"message":"…"}` or `{"detail":"…"}`.
    package static func words(in body: Span<UInt8>) -> String? {
        guard let answer = try? JSONValue(parsing: body) else { return nil }
        let error = answer["error"]
        let words =
            error?.stringValue ?? error?["message"]?.stringValue
            ?? answer["message"]?.stringValue ?? answer["detail"]?.stringValue
        guard let words, words.utf8.count > wordsMax else { return words }
        return String(String.UnicodeScalarView(words.unicodeScalars.prefix(wordsMax))) + "…"
    }

    /// Letters of a server's sentence that are passed on: a stack trace or a list of models fits,
    /// and a body of megabytes is no sentence.
    private static let wordsMax = 4096

    /// Whether the server says that it has no such API: LM Studio with status 200, others with 404
    /// and no word of a model.
    package static func saysUnknownRoute(status: Int, _ body: Span<UInt8>) -> Bool {
        guard status == 200 || status == 404 || status == 405 else { return false }
        if words(in: body)?.contains("Unexpected endpoint") == true { return true }
        return status != 200 && !saysUnknownModel(status: status, body)
    }

    /// Whether the server has no such model: it says so by a code, or by 404 and a word of a model.
    /// Any other 404 means that something else is missing.
    private static func saysUnknownModel(status: Int, _ body: Span<UInt8>) -> Bool {
        if code(in: body) == "model_not_found" { return true }
        return status == 404 && words(in: body)?.contains("odel") == true
    }

    private static func code(in body: Span<UInt8>) -> String? {
        guard let answer = try? JSONValue(parsing: body) else { return nil }
        return answer["error"]?["code"]?.stringValue ?? answer["error"]?["type"]?.stringValue
    }
}
