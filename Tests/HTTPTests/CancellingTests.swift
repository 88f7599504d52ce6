import HTTP
import Kernel
import TestSupport
import Testing

/// Cancelling closes the connection at once, wherever the exchange is, and nobody hears more.
@Suite(.eachWire, .tidy) struct CancellingTests {
    /// Checks that `recorder` hears nothing more, and that the first connection was closed.
    private func expectSilence(_ scene: Scene, _ recorder: Recorder, after calls: Int) {
        let isClosed = scene.loop.run { scene.server.peers[0].isAtEnd }
        #expect(isClosed)
        scene.loop.runTurns()
        #expect(recorder.calls == calls)
        #expect(!recorder.isOver)
    }

    /// Checks that the pool serves on, with a new connection.
    private func expectService(_ scene: Scene) {
        scene.server.greet = { _ in }
        scene.server.answer = { peer, _ in peer.send(answer("next")) }
        let count = scene.server.peers.count
        #expect(scene.ask().answer == "200 next")
        #expect(scene.server.peers.count == count + 1)
    }

    @Test func `while connecting`() throws {
        let scene = try Scene()
        let recorder = Recorder()
        let exchange = scene.start(recorder)
        exchange.cancel()
        exchange.cancel()
        scene.loop.runTurns()
        #expect(recorder.calls == 0)
        // Where the kernel had taken the connection already, it comes and goes.
        #expect(scene.server.peers.allSatisfy { $0.isAtEnd && $0.requests == 0 })
        expectService(scene)
    }

    @Test func `as soon as it is connected`() throws {
        let scene = try Scene()
        let recorder = Recorder()
        recorder.onSent = { $0.cancel() }
        scene.start(recorder)
        #expect(scene.loop.run { scene.server.peers.count == 1 })
        expectSilence(scene, recorder, after: 1)
        #expect(scene.server.peers[0].requests == 0)
        expectService(scene)
    }

    @Test func `while the request goes out`() throws {
        let scene = try Scene()
        scene.server.greet = { $0.isReading = false }
        let recorder = Recorder()
        let exchange = scene.start(recorder, body: String(repeating: "x", count: 16_000_000))
        #expect(scene.loop.run { scene.server.peers.count == 1 })
        scene.loop.runTurns()
        exchange.cancel()
        scene.server.peers[0].isReading = true
        expectSilence(scene, recorder, after: 1)
        #expect(scene.server.peers[0].requests == 0)
        expectService(scene)
    }

    @Test func `while the server thinks`() throws {
        let scene = try Scene()
        let recorder = Recorder()
        let exchange = scene.start(recorder)
        #expect(scene.loop.run { scene.server.peers.first?.requests == 1 })
        exchange.cancel()
        expectSilence(scene, recorder, after: 1)
        expectService(scene)
    }

    @Test(arguments: [HTTPRequest.Delivery.whole, .pieces])
    func `in the midst of the head`(delivery: HTTPRequest.Delivery) throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in peer.send("HTTP/1.1 200 OK\r\nContent-") }
        let recorder = Recorder()
        let exchange = scene.start(recorder, delivery)
        #expect(scene.loop.run { scene.server.peers.first?.requests == 1 })
        scene.loop.runTurns()
        exchange.cancel()
        expectSilence(scene, recorder, after: 1)
        expectService(scene)
    }

    @Test(arguments: [HTTPRequest.Delivery.whole, .pieces])
    func `in the midst of the body`(delivery: HTTPRequest.Delivery) throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel")
        }
        let recorder = Recorder()
        let exchange = scene.start(recorder, delivery)
        #expect(scene.loop.run { scene.server.peers.first?.requests == 1 })
        scene.loop.runTurns()
        let calls = recorder.calls
        exchange.cancel()
        expectSilence(scene, recorder, after: calls)
        expectService(scene)
    }

    @Test func `from within a piece, with more of them at hand`() throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in
            peer.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n")
        }
        let recorder = Recorder()
        recorder.onPiece = { $0.cancel() }
        scene.start(recorder, .pieces)
        #expect(scene.loop.run { recorder.pieces == ["a"] })
        expectSilence(scene, recorder, after: 3)
        expectService(scene)
    }

    @Test func `while it is paused`() throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel")
        }
        let recorder = Recorder()
        recorder.onPiece = { $0.pause() }
        let exchange = scene.start(recorder, .pieces)
        #expect(scene.loop.run { recorder.pieces == ["hel"] })
        exchange.cancel()
        exchange.resume()
        expectSilence(scene, recorder, after: 3)
        expectService(scene)
    }

    @Test func `after the end it does nothing`() throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in peer.send(answer("hi")) }
        let recorder = Recorder()
        let exchange = scene.start(recorder)
        #expect(scene.loop.run { recorder.isOver })
        exchange.cancel()
        scene.loop.runTurns()
        #expect(recorder.answer == "200 hi" && recorder.late == 0)
        // Nor does it touch the connection, which is somebody else's by now.
        #expect(scene.ask().answer == "200 hi")
        #expect(scene.server.peers.count == 1)
    }
}
