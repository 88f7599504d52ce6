import CrowdModelsProtocol
import Testing

@Suite struct JSONValueTests {
    @Test func `a value survives the way to text and back`() throws {
        let value: JSONValue = [
            "a": [1, 2.5, "x\"\\\n\u{1}é𝄞"], "b": nil, "c": ["d": true], "e": [:], "f": [],
        ]
        let again = try JSONValue(parsing: value.text)
        #expect(again == value)
        #expect(
            value.text
                == #"{"a":[1,2.5,"x\"\\\n\u0001é𝄞"],"b":null,"c":{"d":true},"e":{},"f":[]}"#)
    }

    @Test(arguments: [
        (#""a""#, "a"), (#""\u0041\n\t\"\\\/""#, "A\n\t\"\\/"), (#""\ud834\udd1e!""#, "𝄞!"),
        (#""\b\f\r""#, "\u{8}\u{C}\r"), (#""é""#, "é"), (#""""#, ""), (#""\u0000""#, "\0"),
    ])
    func `escapes stand for their characters`(token: String, characters: String) throws {
        #expect(try JSONValue(parsing: token).stringValue == characters)
    }

    @Test(arguments: ["1.0", "1e2", "9007199254740993", "-0", "123456789012345678901234567890"])
    func `a number keeps its token`(token: String) throws {
        #expect(try JSONValue(parsing: token).text == token)
    }

    @Test(arguments: [
        (0.0, "0"), (1.0, "1"), (-2.5, "-2.5"), (1e300, "1e+300"), (0.1, "0.1"),
        (Double.infinity, "null"), (Double.nan, "null"), (1e15, "1000000000000000"),
        (123456789.25, "123456789.25"),
    ])
    func `numbers are written so that they read back`(value: Double, text: String) {
        var buffer = ByteBuffer()
        buffer.append(number: value)
        #expect(buffer.text == text)
    }

    @Test(arguments: 0...9)
    func `numbers of few decimals are as short as can be`(decimals: Int) {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        for number in stride(from: -99_999_999, through: 99_999_999, by: 199_967) {
            let value = Double(number) / scale
            for value in [value, value.nextUp, value.nextDown, value / 3] {
                var buffer = ByteBuffer()
                buffer.append(number: value)
                #expect(Double(buffer.text) == value)
                #expect(buffer.count <= value.description.utf8.count, "\(buffer.text)")
            }
        }
    }

    @Test(arguments: [0, 1, 9, 10, 99, 100, -1, -10, 12345, Int.max, Int.min, 999_999_999])
    func `integers are written in decimal`(value: Int) {
        var buffer = ByteBuffer()
        buffer.append(decimal: value)
        #expect(buffer.text == String(value))
    }

    @Test func `pretty-printed JSON becomes one line, its strings untouched`() {
        let pretty = "{\n    \"a b\": [ 1 , \"x \\\" y\\\\\" ],\r\n\t\"c\" : null }"
        var buffer = ByteBuffer()
        buffer.append(compact: Array(pretty.utf8).span)
        #expect(buffer.text == #"{"a b":[1,"x \" y\\"],"c":null}"#)
    }

    @Test func `members are found, replaced and removed by name`() {
        var object = JSONObject()
        object["a"] = 1
        object["b"] = "x"
        object["a"] = 2
        #expect(JSONValue.object(object).text == #"{"a":2,"b":"x"}"#)
        object["a"] = nil
        #expect(JSONValue.object(object).text == #"{"b":"x"}"#)
    }
}

@Suite struct JSONNumberTests {
    @Test(arguments: [
        "0", "-0", "1", "-1", "0.5", "51.43709529007664", "0.111", "123456.789", "-2.25", "1e3",
        "1E-7",
        "0.1", "0.3", "9007199254740993", "900719925474099.3", "1.7976931348623157e308", "5e-324",
        "0.000001", "123456789012345678901234567890", "3.141592653589793",
        "2.2250738585072014e-308",
        "99999999999999.99", "0.30000000000000004", "9007199254740992", "90071992547409.93",
        "9999999999999999999", "0.12345678901234567", "-123456789.123456789",
        "18446744073709551616",
        "0.0000000000000000000001",
    ])
    func `numbers mean what the standard library says they mean`(token: String) {
        #expect(JSONText.double(Array(token.utf8).span) == Double(token))
    }

    @Test(
        arguments: [
            ("0", 0), ("-7", -7), ("999999999999999999", 999_999_999_999_999_999), ("1.0", 1),
            ("1e2", 100),
            ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("1.5", nil),
            ("9223372036854775808", nil), ("1e400", nil),
        ] as [(String, Int?)])
    func `integers are told from what is none`(token: String, value: Int?) {
        #expect(JSONText.integer(Array(token.utf8).span) == value)
    }

    @Test(
        arguments: [
            (0, "0"), (1, "0.000000001"), (1_000_000_000, "1"), (1_500_000_000, "1.5"),
            (154_872, "0.000154872"), (12_000_000_340, "12.00000034"),
        ] as [(UInt64, String)])
    func `nanoseconds are written as seconds`(nanoseconds: UInt64, text: String) {
        var buffer = ByteBuffer()
        buffer.append(seconds: nanoseconds)
        #expect(buffer.text == text)
    }

    @Test func `each fraction of a second is written digit by digit`() {
        for step in [1, 10_007, 1_234_577, 100_000_000] as [UInt64] {
            for number in 0..<1_000 as Range<UInt64> {
                let fraction = number * step % 1_000_000_000
                let digits = String(1_000_000_000 + fraction).dropFirst()
                let zeros = digits.reversed().prefix { $0 == "0" }.count
                var buffer = ByteBuffer()
                buffer.append(seconds: 7_000_000_000 + fraction)
                #expect(buffer.text == (fraction == 0 ? "7" : "7.\(digits.dropLast(zeros))"))
            }
        }
    }

    @Test(arguments: [
        (12.345, 2, "12.35"), (0.2449, 3, "0.245"), (0, 3, "0.000"), (-1.5, 0, "-2"),
        (1e300, 2, "0.00"),
        (15.67, 2, "15.67"), (0.999, 2, "1.00"),
    ])
    func `decimals are fixed and rounded`(value: Double, decimals: Int, text: String) {
        var buffer = ByteBuffer()
        buffer.append(fixed: value, decimals: decimals)
        #expect(buffer.text == text)
    }
}
