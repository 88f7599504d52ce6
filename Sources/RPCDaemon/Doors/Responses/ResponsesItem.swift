import CrowdModelsProtocol

/// An item of an answer: what was thought, a message, or a call. Texts are the inside of JSON
/// strings.
struct ResponsesItem {
    private let block: Block
    private let callID: [UInt8]
    let name: [UInt8]
    var text: [UInt8] = []

    init(_ block: Block = .text, callID: [UInt8] = [], name: [UInt8] = []) {
        self.block = block
        self.callID = callID
        self.name = name
    }

    var isCall: Bool {
        if case .call = block { true } else { false }
    }

    var isMessage: Bool { block == .text || block == .refusal }

    var deltaEvent: StaticString {
        switch block {
        case .reasoning: "response.reasoning_text.delta"
        case .text: "response.output_text.delta"
        case .refusal: "response.refusal.delta"
        case .call: "response.function_call_arguments.delta"
        }
    }

    var doneEvent: StaticString {
        switch block {
        case .reasoning: "response.reasoning_text.done"
        case .text: "response.output_text.done"
        case .refusal: "response.refusal.done"
        case .call: "response.function_call_arguments.done"
        }
    }

    /// The member that holds the text.
    var textMember: StaticString {
        switch block {
        case .reasoning, .text: "text"
        case .refusal: "refusal"
        case .call: "arguments"
        }
    }

    /// Appends the name of the item at that place of the answer.
    func writeID(_ key: String, _ index: Int, to out: inout ByteBuffer) {
        switch block {
        case .reasoning: out.append("rs_")
        case .text, .refusal: out.append("msg_")
        case .call: out.append("fc_")
        }
        out.append(utf8: key)
        out.append("_")
        out.append(decimal: index)
    }

    /// Appends the item: begun, without its text, or done.
    func write(_ key: String, _ index: Int, isDone: Bool, to out: inout ByteBuffer) {
        out.append("{\"id\":\"")
        writeID(key, index, to: &out)
        out.append("\",\"type\":\"")
        switch block {
        case .reasoning: out.append("reasoning\",\"summary\":[],\"content\":[")
        case .text, .refusal: out.append("message\",\"role\":\"assistant\",\"content\":[")
        case .call:
            out.append("function_call\"")
            out.append(member: "call_id", inside: callID.span)
            out.append(member: "name", inside: name.span)
            out.append(member: "arguments", inside: isDone ? text.span : Span())
        }
        if !isCall {
            if isDone { writePart(to: &out) }
            out.append("]")
        }
        out.append(isDone ? ",\"status\":\"completed\"}" : ",\"status\":\"in_progress\"}")
    }

    /// Appends the one part of the item.
    func writePart(to out: inout ByteBuffer) {
        switch block {
        case .reasoning: out.append("{\"type\":\"reasoning_text\"")
        case .refusal: out.append("{\"type\":\"refusal\"")
        case .text, .call: out.append("{\"type\":\"output_text\"")
        }
        out.append(member: textMember, inside: text.span)
        if block == .text { out.append(",\"annotations\":[],\"logprobs\":[]") }
        out.append("}")
    }

    /// Appends all items of a result of ours, with commas between them.
    static func write(allOf result: ObjectView, _ key: String, to out: inout ByteBuffer) {
        var index = 0
        func add(_ item: ResponsesItem, _ text: Span<UInt8>, to out: inout ByteBuffer) {
            var item = item
            item.text = text.array
            if index > 0 { out.append(",") }
            item.write(key, index, isDone: true, to: &out)
            index += 1
        }
        let said: [(block: Block, name: StaticString)] = [
            (.reasoning, "reasoning"), (.text, "content"), (.refusal, "refusal"),
        ]
        for (block, name) in said where !result.inside(name).isEmpty {
            add(ResponsesItem(block), result.inside(name), to: &out)
        }
        var calls = ArrayView(result.text, at: result.value("tool_calls"))
        while let element = calls.next() {
            let call = ObjectView(result.text, at: element)
            let function = call.object("function")
            let item = ResponsesItem(
                .call(index), callID: call.inside("id").array,
                name: function.inside("name").array)
            add(item, function.inside("arguments"), to: &out)
        }
    }
}
