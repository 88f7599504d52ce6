import CrowdModelsProtocol
import Testing

@Suite struct JSONWalkerTests {
    /// Everything that a walker finds, stepping into each container.
    private func events(_ text: String, depthMax: Int = 64) throws(JSONError) -> [String] {
        let bytes = Array(text.utf8)
        var walker = JSONWalker(bytes.span, depthMax: depthMax)
        var found: [String] = []
        try Self.walk(&walker, bytes, &found)
        try walker.end()
        return found
    }

    private static func walk(
        _ walker: inout JSONWalker, _ bytes: [UInt8], _ found: inout [String]
    ) throws(JSONError) {
        func cut(_ range: JSONRange) -> String {
            String(decoding: bytes[range.bounds], as: UTF8.self)
        }
        switch walker.kind {
        case .object:
            try walker.enterObject()
            found.append("{")
            while let name = try walker.nextName() {
                found.append(cut(name))
                try walk(&walker, bytes, &found)
            }
            found.append("}")
        case .array:
            try walker.enterArray()
            found.append("[")
            while try walker.nextElement() { try walk(&walker, bytes, &found) }
            found.append("]")
        default: found.append(cut(try walker.skip()))
        }
    }

    @Test(arguments: [
        (" {} ", ["{", "}"]), ("[]", ["[", "]"]), ("[1,2]", ["[", "1", "2", "]"]),
        ("{\"a\":[{}],\"b\":null}", ["{", "\"a\"", "[", "{", "}", "]", "\"b\"", "null", "}"]),
        (" [ [ ] , { \"x\" : \"y\" } ] ", ["[", "[", "]", "{", "\"x\"", "\"y\"", "}", "]"]),
    ])
    func `stepping in finds the tokens in their order`(text: String, tokens: [String]) throws {
        #expect(try events(text) == tokens)
    }

    @Test(arguments: JSONSyntaxTests.valid) func `what is valid is walked through`(text: String) {
        #expect(throws: Never.self) { try events(text) }
    }

    @Test(arguments: JSONSyntaxTests.invalid) func `what is invalid is refused`(text: String) {
        #expect(throws: JSONError.self) { try events(text) }
    }

    @Test func `depth counts as it does for a whole text`() throws {
        #expect(throws: Never.self) { try events("[[[]]]", depthMax: 3) }
        #expect(throws: JSONError.self) { try events("[[[[]]]]", depthMax: 3) }
    }
}
