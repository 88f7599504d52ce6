import HTTP
import Testing

/// An answer, and what is to be read of it.
struct AnswerSample: CustomTestStringConvertible {
    var name: String
    var text: String
    var status = 200
    var body = ""
    var rest = ""
    var keepAlive = true
    var answersHEAD = false
    var testDescription: String { name }
}

let answerSamples: [AnswerSample] = [
    .init(
        name: "length", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", body: "hello"),
    .init(
        name: "length and bytes of the next answer",
        text: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500", body: "ok",
        rest: "HTTP/1.1 500"),
    .init(name: "length 0", text: "HTTP/1.1 429 Too Many\r\ncontent-length:0\r\n\r\n", status: 429),
    .init(
        name: "the same length three times",
        text: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2, 2\r\n\r\nok", body: "ok"),
    .init(
        name: "bare line feeds",
        text: "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", body: "ok"),
    .init(name: "no reason", text: "HTTP/1.1 999\r\nContent-Length: 0\r\n\r\n", status: 999),
    .init(
        name: "an empty reason", text: "HTTP/1.1 100 \r\n\r\nHTTP/1.1 204 \r\n\r\nx", status: 204,
        rest: "x"),
    .init(
        name: "interim answers with fields of their own",
        text: "HTTP/1.1 100 Continue\r\nConnection: close\r\nContent-Length: 7\r\n\r\n"
            + "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n"
            + "Content-Length: 2\r\n\r\nok", body: "ok"),
    .init(
        name: "chunks",
        text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5\r\nhello\r\n00A ;ext=\"a;b\"\r\n, world...\r\n0\r\n\r\nnext",
        body: "hello, world...", rest: "next"),
    .init(
        name: "chunks with bare line feeds and trailers",
        text: "HTTP/1.1 200 OK\nTRANSFER-ENCODING: Chunked\n\n1\na\n1;x\nb\n000\nA: b\nC: d\n\n",
        body: "ab"),
    .init(
        name: "chunks beside a length",
        text: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "2\r\nok\r\n0\r\n\r\n", body: "ok", keepAlive: false),
    .init(
        name: "chunked said twice",
        text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"
            + "\r\n2\r\nok\r\n0\r\n\r\n", body: "ok", keepAlive: false),
    .init(
        name: "a length and chunks that are folded",
        text: "HTTP/1.1 200 OK\r\nA: b\r\n\tc\r\n  Content-Length: 9\r\n"
            + "Transfer-Encoding:\r\n chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", body: "ok"),
    .init(
        name: "chunks in HTTP/1.0",
        text: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "2\r\nok\r\n0\r\n\r\n", body: "ok", keepAlive: false),
    .init(
        name: "until the connection closes", text: "HTTP/1.1 200 OK\r\n\r\nall of it\r\n\r\n",
        body: "all of it\r\n\r\n", keepAlive: false),
    .init(
        name: "identity is no encoding",
        text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 1\r\n\r\na",
        body: "a"),
    .init(
        name: "HTTP/1.0 closes", text: "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", body: "a",
        keepAlive: false),
    .init(
        name: "HTTP/1.0 keeps alive when it says so",
        text: "HTTP/1.0 200 OK\r\nConnection: foo, Keep-Alive\r\nContent-Length: 1\r\n\r\na",
        body: "a"),
    .init(
        name: "Connection: close among others",
        text: "HTTP/1.1 200 OK\r\nConnection: keep-alive , CLOSE\r\nContent-Length: 0\r\n\r\n",
        keepAlive: false),
    .init(
        name: "204 has no body", text: "HTTP/1.1 204 No Content\r\n\r\nx", status: 204, rest: "x"),
    .init(
        name: "304 has no body though it tells a length",
        text: "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", status: 304),
    .init(
        name: "204 that announces a body is not trusted",
        text: "HTTP/1.1 204 No Content\r\nContent-Length: 1\r\n\r\nx", status: 204, rest: "x",
        keepAlive: false),
    .init(
        name: "HEAD has no body", text: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        answersHEAD: true),
    .init(
        name: "HEAD has no chunks", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        answersHEAD: true),
    .init(
        name: "values with tabs, bytes above ASCII and nothing",
        text:
            "HTTP/1.1 200 Tr\u{e8}s bien\r\nX-A:\r\nX-B: \tcaf\u{e9}\t \r\nContent-Length:\t1\t\r\n\r\na",
        body: "a"),
]

/// Bytes that are no answer, and why.
let faultySamples: [(String, HTTPParseError)] = [
    ("", .closedWithoutAnswer),
    ("H", .truncated),
    ("HTTP/1.1 200 OK\r\nContent-Le", .truncated),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r", .truncated),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", .truncated),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", .truncated),
    ("HTTP/1.1 100 Continue\r\n\r\n", .truncated),
    ("\r\nHTTP/1.1 200 OK\r\n\r\n", .notHTTP),
    ("garbage HTTP/1.1 200 OK\r\n\r\n", .notHTTP),
    ("\u{15}\u{3}\u{1}", .notHTTP),
    ("HTTQ", .notHTTP),
    ("ICY 200 OK\r\n\r\n", .notHTTP),
    ("HTTP/2 200\r\n\r\n", .unsupportedVersion),
    ("HTTP/2.0 200 OK\r\n\r\n", .unsupportedVersion),
    ("HTTP/1.1\r\n\r\n", .badStatusLine),
    ("HTTP/1.x 200 OK\r\n\r\n", .badStatusLine),
    ("HTTP/1.1  200 OK\r\n\r\n", .badStatusLine),
    ("HTTP/1.1 099 OK\r\n\r\n", .badStatusLine),
    ("HTTP/1.1 20 OK\r\n\r\n", .badStatusLine),
    ("HTTP/1.1 2000 OK\r\n\r\n", .badStatusLine),
    ("HTTP/1.1 -20 OK\r\n\r\n", .badStatusLine),
    ("HTTP/1.1 101 Switching Protocols\r\n\r\n", .switchedProtocols),
    ("HTTP/1.1 200 OK\r\n A: b\r\n\r\n", .badHeader),
    ("HTTP/1.1 200 OK\r\nA b: c\r\n\r\n", .badHeader),
    ("HTTP/1.1 200 OK\r\n: b\r\n\r\n", .badHeader),
    ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", .badHeader),
    ("HTTP/1.1 200 OK\r\nContent-Length\r\n\r\n", .badHeader),
    ("HTTP/1.1 200 OK\r\nA: b\u{0}\r\n\r\n", .controlCharacter),
    ("HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n", .controlCharacter),
    ("HTTP/1.1 200 OK\r\r\n\r\n", .controlCharacter),
    ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", .badContentLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n", .badContentLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: 1a\r\n\r\n", .badContentLength),
    ("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", .badContentLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n", .badContentLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", .badContentLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n", .badContentLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", .badContentLength),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .unsupportedTransferEncoding),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n", .unsupportedTransferEncoding),
]

