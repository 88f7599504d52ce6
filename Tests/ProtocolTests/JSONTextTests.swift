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

    @Test func `a long name is quoted by its beginning`() {
        let name = String(repeating: "é\\u00e9", count: 10_000)
        let long = Array("\"\(name)\"".utf8)
        let short = Array(#""a\u0062""#.utf8)
        let quoted = [JSONText.quoted(long.span), JSONText.quoted(short.span)]
        #expect(quoted == [String(repeating: "é", count: 200) + "…", "ab"])
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
