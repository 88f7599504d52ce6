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

/// What is asked of an answer at its end.
extension Generation {
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

    @inline(__always)
    borrowing func numbers(deltas: Int, _ times: RequestTimes) -> GenerationNumbers {
        GenerationNumbers(report, deltas: counted(deltas), times: times)
    }

    /// Pieces that came one by one, also where the server streams unasked.
    @inline(__always)
    private borrowing func counted(_ heard: Int) -> Int {
        heard == 0 && isEventStream ? deltas : heard
    }

    /// Whether the speed is what the server told, and not one that was measured.
    borrowing func hasTold(speed: Double?) -> Bool { speed == report.tokensPerSecond }

    /// The calls that the model asks for, as the array of the result; empty for none.
    borrowing func toolCalls() -> [UInt8] {
        if !text.hasToolCalls { return [] }
        var calls = ByteBuffer()
        text.writeToolCalls(to: &calls)
        return calls.bytes
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