/// Chunked bodies that are none, and why.
let faultyChunks: [(String, HTTPParseError)] = [
    ("", .truncated), ("5", .truncated), ("5\r\nhell", .truncated), ("5\r\nhello", .truncated),
    ("5\r\nhello\r", .truncated), ("0\r\n", .truncated), ("0\r\nA: b\r\n", .truncated),
    ("\r\n", .badChunk), ("-5\r\n", .badChunk), ("0x5\r\n", .badChunk), ("5 5\r\n", .badChunk),
    ("g\r\n", .badChunk), ("5\r\nhello5\r\n", .badChunk), ("5\r\nhello\rx", .badChunk),
    ("8000000000000000\r\n", .badChunk), ("FFFFFFFFFFFFFFFFF\r\n", .badChunk),
    ("5;\u{1}\r\n", .controlCharacter), ("0\r\nA\u{0}\r\n", .controlCharacter),
]

struct HTTPResponseParserTests {
    @Test(arguments: answerSamples)
    func `an answer is read the same however it is cut`(sample: AnswerSample) throws {
        let tape = try #require(playEveryWay(sample.text, answersHEAD: sample.answersHEAD))
        #expect(tape.error == nil)
        #expect(tape.hasEnded)
        #expect(tape.head?.status == sample.status)
        #expect(tape.head?.keepAlive == sample.keepAlive)
        #expect(tape.body == sample.body)
        #expect(tape.rest == sample.rest)
    }

    @Test(arguments: answerSamples.filter { !$0.name.hasPrefix("until") })
    func `an answer with an announced end needs no close`(sample: AnswerSample) throws {
        let tape = try #require(
            playEveryWay(sample.text, closed: false, answersHEAD: sample.answersHEAD))
        #expect(tape.hasEnded)
        #expect(tape.body == sample.body)
    }

    @Test(arguments: faultySamples)
    func `what is no answer is refused the same however it is cut`(
        text: String, error: HTTPParseError
    ) throws {
        let tape = try #require(playEveryWay(text))
        #expect(tape.error == error)
        #expect(!tape.hasEnded)
    }

    @Test(arguments: faultyChunks)
    func `faulty chunks are refused`(text: String, error: HTTPParseError) throws {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        let tape = try #require(playEveryWay(head + text))
        #expect(tape.error == error)
        #expect("hello".hasPrefix(tape.body))
    }

    @Test func `a body without an announced end waits for the close`() throws {
        let tape = try #require(playEveryWay("HTTP/1.1 200 OK\r\n\r\nabc", closed: false))
        #expect(!tape.hasEnded)
        #expect(tape.error == nil)
        #expect(tape.body == "abc")
    }

    @Test func `after an error the same error comes again`() {
        var parser = HTTPResponseParser()
        let bytes = Array("nonsense".utf8)
        #expect(throws: HTTPParseError.notHTTP) { _ = try parser.next(bytes.span, ended: false) }
        #expect(throws: HTTPParseError.notHTTP) { _ = try parser.next(bytes.span, ended: true) }
    }

    @Test func `every error has a sentence of its own`() {
        let all: [HTTPParseError] = [
            .closedWithoutAnswer, .truncated, .notHTTP, .unsupportedVersion, .badStatusLine,
            .switchedProtocols, .badHeader, .controlCharacter, .badContentLength,
            .unsupportedTransferEncoding, .badChunk, .headTooLarge, .tooManyHeaders,
            .tooManyInterimAnswers, .chunkLineTooLarge, .trailersTooLarge,
        ]
        #expect(Set(all.map(\.description)).count == all.count)
    }
}
