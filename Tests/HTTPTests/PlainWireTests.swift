import Glibc
import HTTP
import Kernel
import TestSupport
import Testing

/// How connections are made, kept, and given up.
@Suite(.tidy) struct PlainWireTests {
    @Test func `as many connections as there are requests, the youngest used first`() throws {
        let scene = try Scene()
        let recorders = [Recorder(), Recorder(), Recorder()]
        for recorder in recorders { scene.start(recorder) }
        #expect(scene.loop.run { scene.server.peers.allSatisfy { $0.requests == 1 } })
        #expect(scene.server.peers.count == 3)
        for index in [1, 2, 0] {
            scene.server.peers[index].send(answer("hi"))
            #expect(scene.loop.run { recorders.filter { $0.isOver }.count >= 1 })
            scene.loop.runTurns()
        }
        scene.server.answer = { peer, _ in peer.send(answer("again")) }
        #expect(scene.ask().answer == "200 again")
        #expect(scene.server.peers.map(\.requests) == [2, 1, 1])
        scene.wire.closeIdle()
        #expect(scene.loop.run { scene.server.peers.allSatisfy { $0.isAtEnd } })
    }

    @Test func `a request that is started at the end of another one goes on its connection`() throws
    {
        let scene = try Scene()
        scene.server.answer = { peer, _ in peer.send(answer("hi")) }
        let first = Recorder()
        let second = Recorder()
        first.onEnd = { scene.start(second, .pieces) }
        scene.start(first)
        #expect(scene.loop.run { second.isOver })
        #expect(first.answer == "200 hi" && second.answer == "200 hi")
        #expect(scene.server.peers.count == 1)
        first.onEnd = {}
    }

