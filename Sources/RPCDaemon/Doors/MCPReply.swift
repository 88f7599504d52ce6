package import CrowdModelsProtocol
package import Sessions

/// The reply to a tool's work: says result, error and progress of our method as the Model Context
/// Protocol has them, to the reply of the `tools/call` that it was done for.
///
/// It is also the job that the outer reply hears of, so that it knows what was cancelled: that is
/// not answered at all. It lasts as long as either of the two.
package final class MCPReply: Reply, Job {
    private let outer: any Reply
    private let tool: MCPTool
    private let answer: MCPAnswer
    private let progressToken: [UInt8]
    /// What does the work; nil before it began and once it is answered.
    private var job: (any Job)?
    private var isCancelled = false
    /// What `progress` was told last; it only rises.
    private var steps = 0
    private var pieces = 0

    /// Pieces of text between two reports: about a second of a usual model.
    private static let piecesPerReport = 32

    init(to call: MCPCall, _ outer: any Reply) {
        self.outer = outer
        tool = call.tool
        answer = call.answer
        progressToken = call.progressToken
    }

    package var peer: Peer { outer.peer }
    package var isFull: Bool { outer.isFull }

    package func began(_ job: any Job) {
        self.job = job
        outer.began(self)
    }

    package func hold(_ bytes: Int) throws(Fault) { try outer.hold(bytes) }

    package func succeed(_ write: (inout ByteBuffer) -> Void) {
        job = nil
        if isCancelled { return outer.drop() }
        var result = ByteBuffer()
        write(&result)
        var text = ByteBuffer()
        writeText(of: result.span, to: &text)
        outer.succeed { out in
            answer.writeResult(text: text.span, structured: result.span, to: &out)
        }
    }

    package func fail(_ fault: Fault) {
        job = nil
        if isCancelled { return outer.drop() }
        outer.succeed { answer.writeFailure(fault, to: &$0) }
    }

    package func drop() {
        job = nil
        outer.drop()
    }

    package func delta(
        content: Span<UInt8>, reasoning: Span<UInt8>, refusal: Span<UInt8>,
        toolCalls: Span<UInt8>
    ) {
        pieces += 1
        guard pieces % Self.piecesPerReport == 0 else { return }
        report(pieces, "generating, \(pieces) pieces of text so far")
    }

    package func progress(_ progress: Progress) { report(pieces, progress.words) }

    package func tell(_ notification: StaticString, _ params: (inout ByteBuffer) -> Void) {
        outer.tell(notification, params)
    }

    package func cancel() {
        isCancelled = true
        job?.cancel()
    }

    package func abandon() { job.take()?.abandon() }

    package func drained() { job?.drained() }

    private func report(_ pieces: Int, _ message: String) {
        guard !progressToken.isEmpty, !isCancelled else { return }
        steps = max(steps + 1, pieces)
        let token = progressToken
        outer.tell(ServerNotification.toolProgress.name) { out in
            out.append("{\"progressToken\":")
            out.append(token.span)
            out.append(",\"progress\":")
            out.append(decimal: steps)
            out.append(",\"message\":")
            out.append(string: message)
            out.append("}")
        }
    }

    /// Appends the text for the host's model, a JSON string: what the asked model said, or the list
    /// as it is.
    private func writeText(of result: Span<UInt8>, to out: inout ByteBuffer) {
        guard tool == .askModel else {
            let list = unsafe result.withUnsafeBufferPointer {
                unsafe String(decoding: $0, as: UTF8.self)
            }
            return out.append(string: list)
        }
        var content = JSONRange.absent
        var refusal = JSONRange.absent
        var reader = JSONMemberReader(skimmingFrom: 0)
        while let member = (try? reader.next(in: result)) ?? nil {
            let name = result.extracting(member.name.bounds)
            if JSONText.string(name, reads: "content") { content = member.value }
            if JSONText.string(name, reads: "refusal") { refusal = member.value }
        }
        let isRefused = content.count <= 2 && refusal.isPresent
        let text = isRefused ? refusal : content
        if text.isPresent { out.append(result.extracting(text.bounds)) } else { out.append("\"\"") }
    }
}

extension Progress {
    /// How far a request is, for a person who waits.
    var words: String {
        let place = backend.map { " on \($0)" } ?? ""
        switch phase {
        case "queued":
            let number = position.map { ", place \($0)" } ?? ""
            let wait = etaMilliseconds.map { ", about \(max(1, ($0 + 999) / 1000)) s" } ?? ""
            return "queued\(number)\(place)\(wait)"
        case "connecting": return "connecting\(backend.map { " to \($0)" } ?? "")"
        case "loading": return "loading the model\(place)\(percent)"
        case "prompt": return "reading the prompt\(place)\(percent)"
        default: return "\(phase)\(place)"
        }
    }

    private var percent: String {
        fraction.map { ", \(Int(($0 * 100).rounded())) %" } ?? ""
    }
}
