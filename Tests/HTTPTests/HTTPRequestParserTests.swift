import CrowdModelsProtocol
import HTTP
import TestSupport
import Testing

/// Requests of one connection, and what is to be read of them: target and body of each.
let requestSamples: [(text: String, read: [String])] = [
    ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", ["GET / "]),
    (
        "POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}",
        [
            "POST /v1/chat/completions {}"
        ]
    ),
    // One behind the other, and an empty line between them.
    (
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab\r\n"
            + "GET /b?c=%20 HTTP/1.1\r\nhost:h\r\n\r\nHEAD /c HTTP/1.1\r\nHost: h\r\n\r\n",
        ["POST /a ab", "GET /b?c=%20 ", "HEAD /c "]
    ),
    (
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
            + "3\r\nabc\r\n00A;x=\"y\"\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"
            + "GET /b HTTP/1.1\r\nHost: h\r\n\r\n",
        ["POST /a abc0123456789", "GET /b "]
    ),
    ("GET http://h:1/a?b HTTP/1.1\r\nHost: h:1\r\n\r\n", ["GET /a?b "]),
    ("GET HTTPS://h HTTP/1.1\r\nHost: h\r\n\r\n", ["GET / "]),
    ("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", ["OPTIONS * "]),
    ("GET /a HTTP/1.0\r\n\r\nGET /b HTTP/1.0\r\n\r\n", ["GET /a "]),
    (
        "GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\nGET /b HTTP/1.0\r\n\r\n",
        ["GET /a ", "GET /b "]
    ),
    (
        "GET /a HTTP/1.1\r\nHost: h\r\nConnection: x, CLOSE\r\n\r\nGET /b HTTP/1.1\r\n\r\n",
        ["GET /a "]
    ),
    ("GET /a HTTP/1.1\r\nHost:\r\nX: \tcaf\u{e9}\t \r\nX:\r\n\r\n", ["GET /a "]),
    ("PATCH /a HTTP/1.9\r\nHost: h\r\nContent-Length: 0\r\n\r\n", ["PATCH /a "]),
]

/// Requests that two readers could read in two ways, and others that are none.
let smugglingSamples: [(String, RequestParseError)] = [
    // Two lengths, of whatever kind (RFC 9112, 6.3).
    ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", .ambiguousFraming),
    ("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", .ambiguousFraming),
    ("Content-Length: 5\r\nContent-Length: 6\r\n", .badContentLength),
    ("Content-Length: 5\r\nContent-Length: 5\r\n", .badContentLength),
    ("Content-Length: 5, 5\r\n", .badContentLength), ("Content-Length: 5 6\r\n", .badContentLength),
    ("Content-Length:\r\n", .badContentLength), ("Content-Length: +5\r\n", .badContentLength),
    ("Content-Length: -5\r\n", .badContentLength), ("Content-Length: 0x5\r\n", .badContentLength),
    ("Content-Length: 5.0\r\n", .badContentLength),
    ("Content-Length: 99999999999999999999\r\n", .badContentLength),
    ("Content-Length: \u{ff15}\r\n", .badContentLength),
    ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", .ambiguousFraming),
    ("Transfer-Encoding: chunked, chunked\r\n", .ambiguousFraming),
    ("Transfer-Encoding: chunked, identity\r\n", .ambiguousFraming),
    ("Transfer-Encoding: gzip\r\n", .ambiguousFraming),
    ("Transfer-Encoding:\r\n", .ambiguousFraming),
    ("Transfer-Encoding: xchunked\r\n", .ambiguousFraming),
    ("Transfer-Encoding: \u{b}chunked\r\n", .badLine),
    ("Transfer-Encoding: \"chunked\"\r\n", .ambiguousFraming),
    ("Transfer-Encoding: gzip, chunked\r\n", .unsupportedCoding),
    ("Content-Encoding: gzip\r\n", .unsupportedContent),
    // Fields that hide from one of two readers.
    ("Transfer-Encoding : chunked\r\n", .badField), (" Content-Length: 5\r\n", .badField),
    ("A: b\r\n Content-Length: 5\r\n", .badField), ("A: b\r\n\tc\r\n", .badField),
    ("Content-Length\r\n", .badField), (": 5\r\n", .badField), ("A b: c\r\n", .badField),
    ("A: b\nContent-Length: 5\r\n", .badLine), ("A: b\rContent-Length: 5\r\n", .badLine),
    ("A: b\u{0}\r\n", .badLine), ("A: b\u{7f}\r\n", .badLine), ("A\u{e9}: b\r\n", .badField),
    // Whom it is for.
    ("Host: other\r\n", .badHost), ("Expect: 200-ok\r\n", .unsupportedExpectation),
]

