import CrowdModelsProtocol
import Glibc
import HTTP
import Kernel
import TestSupport
import Testing

/// What is particular to the wire with TLS; the suites of `EachWire` hold all that both do alike.
@Suite(
    .enabled(if: TLSFront.shared.isOpen, "python3, openssl and libcurl.so.4 are needed"),
    .tidy, .timeLimit(.minutes(5)))
struct CurlWireTests {
    /// A wire that trusts `caFile`, and a server behind TLS on its loop.
    private struct Place {
        let loop: EventLoop
        let server: LoopServer
        let wire: WireOfTest
        let host: String

        init(
            caFile: String? = nil, _ certificate: TLSFront.Certificate = .good,
            host: String = "127.0.0.1"
        ) throws {
            let front = TLSFront.shared
            loop = try EventLoop.ofTest()
            server = try LoopServer(on: loop)
            guard case .host(_, let port) = server.address else { preconditionFailure() }
            self.host = "\(host):\(front.open(to: port, certificate))"
            wire = WireOfTest(
                CurlWire(
                    caFile: caFile ?? front.caFile, on: loop, connectTimeout: 20_000_000_000))
            server.answer = { peer, request in peer.send(answer(request)) }
        }

        func ask(body: String = "", path: String = "/x") -> Recorder {
            let recorder = Recorder()
            _ = wire.start(request(body: body, path: path, host: host), recorder)
            #expect(recorder.calls == 0)
            #expect(loop.run { recorder.isOver })
            return recorder
        }
    }

    @Test func `a request goes out as it was prepared`() throws {
        let place = try Place()
        let head = try HTTPRequestHead(
            .post, target: "/v1/../a?b=%20", host: place.host,
            fields: [("Content-Type", "application/json"), ("X-A", "b")],
            authorization: Array("Bearer k".utf8), hasBody: true)
        for body in ["", "{}", String(repeating: "x", count: 2_000_000)] {
            var bytes = ByteBuffer()
            bytes.append(utf8: body)
            let recorder = Recorder()
            _ = place.wire.start(HTTPRequest(head, body: bytes), recorder)
            #expect(place.loop.run { recorder.isOver })
            let parts = recorder.body.split(separator: "\r\n\r\n", maxSplits: 1)
            var lines = parts[0].split(separator: "\r\n").map(String.init)
            #expect(lines.removeFirst() == "POST /v1/../a?b=%20 HTTP/1.1")
            #expect(
                lines.sorted() == [
                    "Authorization: Bearer k", "Content-Length: \(body.utf8.count)",
                    "Content-Type: application/json", "Host: \(place.host)", "X-A: b",
                ])
            #expect((parts.count > 1 ? String(parts[1]) : "") == body)
            #expect(recorder.sent == 1)
        }
        #expect(place.server.peers.count == 1)
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `a certificate of the authority that is trusted is enough`(host: String) throws {
        #expect(try Place(host: host).ask().head?.status == 200)
    }

    /// What is not trusted, and what the error says of it: why, and what mends it.
    static let strangers: [(caFile: String?, certificate: TLSFront.Certificate, words: [String])] =
        [
            ("", .good, ["issuer", "let `ca_file` name"]),
            (nil, .stranger, ["127.0.0.1", "a host that its certificate names"]),
            (nil, .expired, ["expired", "renew"]),
            ("/nowhere/ca.pem", .good, ["/nowhere/ca.pem", "PEM"]),
        ]

    @Test(arguments: strangers)
    func `a server that is not trusted is sent nothing, and the error says what mends it`(
        sample: (caFile: String?, certificate: TLSFront.Certificate, words: [String])
    ) throws {
        let place = try Place(caFile: sample.caFile, sample.certificate)
        guard case .tls(let words)? = place.ask().error else {
            Issue.record("a stranger is trusted")
            return
        }
        for word in sample.words { #expect(words.contains(word), "\(words)") }
        #expect(place.server.peers.allSatisfy { $0.requests == 0 })
    }

    @Test func `a server without TLS, or none at all, says so in the next turns`() throws {
        let loop = try EventLoop.ofTest()
        let server = try LoopServer(on: loop)
        server.greet = { $0.send("HTTP/1.1 400 Bad Request\r\n\r\n") }
        guard case .host(_, let port) = server.address else { preconditionFailure() }
        let wire = CurlWire(caFile: "", on: loop, connectTimeout: 20_000_000_000)
        let recorders = [Recorder(), Recorder()]
        _ = wire.start(request(host: "127.0.0.1:\(port)"), recorders[0])
        let refusing = BoundSocket()
        guard case .host(_, let closed) = refusing.address else { preconditionFailure() }
        _ = wire.start(request(host: "127.0.0.1:\(closed)"), recorders[1])
        #expect(recorders.allSatisfy { $0.calls == 0 })
        #expect(loop.run { recorders.allSatisfy { $0.isOver } })
        #expect(recorders[1].error == .connect("Connection refused"))
        guard case .tls(let words)? = recorders[0].error else {
            Issue.record("\(String(describing: recorders[0].error))")
            return
        }
        #expect(words.contains("nothing speaks TLS there"), "\(words)")
    }

    @Test func `a server that does not take the connection is given up on in time`() throws {
        let full = FullServer()
        guard case .host(let host, let port) = full.socket.address else { preconditionFailure() }
        let loop = try EventLoop.ofTest()
        let wire = CurlWire(caFile: "", on: loop, connectTimeout: 30_000_000)
        let recorder = Recorder()
        _ = wire.start(request(host: "\(host):\(port)"), recorder)
        #expect(loop.run { recorder.isOver })
        #expect(recorder.error == .connectTimeout)
    }

    @Test func `requests that are started and ended from within an answer are`() throws {
        let place = try Place()
        place.server.answer = { peer, request in
            peer.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"
                    + (request.contains("/ends") ? "0\r\n\r\n" : ""))
        }
        let other = Recorder()
        let endless = place.wire.start(request(.pieces, host: place.host), other)
        #expect(place.loop.run { other.body == "a" })
        let first = Recorder()
        let second = Recorder()
        first.onPiece = { exchange in
            endless.cancel()
            exchange.cancel()
            _ = place.wire.start(request(.pieces, path: "/ends", host: place.host), second)
        }
        _ = place.wire.start(request(.pieces, host: place.host), first)
        #expect(place.loop.run { second.isOver })
        #expect(second.answer == "200 a")
        #expect(place.loop.run { place.server.peers.filter { $0.isAtEnd }.count == 2 })
        #expect(!first.isOver && !other.isOver)
    }

    @Test func `idle connections are closed when nothing was asked for a while`() throws {
        let place = try Place()
        #expect(place.ask().head?.status == 200)
        #expect(place.ask().head?.status == 200)
        #expect(place.server.peers.count == 1)
        #expect(place.loop.run { place.server.peers[0].isAtEnd })
        #expect(place.ask().head?.status == 200)
        place.wire.closeIdle()
        #expect(place.loop.run { place.server.peers[1].isAtEnd })
    }
}
