import Testing

@testable import Configuration

/// The four kinds of strings, their escapes, and the encoding of the text.
@Suite struct TOMLStringTests {
    @Test(arguments: [
        (#""""#, ""), (#""a b""#, "a b"), (#""\b\t\n\f\r\e\"\\""#, "\u{8}\t\n\u{C}\r\u{1B}\"\\"),
        (#""\x00\x7F\xe9\xFF""#, "\u{0}\u{7F}\u{E9}\u{FF}"), (#""\u00E9\u20aC""#, "é€"),
        (#""\U0001F680\U0010FFFF""#, "🚀\u{10FFFF}"), (#""\uD7FF\uE000""#, "\u{D7FF}\u{E000}"),
        ("\"tab\there\"", "tab\there"), ("\"# no comment\"", "# no comment"), (#""é🚀""#, "é🚀"),
        ("''", ""), (#"'C:\new\"x"'"#, #"C:\new\"x""#), ("'tab\there'", "tab\there"),
        (#""\u0000""#, "\u{0}"), (#""a'b""#, "a'b"), ("'a\"b'", "a\"b"),
    ])
    func `a string on one line has its text`(text: String, content: String) throws {
        #expect(try value(text) == .string(content))
    }

    @Test(arguments: [
        ("\"\"\"\"\"\"", ""), ("\"\"\"a\"\"\"", "a"), ("\"\"\"\na\n\"\"\"", "a\n"),
        ("\"\"\"\r\na\r\nb\"\"\"", "a\nb"), ("\"\"\"\n\na\"\"\"", "\na"),
        ("\"\"\"a \\\n   b\"\"\"", "a b"), ("\"\"\"a\\  \t\n\n \r\n  b\"\"\"", "ab"),
        ("\"\"\"a\\\r\n\"\"\"", "a"), ("\"\"\"\\\n\"\"\"", ""), ("\"\"\"a\\\n\\\nb\"\"\"", "ab"),
        ("\"\"\"\"a\"\"\"\"", "\"a\""), ("\"\"\"\"\"a\"\"\"\"\"", "\"\"a\"\""),
        ("\"\"\"a\"\"b\"\"\"", "a\"\"b"), ("\"\"\"a\"\"\\\"b\"\"\"", "a\"\"\"b"),
        ("\"\"\"\\x41\\u0042\\\\n\"\"\"", "AB\\n"), ("\"\"\"\"\"\"\"\"", "\"\""),
        ("''''''", ""), ("'''a'''", "a"), ("'''\na\\\nb'''", "a\\\nb"), ("'''\r\na\r\n'''", "a\n"),
        ("''''a''''", "'a'"), ("'''''a'''''", "''a''"), ("'''a''b'''", "a''b"),
        ("'''\"\"\"'''", "\"\"\""), ("'''\t'''", "\t"), ("''''''''", "''"),
    ])
    func `a string of many lines has its text`(text: String, content: String) throws {
        #expect(try value(text) == .string(content))
    }

    @Test(arguments: [
        "\"", "\"a", "\"a\n\"", "\"a\r\n\"", "\"a'", "'", "'a", "'a\n'", "'a\"", "\"\"\"",
        "\"\"\"a",
        "\"\"\"a\"", "\"\"\"a\"\"", "\"\"\"a\\\"\"\"", "'''", "'''a", "'''a''", "\"a\"b",
        "\"a\"\"b\"",
        "'a''b'", "\"\"\"a\"\"\"\"\"\"", "'''a''''''", "\"a\\\"", "\"\\\n\"", "\"\\",
        #""\a""#, #""\'""#, #""\/""#, #""\0""#, #""\ ""#, #""\d""#, #""\x""#, #""\x1""#, #""\xg0""#,
        #""\X41""#, #""\u""#, #""\u123""#, #""\u123g""#, #""\U0001F68""#, #""\uD800""#,
        #""\uDFFF""#, #""\uD83D\uDE80""#, #""\U0000D800""#, #""\U00110000""#, #""\UFFFFFFFF""#,
        #""\u{41}""#, #""\E""#, #""\v""#, #""\u+123""#, #""\x-1""#, "\"\"\"\\ a\"\"\"",
        "\"\"\"a\\ b\n\"\"\"", "\"\"\"\\q\"\"\"", "\"\"\"\\", "\"\"\"\\  ", "\"\"\"\\u12\"\"\"",
        "\"\u{0}\"", "\"\u{1F}\"", "\"\u{7F}\"", "'\u{0}'", "'\u{B}'", "'\u{7F}'", "\"a\rb\"",
        "'a\rb'",
        "\"\"\"a\rb\"\"\"", "\"\"\"\r\"\"\"", "'''a\rb'''", "'''\r'''", "\"\"\"\u{0}\"\"\"",
        "\"\"\"\u{C}\"\"\"", "'''\u{8}'''", "'''\u{7F}'''", "\"\"\"a\\\r b\"\"\"", "\"a\" \"b\"",
        "\u{201C}a\u{201D}", "`a`", "r\"a\"",
    ])
    func `a malformed string is refused`(text: String) {
        #expect(refusal("v = " + text) != nil, "\(text) was read")
    }

    @Test(
        arguments: [
            [0x80], [0xC3], [0xC3, 0x28], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80],
            [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
            [0xF8, 0x88, 0x80, 0x80, 0x80],
        ] as [[UInt8]])
    func `bytes that are no UTF-8 are refused in strings, comments and keys`(bad: [UInt8]) {
        for (before, after) in [("v = \"é", "\""), ("v = '", "'"), ("# ", ""), ("\"", "\" = 1")] {
            let text = Array("a = 1\n".utf8) + Array(before.utf8) + bad + Array(after.utf8)
            let error = refusal(text)
            #expect(
                error?.position == TOMLPosition(line: 2, column: before.unicodeScalars.count + 1))
            #expect(error?.message.contains("UTF-8") == true)
        }
    }

    @Test func `a byte order mark may lead the text and stand nowhere else`() throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let table = try TOMLParser.parse(mark + Array("a = 1".utf8))
        #expect(table.brief == "{a:1}")
        #expect(table["a"]?.node.position == TOMLPosition(line: 1, column: 5))
        #expect(refusal(mark + mark + Array("a = 1".utf8)) != nil)
        #expect(refusal(Array("a = 1\n".utf8) + mark) != nil)
        #expect(refusal(mark + Array("a = x".utf8))?.position.column == 5)
    }

    @Test(arguments: [[0xFF, 0xFE, 0x61, 0x00], [0xFE, 0xFF, 0x00, 0x61]] as [[UInt8]])
    func `UTF-16 is named as what it is`(text: [UInt8]) {
        #expect(refusal(text)?.message == "the file is UTF-16; save it as UTF-8")
    }
}
