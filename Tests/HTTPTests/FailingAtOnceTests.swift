import CrowdModelsProtocol
import Glibc
import HTTP
import Kernel
import TestSupport
import Testing

/// What fails at once is told in the next turn: who starts a request is never called back within.
@Suite(.tidy) struct FailingAtOnceTests {
    /// Addresses to which the kernel refuses a connection before it has tried one.
    static let hopeless: [ServerAddress] = [
        .unix("/nowhere/none"), .unix(String(repeating: "x", count: 200)), .unix(""),
        .host("255.255.255.255", port: 9), .host("224.0.0.1", port: 9),
    ]

    @Test(arguments: hopeless)
    func `its start returns before it has failed`(address: ServerAddress) throws {
        let loop = try EventLoop.ofTest()
        let wire = PlainWire(address, on: loop, connectTimeout: 20_000_000_000)
        let recorder = Recorder()
        _ = wire.start(request(), recorder)
        #expect(recorder.calls == 0)
        #expect(loop.run { recorder.isOver })
        guard case .connect? = recorder.error else {
            Issue.record("\(String(describing: recorder.error))")
            return
        }
        #expect(recorder.calls == 1)
    }

    @Test(arguments: hopeless)
    func `one that is cancelled meanwhile says nothing`(address: ServerAddress) throws {
        let loop = try EventLoop.ofTest()
        let wire = PlainWire(address, on: loop, connectTimeout: 20_000_000_000)
        let recorder = Recorder()
        let exchange = wire.start(request(), recorder)
        exchange.cancel()
        loop.runTurns()
        #expect(recorder.calls == 0)
    }

    @Test(arguments: hopeless)
    func `twenty thousand, each begun by the end of another, need no more stack than one`(
        address: ServerAddress
    ) throws {
        let loop = try EventLoop.ofTest()
        let wire = PlainWire(address, on: loop, connectTimeout: 20_000_000_000)
        let chain = Chain(wire, length: 20_000)
        chain.startNext()
        #expect(loop.run { chain.left == 0 })
        #expect(chain.deepest == 1)
    }

    @Test func `a kept connection whose server is gone fails in the next turn`() throws {
        let folder = TemporaryFolder()
        let scene = try Scene(BoundSocket(at: folder.file("s")))
        scene.server.answer = { peer, _ in peer.send(answer("hi")) }
        #expect(scene.ask().answer == "200 hi")
        // Gone between two turns: what is sent there fails at once, and so does a new connection.
        scene.server.stop()
        scene.server.peers[0].close()
        unlink(folder.file("s"))
        let recorder = Recorder()
        scene.start(recorder)
        #expect(!recorder.isOver)
        #expect(scene.loop.run { recorder.isOver })
        #expect(recorder.error == .connect("No such file or directory"))
    }

    @Test func `a Unix server whose queue is full is waited for`() throws {
        let folder = TemporaryFolder()
        let socket = BoundSocket(at: folder.file("s"))
        Glibc.listen(socket.number, 0)
        let waiting = try StreamSocket.connect(toUnix: folder.file("s"))
        let loop = try EventLoop.ofTest()
        let recorder = Recorder()
        let wire = WireOfTest(
            PlainWire(socket.address, on: loop, connectTimeout: 20_000_000_000))
        _ = wire.start(request(), recorder)
        loop.runTurns()
        #expect(recorder.calls == 0)
        // The first one is taken: there is room for the second.
        close(accept(socket.number, nil, nil))
        #expect(loop.run { recorder.sent == 1 })
        #expect(waiting.number >= 0)
        let second = Recorder()
        let impatient = WireOfTest(
            PlainWire(socket.address, on: loop, connectTimeout: 15_000_000))
        _ = impatient.start(request(), second)
        #expect(loop.run { second.isOver })
        #expect(second.error == .connectTimeout)
    }

    @Test func `descriptors that ran out are the daemon's own lack`() async {
        await #expect(processExitsWith: .success) {
            let loop = try EventLoop()
            defer { loop.close() }
            let addresses: [ServerAddress] = [
                .unix("/nowhere/none"), .host("127.0.0.1", port: 9), .host("localhost", port: 9),
                .host("a.name.that.is.looked.up.invalid", port: 9),
            ]
            var limit = rlimit(rlim_cur: 64, rlim_max: 64)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            for address in addresses {
                let recorder = Recorder()
                while open("/dev/null", O_RDONLY) >= 0 {}
                _ = PlainWire(address, on: loop, connectTimeout: 20_000_000_000)
                    .start(request(), recorder)
                precondition(!recorder.isOver)
                // A name is looked up by a thread, which a busy machine lets wait.
                precondition(loop.run(until: { recorder.isOver }))
                precondition(recorder.error == .lacking("Too many open files"))
            }
        }
    }
}

/// Starts one request after another, each when the one before has failed.
private final class Chain: ExchangeDelegate {
    let wire: PlainWire
    private(set) var left: Int
    /// Ends that were being told at once, one within the other: what the stack grows with. Its
    /// addresses would say the same, but the address sanitizer keeps frames elsewhere.
    private(set) var deepest = 0
    private var depth = 0

    init(_ wire: PlainWire, length: Int) {
        self.wire = wire
        left = length
    }

    func startNext() {
        _ = wire.start(request(), self)
    }

    func exchangeSent(_ exchange: Exchange) {}
    func exchange(_ exchange: Exchange, began head: HTTPResponseHead) {}
    func exchange(_ exchange: Exchange, received bytes: Span<UInt8>) {}
    func exchange(_ exchange: Exchange, ended head: HTTPResponseHead, body: Span<UInt8>) {}

    func exchange(_ exchange: Exchange, failed error: ExchangeError) {
        depth += 1
        defer { depth -= 1 }
        deepest = max(deepest, depth)
        left -= 1
        if left > 0 { startNext() }
    }
}
