import CrowdModelsProtocol

/// `POST /v1/messages/count_tokens`: `tokens.count`. Where the number is estimated, the answer says
/// so in a member of ours.
struct AnthropicTokenCount: Tongue {
    private var key = ""
    private var model = ""
    /// The request, as far as it is put into our words.
    private var asking: AnthropicRequest?

    mutating func named(_ key: String) { self.key = key }

    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        if asking == nil {
            model = request.string("model") ?? ""
            asking = try AnthropicRequest(request, isCount: true, to: &params)
        }
        guard try asking?.resume(request, to: &params) == true else { return nil }
        return Question(.tokensCount)
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        let result = ObjectView(result)
        out.append("{\"input_tokens\":")
        out.append(decimal: result.integer("prompt_tokens") ?? 0)
        if result.isTrue("estimated") { out.append(",\"estimated\":true") }
        out.append("}")
    }

    mutating func fail(
        _ fault: Fault, status: Int, hasBegun: Bool, to out: inout ByteBuffer
    ) {
        AnthropicError.write(
            fault.hinting(at: model), status: status, hasBegun: hasBegun, key: key, to: &out)
    }
}