let faultyRequests: [(String, RequestParseError)] = [
    ("GET / HTTP/1.1\r\n\r\n", .badHost),
    ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .ambiguousFraming),
    ("GET / HTTP/1.1\nHost: h\n\n", .badLine), ("GET / HTTP/1.1\r\nHost: h\n\r\n", .badLine),
    ("\r\n\r\nGET / HTTP/1.1\r\n", .badRequestLine), ("\nGET / HTTP/1.1\r\n", .badLine),
    ("GET /\r\n", .badRequestLine), ("GET  / HTTP/1.1\r\n", .badRequestLine),
    ("GET / HTTP/1.1 \r\n", .badRequestLine), ("GET / a HTTP/1.1\r\n", .badRequestLine),
    (" GET / HTTP/1.1\r\n", .badRequestLine), ("GET\t/ HTTP/1.1\r\n", .badRequestLine),
    ("GET a HTTP/1.1\r\n", .badRequestLine), ("GET * HTTP/1.1\r\n", .badRequestLine),
    ("GET /\u{e9} HTTP/1.1\r\n", .badRequestLine), ("GET / http/1.1\r\n", .badRequestLine),
    ("GET / HTTP/11\r\n", .badRequestLine), ("GET / HTTP/2.0\r\n", .unsupportedVersion),
    ("GET / HTTP/1.x\r\n", .unsupportedVersion), ("GET / HTTP/0.9\r\n", .unsupportedVersion),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .unsupportedVersion),
    ("\u{16}\u{3}\u{1}", .badLine), ("(GET) / HTTP/1.1\r\n", .badRequestLine),
    ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA / HTTP/1.1\r\n", .badRequestLine),
]

/// All requests that are refused: those whose fields are at fault, and the others.
func allFaultyRequests() -> [(String, RequestParseError)] {
    var all = faultyRequests
    for (fields, error) in smugglingSamples {
        let text: String = "POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\nhello"
        all.append((text, error))
    }
    return all
}

/// Chunked bodies that are none, and why.
let faultyRequestChunks: [(String, RequestParseError)] = [
    ("\r\n", .badChunk), ("-1\r\n", .badChunk), ("0x1\r\n", .badChunk), ("1 \r\n", .badChunk),
    ("g\r\n", .badChunk), ("1\nx", .badLine), ("1\r\nxy\r\n", .badChunk), ("1\r\nx\n", .badChunk),
    ("1\r\nx\r0\r\n", .badChunk), ("1;a\u{0}\r\n", .badLine), ("1;a\rb\r\n", .badLine),
    ("7fffffffffffffff\r\n", .badChunk), ("fffffffffffffffff\r\n", .badChunk),
    ("3e9\r\n", .bodyTooLarge(max: 1000)), ("0\r\nA: b\nC: d\r\n\r\n", .badLine),
]

struct HTTPRequestParserTests {
    @Test(arguments: requestSamples)
    func `a request is read however its bytes are cut`(text: String, read: [String]) throws {
        let tape = try #require(RequestTape.everyWay(text))
        #expect(tape.error == nil)
        #expect(tape.requests.map { "\($0.head.method) \($0.head.targetText) \($0.body)" } == read)
        #expect(tape.requests.allSatisfy { $0.hasEnded })
        #expect(tape.isIdle == (tape.requests.last?.head.keepAlive == true))
    }

    @Test(arguments: requestSamples)
    func `a request that is cut off has not ended`(text: String, read: [String]) {
        let bytes = Array(text.utf8)
        let whole = RequestTape([bytes[...]])
        for end in bytes.indices {
            let tape = RequestTape([bytes[..<end]])
            #expect(tape.error == nil)
            let ended = tape.requests.filter { $0.hasEnded }
            #expect(ended == Array(whole.requests.prefix(ended.count)))
        }
    }

    @Test(arguments: allFaultyRequests())
    func `what could be read in two ways is refused`(text: String, error: RequestParseError) throws
    {
        let tape = try #require(RequestTape.everyWay(text))
        #expect(tape.error == error)
        #expect(tape.requests.isEmpty)
    }

    @Test(arguments: faultyRequestChunks)
    func `a chunked body that is none is refused`(text: String, error: RequestParseError) throws {
        let head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        let tape = try #require(RequestTape.everyWay(head + text, bodyBytesMax: 1000))
        #expect(tape.error == error)
        #expect(tape.requests.count == 1 && !tape.requests[0].hasEnded)
    }

