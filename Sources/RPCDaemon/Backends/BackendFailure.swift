package import CrowdModelsProtocol
package import HTTP

/// Words a failure of one server as the fault that a caller gets: what happened, to which backend,
/// and what to do about it.
///
/// What a server says with 401 or 403 is never passed on, since it echoes the start of the key.
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
    package var others: @Sendable () -> [String]
    /// After how many milliseconds asking again makes sense, where nobody said.
    package var retryAfter: Int
    /// The start of the key, if there is one: words that repeat it are not passed on.
    private let keyStart: String?

    package init(
        backend: String, product: String, endpoint: String, model: String,
        others: @autoclosure @escaping @Sendable () -> [String], retryAfter: Int, keyStart: String?
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
    package func fault(of error: ExchangeError) -> Fault {
        fault(of: ServerFailure(error))
    }

    /// An answer that is an error by its status, by its body or both.
    ///
    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - retryAfter: milliseconds that the server asked for.
    ///   - body: the whole body, of which the front is read.
    package func fault(status: Int, retryAfter: Int?, body: Span<UInt8>) -> Fault {
        fault(of: ServerFailure(status: status, retryAfter: retryAfter, body: body))
    }

    /// Any failure. Reasons that are the caller's own or the daemon's are worded by those.
    package func fault(of failure: ServerFailure) -> Fault {
        let place = "\(product) at \(endpoint)"
        let words = failure.words.flatMap { repeatsKey($0) ? nil : $0 }
        var data: JSONObject = ["backend": .string(backend)]
        if failure.reason == .unauthorized {
            return Fault(
                .backendAuth,
                "\(place) refused the API key, or wants one (HTTP \(failure.status)); set "
                    + "api_key for backend \(backend) in the configuration",
                data: data)
        }
        if let words, failure.isTold { data["backend_message"] = .string(words) }
        let said = words.map { ": \($0)" } ?? ""
        switch failure.reason {
        case .noConnection, .broken:
            data["retry_after_ms"] = .integer(retryAfter)
            return Fault(
                .backendUnavailable,
                "\(place) does not answer (\(words ?? "no answer")); check that its server is "
                    + "started",
                data: data)
        case .untrusted:
            return Fault(
                .backendUnavailable, "\(place) was not asked: \(words ?? "TLS failed")", data: data)
        case .ownLack: return lack(words, data)
        case .crowdedOut(let most): return crowded(most, data)
        case .noModelLoaded, .notReady, .contention:
            data["retry_after_ms"] = .integer(failure.retryAfter ?? retryAfter)
            return Fault(.backendUnavailable, unready(failure, words), data: data)
        case .rateLimited:
            data["retry_after_ms"] = .integer(failure.retryAfter ?? retryAfter)
            return Fault(
                .rateLimited, "\(place) has had too many requests; try again later", data: data)
        case .noQuota:
            return Fault(
                .rateLimited,
                "\(place) has no quota left for this key\(said); check its plan and billing",
                data: data, retryable: false)
        case .contextOverflow(let contextLength, let promptTokens):
            if let contextLength { data["context_length"] = .integer(contextLength) }
            if let promptTokens { data["prompt_tokens"] = .integer(promptTokens) }
            return Fault(
                .contextOverflow,
                "the prompt does not fit the context of \(model) on \(product)\(said)", data: data)
        case .unknownModel:
            let nearest = NearestName.closest(to: model, among: others(), count: 3)
            data["nearest"] = .array(nearest.map { .string($0) })
            return Fault(
                .modelNotFound, "\(place) does not know the model \(model)\(said)", data: data)
        default:
            data["status"] = .integer(failure.status)
            return Fault(
                .backendError, error(failure, words), data: data,
                retryable: failure.isWorthAnotherTry)
        }
    }

    /// What the daemon lacks itself.
    private func lack(_ words: String?, _ data: JSONObject) -> Fault {
        var data = data
        data["limit"] = "open_files"
        data["retry_after_ms"] = .integer(retryAfter)
        return Fault(
            .limitExceeded,
            "\(product) at \(endpoint) was not asked: the daemon itself lacks what a connection "
                + "takes (\(words ?? "no descriptor")); try again later",
            data: data)
    }

    /// The daemon holds as much as it may.
    private func crowded(_ most: Int, _ data: JSONObject) -> Fault {
        var data = data
        data["limit"] = "memory_max"
        data["value"] = .integer(most)
        data["retry_after_ms"] = .integer(retryAfter)
        return Fault(
            .limitExceeded,
            "what \(product) at \(endpoint) was asked was given up: the daemon holds as much as it "
                + "may for all its clients (memory_max \(most)); try again when others are "
                + "answered",
            data: data)
    }

    /// Why the server cannot take it now.
    private func unready(_ failure: ServerFailure, _ words: String?) -> String {
        let place = "\(product) at \(endpoint)"
        switch failure.reason {
        case .noModelLoaded:
            return "\(place) has no model loaded: \(words ?? "") (lms load \(model))"
        case .contention:
            return "\(place) called off the load of \(model), since another was wanted: "
                + "\(words ?? ""); try again later"
        default: return "\(place) is not ready: \(words ?? "HTTP 503"); try again later"
        }
    }

    /// What is wrong with an answer.
    private func error(_ failure: ServerFailure, _ words: String?) -> String {
        let place = "\(product) at \(endpoint)"
        switch failure.reason {
        case .unreadable:
            return "\(place) sent an answer that cannot be read: \(words ?? "it is no JSON")"
        case .cut:
            return "\(place) ended the stream without saying that it is complete"
                + (words.map { ": \($0)" } ?? "")
        case .empty: return "\(place) sent an answer that is no chat completion: it has no choice"
        case .tooLarge(let limit), .overKept(let limit):
            return "\(place) sent an answer that cannot be read: the answer is over \(limit) bytes"
        case .encoded(let name):
            return "\(place) sent a compressed answer (Content-Encoding: \(name)) though nobody "
                + "asked for that; turn the compression off there"
        case .redirected(let location):
            return "\(place) redirects (HTTP \(failure.status))"
                + (location.map { " to \($0)" } ?? "")
                + "; give that as the endpoint of backend \(backend)"
        default:
            return "\(place) answered with an error: "
                + (words ?? "HTTP \(failure.status), without a word of text")
        }
    }

    private func repeatsKey(_ words: String) -> Bool {
        keyStart.map { words.contains($0) } ?? false
    }

    /// The sentence of an error body.
    package static func words(in body: Span<UInt8>) -> String? { ErrorBody(body).words }
}

