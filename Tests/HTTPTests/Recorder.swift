import CrowdModelsProtocol
import HTTP
import Kernel
import TestSupport

/// A delegate that notes what it hears.
final class Recorder: ExchangeDelegate {
    private(set) var sent = 0
    private(set) var head: HTTPResponseHead?
    private(set) var pieces: [String] = []
    private(set) var whole: String?
    private(set) var error: ExchangeError?
    /// Calls of any sort.
    private(set) var calls = 0
    /// Calls after the last one: there must be none.
    private(set) var late = 0
    var onSent: (Exchange) -> Void = { _ in }
    var onPiece: (Exchange) -> Void = { _ in }
    var onEnd: () -> Void = {}

    /// Whether the last call came.
    var isOver: Bool { whole != nil || error != nil }
    /// Status and body of the answer, however it was delivered.
    var answer: String? {
        guard whole != nil, let head else { return nil }
        return "\(head.status) \(body)"
    }
    /// The body so far.
    var body: String { pieces.joined() + (whole ?? "") }

    private func note() {
        calls += 1
        if isOver { late += 1 }
    }

    func exchangeSent(_ exchange: Exchange) {
        note()
        sent += 1
        onSent(exchange)
    }

    func exchange(_ exchange: Exchange, began head: HTTPResponseHead) {
        note()
        self.head = head
    }

    func exchange(_ exchange: Exchange, received bytes: Span<UInt8>) {
        note()
        pieces.append(text(bytes))
        onPiece(exchange)
    }

    func exchange(_ exchange: Exchange, ended head: HTTPResponseHead, body: Span<UInt8>) {
        note()
        self.head = head
        whole = text(body)
        onEnd()
    }

    func exchange(_ exchange: Exchange, failed error: ExchangeError) {
        note()
        self.error = error
        onEnd()
    }

    private func text(_ bytes: Span<UInt8>) -> String {
        ByteBuffer(bytes).text
    }
}

/// A loop, a server of the test's own on it, and a wire to it: of the kind that the suite asks for.
struct Scene {
    let loop: EventLoop
    let server: LoopServer
    let wire: any Wire
    /// What requests name as the host, and where a wire with TLS sends them.
    let host: String

    init(_ socket: consuming BoundSocket = BoundSocket()) throws {
        loop = try EventLoop.ofTest()
        server = try LoopServer(on: loop, socket)
        if WireKind.current == .curl, case .host(_, let port) = server.address {
            let front = TLSFront.shared
            host = "127.0.0.1:\(front.open(to: port))"
            wire = WireOfTest(
                CurlWire(caFile: front.caFile, on: loop, connectTimeout: 20_000_000_000))
        } else {
            host = "h"
            wire = WireOfTest(
                PlainWire(server.address, on: loop, connectTimeout: 20_000_000_000))
        }
    }

    /// Starts a request, of `body` where there is one.
    @discardableResult
    func start(
        _ recorder: Recorder, _ delivery: HTTPRequest.Delivery = .whole, body: String = "",
        path: String = "/x"
    ) -> Exchange {
        wire.start(request(delivery, body: body, path: path, host: host), recorder)
    }

    /// A request to this server.
    func wish(_ delivery: HTTPRequest.Delivery = .whole) -> HTTPRequest {
        request(delivery, host: host)
    }

    /// Sends a request and waits for what becomes of it.
    func ask(_ delivery: HTTPRequest.Delivery = .whole, body: String = "") -> Recorder {
        let recorder = Recorder()
        start(recorder, delivery, body: body)
        _ = loop.run { recorder.isOver }
        return recorder
    }
}

/// A wire that ends what is under way on it, and closes its connections, when the test has ended.
final class WireOfTest: Wire {
    private let wire: any Wire
    private var exchanges: [Exchange] = []

    init(_ wire: any Wire) {
        self.wire = wire
        whenTestEnds { [self] in end() }
    }

    func start(
        _ request: consuming HTTPRequest, _ delegate: any ExchangeDelegate
    ) -> Exchange {
        let exchange = wire.start(request, delegate)
        exchanges.append(exchange)
        return exchange
    }

    func closeIdle() { wire.closeIdle() }

    private func end() {
        for exchange in exchanges { exchange.cancel() }
        wire.closeIdle()
    }
}

/// A request for `path`, of `body` where there is one.
func request(
    _ delivery: HTTPRequest.Delivery = .whole, body: String = "", path: String = "/x",
    host: String = "h"
) -> HTTPRequest {
    let head = try! HTTPRequestHead(
        body.isEmpty ? .get : .post, target: path, host: host, fields: [], hasBody: !body.isEmpty)
    var bytes = ByteBuffer(capacity: body.utf8.count)
    bytes.append(utf8: body)
    return HTTPRequest(head, body: bytes, delivery: delivery)
}

/// An answer with a body whose length it announces, and `fields` beside.
func answer(_ body: String, status: String = "200 OK", fields: String = "") -> String {
    "HTTP/1.1 \(status)\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}
