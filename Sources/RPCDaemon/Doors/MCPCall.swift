package import CrowdModelsProtocol
package import Sessions

/// A `tools/call` that is understood: which tool, with what, and how its answer has to look. The
/// arguments point into the text that it came in.
package struct MCPCall {
    let tool: MCPTool
    let arguments: Arguments
    let answer: MCPAnswer
    /// The token under which progress is told, as it came; empty where nobody asked for it.
    let progressToken: [UInt8]
    private let traceparent: String?

    /// Reads a call of `tools/call`. Throws -32602 for a tool that does not exist, or takes
    /// something else, and -32022 for a version that is not spoken.
    package init(
        _ call: Call, _ line: Span<UInt8>, limits: RequestLimits
    ) throws(Fault) {
        let survey = call.survey
        answer = MCPAnswer(try MCPVersion.named(by: call.arguments, in: line, survey: survey))
        let name = call.arguments[ToolsCallParameter.name.rawValue]
        tool = try MCPTool.named(line.extracting(name.bounds))
        arguments = try Arguments(
            params: call.arguments[ToolsCallParameter.arguments.rawValue], of: tool, in: line,
            limits: limits)
        traceparent = RequestMeta.traceparent(of: call.arguments, in: line, survey: survey)
        let token = RequestMeta.value(
            of: "progressToken", by: call.arguments, in: line, survey: survey)
        guard call.canStream, let token, token.count <= limits.idBytesMax else {
            progressToken = []
            return
        }
        let kind = JSONKind(firstByte: line[Int(token.start)])
        progressToken =
            kind == .string || kind == .number
            ? unsafe line.extracting(token.bounds).withUnsafeBufferPointer { unsafe Array($0) }
            : []
    }

    var wantsProgress: Bool { !progressToken.isEmpty }

    /// What does the tool's work.
    var method: Method {
        switch tool {
        case .askModel: .complete
        case .listModels: .modelsList
        }
    }

    /// Appends the params of that method: the tool's arguments as the tokens they came as. With
    /// progress the text is asked for as it comes, so that there is something to tell of.
    func writeParams(_ line: Span<UInt8>, to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        for (index, name) in Self.names.enumerated() where arguments[index].isPresent {
            object.name(name, to: &out)
            out.append(line.extracting(arguments[index].bounds))
        }
        if tool == .askModel, wantsProgress {
            object.add("stream", true, to: &out)
            object.add("progress", true, to: &out)
        }
        if let traceparent {
            object.name("_meta", to: &out)
            var meta = ObjectWriter(&out)
            meta.add("traceparent", traceparent, to: &out)
            meta.end(&out)
        }
        object.end(&out)
    }

    /// The parameters of `ask_model`, which `complete` calls the same.
    private static let names: [StaticString] = [
        "prompt", "model", "system_prompt", "max_tokens", "response_format",
    ]
}
