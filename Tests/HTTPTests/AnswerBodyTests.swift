import CrowdModelsProtocol
import HTTP
import Kernel
import TestSupport
import Testing

/// What becomes of a body between the connection and its reader: unpacked, bounded, or named.
@Suite(.eachWire, .tidy) struct AnswerBodyTests {
    /// `hello, hello, hello` as gzip, zlib and raw deflate write it.
    static let packed: [(encoding: String, bytes: [UInt8])] = [
        ("gzip", gzip), ("x-gzip", gzip), ("", gzip), ("deflate", zlib), ("deflate", raw),
        // Several compressed pieces, one behind the other, are one text.
        ("gzip", twoOfThem),
        // What is announced as compressed and is not.
        ("gzip", plain), ("deflate", plain),
    ]

    @Test(arguments: packed, [HTTPRequest.Delivery.whole, .pieces])
    func `a body that was compressed unasked is unpacked`(
        sample: (encoding: String, bytes: [UInt8]), delivery: HTTPRequest.Delivery
    ) throws {
        for status in ["200 OK", "500 Oh"] {
            let scene = try Scene()
            scene.server.answer = { peer, _ in
                peer.send(head(status, sample.encoding, length: sample.bytes.count))
                peer.send(sample.bytes)
            }
            for _ in 0..<2 {
                #expect(scene.ask(delivery).answer == status.prefix(4) + "{hello, hello, hello}")
            }
            #expect(scene.server.peers.count == 1)
        }
    }

    @Test(arguments: packed)
    func `a compressed body arrives byte by byte, in chunks`(
        sample: (encoding: String, bytes: [UInt8])
    ) throws {
        let scene = try Scene()
        let recorder = Recorder()
        scene.start(recorder, .pieces)
        #expect(scene.loop.run { scene.server.peers.first?.requests == 1 })
        let peer = scene.server.peers[0]
        peer.send(head("200 OK", sample.encoding, length: nil))
        for byte in sample.bytes {
            peer.send(Array("1\r\n".utf8) + [byte] + Array("\r\n".utf8))
            scene.loop.runTurns(2)
        }
        peer.send("0\r\n\r\n")
        #expect(scene.loop.run { recorder.isOver })
        #expect(recorder.answer == "200 {hello, hello, hello}")
    }

