import CrowdModelsProtocol
import Testing

/// RFC 8259 through the socket: what has to be accepted is no parse error, what must not be is.
@Suite struct JSONConformanceTests {
    static let valid: [String] = [
        "[]", "[ ]", "{}", "{ }", " [] ", "[[]   ]", #"[""]"#, "[0]", "[-0]", "[0e1]", "[0e+1]",
        "[1E22]", "[1E-2]", "[1e+2]", "[123.456e78]", "[-0.0]", "[1.0]", "[-1]", "[20e1]",
        "[123e65]", "[0.1]", "[-0.000000000000000000000000000000000000000000000000000001]",
        "[true]", "[false]", "[null]", "[1,null,null,null,2]", "[null, 1, \"1\", {}]", "42",
        "-0.1", "true", "null", #""""#, #"" ""#, #""asd""#, #"{"":0}"#, #"{"a":[]}"#,
        #"{"a":"b","a":"b"}"#, #"{"a":"b","c":"d"}"#, #"{"foo\u0000bar": 42}"#,
        #"{"min":-1.0e+28,"max":1.0e+28}"#, #"["\u0060\u012a\u12AB"]"#, #"["\uD801\udc37"]"#,
        #"["\ud83d\ude39\ud83d\udc8d"]"#, #"["\"\\\/\b\f\n\r\t"]"#, #"["\\u0000"]"#, #"["\""]"#,
        #"["a/*b*/c/*d//e"]"#, #"["\\a"]"#, #"["\\n"]"#, #"["\u0012"]"#, #"["\uFFFF"]"#,
        #"["\uDBFF\uDFFF"]"#, #"["new\u00A0line"]"#, "[\"\u{10FFFF}\"]", "[\"\u{FFFF}\"]",
        #"["\u0000"]"#, #"["\u002c"]"#, "[\"\u{3C0}\"]", "[\"\u{1BFFF}\"]", #"["asd "]"#,
        #"["\uD834\uDd1e"]"#, "[\"\u{2028}\"]", "[\"\u{2029}\"]", #"["\u0821"]"#, #"["\u0123"]"#,
        #"["\u0061\u30af\u30EA\u30b9"]"#, "[\"\u{7F}\"]", #"["\uA66D"]"#, #"["\u005C"]"#,
        #"["\u0022"]"#, #"["\u200B"]"#, #"["\u2064"]"#, #"["\uFDD0"]"#, #"["\uFFFE"]"#,
        "[\"€𝄞\"]", "[\"a\u{7F}a\"]", "\t[\r1\t,\r2 ]\r", "[1e400]", "[-1e400]", "[1e-400]",
        "[123456789012345678901234567890]", "[\"\u{FEFF}\"]",
    ]

