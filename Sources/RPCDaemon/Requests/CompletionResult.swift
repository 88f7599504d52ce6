import Backends
import CrowdModelsProtocol

extension CompleteResult {
    /// What `model_info` says where the server does not tell it and the list of models does.
    static func modelInfo(_ listed: borrowing Model) -> CompleteModelInfo? {
        var info = CompleteModelInfo()
        info.arch = listed.arch
        info.quant = listed.quantization
        info.format = listed.format
        info.contextLength = listed.loadedContextLength ?? listed.maxContextLength
        return info == CompleteModelInfo() ? nil : info
    }
}

/// What is asked of an answer at its end. Each question moves the whole generation to and fro, so
/// that what belongs together is asked at once.
extension Generation {
    /// What the result is made of beside its tokens.
    struct Answer {
        let numbers: GenerationNumbers
        let finishReason: FinishReason
        let stopReason: String?
    }

    /// In what it is not what was asked.
    struct Findings {
        /// Judged where it is complete.
        var untruths: [Untruth] = []
        /// The model that served, where it is not the one that was asked.
        var otherModel: String?
        /// The server's word for its end where nobody knows it.
        var unknownFinish: String?

        var isEmpty: Bool { untruths.isEmpty && otherModel == nil && unknownFinish == nil }
    }

    borrowing func numbers(deltas: Int, _ times: RequestTimes) -> GenerationNumbers {
        GenerationNumbers(report, deltas: counted(deltas), times: times)
    }

    /// Pieces that came one by one, also where the server streams unasked.
    private borrowing func counted(_ heard: Int) -> Int {
        heard == 0 && isEventStream ? deltas : heard
    }

    /// What it came to; `tokens` takes what is passed on as it came.
    borrowing func answer(
        deltas: Int, _ times: RequestTimes, _ tokens: inout CompleteResult.Tokens
    ) -> Answer {
        let numbers = GenerationNumbers(report, deltas: counted(deltas), times: times)
        tokens.take(text, report)
        if numbers.tokensPerSecond == report.tokensPerSecond { tokens.speed = report.speedText }
        return Answer(
            numbers: numbers, finishReason: finishReason, stopReason: report.stopReason)
    }

    borrowing func findings(
        _ request: ChatRequest, model: String, loadedContext: Int?
    ) -> Findings {
        var findings = Findings()
        if isDone {
            findings.untruths = request.untruths(of: text, report, loadedContext: loadedContext)
        }
        findings.otherModel = otherModel(than: model)
        findings.unknownFinish = unknownFinish
        return findings
    }

    private borrowing func otherModel(than model: String) -> String? {
        // Nearly always the name comes back as it was sent.
        if report.details.servedBy.isEmpty || report.isServed(by: model) { return nil }
        guard let served = report.servedByName, !served.isEmpty,
            !CompletionWarning.isSame(served, model)
        else { return nil }
        return served
    }

    var contentText: String { text.contentText }

    var completionTokens: Int? { report.completionTokens }

    var arch: String? { report.arch }
}

extension CompleteResult.Tokens {
    /// Takes what an answer gave that is passed on as it came.
    mutating func take(
        _ text: borrowing GeneratedText, _ report: borrowing GenerationReport
    ) {
        content = text.content
        reasoning = text.reasoning
        refusal = text.refusal
        if text.hasToolCalls {
            var calls = ByteBuffer()
            text.writeToolCalls(to: &calls)
            toolCalls = calls.bytes
        }
        // Quotes alone are no name.
        if report.details.servedBy.count > 2 { model = report.details.servedBy }
        modelInfo = report.details.modelInfo
        runtime = report.details.runtime
    }
}
