import CrowdModelsProtocol
import HTTP
import Testing

struct HTTPResponseWriterTests {
    /// The head of the one request in `text`.
    private func head(_ text: String) -> IncomingRequestHead? {
        RequestTape([Array(text.utf8)[...]]).requests.first?.head
    }

    private func writer(_ line: String, _ fields: String = "") -> HTTPResponseWriter {
        head("\(line)\r\nHost: h\r\n\(fields)\r\n").map { HTTPResponseWriter(to: $0) }
            ?? HTTPResponseWriter()
    }

    private func span(_ text: String, _ work: (Span<UInt8>) -> Void) {
        var bytes = ByteBuffer()
        bytes.append(utf8: text)
        work(bytes.span)
    }

    @Test func `a whole answer has a length, and says who answers`() {
        var writer = writer("GET / HTTP/1.1")
        var out = ByteBuffer()
        span("{}") { body in
            writer.whole(200, body: body, to: &out) { $0.append(field: "X-A", "b\r\nEvil: c") }
        }
        #expect(
            out.text == "HTTP/1.1 200 OK\r\nServer: crowd-models-executor\r\n"
                + "Content-Type: application/json\r\nContent-Length: 2\r\nX-A: b??Evil: c\r\n\r\n{}"
        )
        #expect(writer.hasEnded && !writer.mustClose)
    }

    @Test func `an answer to HEAD and one of 204 have no body`() {
        for (line, status) in [("HEAD / HTTP/1.1", 200), ("GET / HTTP/1.1", 204)] {
            var writer = writer(line)
            var out = ByteBuffer()
            span("{}") { writer.whole(status, body: $0, to: &out) }
            #expect(out.text.hasSuffix("\r\n\r\n"))
            #expect(out.text.contains("Content-Length: 2") == (status == 200))
            let tape = play([out.bytes[...]], answersHEAD: status == 200)
            #expect(tape.hasEnded && tape.error == nil && tape.head?.keepAlive == true)
        }
    }

    @Test(arguments: ["1.1", "1.0"])
    func `a stream is read by our own parser as it was written`(version: String) {
        var writer = writer("POST / HTTP/\(version)", "Connection: keep-alive\r\n")
        var out = ByteBuffer()
        writer.begin(200, to: &out)
        span("{\"a\":1}") { writer.event(data: $0, to: &out) }
        writer.comment(to: &out)
        span("[DONE]") { writer.event("error", data: $0, to: &out) }
        span("raw") { writer.piece($0, to: &out) }
        span("") { writer.piece($0, to: &out) }
        writer.end(to: &out)
        let tape = play([out.bytes[...]])
        #expect(tape.hasEnded && tape.error == nil && tape.rest == "")
        #expect(tape.head?.isEventStream == true)
        #expect(
            tape.body == "data: {\"a\":1}\n\n: keep-alive\n\nevent: error\ndata: [DONE]\n\nraw")
        // Only the close tells an old client where the body ends.
        #expect(writer.mustClose == (version == "1.0"))
        #expect(tape.head?.isChunked == (version == "1.1"))
        #expect(writer.hasEnded)
    }

    @Test func `a stream that HEAD asked for is its head alone`() {
        var writer = writer("HEAD / HTTP/1.1")
        var out = ByteBuffer()
        writer.begin(200, contentType: "application/x-ndjson", to: &out)
        span("{}") { writer.event(data: $0, to: &out) }
        span("{}") { writer.piece($0, to: &out) }
        writer.comment(to: &out)
        writer.end(to: &out)
        #expect(out.text.hasSuffix("Transfer-Encoding: chunked\r\n\r\n"))
    }

    @Test func `the connection closes where the client wishes it or cannot be understood`() {
        let wishes: [(String, String, Bool)] = [
            ("GET / HTTP/1.1", "", false), ("GET / HTTP/1.1", "Connection: close\r\n", true),
            ("GET / HTTP/1.0", "", true), ("GET / HTTP/1.0", "Connection: keep-alive\r\n", false),
            ("nonsense", "", true),
        ]
        for (line, fields, closes) in wishes {
            var writer = writer(line, fields)
            var out = ByteBuffer()
            span("{}") { writer.whole(400, body: $0, to: &out) }
            #expect(writer.mustClose == closes)
            #expect(out.text.contains("Connection: close\r\n") == closes)
        }
    }

    @Test func `every refusal of a request has a reason that its status line tells`() {
        let all: [RequestParseError] = [
            .badRequestLine, .unsupportedVersion, .badLine, .badField, .badHost,
            .badContentLength, .ambiguousFraming, .unsupportedCoding, .badChunk,
            .unsupportedContent, .unsupportedExpectation, .headTooLarge, .tooManyFields,
            .bodyTooLarge(max: 9),
        ]
        for error in all {
            var writer = HTTPResponseWriter()
            var out = ByteBuffer()
            span(error.description) { writer.whole(error.status, body: $0, to: &out) }
            #expect(!out.text.contains("Unknown"))
            #expect(writer.mustClose)
        }
        #expect(Set(all.map(\.description)).count == all.count)
        var out = ByteBuffer()
        HTTPResponseWriter.writeContinue(to: &out)
        #expect(out.text == "HTTP/1.1 100 Continue\r\n\r\n")
    }
}