    @Test func `fields are found by their names, the first of each`() throws {
        let text =
            "GET / HTTP/1.1\r\nHOST: h\r\nUser-Agent: a/1 b\r\nX-a: 1\r\nx-A:2\r\nEmpty:\r\n\r\n"
        let head = try #require(RequestTape.everyWay(text)?.requests.first?.head)
        #expect(head["host"] == "h" && head["user-agent"] == "a/1 b")
        #expect(head["x-a"] == "1" && head["empty"] == "" && head["none"] == nil)
    }

    @Test(arguments: [
        ("Content-Length: 2", true), ("Transfer-Encoding: chunked", true), ("A: b", false),
        ("Content-Length: 0", false),
    ])
    func `leave to go on is given where it is waited for`(field: String, waits: Bool) {
        for expectation in ["100-continue", "100-Continue"] {
            let text = "POST / HTTP/1.1\r\nHost: h\r\nExpect: \(expectation)\r\n\(field)\r\n\r\n"
            let tape = RequestTape([Array(text.utf8)[...]])
            #expect(tape.requests.first?.head.expectsContinue == waits)
        }
    }

    @Test func `a body may have as many bytes as the limit and no more`() throws {
        let length = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
        let chunks: String =
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
        for text in [length, chunks] {
            #expect(RequestTape.everyWay(text, bodyBytesMax: 5)?.requests.first?.body == "hello")
            let tape = try #require(RequestTape.everyWay(text, bodyBytesMax: 4))
            #expect(tape.error == .bodyTooLarge(max: 4))
            #expect(tape.error?.status == 413)
        }
    }

    @Test func `a head may have as many bytes and fields as the limits and no more`() {
        let start = "GET / HTTP/1.1\r\nHost: h\r\n"
        let room = HTTPLimits.headBytesMax - start.utf8.count - "A: \r\n\r\n".utf8.count
        let expected: [(Int, RequestParseError?)] = [(room, nil), (room + 1, .headTooLarge)]
        for (count, error) in expected {
            let text = "\(start)A: \(String(repeating: "a", count: count))\r\n\r\n"
            let bytes = Array(text.utf8)
            for size in [bytes.count, 1000, 7] {
                let pieces = stride(from: 0, to: bytes.count, by: size).map {
                    bytes[$0..<min($0 + size, bytes.count)]
                }
                #expect(RequestTape(pieces).error == error)
            }
        }
        let most = HTTPLimits.requestFieldsMax
        let counts: [(Int, RequestParseError?)] = [(most - 1, nil), (most, .tooManyFields)]
        for (count, error) in counts {
            let text = "\(start)\(String(repeating: "A: b\r\n", count: count))\r\n"
            #expect(RequestTape([Array(text.utf8)[...]]).error == error)
        }
        let endless = Array((start + String(repeating: "a", count: 70_000)).utf8)
        #expect(RequestTape([endless[...]]).error == .headTooLarge)
        #expect(RequestParseError.headTooLarge.status == 431)
    }

    @Test func `a line of framing may be as long as the limit and no longer`() {
        let head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        let room = HTTPLimits.chunkLineBytesMax - "1;\r\n".utf8.count
        let expected: [(Int, RequestParseError?)] = [(room, nil), (room + 1, .headTooLarge)]
        for (count, error) in expected {
            let line = "1;\(String(repeating: "x", count: count))\r\na\r\n0\r\n\r\n"
            #expect(RequestTape([Array((head + line).utf8)[...]]).error == error)
        }
        let trailers = "0\r\n\(String(repeating: "A: b\r\n", count: 3000))\r\n"
        #expect(RequestTape([Array((head + trailers).utf8)[...]]).error == .headTooLarge)
    }

    @Test(arguments: [11, 12, 13, 14] as [UInt64])
    func `damaged requests are read or refused, the same however they are cut`(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        var refused = 0
        var samples = requestSamples.map(\.text)
        samples += allFaultyRequests().map(\.0)
        for round in 0..<2500 {
            let mutant = random.mutant(of: Array(samples[round % samples.count].utf8))
            let whole = RequestTape([mutant[...]], bodyBytesMax: 1000)
            let cut = RequestTape(random.pieces(of: mutant), bodyBytesMax: 1000)
            #expect(cut == whole, "\(String(decoding: mutant, as: UTF8.self).debugDescription)")
            #expect(whole.requests.map(\.body.utf8.count).reduce(0, +) <= mutant.count * 3)
            if whole.error != nil { refused += 1 }
        }
        #expect(refused > 1000)
    }
}
