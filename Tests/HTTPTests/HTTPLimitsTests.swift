import CrowdModelsProtocol
import HTTP
import Testing

/// `text` repeated, as bytes.
func bytes(_ text: String, times: Int = 1) -> [UInt8] {
    Array(String(repeating: text, count: times).utf8)
}

/// Plays `bytes` whole and in pieces of odd sizes; nil if the tapes differ.
func playInPieces(_ bytes: [UInt8]) -> ResponseTape? {
    let whole = play([bytes[...]])
    for size in [7, 1000, 4096] {
        let pieces = stride(from: 0, to: bytes.count, by: size).map {
            bytes[$0..<min($0 + size, bytes.count)]
        }
        if play(pieces) != whole { return nil }
    }
    return whole
}

struct HTTPLimitsTests {
    let ok = bytes("HTTP/1.1 200 OK\r\n")
    let chunked = bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")

    @Test func `a head may have as many bytes as the limit and no more`() throws {
        let frame = ok + bytes("A: ") + bytes("\r\n\r\n")
        let room = HTTPLimits.headBytesMax - frame.count
        let fits = ok + bytes("A: ") + bytes("a", times: room) + bytes("\r\n\r\n")
        #expect(try #require(playInPieces(fits)).hasEnded)
        let tooLarge = ok + bytes("A: ") + bytes("a", times: room + 1) + bytes("\r\n\r\n")
        #expect(try #require(playInPieces(tooLarge)).error == .headTooLarge)
        let endless = ok + bytes("A: ") + bytes("a", times: 2 * HTTPLimits.headBytesMax)
        #expect(try #require(playInPieces(endless)).error == .headTooLarge)
    }

    @Test func `interim heads count against the same bytes`() throws {
        let interim = bytes("HTTP/1.1 100 \r\nA: ") + bytes("a", times: 20_000) + bytes("\r\n\r\n")
        let answer = interim + interim + interim + interim + ok + bytes("\r\n")
        #expect(try #require(playInPieces(answer)).error == .headTooLarge)
    }

    @Test func `a head may have as many fields as the limit and no more`() throws {
        let fits = ok + bytes("A: b\r\n", times: HTTPLimits.headerCountMax) + bytes("\r\n")
        #expect(try #require(playInPieces(fits)).hasEnded)
        let tooMany = ok + bytes("A: b\r\n", times: HTTPLimits.headerCountMax + 1) + bytes("\r\n")
        #expect(try #require(playInPieces(tooMany)).error == .tooManyHeaders)
    }

    @Test func `a server may send as many interim answers as the limit and no more`() throws {
        let interim = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
        let fits = bytes(interim, times: HTTPLimits.interimAnswersMax) + ok + bytes("\r\n")
        #expect(try #require(playInPieces(fits)).hasEnded)
        let tooMany = bytes(interim, times: HTTPLimits.interimAnswersMax + 1) + ok + bytes("\r\n")
        #expect(try #require(playInPieces(tooMany)).error == .tooManyInterimAnswers)
    }

    @Test func `a chunk line may be as long as the limit and no longer`() throws {
        let room = HTTPLimits.chunkLineBytesMax - bytes("1;\r\n").count
        let end = bytes("\r\na\r\n0\r\n\r\n")
        let fits = chunked + bytes("1;") + bytes("x", times: room) + end
        #expect(try #require(playInPieces(fits)).body == "a")
        let tooLong = chunked + bytes("1;") + bytes("x", times: room + 1) + end
        #expect(try #require(playInPieces(tooLong)).error == .chunkLineTooLarge)
        let endless = chunked + bytes("0", times: 2 * HTTPLimits.chunkLineBytesMax)
        #expect(try #require(playInPieces(endless)).error == .chunkLineTooLarge)
    }

    @Test func `trailers may have as many bytes as the limit and no more`() throws {
        let line = "A: b\r\n"
        let lines = (HTTPLimits.trailerBytesMax - 2) / line.utf8.count
        let left = (HTTPLimits.trailerBytesMax - 2) % line.utf8.count
        let fits = chunked + bytes("0\r\n") + bytes("a", times: left) + bytes(line, times: lines)
        #expect(try #require(playInPieces(fits + bytes("\r\n"))).hasEnded)
        let tooMany = chunked + bytes("0\r\n") + bytes("a", times: left + 1)
        let answer = tooMany + bytes(line, times: lines) + bytes("\r\n")
        #expect(try #require(playInPieces(answer)).error == .trailersTooLarge)
    }

    @Test func `a stream event may have as many bytes as the limit and no more`() throws {
        let room = HTTPLimits.eventBytesMax - bytes("data:").count
        for size in [HTTPLimits.eventBytesMax * 2, 65_536] {
            let fits = bytes("data:") + bytes("x", times: room) + bytes("\n\n")
            var tape = EventTape(fits, piece: size)
            #expect(tape.events.map(\.data.count) == [room])
            #expect(tape.error == nil)
            tape = EventTape(bytes("data: a\n\ndata:") + bytes("x", times: room + 1), piece: size)
            #expect(tape.events.map(\.data) == ["a"])
            #expect(tape.error == .eventTooLarge)
            tape = EventTape(bytes(":") + bytes("x", times: room + 5), piece: size)
            #expect(tape.error == .eventTooLarge)
            let half = bytes("data:") + bytes("x", times: room / 2) + bytes("\n")
            tape = EventTape(half + half + bytes("data:x\n\n"), piece: size)
            #expect(tape.error == .eventTooLarge)
        }
    }

    @Test func `comments without end make no event too large`() {
        let tape = EventTape(bytes(": keepalive\n", times: 400_000) + bytes("data: a\n\n"))
        #expect(tape.events.map(\.data) == ["a"])
    }
}
