package import CrowdModelsProtocol

extension Fault {
    /// The status of the answer that tells it, in every API the same.
    package var status: Int {
        switch code {
        case .parseError, .invalidRequest, .invalidParams, .contextOverflow, .unsupported: 400
        case .permissionDenied: 403
        case .methodNotFound, .modelNotFound: 404
        case .rateLimited, .busy, .limitExceeded: 429
        // As nginx tells it; nobody tries again after it by himself.
        case .cancelled: 499
        case .backendError, .backendAuth, .streamInterrupted: 502
        case .noBackend, .backendUnavailable, .shuttingDown: 503
        case .timeout, .deadlineUnreachable: 504
        default: 500
        }
    }

    /// After how many milliseconds the same request may succeed; nil where nobody knows.
    var retryAfterMilliseconds: Int? { data["retry_after_ms"]?.integerValue }
}
