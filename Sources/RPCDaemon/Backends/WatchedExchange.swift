import HTTP
import Kernel

/// How one exchange with a model server went, for who looks for the reason of something: never
/// what was said in it.
package struct ExchangeNote {
    /// What became of it.
    package enum End {
        /// The answer came to its end.
        case ended
        /// The answer was known before its end; the rest is read for the connection's sake.
        case concluded
        /// The daemon closed it: nobody wants the answer any more, or its time was over.
        case closed
        case failed(String)
    }

    package let backend: String
    /// The request that it was for; nil for what the daemon asks for itself.
    package let key: UInt64?
    package let method: String
    package let path: String
    /// nil where no head of an answer came, as far as anybody was told.
    package let status: Int?
    /// Of the answer's body.
    package let bytes: Int
    package let nanoseconds: UInt64
    package let end: End
}

/// Who wants to know how each exchange went.
package protocol ExchangeWatcher: AnyObject {
    /// Whether it does now: what nobody wants is not noted.
    var wantsExchanges: Bool { get }
    func exchanged(_ note: ExchangeNote)
}

/// Stands between an exchange and its delegate, passes all on, and notes how it went. It lives as
/// long as the exchange has a delegate.
final class WatchedExchange: ExchangeDelegate {
    private let delegate: any ExchangeDelegate
    private unowned let watcher: any ExchangeWatcher
    private let backend: String
    private let key: UInt64?
    private let method: String
    private let path: String
    private let startedAt = Clock.monotonic()
    private var status: Int?
    private var bytes = 0

    init(
        _ delegate: any ExchangeDelegate, for watcher: any ExchangeWatcher, backend: String,
        key: UInt64?, _ method: HTTPRequestHead.Method, _ path: String
    ) {
        self.delegate = delegate
        self.watcher = watcher
        self.backend = backend
        self.key = key
        self.method = method.rawValue
        self.path = path
    }

    private func note(_ end: ExchangeNote.End) {
        watcher.exchanged(
            ExchangeNote(
                backend: backend, key: key, method: method, path: path, status: status,
                bytes: bytes, nanoseconds: Clock.monotonic() - startedAt, end: end))
    }

    func exchangeSent(_ exchange: Exchange) { delegate.exchangeSent(exchange) }

    func exchange(_ exchange: Exchange, began head: HTTPResponseHead) {
        status = head.status
        delegate.exchange(exchange, began: head)
    }

    func exchange(_ exchange: Exchange, received bytes: Span<UInt8>) {
        self.bytes += bytes.count
        delegate.exchange(exchange, received: bytes)
    }

    func exchange(_ exchange: Exchange, ended head: HTTPResponseHead, body: Span<UInt8>) {
        status = head.status
        bytes += body.count
        note(.ended)
        delegate.exchange(exchange, ended: head, body: body)
    }

    func exchange(_ exchange: Exchange, failed error: ExchangeError) {
        note(.failed(error.message))
        delegate.exchange(exchange, failed: error)
    }

    func exchangeLeft(_ exchange: Exchange, isConcluded: Bool) {
        note(isConcluded ? .concluded : .closed)
    }
}
