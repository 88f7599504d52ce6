import CrowdModelsProtocol

/// `POST /v1/messages`: an answer block by block, whole or as a stream.
struct AnthropicMessages: BlockTongue {
    var blocks = BlockProgress()
    private var key = ""
    /// The name that was asked for; in a stream until the one that answers is known.
    private var model = ""
    private var isStream = false
    private var hasBegun = false
    /// The request, as far as it is put into our words.
    private var asking: AnthropicRequest?
    /// The one text that ends the answer, a string's inside; empty where there are none or several.
    private var stop: [UInt8] = []

    mutating func named(_ key: String) { self.key = key }

    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        if asking == nil {
            model = request.string("model") ?? ""
            isStream = request.isTrue("stream")
            var stops = ArrayView(request.body, at: request.value("stop_sequences"))
            if let first = stops.next(), stops.next() == nil {
                stop = request.body.inside(first).array
            }
            asking = try AnthropicRequest(request, to: &params)
        }
        guard try asking?.resume(request, to: &params) == true else { return nil }
        return Question(.complete, isStream ? .events : .whole, omission: asking?.omission)
    }

    mutating func placed(model: String, backend: String) {
        if !hasBegun { self.model = model }
    }

    mutating func delta(_ delta: Delta, to out: inout ByteBuffer) {
        beginIfNeeded(to: &out)
        tell(delta, to: &out)
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        let result = ObjectView(result)
        guard isStream else {
            writeWhole(result, to: &out)
            return
        }
        beginIfNeeded(to: &out)
        tellRest(of: result, to: &out)
        out.append(event: "message_delta") { out in
            out.append("{\"type\":\"message_delta\",\"delta\":{")
            writeStop(result, to: &out)
            out.append("},\"usage\":")
            Self.write(TokenCounts(of: result), to: &out)
            out.append("}")
        }
        out.append(event: "message_stop") { $0.append("{\"type\":\"message_stop\"}") }
    }

    mutating func fail(
        _ fault: Fault, status: Int, hasBegun: Bool, to out: inout ByteBuffer
    ) {
        AnthropicError.write(
            fault.hinting(at: model), status: status, hasBegun: hasBegun, key: key, to: &out)
    }

    // MARK: - A stream

    /// The tokens read are known at the end alone: `message_delta` tells them, which clients take
    /// over these.
    private mutating func beginIfNeeded(to out: inout ByteBuffer) {
        if hasBegun { return }
        hasBegun = true
        out.append(event: "message_start") { out in
            out.append("{\"type\":\"message_start\",\"message\":")
            writeHead(to: &out)
            out.append(",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null")
            out.append(",\"usage\":{\"input_tokens\":0,\"output_tokens\":0}}}")
        }
    }

    mutating func begin(
        _ block: Block, id: Span<UInt8>, name: Span<UInt8>, to out: inout ByteBuffer
    ) {
        out.append(event: "content_block_start") { out in
            out.append("{\"type\":\"content_block_start\",\"index\":")
            out.append(decimal: blocks.index)
            switch block {
            case .reasoning:
                out.append(",\"content_block\":{\"type\":\"thinking\"")
                out.append(",\"thinking\":\"\",\"signature\":\"\"}}")
            case .text, .refusal:
                out.append(",\"content_block\":{\"type\":\"text\",\"text\":\"\"}}")
            case .call:
                out.append(",\"content_block\":{\"type\":\"tool_use\",\"id\":\"")
                out.append(id)
                out.append("\",\"name\":\"")
                out.append(name)
                out.append("\",\"input\":{}}}")
            }
        }
    }

    mutating func goOn(_ block: Block, _ text: Span<UInt8>, to out: inout ByteBuffer) {
        out.append(event: "content_block_delta") { out in
            out.append("{\"type\":\"content_block_delta\",\"index\":")
            out.append(decimal: blocks.index)
            switch block {
            case .reasoning: out.append(",\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"")
            case .text, .refusal: out.append(",\"delta\":{\"type\":\"text_delta\",\"text\":\"")
            case .call:
                out.append(",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"")
            }
            out.append(text)
            out.append("\"}}")
        }
    }

    mutating func end(_ block: Block, to out: inout ByteBuffer) {
        out.append(event: "content_block_stop") { out in
            out.append("{\"type\":\"content_block_stop\",\"index\":")
            out.append(decimal: blocks.index)
            out.append("}")
        }
    }

    // MARK: - A whole answer

    private func writeHead(to out: inout ByteBuffer) {
        out.append("{\"id\":\"msg_")
        out.append(utf8: key)
        out.append("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":")
        out.append(string: model)
    }

    private mutating func writeWhole(
        _ result: ObjectView, to out: inout ByteBuffer
    ) {
        if let served = result.words("model") {
            model = JSONText.string(result.text.extracting(served.bounds))
        }
        writeHead(to: &out)
        out.append(",\"content\":[")
        AnthropicContent.write(result, to: &out)
        out.append("],")
        writeStop(result, to: &out)
        out.append(",\"usage\":")
        Self.write(TokenCounts(of: result), to: &out)
        out.append("}")
    }

    /// Appends why it ended, as two members.
    private func writeStop(_ result: ObjectView, to out: inout ByteBuffer) {
        let stats = result.object("stats")
        // LM Studio's word and llama.cpp's; where no server tells, it ended as any other.
        let isStopped =
            !stop.isEmpty
            && (stats.reads("stop_reason", "stopStringFound") || stats.reads("stop_reason", "word"))
        let reason: StaticString =
            if result.reads("finish_reason", "tool_calls") {
                "tool_use"
            } else if result.isCut {
                "max_tokens"
            } else if result.value("refusal") != nil {
                "refusal"
            } else if isStopped {
                "stop_sequence"
            } else {
                "end_turn"
            }
        out.append("\"stop_reason\":\"")
        out.append(reason)
        out.append("\",\"stop_sequence\":")
        if isStopped {
            out.append("\"")
            out.append(stop.span)
            out.append("\"")
        } else {
            out.append("null")
        }
    }

    /// Appends the counts. What was in a cache is not among the tokens read here.
    private static func write(_ counts: TokenCounts, to out: inout ByteBuffer) {
        out.append("{\"input_tokens\":")
        out.append(decimal: max(0, (counts.prompt ?? 0) - (counts.cached ?? 0)))
        out.append(",\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":")
        out.append(decimal: counts.cached ?? 0)
        out.append(",\"output_tokens\":")
        out.append(decimal: counts.completion ?? 0)
        out.append("}")
    }
}
