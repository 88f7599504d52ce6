import CrowdModelsProtocol

/// Errors as OpenAI's API tells them.
enum OpenAIError {
    /// Appends the object that is the body of an error, or the data of an error event.
    static func write(_ fault: Fault, status: Int, to out: inout ByteBuffer) {
        out.append("{\"error\":{\"message\":")
        out.append(string: fault.message)
        out.append(",\"type\":\"")
        out.append(type(status))
        out.append("\",\"param\":")
        if let parameter = parameter(fault) {
            out.append(string: parameter)
        } else {
            out.append("null")
        }
        out.append(",\"code\":")
        out.append(string: code(fault))
        out.append("}}")
    }

    private static func type(_ status: Int) -> StaticString {
        switch status {
        case 403, 421: "permission_error"
        case 429: "rate_limit_error"
        case 400..<500: "invalid_request_error"
        default: "server_error"
        }
    }

    private static func parameter(_ fault: Fault) -> String? {
        fault.code == .modelNotFound ? "model" : fault.data["parameter"]?.stringValue
    }

    /// What clients look for in `code`; the daemon's own kind of error, where they look for none.
    private static func code(_ fault: Fault) -> String {
        switch fault.code {
        case .contextOverflow: "context_length_exceeded"
        case .rateLimited: "rate_limit_exceeded"
        default: fault.data["kind"]?.stringValue ?? fault.code.kind
        }
    }
}

/// A tongue of OpenAI's API: what goes wrong is told in one way.
protocol OpenAITongue: Tongue {
    /// The model that the request names; empty where it names none.
    var asked: String { get }
}

extension OpenAITongue {
    var asked: String { "" }

    mutating func fail(_ fault: Fault, status: Int, hasBegun: Bool, to out: inout ByteBuffer) {
        let fault = fault.hinting(at: asked)
        guard hasBegun else { return OpenAIError.write(fault, status: status, to: &out) }
        out.append(event: nil) { OpenAIError.write(fault, status: status, to: &$0) }
        out.append("data: [DONE]\n\n")
    }
}

/// Who answers where nothing is to be had.
struct OpenAIRefusal: OpenAITongue {
    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        throw Fault(.methodNotFound, "there is no \(request.path.shortened)")
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {}
}
