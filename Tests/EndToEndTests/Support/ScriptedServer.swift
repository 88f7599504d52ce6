import CrowdModelsProtocol
import Glibc
import Testing

/// A model server whose every step is the test's own, so that the moment of each can be measured.
///
/// It lists the models `ready` and `cold`, which has to be loaded first, and one more if so asked,
/// and answers nothing else by itself. Each of its answers ends its connection.
final class ScriptedServer {
    private let descriptor: Int32
    let port: UInt16
    private let more: String?

    init(backlog: Int32 = 128, more: String? = nil) {
        self.more = more
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutableBytes(of: &name) { bytes in
            let address = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            return bind(socket, address, length) == 0 && listen(socket, backlog) == 0
                && getsockname(socket, address, &length) == 0
        }
        precondition(isListening)
        descriptor = socket
        port = UInt16(bigEndian: name.sin_port)
    }

    deinit { close(descriptor) }

    /// A configuration with this server as the backend `scripted`, which is looked at once.
    func config(
        backend: String = "", kind: String = "openai", _ rest: String = ""
    ) -> String {
        """
        \(rest)
        [discovery]
        enabled = false
        interval = 3600
        [[llm_backends]]
        name = "scripted"
        kind = "\(kind)"
        endpoint = "http://127.0.0.1:\(port)/v1"
        \(backend)

        """
    }

    /// A daemon that has heard which models there are.
    func daemon(backend: String = "", _ rest: String = "") throws -> DaemonProcess {
        let daemon = try DaemonProcess(config(backend: backend, rest))
        try listModels()
        try daemon.waitForLog(containing: "Discovered \(more == nil ? 2 : 3) models")
        return daemon
    }

    func listModels() throws {
        let connection = try accept()
        _ = try connection.readRequest()
        let body = """
            {"object":"list","data":[{"id":"ready","owned_by":"llamacpp","meta":{}},\
            {"id":"cold","owned_by":"llamacpp","meta":null}\
            \(more.map { ",{\"id\":\"\($0)\",\"meta\":{}}" } ?? "")]}
            """
        connection.send(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Refuses connections from now on; those that it has stay.
    func stopListening() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Whether somebody waits to be accepted.
    var isCalled: Bool {
        var interest = pollfd(descriptor: descriptor)
        return poll(&interest, 1, 0) > 0
    }

    func accept() throws -> ScriptedConnection {
        var interest = pollfd(descriptor: descriptor)
        guard poll(&interest, 1, Deadline().milliseconds) > 0 else {
            throw ChildProcess.Failure(message: "nobody connected to the scripted server")
        }
        return ScriptedConnection(Glibc.accept(descriptor, nil, nil))
    }

    /// Accepts the next completion and reads its request.
    func acceptRequest() throws -> ScriptedConnection {
        let connection = try accept()
        _ = try connection.readRequest()
        return connection
    }
}

/// One connection of the daemon to the scripted server.
final class ScriptedConnection {
    let descriptor: Int32
    /// The request's body.
    private(set) var body = ""

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Reads the head of a request, and its body.
    @discardableResult
    func readRequest() throws -> String {
        var bytes: [UInt8] = []
        while true {
            var space = [UInt8](repeating: 0, count: 1 << 16)
            var interest = pollfd(descriptor: descriptor)
            guard poll(&interest, 1, Deadline().milliseconds) > 0 else {
                throw ChildProcess.Failure(message: "no request came")
            }
            let count = recv(descriptor, &space, space.count, 0)
            guard count > 0 else { throw ChildProcess.Failure(message: "the request was cut") }
            bytes += space[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            guard let end = text.utf8Range(of: "\r\n\r\n") else { continue }
            let head = String(text[..<end.lowerBound])
            body = String(text[end.upperBound...])
            let length = head.lowercased().split(separator: "\r\n")
                .first { $0.hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) }
            if body.utf8.count >= length ?? 0 { return head }
        }
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        var at = 0
        while at < bytes.count {
            let sent = bytes[at...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent <= 0 { return }
            at += sent
        }
    }

    /// The head of a stream of events.
    func beginStream() {
        send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/event-stream\r\n\r\n")
    }

    /// One token of a stream.
    func sendToken(_ text: String) {
        let content = JSONValue.string(text).text
        send("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\(content)}}]}\n\n")
    }

    /// The proper end of a stream.
    func endStream() {
        send("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n")
        send("data: [DONE]\n\n")
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// A whole answer, with more fields in its head.
    func answer(_ text: String, fields: String = "") {
        let content = JSONValue.string(text).text
        let body = """
            {"choices":[{"index":0,"message":{"role":"assistant","content":\(content)},\
            "finish_reason":"stop"}]}
            """
        send(
            "HTTP/1.1 200 OK\r\n\(fields)Connection: close\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// The moment, in nanoseconds of the monotonic clock, when the daemon closed the connection.
    func waitForClose() throws -> UInt64 {
        let deadline = Deadline()
        while true {
            var interest = pollfd(descriptor: descriptor)
            guard poll(&interest, 1, deadline.milliseconds) > 0 else {
                throw ChildProcess.Failure(message: "the daemon kept its connection")
            }
            let now = Deadline.now
            var space = [UInt8](repeating: 0, count: 4096)
            if recv(descriptor, &space, space.count, 0) <= 0 { return now }
        }
    }

    /// Whether the daemon has closed it by now.
    var isClosed: Bool { isClosed(within: 0) }

    /// Whether the daemon closes it in that time.
    func isClosed(within milliseconds: Int32) -> Bool {
        var interest = pollfd(descriptor: descriptor)
        guard poll(&interest, 1, milliseconds) > 0 else { return false }
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK)) <= 0
    }
}

extension String {
    /// Where the ASCII text first occurs.
    func utf8Range(of text: String) -> Range<String.Index>? {
        var at = startIndex
        while at < endIndex {
            if self[at...].utf8.starts(with: text.utf8) {
                return at..<utf8.index(at, offsetBy: text.utf8.count)
            }
            at = utf8.index(after: at)
        }
        return nil
    }
}
