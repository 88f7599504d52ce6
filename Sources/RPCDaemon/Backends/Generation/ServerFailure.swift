import CrowdModelsProtocol

/// Why a server gave no answer, or not all of one: what failover, the breaker and the caller's
/// error are made of.
package struct ServerFailure: Error, Equatable, Sendable {
    /// What kind of failure it is; each says whose it is.
    package enum Reason: Equatable, Sendable {
        /// No connection: nobody listens, or not in time. The server is down.
        case noConnection
        /// The server is not believed, or cannot be asked in secret: TLS failed.
        case untrusted
        /// The daemon itself lacks what a connection takes, such as descriptors: it says nothing
        /// of the server.
        case ownLack
        /// The daemon holds as much as it may, and gave the answer up; the value is the limit in
        /// bytes. It says nothing of the server.
        case crowdedOut(Int)
        /// The connection broke, or closed without a byte of an answer. The server may be down.
        case broken
        /// What came is no answer that can be read.
        case unreadable
        /// The answer ended without saying that it is complete.
        case cut
        /// A success without any choice in it.
        case empty
        /// More than may be read of one answer; the value is the limit in bytes.
        case tooLarge(Int)
        /// The result is over what may be kept for its caller; the value is its size in bytes.
        case overKept(Int)
        /// The key was refused, or one is wanted.
        case unauthorized
        /// Too many requests there.
        case rateLimited
        /// No quota left: asking again does not help.
        case noQuota
        /// The prompt is too long; the two numbers where the server told them.
        case contextOverflow(contextLength: Int?, promptTokens: Int?)
        /// The server has no such model.
        case unknownModel
        /// The server has no such API.
        case unknownRoute
        /// Nothing is loaded, and nothing gets loaded for the asking.
        case noModelLoaded
        /// The load was called off, because another model was wanted: waiting helps.
        case contention
        /// Busy, or still starting (503).
        case notReady
        /// The model's process died.
        case crashed
        /// An answer in an encoding that nobody asked for; its name.
        case encoded(String)
        /// The server sends its callers elsewhere; where, if it said so.
        case redirected(String?)
        /// Any other error that the server told.
        case refused
    }

    package var reason: Reason
    /// The HTTP status; 0 where none came.
    package var status: Int
    /// What the server or the system said.
    package var words: String?
    /// Milliseconds that the server wants to be left alone.
    package var retryAfter: Int?

    package init(_ reason: Reason, status: Int = 0, words: String? = nil, retryAfter: Int? = nil) {
        self.reason = reason
        self.status = status
        self.words = words
        self.retryAfter = retryAfter
    }

    /// What an error's body means, whatever its status: LM Studio says 200 to what it does not
    /// know.
    package init(status: Int, retryAfter: Int?, body: Span<UInt8>) {
        self.init(status: status, retryAfter: retryAfter, ErrorBody(body))
    }

    init(status: Int, retryAfter: Int?, _ body: ErrorBody) {
        self.status = status
        self.retryAfter = retryAfter
        words = body.anyWords
        // Within a stream the status is told in the body.
        let isSuccess = (200..<300).contains(status)
        reason = Self.reason(isSuccess ? body.status ?? status : status, body)
    }

    private static func reason(_ status: Int, _ body: ErrorBody) -> Reason {
        let names = [body.code, body.type].compactMap(\.self)
        if status == 401 || status == 403 { return .unauthorized }
        if status == 429 { return names.contains("insufficient_quota") ? .noQuota : .rateLimited }
        let words = body.words ?? body.sentence ?? ""
        // A model that does not fit is no prompt that does not.
        let isLoad = words.hasPrefix("Failed to load model")
        if names.contains(where: overflowNames.contains)
            || !isLoad && ContextOverflow.isMeant(by: words)
        {
            let numbers = ContextOverflow(words)
            return .contextOverflow(
                contextLength: body.contextLength ?? numbers.contextLength,
                promptTokens: body.promptTokens ?? numbers.promptTokens)
        }
        if words.contains("No models loaded") { return .noModelLoaded }
        if isLoad, words.contains("aborted") || words.contains("Engine protocol") {
            return .contention
        }
        // llama.cpp's router, where a load met another, or its model had to leave before it was up.
        if words.contains("model limit reached")
            || words.hasPrefix("model name=") && words.hasSuffix(" is not running")
        {
            return .contention
        }
        if names.contains("invalid_api_key") { return .unauthorized }
        if status == 200 || status == 404 || status == 405, words.contains("Unexpected endpoint") {
            return .unknownRoute
        }
        if names.contains("model_not_found") { return .unknownModel }
        // llama.cpp's router.
        if status == 400, words.hasPrefix("model '"), words.hasSuffix("' not found") {
            return .unknownModel
        }
        // LiteLLM.
        if status == 400, words.contains("Invalid model name passed in") { return .unknownModel }
        if status == 404 {
            // The second is mlx_lm's.
            let isModel = words.contains("odel") || words.contains("snapshot folder")
            return isModel ? .unknownModel : .unknownRoute
        }
        // llama.cpp says 501 of what it was not started for.
        if status == 405 || status == 501 { return .unknownRoute }
        if status == 503 { return .notReady }
        return crashes.contains { words.contains($0) } ? .crashed : .refused
    }

    private static let overflowNames: Set<String> = [
        "context_length_exceeded", "exceed_context_size_error", "context_window_exceeded",
        "context_overflow",
    ]

    private static let crashes = [
        "model has crashed", "runner process has terminated", "runner has unexpectedly stopped",
        "process died", "EngineDeadError",
    ]
}