    @Test(arguments: ["br", "zstd", "gzip, gzip"])
    func `what cannot be unpacked is named`(encoding: String) throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in
            peer.send(head("200 OK", encoding, length: 3) + "\u{1}\u{2}\u{3}")
        }
        let error = scene.ask().error
        #expect(error == .encoding(encoding))
        #expect(error?.message.contains("Content-Encoding: \(encoding)") == true)
        // Where the status says that it failed, that is told.
        scene.server.answer = { peer, _ in
            peer.send(head("502 Bad Gateway", encoding, length: 3) + "\u{1}\u{2}\u{3}")
        }
        #expect(scene.ask().answer == "502 ")
    }

    @Test func `what is more than may be held together is given up, and held no more`() throws {
        let scene = try Scene()
        scene.loop.memory.max = 50_000
        let body = String(repeating: "a", count: 9_000)
        scene.server.answer = { peer, _ in
            // In chunks: a body that comes in one piece is not gathered.
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<3 { peer.send("bb8\r\n\(body.prefix(3_000))\r\n") }
            peer.send("0\r\n\r\n")
        }
        #expect(scene.ask().answer == "200 \(body)")
        #expect(scene.loop.memory.held == 0)
        // Somebody else holds so much that it does not fit.
        var other = 0
        scene.loop.memory.change(&other, to: 20_000)
        #expect(scene.ask().error == .crowdedOut(max: 50_000))
        #expect(scene.loop.memory.held == 20_000)
        scene.loop.memory.change(&other, to: 0)
        #expect(scene.ask().answer == "200 \(body)")
    }

    @Test func `a compressed body that is broken is named`() throws {
        var bytes = Self.packed[0].bytes
        bytes[12] ^= 0xFF
        bytes[13] ^= 0xFF
        let scene = try Scene()
        scene.server.answer = { peer, _ in
            peer.send(head("200 OK", "gzip", length: bytes.count))
            peer.send(bytes)
        }
        #expect(scene.ask().error == .encoding("gzip"))
    }

    @Test func `sixty megabytes in sixty kilobytes are bounded, and hold nobody up`() throws {
        let scene = try Scene()
        scene.server.answer = { peer, _ in
            peer.send(head("200 OK", "gzip", length: bomb.count))
            peer.send(bomb)
        }
        let recorder = Recorder()
        var asked = scene.wish()
        asked.answerBytesMax = 30_000_000
        _ = scene.wire.start(asked, recorder)
        var turns = 0
        #expect(
            scene.loop.run {
                turns += 1
                return recorder.isOver
            })
        #expect(recorder.error == .answerTooLarge(max: 30_000_000))
        // 2 KiB of it are unpacked in one turn, some 2 MiB.
        #expect(turns > 10)
    }

    @Test(arguments: [true, false])
    func `of an answer without success no more is read than the request allows`(
        isChunked: Bool
    ) throws {
        for delivery in [HTTPRequest.Delivery.whole, .pieces] {
            let scene = try Scene()
            let body = String(repeating: "x", count: 3_000_000)
            scene.server.answer = { peer, _ in
                if isChunked {
                    peer.send(head("500 Oh", "", length: nil) + "2dc6c0\r\n\(body)\r\n0\r\n\r\n")
                } else {
                    peer.send(answer(body, status: "500 Oh"))
                }
            }
            let recorder = scene.ask(delivery)
            #expect(recorder.head?.status == 500)
            #expect(recorder.body.utf8.count == HTTPLimits.errorBytesMax)
            #expect(recorder.late == 0)
            #expect(scene.loop.run { scene.server.peers[0].isAtEnd })
            var asked = scene.wish(delivery)
            asked.errorBytesMax = 10
            let second = Recorder()
            _ = scene.wire.start(asked, second)
            #expect(scene.loop.run { second.isOver })
            #expect(second.body == String(repeating: "x", count: 10))
        }
    }

    @Test(arguments: [9, 10])
    func `a whole answer may have as many bytes as its request allows and no more`(
        most: Int
    ) throws {
        for body in [answer("0123456789"), "HTTP/1.1 200 OK\r\n\r\n0123456789"] {
            let scene = try Scene()
            scene.server.answer = { peer, _ in
                peer.send(body)
                peer.close()
            }
            var asked = scene.wish()
            asked.answerBytesMax = most
            let recorder = Recorder()
            _ = scene.wire.start(asked, recorder)
            #expect(scene.loop.run { recorder.isOver })
            #expect(recorder.error == (most == 9 ? .answerTooLarge(max: 9) : nil))
            #expect(recorder.whole == (most == 9 ? nil : "0123456789"))
        }
    }
}

/// The head of an answer that is compressed as `encoding` says; chunked without a length.
private func head(_ status: String, _ encoding: String, length: Int?) -> String {
    "HTTP/1.1 \(status)\r\n" + (encoding.isEmpty ? "" : "Content-Encoding: \(encoding)\r\n")
        + (length.map { "Content-Length: \($0)\r\n\r\n" } ?? "Transfer-Encoding: chunked\r\n\r\n")
}

private let gzip: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xAB, 0xCE, 0x48, 0xCD,
    0xC9, 0xC9, 0xD7, 0x51, 0x40, 0xA6, 0x6A, 0x01, 0x2E, 0x09, 0xFF, 0xA4, 0x15, 0x00,
    0x00, 0x00,
]
private let zlib: [UInt8] = [
    0x78, 0xDA, 0xAB, 0xCE, 0x48, 0xCD, 0xC9, 0xC9, 0xD7, 0x51, 0x40, 0xA6, 0x6A, 0x01,
    0x55, 0x92, 0x07, 0xCD,
]
private let raw: [UInt8] = [
    0xAB, 0xCE, 0x48, 0xCD, 0xC9, 0xC9, 0xD7, 0x51, 0x40, 0xA6, 0x6A, 0x01,
]
private let twoOfThem: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xAB, 0xCE, 0x48, 0xCD,
    0xC9, 0x01, 0x00, 0x3C, 0xF9, 0xE2, 0x75, 0x05, 0x00, 0x00, 0x00, 0x1F, 0x8B, 0x08,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xCB, 0xD7, 0x51, 0xC8, 0x48, 0xCD, 0xC9,
    0xC9, 0x87, 0x52, 0xB5, 0x00, 0x8C, 0xC9, 0x77, 0x85, 0x10, 0x00, 0x00, 0x00,
]
private let plain = Array("{hello, hello, hello}".utf8)
/// A block of gzip in which each byte 0 stands for 1,032 bytes, and 60,000 of these.
private let bomb: [UInt8] =
    [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xEC, 0xC1, 0x01,
        0x01, 0x00, 0x00, 0x00, 0x80, 0x90, 0xFE, 0xAF, 0xEE, 0x08, 0x0A,
    ] + [UInt8](repeating: 0, count: 60_000)
