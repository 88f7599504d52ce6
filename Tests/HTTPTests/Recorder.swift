import CrowdModelsProtocol
import HTTP
import Kernel
import TestSupport

/// A delegate that notes what it hears.
final class Recorder: TransferDelegate {
    private(set) var sent = 0
    private(set) var head: HTTPResponseHead?
    private(set) var pieces: [String] = []
    private(set) var whole: String?
    private(set) var error: TransferError?
    /// Calls of any sort.
    private(set) var calls = 0
    /// Calls after the last one: there must be none.
    private(set) var late = 0
    var onSent: (Transfer) -> Void = { _ in }
    var onPiece: (Transfer) -> Void = { _ in }
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

    func transferSent(_ transfer: Transfer) {
        note()
        sent += 1
        onSent(transfer)
    }

    func transfer(_ transfer: Transfer, began head: HTTPResponseHead) {
        note()
        self.head = head
    }

    func transfer(_ transfer: Transfer, received bytes: Span<UInt8>) {
        note()
        pieces.append(text(bytes))
        onPiece(transfer)
    }

    func transfer(_ transfer: Transfer, ended head: HTTPResponseHead, body: Span<UInt8>) {
        note()
        self.head = head
        whole = text(body)
        onEnd()
    }

    func transfer(_ transfer: Transfer, failed error: TransferError) {
        note()
        self.error = error
        onEnd()
    }

    private func text(_ bytes: Span<UInt8>) -> String {
        ByteBuffer(bytes).text
    }
}

/// A loop, a server of the test's own on it, and a pool of connections to it.
struct Scene {
    let loop: EventLoop
    let server: LoopServer
    let pool: ConnectionPool

    init(_ socket: consuming BoundSocket = BoundSocket()) throws {
        loop = try EventLoop()
        server = try LoopServer(on: loop, socket)
        pool = ConnectionPool(server.address, on: loop, connectTimeout: 20_000_000_000)
    }

    /// Starts a request, of `body` where there is one.
    @discardableResult
    func start(
        _ recorder: Recorder, _ delivery: Transfer.Delivery = .whole, body: String = "",
        path: String = "/x"
    ) -> Transfer {
        let transfer = request(recorder, delivery, body: body, path: path)
        pool.start(transfer)
        return transfer
    }

    /// Sends a request and waits for what becomes of it.
    func ask(_ delivery: Transfer.Delivery = .whole, body: String = "") -> Recorder {
        let recorder = Recorder()
        start(recorder, delivery, body: body)
        _ = loop.run { recorder.isOver }
        return recorder
    }
}

/// A request for `path` that tells `recorder`.
func request(
    _ recorder: Recorder, _ delivery: Transfer.Delivery = .whole, body: String = "",
    path: String = "/x"
) -> Transfer {
    var bytes = ByteBuffer(capacity: body.utf8.count + 200)
    let head = try! HTTPRequestHead(
        body.isEmpty ? .get : .post, target: path, host: "h", fields: [], hasBody: !body.isEmpty)
    head.append(to: &bytes, contentLength: body.utf8.count)
    bytes.append(utf8: body)
    return Transfer(request: bytes, delivery: delivery, delegate: recorder)
}

/// An answer with a body whose length it announces, and `fields` beside.
func answer(_ body: String, status: String = "200 OK", fields: String = "") -> String {
    "HTTP/1.1 \(status)\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}
