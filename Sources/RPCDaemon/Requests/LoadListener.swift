import Backends
import CrowdModelsProtocol
import HTTP

/// Listens to what a server tells of the load of one model.
///
/// Its load keeps it, and cancels it when that is over; the exchange keeps it while events come.
final class LoadListener: ExchangeDelegate {
    private var events: LoadEvents
    private var exchange: Exchange?
    private let heard: (Double) -> Void
    private var isOver = false

    /// - Parameters:
    ///   - path: where the stream of events is.
    ///   - heard: told how much is loaded, 0 to 1, until `cancel`.
    init(
        of model: String, on server: ModelServer, _ path: String,
        heard: @escaping (Double) -> Void
    ) {
        events = LoadEvents(of: model)
        self.heard = heard
        exchange = server.listen(path, delegate: self)
    }

    func cancel() {
        isOver = true
        exchange?.cancel()
        exchange = nil
    }

    func exchangeSent(_ exchange: Exchange) {}
    func exchange(_ exchange: Exchange, began head: HTTPResponseHead) {}

    func exchange(_ exchange: Exchange, received bytes: Span<UInt8>) {
        if !isOver { events.feed(bytes, heard) }
    }

    func exchange(_ exchange: Exchange, ended head: HTTPResponseHead, body: Span<UInt8>) {
        self.exchange = nil
    }

    func exchange(_ exchange: Exchange, failed error: ExchangeError) { self.exchange = nil }
}
