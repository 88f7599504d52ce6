import Testing

@testable import Sessions

@Suite struct RequestIDTests {
    private func id(_ token: String) -> RequestID {
        RequestID(Array(token.utf8).span)
    }

    private func text(_ bytes: Span<UInt8>) -> String {
        bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `an id is kept as it came, whatever its length`() {
        for count in 0...100 {
            let token = String((0..<count).map { "\($0 % 10)".first! })
            let id = id(token)
            #expect(id.count == count)
            let (kept, compared) = (text(id.token), text(id.canonical))
            #expect(kept == token && compared == token)
            #expect(id == self.id(token) && id != self.id(token + "0"))
            #expect(id.hashValue == self.id(token).hashValue)
        }
    }

    @Test func `ids are the same if their strings are, and numbers if their tokens are`() {
        let long = String(repeating: "a", count: 50)
        let same = [(#""\u0061""#, #""a""#), ("\"\\u0061\(long)\"", "\"a\(long)\"")]
        for (escaped, plain) in same {
            #expect(id(escaped) == id(plain))
            #expect(id(escaped).hashValue == id(plain).hashValue)
            let kept = text(id(escaped).token)
            #expect(kept == escaped)
        }
        #expect(id("1") != id("\"1\""))
        #expect(id("1") != id("1.0"))
        #expect(id(#""\\u0061""#) != id(#""a""#))
    }
}
