import Backends
import Configuration
import CrowdModelsProtocol
import Glibc
import Kernel
import Requests
import Sessions
import Telemetry
import TestSupport
import Testing

@testable import RPCDaemon

/// Lists of models that are longer than what one turn may write.
@Suite(.tidy) struct ModelTextsTests {
    /// A daemon that has heard of so many models of one server.
    private func daemon(
        models: Int, _ change: (inout Config) -> Void = { _ in }
    ) throws -> Daemon {
        let folder = TemporaryFolder()
        let socket = try ListingSocket(folder.path + "/models")
        var server = BackendConfig(name: "a", endpoint: try Endpoint("unix:\(socket.path)"))
        server.kind = .openai
        var config = Config()
        change(&config)
        let loop = try EventLoop.ofTest()
        let log = Log(level: .error, shape: .plain, output: LogOutput(on: nil))
        let daemon = Daemon(
            Settings(config, from: nil, socketPath: "/s", keys: [:]), loop: loop, log: log)
        let backend = Backend(
            ModelServer(server, key: nil, on: loop), queueMax: 1, interval: 3600,
            of: daemon.dispatcher)
        daemon.dispatcher.add(backend)
        backend.look()
        loop.runTurns(5)
        try socket.answer((0..<models).map { #"{"id":"model-\#($0)"}"# }.joined(separator: ","))
        #expect(loop.run { backend.offered.table.count == models })
        whenTestEnds { daemon.dispatcher.close() }
        return daemon
    }

    /// What one piece would be.
    private func wholeText(_ daemon: Daemon) -> String {
        var out = ByteBuffer()
        ModelsResult.write(to: &out) { array, out in
            daemon.add(ModelFilter(), of: daemon.dispatcher.backends, to: &array, &out)
        }
        return out.text
    }

    private func ask(_ daemon: Daemon) -> ListCaller {
        let caller = ListCaller()
        ModelsAnswer(caller, ModelFilter(), of: daemon.dispatcher.backends, daemon).write()
        return caller
    }

    @Test(arguments: [
        (ModelTexts.wholeMax, false), (ModelTexts.wholeMax + 1, true),
    ])
    func `a list is long from one model more on than a turn may write`(
        models: Int, isLong: Bool
    ) throws {
        let daemon = try daemon(models: models)
        let backends = daemon.dispatcher.backends
        #expect(daemon.modelTexts.areLong(backends) == isLong)
        var loaded = ModelFilter()
        loaded.state = "loaded"
        #expect(daemon.modelTexts.takesLong(loaded, of: backends) == isLong)
        // The text of all of them is there once it was written.
        #expect(daemon.loop.run { !isLong || !daemon.modelsText.isEmpty })
        #expect(!daemon.modelTexts.takesLong(ModelFilter(), of: backends))
    }

    @Test func `a long list is written over many turns, and is what one piece would be`() throws {
        let daemon = try daemon(models: 5_000)
        #expect(daemon.loop.run { !daemon.modelsText.isEmpty })
        let text = wholeText(daemon)
        #expect(daemon.modelsText == Array(text.utf8))
        daemon.modelsText = []
        let held = daemon.loop.memory.held
        let caller = ask(daemon)
        var turns = 0
        var heldMax = 0
        #expect(
            daemon.loop.run {
                turns += 1
                heldMax = max(heldMax, daemon.loop.memory.held)
                return caller.text != nil
            })
        #expect(turns > 2)
        #expect(caller.text == text)
        #expect(daemon.modelsText == Array(text.utf8), "it is kept for the next who asks")
        #expect(heldMax > held, "what is being written counts")
        #expect(daemon.loop.memory.held == held)
        #expect(daemon.isQuiet)
    }

    @Test func `a list that changes while it is written is written anew for those who come`() throws
    {
        let daemon = try daemon(models: 5_000)
        #expect(daemon.loop.run { !daemon.modelsText.isEmpty })
        let text = wholeText(daemon)
        daemon.modelsText = []
        let caller = ask(daemon)
        daemon.loop.runTurns(1)
        daemon.modelTexts.changed()
        var keptEarly = false
        #expect(
            daemon.loop.run {
                keptEarly = keptEarly || caller.text == nil && !daemon.modelsText.isEmpty
                return caller.text != nil
            })
        #expect(caller.text == text)
        #expect(!keptEarly && daemon.modelsText.isEmpty, "what it was is not kept")
        #expect(daemon.loop.run { !daemon.modelsText.isEmpty })
        #expect(daemon.modelsText == Array(text.utf8))
    }

    @Test func `of those who wait each is answered, and one who goes holds up nobody`() throws {
        let daemon = try daemon(models: 5_000)
        #expect(daemon.loop.run { !daemon.modelsText.isEmpty })
        daemon.modelsText = []
        let callers = (0..<4).map { _ in ask(daemon) }
        daemon.loop.runTurns(1)
        callers[0].job?.cancel()
        callers[2].job?.abandon()
        #expect(daemon.loop.run { callers[1].text != nil && callers[3].text != nil })
        #expect(callers[0].fault?.code == .cancelled)
        #expect(callers[2].text == nil && callers[2].fault == nil)
        #expect(callers[1].text == callers[3].text)
        #expect(daemon.isQuiet)
    }

    @Test func `no more is written than an answer may have`() throws {
        let most = 64 * 1024
        let daemon = try daemon(models: 5_000) { $0.limits.outputBytesMax = most }
        #expect(daemon.loop.run { !daemon.modelsText.isEmpty })
        #expect(daemon.modelsText.count > most, "so that it is known to be too much")
        #expect(daemon.modelsText.count < most + 1024)
    }
}

/// Who asked for a list, and what it was answered.
private final class ListCaller: Reply {
    let peer = Peer(connection: 1, credentials: PeerCredentials(pid: 1, uid: 1000, gid: 1000))
    private(set) var job: (any Job)?
    private(set) var text: String?
    private(set) var fault: Fault?

    func began(_ job: any Job) {
        self.job = job
        whenTestEnds { [self] in self.job = nil }
    }

    func succeed(_ write: (inout ByteBuffer) -> Void) {
        var out = ByteBuffer()
        write(&out)
        text = out.text
    }

    func fail(_ fault: Fault) { self.fault = fault }
    func hold(_ bytes: Int) {}
    func progress(_ progress: Progress) {}
    var isFull: Bool { false }

    func delta(
        content: Span<UInt8>, reasoning: Span<UInt8>, refusal: Span<UInt8>,
        toolCalls: Span<UInt8>
    ) {}
}

/// A server of models on a socket file, which answers the one request that has come.
private final class ListingSocket {
    let path: String
    private let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)

    init(_ path: String) throws {
        self.path = path
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isListening = withUnsafeBytes(of: &name) {
            bind(listener, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), length) == 0
                && listen(listener, 8) == 0
        }
        try #require(isListening)
    }

    deinit { close(listener) }

    /// Answers with a list of these entries; the daemon has sent its request already.
    func answer(_ entries: String) throws {
        try wait(for: listener)
        let connection = accept(listener, nil, nil)
        defer { close(connection) }
        try wait(for: connection)
        var request = [UInt8](repeating: 0, count: 4096)
        try #require(recv(connection, &request, request.count, 0) > 0)
        let body = "{\"object\":\"list\",\"data\":[\(entries)]}"
        let answer = Array(
            "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
        try #require(send(connection, answer, answer.count, Int32(MSG_NOSIGNAL)) == answer.count)
    }

    private func wait(for descriptor: Int32) throws {
        var interest = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        try #require(poll(&interest, 1, 30_000) > 0)
    }
}
