import Testing

@testable import CrowdModelsProtocol

/// Strings compared and decoded in place.
@Suite struct JSONTextTests {
    @Test(arguments: [
        (#""model""#, "model", true), (#""\u006d\u006Fdel""#, "model", true),
        (#""model\u0000""#, "model", false), (#""mode""#, "model", false),
        (#""models""#, "model", false), (#""\n\t\/\"\\""#, "\n\t/\"\\", true),
        (#""\u00e9""#, "é", true), (#""\u20ac""#, "€", true), (#""\ud83d\ude00""#, "😀", true),
        (#""\uD83D\uDE00x""#, "😀", false), (#""""#, "", true), (#""\u0041""#, "", false),
        (#""a\nb""#, #"a\nb"#, false), (#""a\\nb""#, #"a\nb"#, true),
    ])
    func `a name reads the same however it is written`(token: String, name: String, same: Bool) {
        let bytes = Array(token.utf8)
        let reads = JSONText.string(bytes.span, reads: name)
        #expect(reads == same)
        if same {
            let text = JSONText.string(bytes.span)
            #expect(text == name)
        }
        let plain = Array(JSONValue.string(name).text.utf8)
        let isSame = JSONText.same(bytes.span, plain.span)
        #expect(isSame == same)
    }

    @Test func `every letter survives being escaped and read`() {
        for value in Array(0..<0x300) + [0x7FF, 0x800, 0xFFFD, 0xFFFF, 0x10000, 0x10FFFF] {
            guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
            var token = "\""
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                token += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
            let bytes = Array((token + "\"").utf8)
            let text = JSONText.string(bytes.span)
            #expect(text == String(scalar))
            let size = String(scalar).utf8.count
            let fits = [size, size - 1].map { JSONText.string(bytes.span, fitsIn: $0) }
            #expect(fits == [true, false])
        }
    }

    @Test(arguments: 0...40)
    func `what a string cannot hold is escaped wherever it stands`(length: Int) {
        let escapes: [(letter: String, written: String)] = [
            ("\"", #"\""#), ("\\", #"\\"#), ("\n", #"\n"#), ("\u{0}", #"\u0000"#),
            ("\u{1F}", #"\u001f"#), (" ", " "), ("\u{7F}", "\u{7F}"), ("é", "é"), ("!", "!"),
        ]
        for (letter, written) in escapes {
            for place in 0...length {
                let (before, after) = (
                    String(repeating: "a", count: place),
                    String(repeating: "z", count: length - place)
                )
                var out = ByteBuffer()
                out.append(string: before + letter + after)
                #expect(out.text == "\"\(before)\(written)\(after)\"")
            }
        }
    }

    @Test func `a long name is quoted by its beginning`() {
        let name = String(repeating: "é\\u00e9", count: 10_000)
        let long = Array("\"\(name)\"".utf8)
        let short = Array(#""a\u0062""#.utf8)
        let quoted = [JSONText.quoted(long.span), JSONText.quoted(short.span)]
        #expect(quoted == [String(repeating: "é", count: 200) + "…", "ab"])
    }

    @Test(
        arguments: [
            (#""a",1"#, 3), (#""""#, 2), (#""\"é\u00e9 long enough",""#, 24), ("1,2", nil),
            (#""no end"#, nil), (#""\x""#, nil), ("\"\u{1}\"", nil), ("", nil),
        ] as [(String, Int?)])
    func `a string ends at its closing quote`(text: String, end: Int?) {
        for front in ["", "{\"n\":"] {
            let start = front.utf8.count
            #expect(
                JSONText.endOfString(Array((front + text).utf8).span, from: start)
                    == end.map { $0 + start })
        }
    }

    @Test(
        arguments: [
            ("1", 1), ("12,3", 2), ("-0.5e+3]", 7), ("0}", 1), ("01", nil), ("1a", nil), ("-", nil),
            ("1.,", nil), ("", nil), ("\"1\"", nil), ("null", nil),
        ] as [(String, Int?)])
    func `a number ends where nothing of it follows`(text: String, end: Int?) {
        for front in ["", "[8,"] {
            let start = front.utf8.count
            #expect(
                JSONText.endOfNumber(Array((front + text).utf8).span, from: start)
                    == end.map { $0 + start })
        }
    }

    @Test func `a number of megabytes is none`() {
        let digits = [UInt8](repeating: UInt8(ascii: "1"), count: 1 << 20)
        let double = JSONText.double(digits.span)
        let integer = JSONText.integer(digits.span)
        #expect(double == nil && integer == nil)
        let short = JSONText.double(Array(digits[..<300]).span)
        #expect(short == Double(String(repeating: "1", count: 300)))
    }
}
