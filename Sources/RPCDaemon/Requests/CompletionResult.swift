package import Backends
package import CrowdModelsProtocol

/// The result of a `complete`, put together from all that its answer gave.
///
/// It lives as long as it is written. Texts are the inside of JSON strings, passed on as they came.
package struct CompletionResult {
    package let text: GeneratedText
    package let report: GenerationReport
    package let numbers: GenerationNumbers
    package let times: RequestTimes
    /// The model that was asked for, as its backend lists it.
    package let model: String
    package let backend: String
    package let finishReason: FinishReason
    package let attempts: Int
    package let warnings: [CompletionWarning]
    /// `model_info`, where the server did not tell it and the list of models does.
    package let listed: Model?

    package init(
        text: GeneratedText, report: GenerationReport, numbers: GenerationNumbers,
        times: RequestTimes, model: String, backend: String, finishReason: FinishReason,
        attempts: Int = 1, warnings: [CompletionWarning] = [], listed: Model? = nil
    ) {
        self.text = text
        self.report = report
        self.numbers = numbers
        self.times = times
        self.model = model
        self.backend = backend
        self.finishReason = finishReason
        self.attempts = attempts
        self.warnings = warnings
        self.listed = listed
    }

    /// Appends the CompleteResult object of the protocol.
    package func write(to out: inout ByteBuffer) {
        out.append("{\"content\":\"")
        let content = text.content
        out.append(content.span)
        out.append("\"")
        Self.write("reasoning", text.reasoning, to: &out)
        Self.write("refusal", text.refusal, to: &out)
        if text.hasToolCalls {
            out.append(",\"tool_calls\":")
            text.writeToolCalls(to: &out)
        }
        out.append(",\"model\":")
        let servedBy = report.servedBy
        if servedBy.count > 2 {
            out.append(servedBy.span)
        } else {
            out.append(string: model)
        }
        out.append(",\"backend\":")
        out.append(string: backend)
        out.append(",\"finish_reason\":\"")
        out.append(utf8: finishReason.rawValue)
        out.append("\"")
        numbers.writeUsage(to: &out)
        if attempts > 1 {
            out.append(",\"attempts\":")
            out.append(decimal: attempts)
        }
        writeWarnings(to: &out)
        numbers.writeStats(times, to: &out)
        writeModelInfo(to: &out)
        let runtime = report.runtime
        if !runtime.isEmpty {
            out.append(",\"runtime\":")
            out.append(runtime.span)
        }
        out.append("}")
    }

    private static func write(_ name: StaticString, _ text: [UInt8], to out: inout ByteBuffer) {
        guard !text.isEmpty else { return }
        out.append(",\"")
        out.append(name)
        out.append("\":\"")
        out.append(text.span)
        out.append("\"")
    }

    private func writeWarnings(to out: inout ByteBuffer) {
        guard !warnings.isEmpty else { return }
        out.append(",\"warnings\":[")
        for (index, warning) in warnings.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.append("{\"kind\":\"")
            out.append(utf8: warning.kind.rawValue)
            out.append("\",\"message\":")
            out.append(string: warning.message)
            out.append("}")
        }
        out.append("]")
    }

    private func writeModelInfo(to out: inout ByteBuffer) {
        let told = report.modelInfo
        if !told.isEmpty {
            out.append(",\"model_info\":")
            out.append(told.span)
            return
        }
        guard let listed else { return }
        var info = JSONObject()
        info["arch"] = listed.arch.map { .string($0) }
        info["quant"] = listed.quantization.map { .string($0) }
        info["format"] = listed.format.map { .string($0) }
        info["context_length"] =
            (listed.loadedContextLength ?? listed.maxContextLength).map { .integer($0) }
        guard !info.members.isEmpty else { return }
        out.append(",\"model_info\":")
        JSONValue.object(info).write(to: &out)
    }
}
