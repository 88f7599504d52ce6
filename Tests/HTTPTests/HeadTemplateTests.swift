import CrowdModelsProtocol
import HTTP
import Testing

/// What a connection's parser makes of an answer when it knows the one before.
@Suite struct HeadTemplateTests {
    @Test(arguments: answerSamples)
    func `an answer reads the same whatever came before it`(sample: AnswerSample) {
        for first in answerSamples where first.answersHEAD == sample.answersHEAD {
            let bytes = Array(sample.text.utf8)
            let alone = play([bytes[...]], answersHEAD: sample.answersHEAD)
            for pieces in everyCut(bytes) {
                #expect(
                    play(pieces, answersHEAD: sample.answersHEAD, after: first.text) == alone,
                    "after \(first.name)")
            }
        }
    }

    @Test(arguments: answerSamples)
    func `a head that differs in any byte reads as if it were the first`(sample: AnswerSample) {
        let bytes = Array(sample.text.utf8)
        for at in bytes.indices {
            for byte in [UInt8](" \t\r\n:,5ax\u{1}".utf8) + [0x80] where byte != bytes[at] {
                var other = bytes
                other[at] = byte
                #expect(
                    play([other[...]], answersHEAD: sample.answersHEAD, after: sample.text)
                        == play([other[...]], answersHEAD: sample.answersHEAD),
                    "byte \(at) is \(byte)")
            }
        }
    }

    @Test func `what differs from answer to answer is taken from the new one`() {
        let first =
            "HTTP/1.1 200 OK\r\nDate: Thu, 26 Nov 2026 12:00:00 GMT\r\nETag: \"a\"\r\n"
            + "Content-Length: 2\r\nConnection: keep-alive\r\n\r\nok"
        let second =
            "HTTP/1.1 200 OK\r\nDate: Thu, 26 Nov 2026 12:00:59 GMT\r\nETag: \"other\"\r\n"
            + "Content-Length: 10\r\nConnection: keep-alive\r\n\r\n0123456789"
        let tape = play([Array(second.utf8)[...]], after: first)
        #expect(tape.body == "0123456789")
        #expect(tape.head?.contentLength == 10)
        #expect(tape.head?.keepAlive == true)
        #expect(tape.error == nil)
    }

    @Test(
        arguments: ["5", "5, 5", "05", "999999999999999999"],
        [
            "7", "5, 6", "5, 5", "5 ", "123456789012345678", "1234567890123456789",
            "12345678901234567890", "-5", "+5", "0x5", "", "5\r\nContent-Length: 6",
        ])
    func `a length that is written otherwise reads as if it were the first`(
        learned: String, length: String
    ) {
        func answer(_ length: String) -> [UInt8] {
            let head = "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: \(length)\r\nA: b\r\n\r\n"
            return Array((head + "0123456").utf8)
        }
        let bytes = answer(length)
        let first = String(decoding: answer(learned), as: UTF8.self)
        let alone = play([bytes[...]])
        for pieces in everyCut(bytes) { #expect(play(pieces, after: first) == alone) }
    }

    @Test func `a head beyond what is kept of one is read each time`() {
        let long = String(repeating: "x", count: HTTPLimits.templateBytesMax)
        let text = "HTTP/1.1 200 OK\r\nX-Long: \(long)\r\nContent-Length: 2\r\n\r\nok"
        #expect(play([Array(text.utf8)[...]], after: text).body == "ok")
        let larger = text.replacing(
            long, with: String(repeating: "y", count: HTTPLimits.headBytesMax))
        let short = "HTTP/1.1 200 OK\r\nX-Long: x\r\nContent-Length: 2\r\n\r\nok"
        #expect(play([Array(larger.utf8)[...]], after: short).error == .headTooLarge)
    }
}