extension ServerFailure {
    /// Why the exchange itself failed.
    package init(_ error: ExchangeError) {
        switch error {
        case .connect, .connectTimeout: self.init(.noConnection, words: error.message)
        case .broken, .answer(.closedWithoutAnswer): self.init(.broken, words: error.message)
        case .answer(.truncated): self.init(.cut, status: 200, words: error.message)
        case .answer: self.init(.unreadable, status: 200, words: error.message)
        case .answerTooLarge(let most): self.init(.tooLarge(most), status: 200)
        case .encoding(let name): self.init(.encoded(name), status: 200)
        case .tls: self.init(.untrusted, words: error.message)
        case .lacking(let words): self.init(.ownLack, words: words)
        case .crowdedOut(let most): self.init(.crowdedOut(most), status: 200)
        }
    }

    /// Whether the server could not be reached at all, so that it is down.
    package var isUnreachable: Bool { reason == .noConnection || reason == .untrusted }

    /// Whether its words are the server's own, and no system's.
    var isTold: Bool {
        switch reason {
        case .noConnection, .untrusted, .ownLack, .crowdedOut, .broken, .unreadable, .cut, .empty,
            .tooLarge, .overKept:
            false
        default: true
        }
    }

    /// Whether the same request may be answered the next time, by the same server or another.
    package var isWorthAnotherTry: Bool {
        switch reason {
        case .noConnection, .ownLack, .crowdedOut, .broken, .cut, .empty, .contention, .notReady,
            .rateLimited, .noModelLoaded:
            true
        case .refused, .crashed, .unknownRoute: status >= 500
        case .unreadable, .tooLarge, .overKept, .unauthorized, .noQuota, .contextOverflow,
            .unknownModel, .encoded, .redirected, .untrusted:
            false
        }
    }
}
