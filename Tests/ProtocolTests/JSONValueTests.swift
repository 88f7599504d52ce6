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
