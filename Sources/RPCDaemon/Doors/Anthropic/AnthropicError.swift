import CrowdModelsProtocol

/// What an error looks like to Anthropic's clients.
enum AnthropicError {
    /// Appends the body, or the event of a stream that has begun.
    static func write(
        _ fault: Fault, status: Int, hasBegun: Bool, key: String, to out: inout ByteBuffer
    ) {
        if hasBegun {
            out.append(event: "error") { write(fault, type(of: status), key, to: &$0) }
        } else {
            write(fault, type(of: status), key, to: &out)
        }
    }

    private static func write(
        _ fault: Fault, _ type: StaticString, _ key: String, to out: inout ByteBuffer
    ) {
        out.append("{\"type\":\"error\",\"error\":{\"type\":\"")
        out.append(type)
        out.append("\",\"message\":")
        out.append(string: fault.message)
        out.append("},\"request_id\":")
        out.append(string: key)
        out.append("}")
    }

    /// Their word for a status.
    static func type(of status: Int) -> StaticString {
        switch status {
        case 401: "authentication_error"
        case 403, 421: "permission_error"
        case 404, 405: "not_found_error"
        case 413: "request_too_large"
        case 429: "rate_limit_error"
        case 400..<500: "invalid_request_error"
        case 503, 529: "overloaded_error"
        case 504: "timeout_error"
        default: "api_error"
        }
    }
}

/// Who answers where Anthropic's API has nothing to be had.
struct AnthropicRefusal: Tongue {
    private var key = ""

    mutating func named(_ key: String) { self.key = key }

    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        throw Fault(.methodNotFound, "there is no \(request.path.shortened)")
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {}

    mutating func fail(_ fault: Fault, status: Int, hasBegun: Bool, to out: inout ByteBuffer) {
        AnthropicError.write(fault, status: status, hasBegun: hasBegun, key: key, to: &out)
    }
}
