import CrowdModelsProtocol

/// The tools of a request, as functions of `complete`. Those that Anthropic's own servers run,
/// which their `type` tells, are left out: no model here has seen them.
struct AnthropicTools: ~Escapable {
    private let text: Span<UInt8>

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) {
        self.text = text
    }

    /// Appends `tools`; whether there are any.
    func write(
        _ tools: JSONRange?, _ params: inout Splice, _ omitted: inout OmittedTools,
        to out: inout ByteBuffer
    ) -> Bool {
        var elements = ArrayView(text, at: tools)
        var hasTool = false
        while let element = elements.next() {
            let tool = ObjectView(text, at: element)
            let isOurs = tool.value("type") == nil || tool.reads("type", "custom")
            guard isOurs, let name = tool.words("name") else {
                omitted.add(tool)
                continue
            }
            if hasTool {
                out.append(",")
            } else {
                hasTool = true
                params.begin("tools", &out)
                out.append("[")
            }
            out.append("{\"type\":\"function\",\"function\":{\"name\":")
            out.append(text.extracting(name.bounds))
            if let description = tool.words("description") {
                out.append(member: "description", token: text.extracting(description.bounds))
            }
            if let schema = tool.value("input_schema") {
                out.append(member: "parameters", token: text.extracting(schema.bounds))
            }
            out.append("}}")
        }
        if hasTool { out.append("]") }
        return hasTool
    }

    /// Appends `tool_choice`, and that calls come one at a time where that was asked for.
    func write(
        choice: ObjectView, _ params: inout Splice, to out: inout ByteBuffer
    ) {
        if choice.reads("type", "any") {
            params.add("tool_choice", literal: "\"required\"", &out)
        } else if choice.reads("type", "none") {
            params.add("tool_choice", literal: "\"none\"", &out)
        } else if choice.reads("type", "auto") {
            params.add("tool_choice", literal: "\"auto\"", &out)
        } else if choice.reads("type", "tool"), let name = choice.words("name") {
            params.begin("tool_choice", &out)
            out.append("{\"type\":\"function\",\"function\":{\"name\":")
            out.append(text.extracting(name.bounds))
            out.append("}}")
        }
        if choice.isTrue("disable_parallel_tool_use") {
            params.begin("options", &out)
            out.append("{\"parallel_tool_calls\":false}")
        }
    }
}
