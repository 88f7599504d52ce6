package import Glibc

/// A port of the loopback interface that leads to the daemon's Unix socket, for a program that
/// knows no Unix socket: bytes pass as they are, in both directions, and none is looked at.
///
/// Only this user's own programs are let in, by the kernel's word. A client that closes its side is
/// gone, and so is what it asked for. It lives as long as its owner; every connection ends with it.
package final class LoopbackRelay {
    /// Connections at once; more wait to be accepted. An agent has a handful.
    package static let connectionsMax = 128

    private let listener: Int32
    private let socketPath: String
    private let uid: uid_t
    package let port: UInt16
    private var connections: [Connection] = []

    /// Listens at a port that the system chooses, for the programs of user `uid`.
    package init(to socketPath: String, for uid: uid_t = geteuid()) throws(Failure) {
        self.socketPath = socketPath
        self.uid = uid
        (listener, port) = try Self.listen()
    }

    private static func listen() throws(Failure) -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        guard descriptor >= 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0,
            fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0,
            unsafe with(&address, { unsafe bind(descriptor, $0, length) }) == 0,
            Glibc.listen(descriptor, 64) == 0,
            unsafe with(&address, { unsafe getsockname(descriptor, $0, &length) }) == 0
        else { throw Failure(.failed, "cannot listen on 127.0.0.1: \(SystemError.text(errno))") }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    deinit {
        close(listener)
    }

    /// How many connections there are.
    package var count: Int { connections.count }

    /// Serves until `wake` is readable.
    package func serve(until wake: Int32) throws(Failure) {
        while true {
            var items = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
            let accepts = connections.count < Self.connectionsMax
            items.append(
                pollfd(fd: accepts ? listener : -1, events: Int16(POLLIN), revents: 0))
            for connection in connections { connection.appendAwaited(to: &items) }
            if unsafe poll(&items, nfds_t(items.count), -1) < 0 {
                if errno == EINTR { continue }
                throw Failure(.failed, "cannot wait: \(SystemError.text(errno))")
            }
            if items[0].revents != 0 { return }
            for (index, connection) in connections.enumerated() {
                let start = 2 + 4 * index
                connection.move(items[start..<start + 4])
            }
            connections.removeAll(where: \.isEnded)
            if items[1].revents != 0 { accept() }
        }
    }

    private func accept() {
        var address = Self.loopback
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let client = unsafe Self.with(&address) { unsafe Glibc.accept(listener, $0, &length) }
        guard client >= 0 else { return }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        var yes: Int32 = 1
        _ = unsafe setsockopt(
            client, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        let bytes = unsafe withUnsafeBytes(of: address.sin_addr.s_addr) { unsafe Array($0) }
        let from = SocketAddress(bytes: bytes, port: UInt16(bigEndian: address.sin_port))
        guard SocketOwner.uid(from: from, to: .loopback(port)) == uid,
            let daemon = try? DaemonConnection(to: socketPath)
        else {
            close(client)
            return
        }
        connections.append(Connection(client, daemon))
    }

    private static var loopback: sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return address
    }

    private static func with(
        _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Int32
    ) -> Int32 {
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0) }
        }
    }
}

/// One program's connection and the daemon's that belongs to it; both close with it.
private final class Connection {
    private let client: Int32
    private let daemon: DaemonConnection
    private var asked: Flow
    private var answered: Flow

    init(_ client: Int32, _ daemon: DaemonConnection) {
        self.client = client
        self.daemon = daemon
        asked = Flow(from: client, to: daemon.descriptor)
        answered = Flow(from: daemon.descriptor, to: client)
    }

    deinit {
        close(client)
    }

    /// On TCP the end of a client's input is its going.
    var isEnded: Bool { asked.isEnded || answered.isEnded }

    func appendAwaited(to items: inout [pollfd]) {
        let (asks, answers) = (asked.awaited, answered.awaited)
        items += [asks.source, asks.sink, answers.source, answers.sink]
    }

    func move(_ items: ArraySlice<pollfd>) {
        let start = items.startIndex
        // What the daemon has said goes out before its closing is noticed.
        answered.move(items[start + 2], items[start + 3])
        asked.move(items[start], items[start + 1])
    }
}
