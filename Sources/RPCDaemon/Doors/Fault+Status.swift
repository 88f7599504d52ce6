package import CrowdModelsProtocol
import HTTP
import Sessions

extension Fault {
    /// The status of the answer that tells it, in every API the same.
    package var status: Int {
        switch code {
        case .parseError, .invalidRequest, .invalidParams, .unsupportedProtocolVersion,
            .contextOverflow, .unsupported:
            400
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

    /// The fields that tell whoever is to try again when, and whom it would be useless.
    func fields(status: Int) -> HTTPFields {
        var fields = HTTPFields()
        if let milliseconds = data["retry_after_ms"]?.integerValue, milliseconds >= 0 {
            fields.append(("Retry-After", "\((milliseconds + 999) / 1000)"))
            fields.append(("retry-after-ms", "\(milliseconds)"))
        } else if status == 429 {
            fields.append(("Retry-After", "1"))
        }
        // SDKs try again by themselves after these, unless they are told.
        if !retryable, status == 429 || status >= 500 {
            fields.append(("x-should-retry", "false"))
        }
        return fields
    }
}

extension JobFacts {
    /// Appends the field that says who answers.
    func writeBackend(to head: inout ByteBuffer) {
        if let backend { head.append(field: "x-crowd-models-backend", backend) }
    }

    /// Appends the field that says how many milliseconds were ours, to the microsecond.
    func writeOverhead(to head: inout ByteBuffer) {
        guard let overhead else { return }
        head.append("x-crowd-models-overhead-ms: ")
        head.append(fixed: overhead * 1000, decimals: 3)
        head.append("\r\n")
    }
}
