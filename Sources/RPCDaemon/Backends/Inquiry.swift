import CrowdModelsProtocol
import HTTP
import Kernel

/// One small GET whose answer is wanted whole, within a time limit.
///
/// It keeps itself alive through its transfer; its owner keeps it to cancel it.
final class Inquiry: TransferDelegate {
    /// How long a server may take to list its models, in nanoseconds. One that is busy reading a
    /// long prompt may be slow to say so; one that hangs must not hold up discovery for good.
    static let patience: UInt64 = 10_000_000_000

    private let loop: EventLoop
    private let completion: (Result<HTTPResponseHead, TransferError>, Span<UInt8>) -> Void
    private var transfer: Transfer?
    private lazy var timer = Timer { [unowned self] in expire() }

    init(
        _ head: HTTPRequestHead, to pool: ConnectionPool, on loop: EventLoop,
        completion: @escaping (Result<HTTPResponseHead, TransferError>, Span<UInt8>) -> Void
    ) {
        self.loop = loop
        self.completion = completion
        var request = ByteBuffer()
        head.append(to: &request)
        let transfer = Transfer(request: request, delivery: .whole, delegate: self)
        self.transfer = transfer
        loop.set(timer, after: Self.patience)
        pool.start(transfer)
    }

    /// Calls nobody any more.
    func cancel() {
        loop.cancel(timer)
        transfer?.cancel()
        transfer = nil
    }

    private func expire() {
        cancel()
        completion(
            .failure(.broken("no answer within \(Self.patience / 1_000_000_000) s")), Span())
    }

    func transferSent(_ transfer: Transfer) {}
    func transfer(_ transfer: Transfer, began head: HTTPResponseHead) {}
    func transfer(_ transfer: Transfer, received bytes: Span<UInt8>) {}

    func transfer(_ transfer: Transfer, ended head: HTTPResponseHead, body: Span<UInt8>) {
        loop.cancel(timer)
        self.transfer = nil
        completion(.success(head), body)
    }

    func transfer(_ transfer: Transfer, failed error: TransferError) {
        loop.cancel(timer)
        self.transfer = nil
        completion(.failure(error), Span())
    }
}
