import CrowdModelsProtocol
import Glibc
import Link

extension Command {
    static let mcp = Command(
        "mcp", "speak the Model Context Protocol on standard input and output",
        method: "initialize",
        details: """
            What a host such as an editor runs to reach the daemon: bytes go from standard input to
            the daemon's socket and back as they are, until either side ends.
            """,
        examples: [#"{"command": "crowd-models", "args": ["mcp"]}"#],
        exits: "0 when the input has ended and all is answered; 69 without a daemon."
    ) { (session) throws(Failure) in
        try Relay(try session.connect()).run()
    }
}

/// Bytes to and fro between the standard descriptors and the daemon.
private struct Relay: ~Copyable {
    private let connection: DaemonConnection
    private var toDaemon: [UInt8] = []
    private var toOutput: [UInt8] = []
    private var isInputOpen = true

    /// How much waits for one side before the other is not read any more.
    private static let waitingMax = 1 << 20

    init(_ connection: DaemonConnection) {
        self.connection = connection
    }

    /// Until the daemon has closed the connection and all is written.
    consuming func run() throws(Failure) {
        let socket = connection.descriptor
        // A host that does not read must not keep its own words from being passed on.
        let flags = fcntl(STDOUT_FILENO, F_GETFL)
        _ = fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK)
        _ = fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK)
        defer { _ = fcntl(STDOUT_FILENO, F_SETFL, flags) }
        var isDaemonOpen = true
        while isDaemonOpen || !toOutput.isEmpty {
            let reads = isInputOpen && toDaemon.count < Self.waitingMax
            let takes = isDaemonOpen && toOutput.count < Self.waitingMax
            var events = Int16(takes ? POLLIN : 0)
            if !toDaemon.isEmpty { events |= Int16(POLLOUT) }
            var items = [
                pollfd(fd: reads ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: events == 0 ? -1 : socket, events: events, revents: 0),
                pollfd(
                    fd: toOutput.isEmpty ? -1 : STDOUT_FILENO, events: Int16(POLLOUT), revents: 0),
            ]
            if unsafe poll(&items, 3, -1) < 0, errno != EINTR {
                throw Failure(.failed, "cannot wait: \(SystemError.text(errno))")
            }
            if items[0].revents != 0 { isInputOpen = Self.fill(&toDaemon, from: STDIN_FILENO) }
            if items[1].revents & ~Int16(POLLOUT) != 0 {
                isDaemonOpen = Self.fill(&toOutput, from: socket)
            }
            if items[1].revents != 0, !Self.drain(&toDaemon, into: socket) { toDaemon = [] }
            // The daemon answers what it has, and then closes.
            if !isInputOpen, toDaemon.isEmpty { shutdown(socket, Int32(SHUT_WR)) }
            if items[2].revents != 0, !Self.drain(&toOutput, into: STDOUT_FILENO) {
                Interruption.endByBrokenPipe()
            }
        }
    }

    /// Reads what is there; false at the end.
    private static func fill(_ bytes: inout [UInt8], from descriptor: Int32) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe read(descriptor, &chunk, chunk.count)
        if count > 0 { bytes += chunk[..<count] }
        return count > 0 || count < 0 && (errno == EAGAIN || errno == EINTR)
    }

    /// Writes what fits; false where nobody takes it any more.
    private static func drain(_ bytes: inout [UInt8], into descriptor: Int32) -> Bool {
        if bytes.isEmpty { return true }
        let count = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
        }
        if count > 0 { bytes.removeFirst(count) }
        return count > 0 || errno == EAGAIN || errno == EINTR
    }
}
