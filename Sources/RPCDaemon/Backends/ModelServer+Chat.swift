import Configuration
import CrowdModelsProtocol
package import HTTP

/// How requests of ours are sent; its adapter says what, and where to.
extension ModelServer {
    /// Sends a completion; the delegate hears of its answer.
    package func complete(
        _ request: ChatRequest, _ call: ChatCall, delegate: any ExchangeDelegate
    ) -> Exchange {
        var body = ByteBuffer(capacity: request.byteCount + 256)
        let path = adapter.chat(request, call, to: &body)
        // In pieces whatever was asked for: a server may stream unasked, and linger after its end.
        var sent = HTTPRequest(
            head(of: path, trace: request.traceparent), body: body, delivery: .pieces)
        sent.errorBytesMax = errorBytesMax
        let exchange = wire.start(sent, delegate)
        remember(exchange)
        return exchange
    }

    /// How a completion may be asked for once more after this failure; nil where it may not.
    package func otherCall(
        than call: ChatCall, for request: ChatRequest, after failure: ServerFailure
    ) -> ChatCall? {
        adapter.otherCall(than: call, for: request, after: failure)
    }

    /// Sends another request of ours; the delegate hears of its answer, which comes whole.
    package func ask(
        _ request: consuming ServerRequest, delegate: any ExchangeDelegate
    ) -> Exchange {
        let head = head(of: request.path)
        var sent = HTTPRequest(head, body: request.body)
        sent.errorBytesMax = errorBytesMax
        let exchange = wire.start(sent, delegate)
        remember(exchange)
        return exchange
    }

    /// Listens to a stream of events of the server; the delegate hears it in pieces. Nil where it
    /// cannot be asked.
    package func listen(_ path: String, delegate: any ExchangeDelegate) -> Exchange? {
        guard let head = try? requestHead(.get, path) else { return nil }
        return wire.start(HTTPRequest(head, delivery: .pieces), delegate)
    }

    private func head(of path: String, trace: String? = nil) -> HTTPRequestHead {
        // Each trace is its own: such a head is used once.
        if let trace, let head = try? requestHead(.post, path, trace: trace) { return head }
        if let head = heads[path] { return head }
        guard let head = try? requestHead(.post, path) else {
            preconditionFailure("the same host and key were sent when the models were listed")
        }
        heads[path] = head
        return head
    }
}
