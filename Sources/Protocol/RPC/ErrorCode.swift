/// What went wrong, as a number and a name that never change (protocol, section "Errors").
public struct ErrorCode: Equatable, Hashable, Sendable {
    /// The number in `error.code`.
    public let code: Int
    /// The name in `error.data.kind`.
    public let kind: String
    /// Whether the same request may succeed later; `error.data.retryable` unless a case knows
    /// better.
    public let retryable: Bool
    /// What it means, one sentence for the documentation.
    public let summary: String

    private init(_ code: Int, _ kind: String, retryable: Bool = false, _ summary: String) {
        self.code = code
        self.kind = kind
        self.retryable = retryable
        self.summary = summary
    }

    /// The line is not JSON.
    public static let parseError = ErrorCode(
        -32700, "parse_error", "The line is not strict RFC 8259 JSON.")
    /// The JSON is not a request.
    public static let invalidRequest = ErrorCode(
        -32600, "invalid_request", "The JSON is not a JSON-RPC 2.0 request.")
    /// There is no such method.
    public static let methodNotFound = ErrorCode(
        -32601, "method_not_found", "There is no method of that name.")
    /// The parameters do not fit the method.
    public static let invalidParams = ErrorCode(
        -32602, "invalid_params", "A parameter is unknown, missing, surplus or of the wrong type.")
    /// The daemon failed.
    public static let internalError = ErrorCode(
        -32603, "internal_error", retryable: true, "The daemon failed; its log says more.")
    /// The request was cancelled before it produced anything.
    public static let cancelled = ErrorCode(
        -32800, "cancelled", "The request was cancelled before it produced any text.")
    /// A version of the Model Context Protocol that is not spoken.
    public static let unsupportedProtocolVersion = ErrorCode(
        -32022, "unsupported_protocol_version",
        "That version of the Model Context Protocol is not spoken here.")
    /// No such model.
    public static let modelNotFound = ErrorCode(
        1001, "model_not_found", "No backend has that model, or none was named and none stands out."
    )
    /// There is no backend at all.
    public static let noBackend = ErrorCode(
        1002, "no_backend", retryable: true, "Nothing is configured and nothing was found.")
    /// The backend does not answer.
    public static let backendUnavailable = ErrorCode(
        1003, "backend_unavailable", retryable: true, "The backend is down or has no model loaded.")
    /// The backend answered with an error.
    public static let backendError = ErrorCode(
        1004, "backend_error", "The backend answered with an error.")
    /// The backend wants another key.
    public static let backendAuth = ErrorCode(
        1005, "backend_auth", "The backend refused the API key, or wants one.")
    /// Too many requests in this minute.
    public static let rateLimited = ErrorCode(
        1006, "rate_limited", retryable: true, "A rate limit would be exceeded for too long.")
    /// The queue is full.
    public static let busy = ErrorCode(
        1007, "busy", retryable: true, "The backend's queue is full.")
    /// It took too long.
    public static let timeout = ErrorCode(
        1008, "timeout", retryable: true, "The request took longer than its time limit.")
    /// The prompt does not fit the model.
    public static let contextOverflow = ErrorCode(
        1009, "context_overflow", "The prompt is longer than the model's context.")
    /// The backend cannot do that.
    public static let unsupported = ErrorCode(
        1010, "unsupported", "The backend cannot do what was asked.")
    /// The caller may not do that.
    public static let permissionDenied = ErrorCode(
        1011, "permission_denied", "The caller may not do that.")
    /// The daemon is about to stop.
    public static let shuttingDown = ErrorCode(
        1012, "shutting_down", retryable: true, "The daemon is stopping.")
    /// A limit of the daemon was exceeded.
    public static let limitExceeded = ErrorCode(
        1013, "limit_exceeded", retryable: true, "A limit of the daemon was exceeded.")
    /// A stream broke off.
    public static let streamInterrupted = ErrorCode(
        1014, "stream_interrupted", retryable: true, "The backend failed after the first text.")
    /// It would come too late.
    public static let deadlineUnreachable = ErrorCode(
        1015, "deadline_unreachable", retryable: true, "The request would end after its deadline.")

    /// All codes, in the order of the documentation.
    public static let all: [ErrorCode] = [
        parseError, invalidRequest, methodNotFound, invalidParams, internalError, cancelled,
        unsupportedProtocolVersion, modelNotFound, noBackend, backendUnavailable, backendError,
        backendAuth, rateLimited, busy,
        timeout, contextOverflow, unsupported, permissionDenied, shuttingDown, limitExceeded,
        streamInterrupted, deadlineUnreachable,
    ]
}
