import CrowdModelsProtocol
import TestSupport
import Testing

@Suite struct SchemaValidatorTests {
    private let validator = SchemaValidator(components: [
        "Positive": ["type": "integer", "minimum": 1]
    ])

    private static let fitting: [(String, String)] = [
        (#"{"type":"integer"}"#, "1"), (#"{"type":"integer"}"#, "1.0"),
        (#"{"type":["string","null"]}"#, "null"), (#"{"enum":["a",2]}"#, "2.0"),
        (#"{"const":{"a":1,"b":[2]}}"#, #"{"b":[2],"a":1.0}"#), ("{}", "[]"), ("true", "1"),
        (#"{"properties":{"a":{"type":"string"}}}"#, #"{"b":1}"#),
        (#"{"properties":{"a":{}},"additionalProperties":{"type":"string"}}"#, #"{"a":1,"b":""}"#),
        (##"{"items":{"$ref":"#/components/schemas/Positive"}}"##, "[1,2]"),
        (#"{"anyOf":[{"type":"string"},{"minimum":2}]}"#, "3"),
        (#"{"oneOf":[{"minimum":2},{"maximum":0}]}"#, "3"), (#"{"minItems":2}"#, "[1,2]"),
        (#"{"minLength":1,"maxLength":2}"#, #""né""#), (#"{"required":["a"]}"#, #"{"a":null}"#),
        (#"{"description":"anything"}"#, "1"),
    ]

    @Test(arguments: fitting)
    func `what fits is accepted`(schema: String, value: String) throws {
        let problems = validator.problems(
            try JSONValue(parsing: value), try JSONValue(parsing: schema))
        #expect(problems == [])
    }

    private static let unfitting: [(String, String)] = [
        (#"{"type":"integer"}"#, "1.5"), (#"{"type":"integer"}"#, #""1""#),
        (#"{"type":"string"}"#, "null"), (#"{"type":["string","null"]}"#, "1"),
        (#"{"enum":["a"]}"#, #""b""#), (#"{"const":true}"#, "false"), ("false", "1"),
        (#"{"properties":{"a":{"type":"string"}}}"#, #"{"a":1}"#),
        (#"{"properties":{"a":{}},"additionalProperties":false}"#, #"{"a":1,"b":2}"#),
        (#"{"additionalProperties":{"type":"string"}}"#, #"{"b":2}"#),
        (##"{"items":{"$ref":"#/components/schemas/Positive"}}"##, "[1,0]"),
        (##"{"$ref":"#/components/schemas/Nothing"}"##, "1"),
        (#"{"$ref":"https://example.org/schema.json"}"#, "1"),
        (#"{"anyOf":[{"type":"string"},{"minimum":2}]}"#, "1"),
        (#"{"oneOf":[{"minimum":2},{"minimum":0}]}"#, "3"), (#"{"minItems":2}"#, "[1]"),
        (#"{"minLength":1}"#, #""""#), (#"{"maxLength":1}"#, #""ab""#),
        (#"{"minimum":1}"#, "0.5"), (#"{"maximum":1}"#, "1.5"), (#"{"required":["a"]}"#, "{}"),
        (#"{"pattern":"a"}"#, #""a""#), (#"{"type":"string","typo":1}"#, #""a""#), ("1", "1"),
    ]

    @Test(arguments: unfitting)
    func `what does not fit, or cannot be judged, is a problem`(
        schema: String, value: String
    ) throws {
        let problems = validator.problems(
            try JSONValue(parsing: value), try JSONValue(parsing: schema))
        #expect(problems.count == 1)
    }

    @Test func `a problem says where it is`() throws {
        let problems = validator.problems(
            ["a": [["b": 1], ["b": "x"]]],
            [
                "properties": [
                    "a": ["items": ["properties": ["b": ["type": "integer"]]]]
                ]
            ])
        #expect(problems == [#"$.a[1].b: a string, not "integer""#])
    }
}
