import CrowdModelsProtocol
import Testing

@Suite struct LineFramerTests {
    /// What a framer makes of `bytes` when they come in pieces of at most `piece`.
    private func lines(_ text: String, piece: Int, max: Int = 8, atEnd: Bool = true) -> [String] {
        var framer = LineFramer(lineBytesMax: max)
        var unread = ByteBuffer()
        var found: [String] = []
        let bytes = Array(text.utf8)
        func take(_ frame: LineFramer.Frame) -> Bool {
            switch frame {
            case .line(let length, let consumed):
                let line = ByteBuffer(unread.span.extracting(0..<length))
                found.append(line.text)
                unread.consume(consumed)
            case .tooLong(let consumed):
                found.append("<too long>")
                unread.consume(consumed)
            case .skipped(let consumed): unread.consume(consumed)
            case .incomplete: return false
            }
            return true
        }
        for start in stride(from: 0, to: bytes.count, by: piece) {
            unread.append(Array(bytes[start..<min(start + piece, bytes.count)]).span)
            while take(framer.next(unread.span)) {}
        }
        while atEnd, take(framer.last(unread.span)) {}
        return found
    }

    static let samples: [(String, [String])] = [
        ("", []), ("\n", [""]), ("a\n", ["a"]), ("a\nb\n", ["a", "b"]),
        ("a\r\n\nb", ["a\r", "", "b"]),
        ("12345678\n", ["12345678"]), ("123456789\n", ["<too long>"]),
        ("123456789012345678901234567890\nok\n", ["<too long>", "ok"]),
        ("123456789\n\nx\n", ["<too long>", "", "x"]), ("1234567890123", ["<too long>"]),
        ("a\n1234567890123456789\nb\n1234567890\nc", ["a", "<too long>", "b", "<too long>", "c"]),
        ("é€𝄞\n", ["<too long>"]), ("é€\n", ["é€"]),
    ]

    @Test(arguments: samples) func `lines are the same however the stream is cut`(
        sample: (String, [String])
    ) {
        for piece in 1...(sample.0.utf8.count + 1) {
            #expect(lines(sample.0, piece: piece) == sample.1)
        }
    }

    @Test func `a line without its newline waits until the end of the stream`() {
        #expect(lines("a\nb", piece: 1, atEnd: false) == ["a"])
    }

    @Test func `a newline is found at every offset`() {
        for offset in 0..<40 {
            let text = String(repeating: "x", count: offset) + "\n"
            #expect(lines(text, piece: 64, max: 64) == [String(repeating: "x", count: offset)])
        }
    }
}
