import Backends
import CrowdModelsProtocol

extension CompleteResult {
    /// What `model_info` says where the server does not tell it and the list of models does.
    static func modelInfo(_ listed: Model?) -> CompleteModelInfo? {
        guard let listed else { return nil }
        var info = CompleteModelInfo()
        info.arch = listed.arch
        info.quant = listed.quantization
        info.format = listed.format
        info.contextLength = listed.loadedContextLength ?? listed.maxContextLength
        return info == CompleteModelInfo() ? nil : info
    }
}

extension CompleteResult.Tokens {
    /// What an answer gave that is passed on as it came.
    init(_ text: GeneratedText, _ report: GenerationReport) {
        self.init()
        content = text.content
        reasoning = text.reasoning
        refusal = text.refusal
        if text.hasToolCalls {
            var calls = ByteBuffer()
            text.writeToolCalls(to: &calls)
            toolCalls = calls.bytes
        }
        // Quotes alone are no name.
        if report.servedBy.count > 2 { model = report.servedBy }
        modelInfo = report.modelInfo
        runtime = report.runtime
    }
}
