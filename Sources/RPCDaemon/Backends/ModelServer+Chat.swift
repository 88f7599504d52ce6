import Configuration
import CrowdModelsProtocol
package import HTTP

/// How requests of ours are sent; its adapter says what, and where to.
extension ModelServer {
    /// Sends a completion; the delegate hears of its answer. `key`: the request's, for the log.
    package func complete(
        _ request: ChatRequest, _ call: ChatCall, key: UInt64? = nil,
        delegate: any ExchangeDelegate
    ) -> Exchange {
        var body = ByteBuffer(capacity: request.byteCount + 256)
        let path = adapter.chat(request, call, to: &body)
        // In pieces whatever was asked for: a server may stream unasked, and linger after its end.
        var sent = HTTPRequest(
            head(of: path, trace: request.traceparent), body: body, delivery: .pieces)
        sent.errorBytesMax = errorBytesMax
        let exchange = wire.start(sent, watched(delegate, key, .post, path))
        remember(exchange)
        return exchange
    }

    /// The delegate, or who stands before it where somebody wants to know of each exchange.
    func watched(
        _ delegate: any ExchangeDelegate, _ key: UInt64?, _ method: HTTPRequestHead.Method,
        _ path: String
    ) -> any ExchangeDelegate {
        guard let watcher, watcher.wantsExchanges else { return delegate }
        return WatchedExchange(
            delegate, for: watcher, backend: config.name, key: key, method, path)
    }

    /// How a completion may be asked for once more after this failure; nil where it may not.
    package func otherCall(
        than call: ChatCall, for request: ChatRequest, after failure: ServerFailure
    ) -> ChatCall? {
        adapter.otherCall(than: call, for: request, after: failure)
    }

    /// Sends another request of ours; the delegate hears of its answer, which comes whole.
    /// `trace`: the W3C trace that it belongs to; `key`: the request's, for the log.
    package func ask(
        _ request: consuming ServerRequest, trace: String?, key: UInt64? = nil,
        delegate: any ExchangeDelegate
    ) -> Exchange {
        let path = request.path
        var sent = HTTPRequest(head(of: path, trace: trace), body: request.body)
        sent.errorBytesMax = errorBytesMax
        let exchange = wire.start(sent, watched(delegate, key, .post, path))
        remember(exchange)
        return exchange
    }

    /// Listens to a stream of events of the server; the delegate hears it in pieces. Nil where it
    /// cannot be asked.
    package func listen(_ path: String, delegate: any ExchangeDelegate) -> Exchange? {
        guard let head = try? requestHead(.get, path) else { return nil }
        return wire.start(
            HTTPRequest(head, delivery: .pieces), watched(delegate, nil, .get, path))
    }

    private func head(of path: String, trace: String?) -> HTTPRequestHead {
        // Each trace is its own: such a head is used once.
        if let trace, let head = try? requestHead(.post, path, trace: trace) { return head }
        if let last = lastHead, last.path == path { return last.head }
        if let head = heads[path] {
            lastHead = (path, head)
            return head
        }
        guard let head = try? requestHead(.post, path) else {
            preconditionFailure("the same host and key were sent when the models were listed")
        }
        heads[path] = head
        return head
    }
}
