import CrowdModelsProtocol
import HTTP
import Kernel

/// One small GET whose answer is wanted whole, within a time limit.
///
/// It keeps itself alive through its exchange; its owner keeps it to cancel it.
final class Inquiry: ExchangeDelegate {
    /// How long a server may take to list its models, in nanoseconds. One that is busy reading a
    /// long prompt may be slow to say so; one that hangs must not hold up discovery for good.
    static let patience: UInt64 = 10_000_000_000

    private let loop: EventLoop
    private let completion: (Result<HTTPResponseHead, ExchangeError>, Span<UInt8>) -> Void
    private var exchange: Exchange?
    private lazy var timer = Timer { [unowned self] in expire() }

    init(
        _ request: consuming HTTPRequest, to wire: any Wire, on loop: EventLoop,
        completion: @escaping (Result<HTTPResponseHead, ExchangeError>, Span<UInt8>) -> Void
    ) {
        self.loop = loop
        self.completion = completion
        loop.set(timer, after: Self.patience)
        exchange = wire.start(request, self)
    }

    /// Whether the completion is still to be called.
    var isUnderWay: Bool { exchange != nil }

    /// Calls nobody any more.
    func cancel() {
        loop.cancel(timer)
        exchange?.cancel()
        exchange = nil
    }

    private func expire() {
        cancel()
        completion(
            .failure(.broken("no answer within \(Self.patience / 1_000_000_000) s")), Span())
    }

    func exchangeSent(_ exchange: Exchange) {}
    func exchange(_ exchange: Exchange, began head: HTTPResponseHead) {}
    func exchange(_ exchange: Exchange, received bytes: Span<UInt8>) {}

    func exchange(_ exchange: Exchange, ended head: HTTPResponseHead, body: Span<UInt8>) {
        loop.cancel(timer)
        self.exchange = nil
        completion(.success(head), body)
    }

    func exchange(_ exchange: Exchange, failed error: ExchangeError) {
        loop.cancel(timer)
        self.exchange = nil
        completion(.failure(error), Span())
    }
}
