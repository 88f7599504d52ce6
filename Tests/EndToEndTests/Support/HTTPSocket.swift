import Glibc

/// A blocking client socket for tests: it sends bytes as they are, and reads what comes.
final class HTTPSocket {
    struct Answer {
        let status: Int
        let head: String
        let body: String
    }

    struct Refused: Error { let number: Int32 }

    /// No test waits longer than this for one read.
    static let readSeconds = 20

    /// Kept from the programs that other tests start meanwhile.
    private static let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)

    let descriptor: Int32
    private var pending: [UInt8] = []
    /// Whether the peer reset the connection instead of closing it.
    private(set) var wasReset = false

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, HTTPSocket.kind, 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        try connect(&name)
    }

    init(unix path: String) throws {
        descriptor = socket(AF_UNIX, HTTPSocket.kind, 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        try connect(&name)
    }

    private func connect<Name>(_ name: inout Name) throws {
        var limit = timeval(tv_sec: HTTPSocket.readSeconds, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let failed = withUnsafeBytes(of: &name) {
            Glibc.connect(
                descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t($0.count))
        }
        if failed != 0 { throw Refused(number: errno) }
    }

    deinit { Glibc.close(descriptor) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        var at = 0
        while at < bytes.count {
            let sent = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + at, bytes.count - at, Int32(MSG_NOSIGNAL))
            }
            if sent <= 0 { return }
            at += sent
        }
    }

    func request(_ method: String, _ path: String, _ body: String = "", headers: String = "") {
        let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
        send("\(method) \(path) HTTP/1.1\r\nHost: test\r\n\(headers)\(length)\r\n\(body)")
    }

    func ask(_ method: String, _ path: String, _ body: String = "") -> Answer {
        request(method, path, body)
        return readAnswer(hasBody: method != "HEAD")
    }

    /// Stops sending; what the peer sends can still be read.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    @discardableResult
    private func fill() -> Bool {
        var space = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &space, space.count, 0)
        if count < 0 && errno == ECONNRESET { wasReset = true }
        if count <= 0 { return false }
        pending += space[..<count]
        return true
    }

    func readToEnd() -> String {
        while fill() {}
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }

    /// Everything up to and with `mark`; what came when the connection ended before.
    func read(through mark: String) -> String {
        let mark = Array(mark.utf8)
        while true {
            if let end = HTTPSocket.end(of: mark, in: pending) { return take(end) }
            if !fill() { return take(pending.count) }
        }
    }

    private static func end(of mark: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= mark.count else { return nil }
        for start in 0...(bytes.count - mark.count)
        where bytes[start] == mark[0] && bytes[start..<start + mark.count].elementsEqual(mark) {
            return start + mark.count
        }
        return nil
    }

    private func take(_ count: Int) -> String {
        while pending.count < count && fill() {}
        let bytes = pending.prefix(count)
        pending.removeFirst(bytes.count)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One answer with its Content-Length or its chunks; status 0 when none came.
    func readAnswer(hasBody: Bool = true) -> Answer {
        let head = read(through: "\r\n\r\n")
        let words = head.split(separator: " ", maxSplits: 2)
        let status = words.count > 1 ? Int(words[1]) ?? 0 : 0
        var body = ""
        let lines = head.lowercased().split(separator: "\r\n")
        if !hasBody {
            return Answer(status: status, head: head, body: "")
        } else if lines.contains("transfer-encoding: chunked") {
            while let size = Int(read(through: "\r\n").dropLast(1), radix: 16) {
                if size == 0 { break }
                body += take(size)
                _ = take(2)
            }
            _ = read(through: "\r\n")
        } else if let line = lines.first(where: { $0.hasPrefix("content-length: ") }) {
            body = take(Int(line.dropFirst("content-length: ".count)) ?? 0)
        } else {
            body = readToEnd()
        }
        return Answer(status: status, head: head, body: body)
    }
}
