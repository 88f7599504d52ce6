import CrowdModelsProtocol

/// `POST /v1/responses`: an answer as a list of items, whole or event by event. Nothing is kept:
/// who goes on with a conversation sends it whole.
struct Responses: BlockTongue {
    var blocks = BlockProgress()
    private var answer = ResponsesAnswer()
    private var isStream = false
    private var hasBegun = false
    /// The request, as far as it is put into our words.
    private var asking: ResponsesRequest?
    /// What the next event is numbered.
    private var sequence = 0
    /// The item that is open: its text so far, and for a call its id and name; strings' insides.
    private var item = ResponsesItem()
    /// The items that have ended, as JSON with commas between them.
    private var output: [UInt8] = []

    /// A stream repeats each item when it ends, and all of them at the end.
    var heldBytes: Int { blocks.heldBytes &+ item.text.count &+ output.count }

    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        if asking == nil {
            isStream = request.isTrue("stream")
            answer.begin(request)
            asking = try ResponsesRequest(request, to: &params)
        }
        guard try asking?.resume(request, to: &params) == true else { return nil }
        return Question(.complete, isStream ? .events : .whole, omission: asking?.omission)
    }

    mutating func placed(model: String, backend: String) {
        answer.model = model
    }

    mutating func delta(_ delta: Delta, to out: inout ByteBuffer) {
        beginIfNeeded(to: &out)
        tell(delta, to: &out)
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        let result = ObjectView(result)
        guard isStream else {
            var items = ByteBuffer()
            ResponsesItem.write(allOf: result, self.answer.key, to: &items)
            if let model = result.string("model") { self.answer.model = model }
            return self.answer.write(ended: result, items.span, to: &out)
        }
        beginIfNeeded(to: &out)
        tellRest(of: result, to: &out)
        let (answer, output) = (self.answer, self.output)
        event(result.isCut ? "response.incomplete" : "response.completed", to: &out) { out in
            out.append(",\"response\":")
            answer.write(ended: result, output.span, to: &out)
        }
    }

    mutating func fail(_ fault: Fault, status: Int, hasBegun: Bool, to out: inout ByteBuffer) {
        let fault = fault.hinting(at: self.answer.asked)
        guard hasBegun else { return OpenAIError.write(fault, status: status, to: &out) }
        beginIfNeeded(to: &out)
        let (answer, output) = (self.answer, self.output)
        event("response.failed", to: &out) { out in
            out.append(",\"response\":")
            answer.write(failed: fault, output.span, to: &out)
        }
    }

    // MARK: - Events

    private mutating func event(
        _ name: StaticString, to out: inout ByteBuffer, _ members: (inout ByteBuffer) -> Void
    ) {
        let number = sequence
        sequence += 1
        out.append(event: name) { out in
            out.append("{\"type\":\"")
            out.append(name)
            out.append("\",\"sequence_number\":")
            out.append(decimal: number)
            members(&out)
            out.append("}")
        }
    }

    private mutating func beginIfNeeded(to out: inout ByteBuffer) {
        if hasBegun { return }
        hasBegun = true
        let answer = self.answer
        for name in ["response.created", "response.in_progress"] as [StaticString] {
            event(name, to: &out) { out in
                out.append(",\"response\":")
                answer.writeBegun(to: &out)
            }
        }
    }

    /// An event of the open item's one part.
    private mutating func part(
        _ name: StaticString, to out: inout ByteBuffer, _ members: (inout ByteBuffer) -> Void
    ) {
        let (item, key, index) = (self.item, answer.key, blocks.index)
        event(name, to: &out) { out in
            out.append(",\"item_id\":\"")
            item.writeID(key, index, to: &out)
            out.append("\",\"output_index\":")
            out.append(decimal: index)
            if !item.isCall { out.append(",\"content_index\":0") }
            members(&out)
        }
    }

    mutating func begin(
        _ block: Block, id: Span<UInt8>, name: Span<UInt8>, to out: inout ByteBuffer
    ) {
        let item = ResponsesItem(block, callID: id.array, name: name.array)
        let (key, index) = (answer.key, blocks.index)
        self.item = item
        event("response.output_item.added", to: &out) { out in
            out.append(",\"output_index\":")
            out.append(decimal: index)
            out.append(",\"item\":")
            item.write(key, index, isDone: false, to: &out)
        }
        if item.isMessage {
            part("response.content_part.added", to: &out) { out in
                out.append(",\"part\":")
                item.writePart(to: &out)
            }
        }
    }

    mutating func goOn(_ block: Block, _ text: Span<UInt8>, to out: inout ByteBuffer) {
        unsafe text.withUnsafeBufferPointer { unsafe item.text.append(contentsOf: $0) }
        let isText = block == .text
        part(item.deltaEvent, to: &out) { out in
            out.append(member: "delta", inside: text)
            if isText { out.append(",\"logprobs\":[]") }
        }
    }

    mutating func end(_ block: Block, to out: inout ByteBuffer) {
        let item = self.item
        part(item.doneEvent, to: &out) { out in
            out.append(member: item.textMember, inside: item.text.span)
            if block == .text { out.append(",\"logprobs\":[]") }
            if item.isCall { out.append(member: "name", inside: item.name.span) }
        }
        if item.isMessage {
            part("response.content_part.done", to: &out) { out in
                out.append(",\"part\":")
                item.writePart(to: &out)
            }
        }
        var whole = ByteBuffer()
        if !output.isEmpty { whole.append(",") }
        item.write(answer.key, blocks.index, isDone: true, to: &whole)
        let start = output.isEmpty ? 0 : 1
        unsafe whole.span.withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
        let index = blocks.index
        event("response.output_item.done", to: &out) { out in
            out.append(",\"output_index\":")
            out.append(decimal: index)
            out.append(",\"item\":")
            out.append(whole.span, from: start)
        }
    }
}