    @Test(arguments: [true, false])
    func `a kept connection that turns out to be dead is replaced`(resets: Bool) throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in
            if peer === scene.server.peers[0], peer.requests == 2 {
                return resets ? peer.reset() : peer.close()
            }
            peer.send(answer("hi"))
        }
        #expect(scene.ask().answer == "200 hi")
        let second = scene.ask(body: "what was sent")
        #expect(second.answer == "200 hi")
        #expect(second.sent == 2)
        #expect(scene.server.peers.map(\.requests) == [2, 1])
    }

    @Test(arguments: [true, false])
    func `a request goes out twice at most`(resets: Bool) throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in
            if peer === scene.server.peers[0], peer.requests == 1 { return peer.send(answer("hi")) }
            if resets { peer.reset() } else { peer.close() }
        }
        #expect(scene.ask().answer == "200 hi")
        let second = scene.ask()
        #expect(
            second.error
                == (resets ? .broken("Connection reset by peer") : .answer(.closedWithoutAnswer)))
        #expect(second.sent == 2)
        scene.loop.runTurns()
        #expect(scene.server.peers.count == 2)
        #expect(second.late == 0)
    }

    @Test func `a new connection that dies is not tried again`() throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in peer.close() }
        let recorder = scene.ask()
        #expect(recorder.error == .answer(.closedWithoutAnswer))
        #expect(recorder.sent == 1)
        scene.loop.runTurns()
        #expect(scene.server.peers.count == 1)
    }

    @Test(arguments: ["H", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"])
    func `an answer that was begun and cut is not asked for again`(start: String) throws {
        for delivery in [HTTPRequest.Delivery.whole, .pieces] {
            let scene = try Scene()
            scene.server.answer = { peer, _ in
                if peer.requests == 1 { return peer.send(answer("hi")) }
                peer.send(start)
                peer.close()
            }
            #expect(scene.ask().answer == "200 hi")
            let second = scene.ask(delivery)
            #expect(second.error == .answer(.truncated))
            #expect(second.sent == 1)
            scene.loop.runTurns()
            #expect(scene.server.peers.count == 1)
        }
    }

    @Test func `a large request has a connection of its own, and is kept until it is sent`() throws
    {
        let scene = try Scene()
        let memory = scene.loop.memory
        var isAnswering = true
        scene.server.answer = { peer, _ in if isAnswering { peer.send(answer("hi")) } }
        #expect(scene.ask().answer == "200 hi")
        isAnswering = false
        // A small one may have to go out again, as long as no answer has begun.
        let small = Recorder()
        scene.start(small, body: "x")
        #expect(scene.loop.run { scene.server.peers[0].requests == 2 })
        #expect(memory.held > 0)
        scene.server.peers[0].send(answer("small"))
        #expect(scene.loop.run { small.isOver })
        #expect(memory.held == 0)
        let large = Recorder()
        scene.start(large, body: String(repeating: "x", count: HTTPLimits.resentBytesMax + 1))
        #expect(memory.held > HTTPLimits.resentBytesMax)
        #expect(scene.loop.run { scene.server.peers.last?.requests == 1 })
        #expect(scene.server.peers.count == 2 && !large.isOver)
        #expect(memory.held == 0)
        scene.server.peers[1].send(answer("large"))
        #expect(scene.loop.run { large.isOver })
        #expect(large.answer == "200 large" && large.sent == 1)
    }

    @Test func `where too much is held already nothing with a body is begun`() throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in peer.send(answer("hi")) }
        scene.loop.memory.max = 1000
        var other = 0
        scene.loop.memory.change(&other, to: 1001)
        let refused = scene.ask(body: "x")
        #expect(refused.error == .crowdedOut(max: 1000) && refused.sent == 0)
        // A look holds nothing.
        #expect(scene.ask().answer == "200 hi")
        scene.loop.memory.change(&other, to: 1000)
        #expect(scene.ask(body: "x").answer == "200 hi")
        #expect(scene.loop.memory.held == 1000)
    }

    @Test func `what a connection has read and not shown counts, and is given up over the limit`()
        throws
    {
        let scene = try Scene()
        let piece = String(repeating: "x", count: 1000)
        scene.server.answer = { peer, _ in
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<20 { peer.send("3e8\r\n\(piece)\r\n") }
        }
        let paused = Recorder()
        paused.onPiece = { $0.pause() }
        let exchange = scene.start(paused, .pieces)
        #expect(scene.loop.run { paused.body == piece && scene.loop.memory.held > 0 })
        exchange.cancel()
        #expect(scene.loop.memory.held == 0)
        scene.loop.memory.max = 1000
        let given = Recorder()
        given.onPiece = { $0.pause() }
        scene.start(given, .pieces)
        #expect(scene.loop.run { given.isOver })
        #expect(given.error == .crowdedOut(max: 1000))
        #expect(scene.loop.memory.held == 0)
    }

    @Test func `an idle connection that the server closes is forgotten`() throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in peer.send(answer("hi")) }
        #expect(scene.ask().answer == "200 hi")
        scene.server.peers[0].close()
        scene.loop.runTurns()
        let second = scene.ask()
        #expect(second.answer == "200 hi")
        #expect(second.sent == 1)
        #expect(scene.server.peers.count == 2)
    }

    @Test func `idle connections are closed when their time is over, asked for or not`() throws {
        let scene = try Scene()
        var recorders: [Recorder] = []
        for _ in 0..<3 {
            recorders.append(Recorder())
            scene.start(recorders[recorders.count - 1])
        }
        #expect(scene.loop.run { scene.server.peers.filter { $0.requests == 1 }.count == 3 })
        for (peer, seconds) in zip(scene.server.peers, [2, 3, 2]) {
            peer.send(answer("hi", fields: "Keep-Alive: timeout=\(seconds)\r\n"))
        }
        #expect(scene.loop.run { recorders.allSatisfy { $0.isOver } })
        #expect(scene.server.peers.allSatisfy { !$0.isAtEnd })
        let start = Clock.monotonic()
        #expect(scene.loop.run { scene.server.peers[0].isAtEnd && scene.server.peers[2].isAtEnd })
        #expect(!scene.server.peers[1].isAtEnd)
        #expect(Clock.monotonic() - start > 900_000_000)
        #expect(scene.loop.run { scene.server.peers[1].isAtEnd })
    }

    @Test func `an idle connection on which the server talks is closed`() throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in peer.send(answer("hi")) }
        #expect(scene.ask().answer == "200 hi")
        scene.server.peers[0].send(answer("unasked"))
        #expect(scene.loop.run { scene.server.peers[0].isAtEnd })
        #expect(scene.ask().answer == "200 hi")
    }

    @Test func `a Unix socket is a server like any other`() throws {
        let folder = TemporaryFolder()
        let scene = try Scene(BoundSocket(at: folder.file("s")))
        scene.server.answer = { peer, request in peer.send(answer("\(request.utf8.count)")) }
        #expect(scene.ask().answer == "200 28")
        #expect(scene.ask(.pieces).answer == "200 28")
        #expect(scene.server.peers.count == 1)
        #expect(scene.server.address == .unix(folder.file("s")))
    }

    @Test func `a Unix socket that is not there says so`() throws {
        let folder = TemporaryFolder()
        let loop = try EventLoop.ofTest()
        let wire = PlainWire(
            .unix(folder.file("none")), on: loop, connectTimeout: 1_000_000_000)
        let recorder = Recorder()
        _ = wire.start(request(), recorder)
        #expect(loop.run { recorder.isOver })
        #expect(recorder.error == .connect("No such file or directory"))
        #expect(recorder.sent == 0)
    }

    @Test func `where nobody listens the system's words are told`() throws {
        let loop = try EventLoop.ofTest()
        let socket = BoundSocket()
        let wire = PlainWire(socket.address, on: loop, connectTimeout: 20_000_000_000)
        let recorder = Recorder()
        _ = wire.start(request(), recorder)
        #expect(loop.run { recorder.isOver })
        #expect(recorder.error == .connect("Connection refused"))
        #expect(recorder.calls == 1)
    }

    @Test func `a name that cannot be looked up fails all who wait for it`() throws {
        let loop = try EventLoop.ofTest()
        // A label has at most 63 bytes, so that no server has to be asked.
        let wire = PlainWire(
            .host(String(repeating: "x", count: 100) + ".invalid", port: 80), on: loop,
            connectTimeout: 20_000_000_000)
        let recorders = [Recorder(), Recorder(), Recorder()]
        let exchanges = recorders.map { wire.start(request(), $0) }
        exchanges[1].cancel()
        #expect(loop.run { recorders[2].isOver })
        guard case .connect(let words)? = recorders[0].error else {
            Issue.record("\(String(describing: recorders[0].error))")
            return
        }
        #expect(words.contains(" "))
        #expect(recorders[2].error == .connect(words))
        #expect(recorders[1].calls == 0)
    }

    @Test func `localhost is found on ::1 when nobody is at 127.0.0.1, and remembered`() throws {
        guard let socket = BoundSocket(onIPv6Only: ()) else { return }
        let scene = try Scene(socket)
        scene.server.answer = { peer, _ in peer.send(answer("six", fields: "Connection: close\r\n"))
        }
        #expect(scene.ask().answer == "200 six")
        #expect(scene.ask().answer == "200 six")
        #expect(scene.server.peers.count == 2)
    }

    @Test func `requests that look for localhost at once all find it`() throws {
        guard let socket = BoundSocket(onIPv6Only: ()) else { return }
        let scene = try Scene(socket)
        scene.server.answer = { peer, _ in peer.send(answer("six")) }
        var recorders: [Recorder] = []
        // One more in each turn, so that some look while others find.
        let isDone = scene.loop.run {
            if recorders.count < 6 {
                recorders.append(Recorder())
                scene.start(recorders[recorders.count - 1])
            }
            return recorders.count == 6 && recorders.allSatisfy { $0.isOver }
        }
        #expect(isDone)
        #expect(recorders.map(\.answer) == Array(repeating: "200 six", count: 6))
    }

    @Test func `a server that does not take the connection is given up on in time`() throws {
        let loop = try EventLoop.ofTest()
        let full = FullServer()
        let wire = PlainWire(full.socket.address, on: loop, connectTimeout: 20_000_000)
        let recorder = Recorder()
        _ = wire.start(request(), recorder)
        #expect(loop.run { recorder.isOver })
        #expect(recorder.error == .connectTimeout)
        #expect(recorder.error?.message == "Connection timed out")
        #expect(recorder.calls == 1)
    }

    @Test func `a connection that was given up by its caller is not given up again in time`() throws
    {
        let loop = try EventLoop.ofTest()
        let full = FullServer()
        let wire = PlainWire(full.socket.address, on: loop, connectTimeout: 20_000_000)
        let recorder = Recorder()
        let exchange = wire.start(request(), recorder)
        exchange.cancel()
        var isOver = false
        let timer = Timer { isOver = true }
        loop.set(timer, after: 40_000_000)
        #expect(loop.run { isOver })
        #expect(recorder.calls == 0)
    }
}

/// A server that takes no more connections: its queue is full and nobody empties it.
struct FullServer: ~Copyable {
    let socket = BoundSocket()
    private var clients: [Int32] = []

    init() {
        socket.listen(backlog: 0)
        guard case .host(let host, let port) = socket.address,
            let address = SocketAddress(numeric: host, port: port)
        else { preconditionFailure() }
        for _ in 0..<4 {
            guard let client = try? StreamSocket.connect(to: address) else { continue }
            clients.append(duplicate(of: client.number))
        }
    }

    deinit { for client in clients { close(client) } }
}
