import CrowdModelsProtocol

/// The object that is a whole answer, and that the first and the last events of a stream hold.
struct ResponsesAnswer {
    private(set) var key = ""
    private var createdAt = 0
    /// Who answers, as far as that is known: first whom the request names.
    var model = ""
    /// Whom the request names.
    private(set) var asked = ""
    /// What the request said, as further members; clients look for them in the answer.
    private var said: [UInt8] = []

    /// Members that are told again, and what they are where the request has none.
    private static let told: [(name: StaticString, otherwise: StaticString)] = [
        ("instructions", "null"), ("max_output_tokens", "null"), ("metadata", "{}"),
        ("parallel_tool_calls", "true"), ("reasoning", "{\"effort\":null,\"summary\":null}"),
        ("temperature", "null"), ("text", "{\"format\":{\"type\":\"text\"}}"),
        ("tool_choice", "\"auto\""), ("tools", "[]"), ("top_p", "null"),
        ("truncation", "\"disabled\""), ("user", "null"),
    ]

    /// The longest value that is told again. A stream tells them three times: an agent's
    /// instructions and tools, tens of kilobytes, would be most of an answer's bytes.
    private static let toldBytesMax = 2048

    /// Notes what the request says of the answer.
    mutating func begin(_ request: DoorRequest) {
        key = request.key
        createdAt = request.receivedAt
        asked = request.string("model") ?? ""
        model = asked
        var members = ByteBuffer()
        for (name, otherwise) in Self.told {
            members.append(",\"")
            members.append(name)
            members.append("\":")
            if let value = request.value(name), value.count <= Self.toldBytesMax {
                members.append(compact: request.token(value))
            } else {
                members.append(otherwise)
            }
        }
        said = members.bytes
    }

    /// Appends it as it begins.
    func writeBegun(to out: inout ByteBuffer) {
        writeHead("in_progress", to: &out)
        out.append(",\"error\":null,\"incomplete_details\":null,\"output\":[],\"usage\":null}")
    }

    /// Appends it as it ended, with these items.
    func write(ended result: ObjectView, _ items: Span<UInt8>, to out: inout ByteBuffer) {
        let isCut = result.isCut
        writeHead(isCut ? "incomplete" : "completed", to: &out)
        out.append(",\"error\":null,\"incomplete_details\":")
        out.append(isCut ? "{\"reason\":\"max_output_tokens\"}" : "null")
        write(items: items, to: &out)
        Self.write(TokenCounts(of: result), to: &out)
        out.append("}")
    }

    /// Appends it as it failed, with the items that there were.
    func write(failed fault: Fault, _ items: Span<UInt8>, to out: inout ByteBuffer) {
        writeHead("failed", to: &out)
        out.append(",\"error\":{\"code\":\"")
        out.append(Self.code(fault))
        out.append("\",\"message\":")
        out.append(string: Self.message(fault))
        out.append("},\"incomplete_details\":null")
        write(items: items, to: &out)
        out.append(",\"usage\":null}")
    }

    private func writeHead(_ status: StaticString, to out: inout ByteBuffer) {
        out.append("{\"id\":\"resp_")
        out.append(utf8: key)
        out.append("\",\"object\":\"response\",\"created_at\":")
        out.append(decimal: createdAt)
        out.append(",\"status\":\"")
        out.append(status)
        out.append("\",\"background\":false,\"previous_response_id\":null,\"store\":false")
        out.append(",\"model\":")
        out.append(string: model)
        out.append(said.span)
    }

    private func write(items: Span<UInt8>, to out: inout ByteBuffer) {
        out.append(",\"output\":[")
        out.append(items)
        out.append("]")
    }

    private static func write(_ counts: TokenCounts, to out: inout ByteBuffer) {
        guard let prompt = counts.prompt, let completion = counts.completion else {
            out.append(",\"usage\":null")
            return
        }
        out.append(",\"usage\":{\"input_tokens\":")
        out.append(decimal: prompt)
        out.append(",\"input_tokens_details\":{\"cached_tokens\":")
        out.append(decimal: counts.cached ?? 0)
        out.append("},\"output_tokens\":")
        out.append(decimal: completion)
        out.append(",\"output_tokens_details\":{\"reasoning_tokens\":")
        out.append(decimal: counts.reasoning ?? 0)
        out.append("},\"total_tokens\":")
        out.append(decimal: counts.total ?? prompt + completion)
        out.append("}")
    }

    /// What Codex looks for in `code`: it tries again after the second and the last.
    private static func code(_ fault: Fault) -> StaticString {
        if fault.code == .contextOverflow { return "context_length_exceeded" }
        switch fault.status {
        case 429: return "rate_limit_exceeded"
        case 400..<500: return "invalid_prompt"
        default: return "server_error"
        }
    }

    /// The words, and when to try again in those that Codex reads it from.
    private static func message(_ fault: Fault) -> String {
        guard fault.status == 429, let milliseconds = fault.data["retry_after_ms"]?.integerValue
        else {
            return fault.message
        }
        return "\(fault.message); try again in \((milliseconds + 999) / 1000)s"
    }
}
