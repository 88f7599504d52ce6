import CrowdModelsProtocol
import Sessions

/// Asks the daemon, before a request is done, how much context the model that it names can have: a
/// caller who wants more than that is told so, instead of losing the beginning of a prompt unseen.
///
/// It is answered before `tokens` returns. A model that nobody knows is refused when it is asked.
final class ContextInquiry: Reply {
    let peer: Peer
    private var tokens: Int?

    private init(_ peer: Peer) {
        self.peer = peer
    }

    /// Tokens of context: what the model is loaded with, else the most that it can have; nil where
    /// nobody knows. `model` is the token of its name.
    static func tokens(
        of model: Span<UInt8>, _ service: any Service, for peer: Peer, _ limits: RequestLimits
    ) -> Int? {
        var line = ByteBuffer()
        line.append("{\"model\":")
        line.append(model)
        line.append("}")
        guard
            let arguments = try? Arguments(
                params: JSONRange(0, line.count), of: .modelsGet, in: line.span, limits: limits)
        else { return nil }
        let inquiry = ContextInquiry(peer)
        var call = Call(method: .modelsGet, arguments: arguments, canStream: false)
        try? service.perform(&call, line.span, for: peer, reply: inquiry)
        return inquiry.tokens
    }

    func succeed(_ write: (inout ByteBuffer) -> Void) {
        var text = ByteBuffer()
        write(&text)
        let model = ObjectView(text.span)
        tokens = model.integer("loaded_context_length")
        if tokens == nil { tokens = model.integer("max_context_length") }
    }

    func began(_ job: any Job) {}
    func hold(_ bytes: Int) {}
    func fail(_ fault: Fault) {}
    func progress(_ progress: Progress) {}
    func delta(
        content: Span<UInt8>, reasoning: Span<UInt8>, refusal: Span<UInt8>,
        toolCalls: Span<UInt8>
    ) {}
    var isFull: Bool { false }
}
