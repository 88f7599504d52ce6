import Testing

@testable import CrowdModelsProtocol

/// What is long is looked at in blocks and words: each byte of it counts wherever it stands.
@Suite struct LongTextTests {
    /// Letters around `special`, as many as there are places in three blocks and a rest.
    private static func texts(with special: String) -> [(text: String, place: Int)] {
        (0..<110).flatMap { place in
            [0, 1, 7, 31, 64].map { rest in
                let before = String(repeating: "a", count: place)
                return (before + special + String(repeating: "z", count: rest), place)
            }
        }
    }

    private static func fault(_ json: String) -> JSONError? {
        do throws(JSONError) {
            try JSONText.validate(Array(json.utf8).span)
            return nil
        } catch {
            return error
        }
    }

    private static func hasEscape(_ text: String) -> Bool {
        JSONText.hasEscape(Array(text.utf8).span)
    }

    private static func newline(_ text: String, from start: Int) -> Int? {
        LineFramer.firstNewline(in: Array(text.utf8).span, from: start)
    }

    @Test func `what no string may hold is told where it stands`() {
        for (text, place) in Self.texts(with: "\u{1}") {
            #expect(Self.fault("\"\(text)\"") == JSONError(.controlCharacter, at: place + 1))
        }
        for (text, place) in Self.texts(with: #"\x"#) {
            #expect(Self.fault("\"\(text)\"") == JSONError(.invalidEscape, at: place + 1))
        }
        for (text, place) in Self.texts(with: "\"") {
            let length = text.utf8.count
            let fault = Self.fault("\"\(text)\"")
            #expect(fault?.offset == place + 2, "quote at \(place) of \(length)")
        }
        for (text, _) in Self.texts(with: "ü") { #expect(Self.fault("\"\(text)\"") == nil) }
        for (text, place) in Self.texts(with: "u") {
            var bytes = Array("\"\(text)\"".utf8)
            bytes[place + 1] = 0xFF
            #expect(throws: JSONError(.invalidUTF8, at: place + 1)) {
                try JSONText.validate(bytes.span)
            }
        }
    }

    @Test func `a string's end is found when it is skimmed, and no escaped quote is one`() throws {
        for special in ["a", "\\\"", "\\\\", "ü"] {
            for (text, _) in Self.texts(with: special) {
                let json = Array("[\"\(text)\",1]".utf8)
                var reader = JSONElementReader(skimmingFrom: 0)
                let first = try #require(try reader.next(in: json.span))
                #expect(first.bounds == 1..<json.count - 3)
            }
        }
    }

    @Test func `an escape is seen wherever it stands`() {
        for (text, _) in Self.texts(with: "\\") { #expect(Self.hasEscape(text)) }
        for (text, _) in Self.texts(with: "b") { #expect(!Self.hasEscape(text)) }
    }

    @Test func `what has to be escaped is, and nothing else`() {
        for special in ["\"", "\\", "\u{1}", "\u{1F}", " ", "\u{7F}", "ü", "b"] {
            for (text, _) in Self.texts(with: special) {
                var buffer = ByteBuffer()
                buffer.append(string: text)
                let escaped = ["\"": "\\\"", "\\": "\\\\", "\u{1}": "\\u0001", "\u{1F}": "\\u001f"]
                let plain = text.replacing(special, with: escaped[special] ?? special)
                #expect(buffer.text == "\"\(plain)\"")
            }
        }
    }

    @Test func `space between tokens is taken out wherever it stands`() {
        for space in [" ", "\n", "\t"] {
            for place in 0..<110 {
                let before = String(repeating: "1", count: place + 1)
                let after = String(repeating: "2", count: 40)
                var buffer = ByteBuffer()
                buffer.append(compact: Array("[\(before)\(space),\(after)]".utf8).span)
                #expect(buffer.text == "[\(before),\(after)]")
            }
        }
    }

    @Test func `a line ends at its first newline`() {
        for (text, place) in Self.texts(with: "\n") {
            for start in [0, place / 2, place] {
                #expect(Self.newline(text, from: start) == place)
            }
        }
        for (text, _) in Self.texts(with: "\u{B}") {
            #expect(Self.newline(text, from: 0) == nil)
        }
    }
}
