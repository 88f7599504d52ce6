import Glibc
import HTTP
import Kernel
import TestSupport

/// A server on the test's own loop, which does what the test says: no thread, no waiting, and each
/// byte where the test wants it.
final class LoopServer {
    let loop: EventLoop
    let address: ServerAddress
    /// The connections made to it, in their order.
    private(set) var peers: [LoopPeer] = []
    /// Called when a connection is there.
    var greet: (LoopPeer) -> Void = { _ in }
    /// Called with each whole request.
    var answer: (LoopPeer, String) -> Void = { _, _ in }
    private var listener: Listener?
    /// Kept, for what it holds besides.
    private let socket: BoundSocket

    /// Listens on `socket`, which is bound.
    init(on loop: EventLoop, _ socket: consuming BoundSocket = BoundSocket()) throws(Errno) {
        self.loop = loop
        address = socket.address
        socket.listen(backlog: 128)
        let listening = duplicate(of: socket.number)
        self.socket = socket
        listener = try Listener(
            FileDescriptor(owning: listening), on: loop, starved: { _ in },
            accepted: { [unowned self] descriptor in
                let peer = LoopPeer(duplicate(of: descriptor.number), of: self)
                peers.append(peer)
                greet(peer)
            })
        whenTestEnds { [self] in close() }
    }

    /// Takes no more connections.
    func stop() {
        listener?.stop()
        listener = nil
    }

    /// Goes, with all connections, and hears of nothing more.
    private func close() {
        stop()
        for peer in peers { peer.close() }
        greet = { _ in }
        answer = { _, _ in }
    }
}

/// The server's end of one connection.
final class LoopPeer: EventHandler {
    /// What came, less the requests that were answered.
    private var received: [UInt8] = []
    /// Bytes of the request that is coming; 0 until its head is there.
    private var size = 0
    /// Whether the client closed.
    private(set) var isAtEnd = false
    private(set) var requests = 0
    private weak var server: LoopServer?
    private let loop: EventLoop
    private let number: Int32
    private var output: ArraySlice<UInt8> = []
    /// Whether it takes what comes; a client that closed is seen by one that does.
    var isReading = true { didSet { watch() } }
    private var isOpen = true

    init(_ number: Int32, of server: LoopServer) {
        self.number = number
        self.server = server
        loop = server.loop
        precondition(fcntl(number, F_SETFL, O_NONBLOCK) == 0)
        try! loop.watch(number, for: .readable, self)
    }

    /// Sends `text` as far as it goes, and the rest when it can.
    func send(_ text: String) {
        send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) {
        output = output + bytes
        flush()
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        loop.forget(number)
        Glibc.close(number)
    }

    /// Closes with a reset instead of an end.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            number, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close()
    }

    func ready(_ events: ReadyEvents) {
        if events.has(.writable) { flush() }
        guard isOpen, events.has(.readable.with(.hungUp).with(.failed)) else { return }
        guard isReading else {
            isAtEnd = true
            return close()
        }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(number, &bytes, bytes.count)
        if count < 0, errno == EAGAIN { return }
        if count <= 0 {
            isAtEnd = true
            return close()
        }
        received += bytes[..<count]
        while let request = nextRequest() {
            requests += 1
            server?.answer(self, request)
        }
    }

    /// The next request, when its head and as many bytes as it announces are there.
    private func nextRequest() -> String? {
        if size == 0 {
            let text = String(decoding: received.prefix(1000), as: UTF8.self)
            guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
            size = text[..<end.upperBound].utf8.count
            if let field = text.firstRange(of: "Content-Length: ") {
                size += Int(text[field.upperBound...].prefix { $0.isNumber }) ?? 0
            }
        }
        guard received.count >= size else { return nil }
        defer {
            received.removeFirst(size)
            size = 0
        }
        return String(decoding: received.prefix(size), as: UTF8.self)
    }

    private func flush() {
        while isOpen, !output.isEmpty {
            let count = output.withUnsafeBytes {
                Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 { break }
            output = output.dropFirst(count)
        }
        watch()
    }

    private func watch() {
        guard isOpen else { return }
        var events = isReading ? ReadyEvents.readable : .nothing
        if !output.isEmpty { events = events.with(.writable) }
        loop.change(number, to: events)
    }
}
