/// A member that `error.data` may hold besides `kind`, `retryable` and `backend_message`.
public struct FaultMember: Sendable {
    /// The name.
    public let name: String
    /// The JSON type, and that of its elements where it is an array.
    public let type: FaultMemberType
    /// What it means, with its unit.
    public let summary: String

    init(_ name: String, _ type: FaultMemberType, _ summary: String) {
        self.name = name
        self.type = type
        self.summary = summary
    }
}

/// What a member of `error.data` holds.
public enum FaultMemberType: String, Sendable {
    case string, integer, strings, identifier, number
}

extension ErrorCode {
    /// What `error.data` may hold for this code, besides what every code has.
    public var data: [FaultMember] {
        switch self {
        case .invalidRequest:
            [
                FaultMember("id", .identifier, "The id that is in flight already."),
                Self.limit,
            ]
        case .methodNotFound: [Self.nearestName]
        case .invalidParams:
            [
                FaultMember("parameter", .string, "The parameter's name."), Self.nearestName,
                Self.limit,
            ]
        case .unsupportedProtocolVersion:
            [
                FaultMember("requested", .string, "The version that was named."),
                FaultMember("supported", .strings, "The versions that are spoken."),
            ]
        case .modelNotFound:
            [
                FaultMember("nearest", .strings, "The names most like the one that was given."),
                FaultMember("choices", .strings, "All names, where none was given."),
            ]
        case .noBackend: [FaultMember("probed", .strings, "The addresses that were tried.")]
        case .backendUnavailable, .rateLimited: [Self.backend, Self.retryAfter]
        case .backendError:
            [Self.backend, FaultMember("status", .integer, "The HTTP status it answered with.")]
        case .backendAuth: [Self.backend]
        case .busy:
            [
                FaultMember("queued", .integer, "How many wait."),
                FaultMember("limit", .integer, "How many may wait."), Self.retryAfter,
            ]
        case .timeout:
            [
                FaultMember("phase", .string, "What it was at; see `requests.list`."),
                Self.backend, FaultMember("content", .string, "The text so far."),
            ]
        case .contextOverflow:
            [
                FaultMember("context_length", .integer, "Tokens that fit."),
                FaultMember("prompt_tokens", .integer, "Tokens that came."),
            ]
        case .unsupported: [FaultMember("what", .string, "What cannot be done.")]
        case .shuttingDown, .streamInterrupted:
            [FaultMember("content", .string, "The text so far.")]
        case .limitExceeded:
            [
                FaultMember("limit", .string, "The limit's name."),
                FaultMember("value", .number, "Its value."),
            ]
        case .deadlineUnreachable:
            [
                FaultMember("predicted_ms", .integer, "Milliseconds it would have taken."),
                Self.retryAfter,
            ]
        default: []
        }
    }

    private static var limit: FaultMember {
        FaultMember("limit", .string, "The limit exceeded; `kind` is `limit_exceeded`.")
    }
    private static var backend: FaultMember {
        FaultMember("backend", .string, "The backend's name.")
    }
    private static var nearestName: FaultMember {
        FaultMember("nearest", .string, "The known name most like the one that was given.")
    }
    private static var retryAfter: FaultMember {
        FaultMember("retry_after_ms", .integer, "Milliseconds after which to try again.")
    }
}
