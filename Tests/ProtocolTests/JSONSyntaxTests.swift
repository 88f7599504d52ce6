import CrowdModelsProtocol
import Testing

/// The syntax of RFC 8259, table by table: what must be read, what must be refused.
@Suite struct JSONSyntaxTests {
    static let valid: [String] = [
        "null", "true", "false", "0", "-0", "1", "-1", "10", "1.0", "1.5e3", "1E+2", "1e-2", "0.0",
        "-0.1e-0", "123456789012345678901234567890", "1e400", "\"\"", "\"a\"", "\" \"",
        #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\u00e9""#, #""\uD834\uDD1E""#, #""\ud834\udd1e""#,
        #""\uFFFF""#, "\"é\"", "\"€\"", "\"𝄞\"", "\"\u{7F}\"", "\"\u{2028}\"", "\"\u{10FFFF}\"",
        "[]", "[ ]", "[1]", "[1,2]", "[[],[[]]]", "[null, 1, \"a\", {}]", "{}", "{ }", "{\"a\":1}",
        "{\"a\":1,\"a\":2}", "{\"\":0}", "{\"a\" : [ ] , \"b\" : { } }", " 1 ", "\t[\r\n1\n]\t",
        "[1]\n", "\"12345678\"", "\"1234567\\u0041\"", "\"12345678é\"", "[true,false,null]",
        #"["\u0012"]"#, #"{"\u0000":1}"#, "[-0]", "[1E22]", "[0e1]", "[0e+1]", "[20e1]",
    ]

    static let invalid: [String] = [
        "", " ", "\u{FEFF}1", "nul", "nulll", "True", "truE", "NaN", "Infinity", "-Infinity", "-",
        "+1",
        "01", "-01", "1.", ".1", "1.e1", "1e", "1e+", "1ee1", "0x1", "1_0", "1a", "1 2", "--1",
        "-a",
        "0.1.2", "1e1.0", "\"", "\"a", "\"\\", "\"\\\"", #""\x41""#, #""\a""#, #""\u12""#,
        #""\u12G4""#,
        #""\uD834""#, #""\uDD1E""#, #""\uD834\uD834""#, #""\uD834x""#, #""\uD834\n""#,
        #""\uDD1E\uD834""#, #""\u""#, "\"\u{0}\"", "\"\u{1F}\"", "\"a\nb\"", "\"a\tb\"", "'a'", "[",
        "]",
        "[1", "[1,", "[1,]", "[,1]", "[,]", "[1 2]", "[1,,2]", "[1]]", "[1}", "{", "}", "{1:2}",
        "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\" 1}",
        "{\"a\"::1}",
        "{\"a\":1 \"b\":2}", "{a:1}", "{'a':1}", "{\"a\":1}}", "{\"a\":1]", "[\"a\":1]", "{\"a\"}",
        "{null:null}", "[1]x", "/**/1", "1//", "[1]#", "\u{A0}1", "\u{0B}1", "[\u{C}]", "\\u0031",
        "[\"\\u00A\"]", "{\"x\", null}", "[1:2]", "[++1]", "[+1]", "[1.0e]", "[1.0e-]", "[0E]",
        "[.2e-3]",
        "[2.e3]", "[-.1]", "[0.e1]", "[-]", "[- 1]", "[1 000]", "[\u{FF11}]", "*", "{}{}", "{}#",
    ]

    /// Byte sequences that are no UTF-8, inside a string.
    static let invalidUTF8: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xE0, 0x80, 0x80],
        [0xE0, 0x9F, 0xBF], [0xE1, 0x80], [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80],
        [0xED, 0xBF, 0xBF], [0xEF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
        [0xF0, 0x90, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
        [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0xF0, 0x9D, 0x84, 0x28],
    ]

    @Test(arguments: valid) func `valid text is read, wherever it is cut out of its buffer`(
        text: String
    ) throws {
        try JSONText.validate(Array(text.utf8).span)
        // The same value deep inside a text, so that the word-wise scan meets it at each alignment.
        for padding in 0..<9 {
            let padded = "[\"\(String(repeating: "p", count: padding))\",\(text)]"
            try JSONText.validate(Array(padded.utf8).span)
        }
    }

    @Test(arguments: invalid) func `invalid text is refused with a place inside it`(text: String) {
        let bytes = Array(text.utf8)
        let error = #expect(throws: JSONError.self) { try JSONText.validate(bytes.span) }
        #expect((0...bytes.count).contains(error?.offset ?? -1))
        #expect(error?.message.isEmpty == false)
    }

    @Test(arguments: invalidUTF8) func `bytes that are no UTF-8 are refused`(sequence: [UInt8]) {
        for padding in 0..<9 {
            let bytes = [0x22] + [UInt8](repeating: 0x61, count: padding) + sequence + [0x22]
            #expect(throws: JSONError.self) { try JSONText.validate(bytes.span) }
            #expect(throws: JSONError.self) {
                try JSONText.validate(([0x22] + sequence).span)
            }
        }
    }

    @Test(arguments: valid) func `every prefix of a valid text ends without a crash`(text: String) {
        let bytes = Array(text.utf8)
        for count in 0..<bytes.count {
            _ = try? JSONText.validate(Array(bytes[..<count]).span)
        }
    }

    @Test func `depth counts containers, and the limit itself is accepted`() throws {
        for limit in [1, 2, 64, 128, 1024] {
            for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
                let inner = open == "[" ? "" : "0"
                func nest(_ count: Int) -> [UInt8] {
                    let left = String(repeating: open, count: count)
                    return Array((left + inner + String(repeating: close, count: count)).utf8)
                }
                try JSONText.validate(nest(limit).span, depthMax: limit)
                let error = #expect(throws: JSONError.self) {
                    try JSONText.validate(nest(limit + 1).span, depthMax: limit)
                }
                #expect(error?.reason == .tooDeep)
            }
        }
    }

    @Test func `a hundred thousand opening brackets are refused and not followed`() {
        let bytes = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        let error = #expect(throws: JSONError.self) {
            try JSONText.validate(bytes.span, depthMax: 128)
        }
        #expect(error == JSONError(.tooDeep, at: 128))
    }
}
