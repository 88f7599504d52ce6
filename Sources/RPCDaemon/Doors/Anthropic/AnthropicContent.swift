import CrowdModelsProtocol

/// The blocks of a whole answer.
enum AnthropicContent {
    /// Appends the elements of `content`.
    static func write(_ result: ObjectView, to out: inout ByteBuffer) {
        let text = result.text
        var isFirst = true
        func begin(_ type: StaticString, _ member: StaticString, to out: inout ByteBuffer) {
            out.append(isFirst ? "{\"type\":\"" : ",{\"type\":\"")
            isFirst = false
            out.append(type)
            out.append("\",\"")
            out.append(member)
            out.append("\":")
        }
        if let reasoning = result.words("reasoning") {
            begin("thinking", "thinking", to: &out)
            out.append(text.extracting(reasoning.bounds))
            out.append(",\"signature\":\"\"}")
        }
        for name: StaticString in ["content", "refusal"] {
            guard let said = result.words(name), said.count > 2 else { continue }
            begin("text", "text", to: &out)
            out.append(text.extracting(said.bounds))
            out.append("}")
        }
        var calls = ArrayView(text, at: result.value("tool_calls"))
        while let element = calls.next() {
            let call = ObjectView(text, at: element)
            let function = call.object("function")
            begin("tool_use", "id", to: &out)
            out.append("\"")
            out.append(call.inside("id"))
            out.append("\",\"name\":\"")
            out.append(function.inside("name"))
            out.append("\",\"input\":")
            out.append(objectSpeltBy: function.inside("arguments"))
            out.append("}")
        }
    }
}
