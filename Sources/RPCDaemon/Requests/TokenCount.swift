package import Backends
import CrowdModelsProtocol
package import HTTP
package import Kernel
package import Sessions

/// `tokens.count`: asks the server that `complete` would go to, where it can count, beside its
/// queue; else, and where that fails, estimates. A count is not worth a load, for which a model
/// that generates might have to leave.
///
/// The reply keeps it until it is answered.
package final class TokenCount: Job, ExchangeDelegate {
    private let call: KeptCall
    private let reply: any Reply
    private let loop: EventLoop
    private var exchange: Exchange?
    private var isSettled = false
    private lazy var timer = Timer { [unowned self] in estimate() }

    /// How long a server may take to count, in nanoseconds: a megabyte of prompt takes less.
    private static let patience: UInt64 = 5_000_000_000

    package init(_ call: KeptCall, _ reply: any Reply, on loop: EventLoop) {
        self.call = call
        self.reply = reply
        self.loop = loop
    }

    /// Asks `server` for the tokens of `model`.
    package func start(_ server: ModelServer, model: String) {
        let isLoaded = server.offered.table.named(model)?.state == .loaded
        if server.adapter.traits.evictsModels, !isLoaded { return estimate() }
        let messages = call.token(TokensCountParameter.messages.rawValue)
        let prompt = call.token(TokensCountParameter.prompt.rawValue)
        let tools = call.token(TokensCountParameter.tools.rawValue)
        let request = server.adapter.countTokens(
            messages: messages.isEmpty ? nil : messages.span,
            prompt: prompt.isEmpty ? nil : prompt.span,
            tools: tools.isEmpty ? nil : tools.span, model: model)
        guard let request else { return estimate() }
        reply.began(self)
        loop.set(timer, after: Self.patience)
        exchange = server.ask(request, trace: call.traceparent, delegate: self)
    }

    package func cancel() {
        guard settle() else { return }
        reply.fail(Fault(.cancelled, "the request was cancelled"))
    }

    package func abandon() { _ = settle() }

    package func drained() {}

    package func exchangeSent(_ exchange: Exchange) {}

    package func exchange(_ exchange: Exchange, began head: HTTPResponseHead) {}

    package func exchange(_ exchange: Exchange, received bytes: Span<UInt8>) {}

    package func exchange(
        _ exchange: Exchange, ended head: HTTPResponseHead, body: Span<UInt8>
    ) {
        let count = try? TokenCountAnswer.read(status: head.status, retryAfter: nil, body)
        if let count { answer(count, isEstimated: false) } else { estimate() }
    }

    package func exchange(_ exchange: Exchange, failed error: ExchangeError) { estimate() }

    private func estimate() {
        answer(Self.estimate(of: call), isEstimated: true)
    }

    private func answer(_ count: Int, isEstimated: Bool) {
        guard settle() else { return }
        reply.succeed {
            TokensCountResult(promptTokens: count, isEstimated: isEstimated).write(to: &$0)
        }
    }

    private func settle() -> Bool {
        if isSettled { return false }
        isSettled = true
        loop.cancel(timer)
        exchange?.cancel()
        exchange = nil
        return true
    }

    /// Four bytes a token, which is what tokenizers make of English; what stands around a message
    /// in JSON is as long as what a template writes around it.
    private static func estimate(of call: KeptCall) -> Int {
        let bytes = TokensCountParameter.allCases.dropFirst()
            .reduce(0) { $0 + call.token($1.rawValue).count }
        return max(1, (bytes + 3) / 4)
    }
}