    static let invalid: [String] = [
        "[1 true]", "[\"\": 1]", "[\"\"],", "[,1]", "[1,,2]", #"["x",,]"#, #"["x"]]"#, #"["",]"#,
        #"["x""#, "[x", "[3[4]]", "[1:2]", "[,]", "[-]", "[   , \"\"]", "[1,]", "[1,,]", "[*]",
        #"[""#, "[1,", "[{}", "[fals]", "[nul]", "[tru]", "[++1234]", "[+1]", "[+Inf]", "[-01]",
        "[-1.0.]", "[-2.]", "[-NaN]", "[.-1]", "[.2e-3]", "[0.1.2]", "[0.3e+]", "[0.3e]", "[0.e1]",
        "[0E+]", "[0E]", "[0e+]", "[0e]", "[1 000.0]", "[1.0e+]", "[1.0e-]", "[1.0e]", "[1eE2]",
        "[2.e+3]", "[2.e-3]", "[2.e3]", "[9.e+]", "[1+2]", "[0x1]", "[0x42]", "[Infinity]", "[NaN]",
        "[0e+-1]", "[-123.123foo]", "[123abc]", "[-Infinity]", "[-foo]", "[- 1]", "[-012]",
        "[-.123]", "[-1x]", "[1ea]", "[1.2a-3]", "[1.8011670033376514H-308]", "[012]", "[１]",
        "[\u{FF11}]", #"["x", truth]"#, #"{[: "x"}"#, #"{"x", null}"#, #"{"x"::"b"}"#, "{🇨🇭}",
        #"{"a":"a" 123}"#, #"{key: 'value'}"#, #"{"a" b}"#, #"{:"b"}"#, #"{"a" "b"}"#, #"{"a":"#,
        #"{"a""#, "{1:1}", "{9999E9999:1}", "{null:null,null:null}", #"{"id":0,,,,,}"#, "{'a':0}",
        #"{"id":0,}"#, #"{"a":"b"}/**/"#, #"{"a":"b"}//"#, #"{"a":"b",,"c":"d"}"#, "{a: \"b\"}",
        #"{"a":"a"#, #"{ "foo" : "bar", "a" }"#, #"{"a":"b"}#"#, #"["\uD800\"]"#, #"["\uD800\u"]"#,
        #"["\uD800\u1"]"#, #"["\uD800\u1x"]"#, #"["\uD800"]"#, #"["\udc00"]"#, #"["\uD800\uD800"]"#,
        #"["\uDFAA\uD800"]"#, #"["\ud800abc"]"#, "[é]", #"["\x00"]"#, #"["\\\"]"#, "[\"\\\u{9}\"]",
        #"["\🌀"]"#, #"["\"]"#, #"["\u00A"]"#, #"["\uD834\uDd"]"#, #"["\a"]"#, #"["\uqqqq"]"#,
        "['single quote']", "abc", #"["\"#, "[\"a\u{9}a\"]", #"["\u"]"#, #"["\U0041"]"#, #""x"#,
        "\"\u{1F}\"", "\"\u{0}\"", #"""x"#, "<.>", "[<null>]", "[1]x", "[\"asd]", "aå", "[True]",
        "1]",
        #"{"x": true,"#, "[][]", "]", "{}}", #"{"":"#, #"{"a":/*comment*/"b"}"#, "[\"a\",",
        "[,", "[\"a\"", "[\"a", "[{", "[1", #"{"asd":"asd""#, "[\u{2060}]", "\u{FEFF}[]",
        "\u{FEFF}",
        "[\u{C}]", "\u{C}1", "\u{B}1", "\u{A0}1", "\u{2028}1", "+1", ".5", "1.", "01", "0x0", "1e",
        "-",
        "'", "\"", "\\", "{", "[", ",", ":", "tru", "truee", "nulll", "NaN", "undefined", "{,}",
        "{\"a\"}",
        "{\"a\":}", "{:1}", "{\"a\":1 \"b\":2}", "[1 2]", "[\"a\" \"b\"]", "//", "/**/1", "1/**/",
        "#",
        "[0,1]]", "--1", "-+1", "1_000", "1,", "null,", "\"a\"b", "\"\\", "\"\\u12", "[1}",
        "{\"a\":1]",
    ]

    @Test func `every line is judged as RFC 8259 says, and the connection goes on`() throws {
        let daemon = try DaemonProcess("[discovery]\nenabled = false\n")
        let client = try daemon.connect()
        for (texts, isValid) in [(Self.valid, true), (Self.invalid, false)] {
            for text in texts {
                for shape in shapes(of: text) {
                    client.send(line: shape)
                    let line = try #require(try client.readLine(), "\(shape)")
                    let isParseError = line.contains(#""code":-32700"#)
                    #expect(isParseError != isValid, "\(shape.debugDescription): \(line)")
                }
            }
        }
        #expect(try client.result("ping") == ["ok": true])
    }

    /// The text alone, within a request, and within a batch: three ways through the daemon.
    private func shapes(of text: String) -> [String] {
        let request = #"{"jsonrpc":"2.0","id":"shape","method":"ping","x":\#(text)}"#
        return [text, request, "[\(request)]"]
    }

    @Test func `what RFC 8259 leaves open is answered, one way or the other`() throws {
        let daemon = try DaemonProcess("[discovery]\nenabled = false\n")
        let client = try daemon.connect()
        let open: [[UInt8]] = [
            Array(#"{"a":1,"a":2}"#.utf8), Array(repeating: UInt8(ascii: "["), count: 500),
            Array("[1".utf8) + [UInt8](repeating: 48, count: 5000) + [93],
            [0x22, 0xFF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00],
        ]
        for bytes in open {
            client.send(bytes: bytes + [10])
            #expect(try client.readMessage() != nil)
        }
        #expect(try client.result("ping") == ["ok": true])
    }
}
