import Kernel
import TestSupport
import Testing

@testable import HTTP

/// What becomes of one request: each way in which an answer may come.
@Suite(.eachWire, .tidy) struct ExchangeTests {
    static let answers: [(text: String, outcome: String)] = [
        (answer("hello"), "200 hello"),
        (answer(""), "200 "),
        (answer("gone", status: "404 Not Found"), "404 gone"),
        ("HTTP/1.1 204 No Content\r\n\r\n", "204 "),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nhel\r\n2\r\nlo\r\n0\r\nA: b\r\n\r\n", "200 hello"
        ),
        ("HTTP/1.1 100 Continue\r\n\r\n" + answer("hello"), "200 hello"),
        ("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", "200 hi"),
    ]

    @Test(arguments: answers, [HTTPRequest.Delivery.whole, .pieces])
    func `an answer arrives, and its connection is kept`(
        sample: (text: String, outcome: String), delivery: HTTPRequest.Delivery
    ) throws {
        let scene = try Scene()
        var requests: [String] = []
        scene.server.answer = { peer, request in
            requests.append(request)
            peer.send(sample.text)
        }
        for _ in 0..<3 {
            let recorder = scene.ask(delivery)
            #expect(recorder.answer == sample.outcome)
            #expect(recorder.late == 0)
            #expect(recorder.sent == 1)
            #expect(delivery == .pieces || recorder.pieces.isEmpty)
            #expect(delivery == .whole || recorder.whole == "")
        }
        let head = "GET /x HTTP/1.1\r\nHost: \(scene.host)\r\n"
        #expect(requests == Array(repeating: head + "\r\n", count: 3))
        #expect(scene.server.peers.count == 1)
    }

    @Test(arguments: answers, [HTTPRequest.Delivery.whole, .pieces])
    func `an answer arrives byte by byte`(
        sample: (text: String, outcome: String), delivery: HTTPRequest.Delivery
    ) throws {
        let scene = try Scene()
        let bytes = Array(sample.text.utf8)
        var at = 0
        scene.server.answer = { _, _ in at = 0 }
        let recorder = Recorder()
        scene.start(recorder, delivery)
        #expect(scene.loop.run { scene.server.peers.first?.requests == 1 })
        while at < bytes.count {
            #expect(!recorder.isOver)
            scene.server.peers[0].send([bytes[at]])
            at += 1
            scene.loop.runTurns(3)
        }
        #expect(scene.loop.run { recorder.isOver })
        #expect(recorder.answer == sample.outcome)
    }

    @Test(arguments: [HTTPRequest.Delivery.whole, .pieces])
    func `a body that ends with the connection arrives, and the connection is not kept`(
        delivery: HTTPRequest.Delivery
    ) throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in
            peer.send("HTTP/1.1 200 OK\r\n\r\nhel")
            peer.send("lo")
            peer.close()
        }
        #expect(scene.ask(delivery).answer == "200 hello")
        #expect(scene.ask(delivery).answer == "200 hello")
        #expect(scene.server.peers.count == 2)
    }

    @Test(arguments: [
        "Connection: close\r\n", "Connection: Keep-Alive, close\r\n",
        // What is left of this promise is less than the time that a request takes to get there.
        "Keep-Alive: timeout=1\r\n", "Keep-Alive: timeout=0\r\n",
    ])
    func `a connection is not used beyond what the server promised`(fields: String) throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in peer.send(answer("hello", fields: fields)) }
        #expect(scene.ask().answer == "200 hello")
        let second = scene.ask()
        #expect(second.answer == "200 hello")
        #expect(second.sent == 1)
        #expect(scene.server.peers.count == 2)
        #expect(scene.loop.run { scene.server.peers[0].isAtEnd })
    }

    @Test func `HTTP 1.0 keeps a connection only where it says so`() throws {
        for (fields, connections) in [("", 2), ("Connection: keep-alive\r\n", 1)] {
            let scene = try Scene()
            scene.server.answer = { peer, _ in
                peer.send("HTTP/1.0 200 OK\r\n\(fields)Content-Length: 2\r\n\r\nhi")
            }
            #expect(scene.ask().answer == "200 hi")
            #expect(scene.ask().answer == "200 hi")
            #expect(scene.server.peers.count == connections)
        }
    }

    @Test func `a connection with bytes after the answer is not trusted again`() throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in
            peer.send(answer("hi") + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
        }
        #expect(scene.ask().answer == "200 hi")
        #expect(scene.ask().answer == "200 hi")
        #expect(scene.server.peers.count == 2)
    }

    @Test(arguments: [
        ("nonsense", HTTPParseError.notHTTP),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", .truncated),
        ("HTTP/1.1 200 OK\r\nContent-", .truncated),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n", .truncated),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", .badChunk),
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", .switchedProtocols),
        ("", .closedWithoutAnswer),
    ])
    func `an answer that is none, or is cut, fails once`(
        text: String, error: HTTPParseError
    ) throws {
        for delivery in [HTTPRequest.Delivery.whole, .pieces] {
            let scene = try Scene()
            scene.server.answer = { peer, _ in
                peer.send(text)
                peer.close()
            }
            let recorder = scene.ask(delivery)
            #expect(recorder.error == .answer(error))
            #expect(recorder.sent == 1)
            scene.loop.runTurns()
            #expect(recorder.late == 0)
            #expect(scene.server.peers.count == 1)
        }
    }

    @Test func `a large body comes whole, or in many pieces`() throws {
        let body = String(repeating: "0123456789abcdef", count: 65_536)
        let scene = try Scene()
        scene.server.answer = { peer, request in
            peer.send(answer(String(request.split(separator: "\r\n\r\n").last ?? "")))
        }
        let whole = scene.ask(body: body)
        #expect(whole.whole == body)
        let pieces = scene.ask(.pieces, body: body)
        #expect(pieces.body == body)
        #expect(pieces.pieces.count > 1)
        // What was gathered for one answer is not in the next.
        #expect(scene.ask(body: "short").whole == "short")
    }

    @Test(arguments: ["length", "chunks", "close"])
    func `an answer over the limit fails`(form: String) throws {
        let scene = try Scene()
        let size = HTTPLimits.answerBytesMax + 1
        scene.server.answer = { peer, _ in
            switch form {
            case "length": peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
            case "chunks":
                let digits = String(size, radix: 16)
                peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(digits)\r\n")
            default: peer.send("HTTP/1.1 200 OK\r\n\r\n")
            }
            peer.send([UInt8](repeating: 120, count: size))
        }
        #expect(scene.ask().error == .answerTooLarge(max: HTTPLimits.answerBytesMax))
        #expect(scene.loop.run { scene.server.peers[0].isAtEnd })
    }

    @Test(arguments: [true, false])
    func `an answer before the request was sent whole is delivered`(closes: Bool) throws {
        let scene = try Scene()
        scene.server.greet = { peer in
            peer.isReading = false
            if scene.server.peers.count > 1 { return peer.isReading = true }
            peer.send(answer("too large", status: "413 Content Too Large"))
            if closes { peer.close() }
        }
        scene.server.answer = { peer, _ in peer.send(answer("fine")) }
        let recorder = scene.ask(body: String(repeating: "x", count: 16_000_000))
        // The front may lose what a server says that then resets its connection: it ends, then.
        let isLost = WireKind.current == .curl && closes && recorder.error != nil
        #expect(recorder.answer == "413 too large" || isLost)
        #expect(recorder.late == 0)
        // Nobody knows how much of the request the server will still read: not that one again.
        #expect(scene.ask().answer == "200 fine")
        #expect(scene.server.peers.count == 2)
        if !closes {
            scene.server.peers[0].isReading = true
            #expect(scene.loop.run { scene.server.peers[0].isAtEnd })
        }
        scene.server.greet = { _ in }
    }

    @Test func `nothing is read while an exchange is paused, and all of it after`() throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 30000\r\n\r\nfirst")
        }
        let recorder = Recorder()
        recorder.onPiece = { $0.pause() }
        let exchange = scene.start(recorder, .pieces)
        #expect(scene.loop.run { recorder.body == "first" })
        let rest = String(repeating: "x", count: 29_995)
        scene.server.peers[0].send(rest)
        scene.loop.runTurns()
        #expect(recorder.body == "first")
        recorder.onPiece = { _ in }
        exchange.resume()
        #expect(scene.loop.run { recorder.isOver })
        #expect(recorder.body == "first" + rest)
        // A connection that was paused serves on.
        scene.server.answer = { peer, _ in peer.send(answer("next")) }
        #expect(scene.ask(.pieces).answer == "200 next")
        #expect(scene.server.peers.count == 1)
    }

    @Test(arguments: [false, true])
    func `after a pause no piece comes, of those that were read already neither`(
        closes: Bool
    ) throws {
        let folder = TemporaryFolder()
        for path in [nil, folder.file("s")] {
            let scene = try Scene(path.map { BoundSocket(at: $0) } ?? BoundSocket())
            scene.server.answer = { peer, _ in
                peer.send(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n")
                if closes { peer.close() }
            }
            let recorder = Recorder()
            recorder.onPiece = { $0.pause() }
            let exchange = scene.start(recorder, .pieces)
            #expect(scene.loop.run { recorder.pieces == ["a"] })
            while recorder.body != "abc" {
                scene.loop.runTurns()
                let count = recorder.pieces.count
                exchange.resume()
                #expect(recorder.pieces.count == count)
                try #require(scene.loop.run { recorder.pieces.count > count })
                #expect(recorder.pieces.count == count + 1)
            }
            // libcurl joins what it has held back.
            let isJoined = WireKind.current == .curl && recorder.pieces == ["a", "bc"]
            #expect(recorder.pieces == ["a", "b", "c"] || isJoined)
            scene.loop.runTurns()
            #expect(!recorder.isOver)
            exchange.resume()
            #expect(scene.loop.run { recorder.isOver })
            #expect(recorder.answer == "200 abc")
        }
    }

    @Test func `a paused exchange whose server is gone does not keep the loop awake`() throws {
        let folder = TemporaryFolder()
        let scene = try Scene(BoundSocket(at: folder.file("s")))
        scene.server.answer = { peer, _ in
            peer.send("HTTP/1.1 200 OK\r\n\r\na")
            peer.close()
        }
        let recorder = Recorder()
        recorder.onPiece = { $0.pause() }
        let exchange = scene.start(recorder, .pieces)
        #expect(scene.loop.run { recorder.pieces == ["a"] })
        var turns = 0
        var isOver = false
        let timer = Timer { isOver = true }
        scene.loop.set(timer, after: 50_000_000)
        #expect(
            scene.loop.run {
                turns += 1
                return isOver
            })
        #expect(turns < 20)
        exchange.resume()
        #expect(scene.loop.run { recorder.isOver })
        #expect(recorder.answer == "200 a")
    }

    @Test func `an exchange that is concluded says nothing more, and its connection serves on`()
        throws
    {
        let scene = try Scene()
        scene.server.answer = { peer, _ in
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nlast\r\n")
        }
        let recorder = Recorder()
        recorder.onPiece = { $0.conclude() }
        let exchange = scene.start(recorder, .pieces)
        #expect(scene.loop.run { recorder.pieces == ["last"] })
        scene.server.peers[0].send("5\r\nnoise\r\n")
        scene.loop.runTurns()
        scene.server.peers[0].send("0\r\n\r\n")
        #expect(scene.loop.run { exchange.carrier == nil }, "its end has come")
        #expect(recorder.pieces == ["last"] && !recorder.isOver)
        scene.server.answer = { peer, _ in peer.send(answer("next")) }
        #expect(scene.ask().answer == "200 next")
        #expect(scene.server.peers.count == 1)
    }

    @Test(arguments: ["silent", "talkative"])
    func `a server that lingers after an exchange was concluded is left`(kind: String) throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nlast\r\n")
            if kind == "talkative" {
                peer.send("11170\r\n" + String(repeating: "x", count: 70_000) + "\r\n")
            }
        }
        let recorder = Recorder()
        recorder.onPiece = { $0.conclude() }
        scene.start(recorder, .pieces)
        #expect(scene.loop.run { recorder.pieces == ["last"] })
        let start = Clock.monotonic()
        #expect(scene.loop.run { scene.server.peers[0].isAtEnd })
        let seconds = Double(Clock.monotonic() - start) / 1e9
        #expect(kind == "talkative" ? seconds < 2 : seconds > 1.8)
        #expect(recorder.calls == 3)
    }

    @Test func `an exchange that is paused while its request goes out still sends all of it`()
        throws
    {
        let scene = try Scene()
        scene.server.greet = { $0.isReading = false }
        scene.server.answer = { peer, _ in peer.send(answer("fine")) }
        let recorder = Recorder()
        let exchange = scene.start(
            recorder, .pieces, body: String(repeating: "x", count: 16_000_000))
        recorder.onSent = { $0.pause() }
        #expect(scene.loop.run { scene.server.peers.count == 1 })
        exchange.pause()
        scene.server.peers[0].isReading = true
        #expect(scene.loop.run { scene.server.peers[0].requests == 1 })
        scene.loop.runTurns()
        #expect(recorder.body == "")
        exchange.resume()
        #expect(scene.loop.run { recorder.isOver })
        #expect(recorder.answer == "200 fine")
    }
}
