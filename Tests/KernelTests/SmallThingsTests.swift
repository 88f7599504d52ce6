import CrowdModelsProtocol
import Glibc
import Kernel
import TestSupport
import Testing

/// Files that are read whole, words of errors, lines of the log, words to the service manager.
@Suite(.tidy) struct SmallThingsTests {
    @Test(arguments: ["127.0.0.1", "127.3.2.1", "::1"])
    func `a connection within the machine is not paced`(host: String) throws {
        let listener = try TCPListener.open(try #require(SocketAddress(numeric: host, port: 0)))
        let port = try #require(TCPListener.address(of: listener.number)).port
        let client = try StreamSocket.connect(
            to: try #require(SocketAddress(numeric: host, port: port)))
        var name = [UInt8](repeating: 0, count: 16)
        var length = socklen_t(name.count)
        let got = getsockopt(client.number, Int32(IPPROTO_TCP), TCP_CONGESTION, &name, &length)
        #expect(got == 0)
        #expect(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self) == "reno")
    }

    @Test(arguments: [
        (EAGAIN, "Resource temporarily unavailable"), (ECONNREFUSED, "Connection refused"),
        (ENOENT, "No such file or directory"), (EMFILE, "Too many open files"),
    ])
    func `an error has the system's words`(code: Int32, words: String) {
        #expect(Errno(code: code).message == words)
    }

    @Test func `an error that the system does not know has its number`() {
        #expect(Errno(code: 4095).message.contains("4095"))
    }

    @Test func `a negative result is thrown, any other is answered`() throws {
        #expect(try Errno.check(0) == 0)
        #expect(try Errno.check(7) == 7)
        #expect(throws: Errno.notFound) { try Errno.check(-ENOENT) }
        #expect(throws: Errno.timedOut) { try Errno.check(Int(-ETIMEDOUT)) }
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 200_000, 300_000])
    func `a file is read up to the limit`(limit: Int) throws {
        let folder = TemporaryFolder()
        let text = String(repeating: "0123456789", count: 20_000)
        let path = folder.write("f", text)
        let bytes = try SmallFile.contents(of: path, limit: limit)
        #expect(bytes == Array(text.utf8.prefix(limit)))
    }

    @Test func `what cannot be read says why`() {
        let folder = TemporaryFolder()
        #expect(throws: Errno.notFound) {
            try SmallFile.contents(of: folder.file("none"), limit: 1)
        }
        #expect(throws: Errno(code: EISDIR)) {
            try SmallFile.contents(of: folder.path, limit: 1)
        }
        #expect(SmallFile.read(folder.file("none"), limit: 1) == nil)
        #expect(!SmallFile.exists(folder.file("none")))
        #expect(SmallFile.exists(folder.path))
        // What tells no size is read all the same.
        #expect(SmallFile.read("/proc/self/statm", limit: 256)?.isEmpty == false)
    }

    @Test func `the process knows itself`() {
        #expect(ThisProcess.residentBytes > 1_000_000)
        #expect(ThisProcess.openFiles >= 3)
    }

    @Test func `lines of the log wait for the end of the turn and go out at once`() throws {
        let loop = try EventLoop.ofTest()
        let pair = SocketPair()
        let log = LogOutput(on: loop, descriptor: pair.near)
        log.write(line: ByteBuffer("one").span)
        log.write(line: ByteBuffer("two").span)
        #expect(pair.readFar() == "")
        loop.runTurns(1)
        #expect(pair.readFar() == "one\ntwo\n")
        log.write(line: ByteBuffer("three").span)
        log.write(ByteBuffer("four").span)
        #expect(pair.readFar() == "three\nfour")
        loop.runTurns(2)
        #expect(pair.readFar() == "")
    }

    @Test func `without a loop a line is written at once, to a file too`() {
        let pair = SocketPair()
        LogOutput(on: nil, descriptor: pair.near).write(line: ByteBuffer("one").span)
        #expect(pair.readFar() == "one\n")
        let folder = TemporaryFolder()
        let file = open(folder.write("log", ""), O_WRONLY | O_CLOEXEC)
        defer { close(file) }
        LogOutput(on: nil, descriptor: file).write(line: ByteBuffer("two").span)
        #expect(SmallFile.read(folder.file("log"), limit: 10) == Array("two\n".utf8))
    }

    @Test func `a log that nobody takes is lost, and the next line is not`() throws {
        let pair = SocketPair()
        let log = LogOutput(on: nil, descriptor: pair.near)
        let line = ByteBuffer(String(repeating: "x", count: 65_535))
        for _ in 0..<100 { log.write(line: line.span) }
        while !pair.readFar().isEmpty {}
        log.write(line: ByteBuffer("after").span)
        #expect(pair.readFar() == "after\n")
        // Nor does one that is gone raise a signal.
        shutdown(pair.far, Int32(SHUT_RDWR))
        log.write(line: ByteBuffer("gone").span)
    }

    @Test func `a full pipe that nobody reads does not hold up the loop`() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (far, near) = (ends[0], ends[1])
        defer {
            close(far)
            close(near)
        }
        let log = LogOutput(on: try EventLoop.ofTest(), descriptor: near)
        let line = ByteBuffer(String(repeating: "x", count: 1023))
        for _ in 0..<1000 {
            log.write(line: line.span)
            log.flush()
        }
        #expect(fcntl(far, F_SETFL, O_NONBLOCK) == 0)
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        var lines = 0
        while true {
            let count = read(far, &bytes, bytes.count)
            if count <= 0 { break }
            lines += bytes[..<count].count { $0 == UInt8(ascii: "\n") }
        }
        #expect((1..<1000).contains(lines))
        log.write(line: ByteBuffer("after").span)
        log.flush()
        #expect(read(far, &bytes, bytes.count) == 6)
    }

    @Test(arguments: ["path", "abstract", "none", "relative"])
    func `the service manager hears what it asked for`(kind: String) async {
        // The variable is read in a process of its own: it is everybody's.
        switch kind {
        case "path":
            await #expect(processExitsWith: .success) {
                let folder = TemporaryFolder()
                let socket = NotifySocket(folder.file("n"))
                setenv("NOTIFY_SOCKET", folder.file("n"), 1)
                SystemdNotify().send("READY=1\nSTATUS=well")
                precondition(socket.read() == "READY=1\nSTATUS=well")
            }
        case "abstract":
            await #expect(processExitsWith: .success) {
                let name = "@crowd-models-test-\(getpid())"
                let socket = NotifySocket(name)
                setenv("NOTIFY_SOCKET", name, 1)
                SystemdNotify().send("STOPPING=1")
                precondition(socket.read() == "STOPPING=1")
            }
        case "none":
            await #expect(processExitsWith: .success) {
                unsetenv("NOTIFY_SOCKET")
                SystemdNotify().send("READY=1")
                setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1)
                SystemdNotify().send("READY=1")
            }
        default:
            await #expect(processExitsWith: .success) {
                let folder = TemporaryFolder()
                chdir(folder.path)
                let socket = NotifySocket("n")
                setenv("NOTIFY_SOCKET", "n", 1)
                SystemdNotify().send("READY=1")
                precondition(socket.read() == nil)
            }
        }
    }
}

extension ByteBuffer {
    /// The bytes of a text.
    init(_ text: String) {
        self.init(capacity: text.utf8.count)
        append(utf8: text)
    }
}

/// A datagram socket as a service manager has it.
struct NotifySocket {
    private let number: Int32

    /// Binds it to a path, or to an abstract name that starts with `@`.
    init(_ name: String) {
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        number = socket(AF_UNIX, type, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, length) }
        }
        precondition(result == 0)
    }

    /// The next message, if one came.
    func read() -> String? {
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = recv(number, &bytes, bytes.count, 0)
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }
}
