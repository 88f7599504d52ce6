import Backends
import CrowdModelsProtocol
import Testing

/// What an answer is found out not to be, though its server said nothing of it.
@Suite struct TruthTests {
    private func violation(_ content: String, _ schema: String) -> String? {
        let format = #"{"type":"json_schema","json_schema":{"name":"n","schema":\#(schema)}}"#
        return SchemaCheck.violation(of: content, format: Array(format.utf8).span)
    }

    /// A schema, answers that fit it, and answers that do not, each with where.
    static let samples: [(String, [String], [(String, String)])] = [
        (
            #"{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"#,
            [#"{"city":"Oslo"}"#, #"{"city":"","more":1}"#],
            [
                ("{}", "/city"), (#"{"city":1}"#, "/city"), ("[]", "/:"), ("Oslo", "no JSON"),
                (#"{"city":"Oslo""#, "no JSON"),
            ]
        ),
        (
            #"{"properties":{"a":{}},"additionalProperties":false}"#, [#"{"a":1}"#, "7"],
            [(#"{"a":1,"b":2}"#, #"/: "additionalProperties""#)]
        ),
        (
            #"{"additionalProperties":{"type":"integer"}}"#, [#"{"a":1,"b":2.0}"#],
            [(#"{"a":1.5}"#, "/: \"additionalProperties\"")]
        ),
        (
            #"{"type":"array","items":{"enum":["a",1,null]},"minItems":1,"maxItems":3}"#,
            [#"["a",1.0,null]"#], [("[]", "/:"), (#"["b"]"#, "/0"), ("[1,1,1,1]", "/:")]
        ),
        (
            #"{"prefixItems":[{"type":"string"}],"items":{"type":"number"}}"#, [#"["a",1,2]"#],
            [("[1]", "/0"), (#"["a","b"]"#, "/1")]
        ),
        (
            #"{"minimum":1,"exclusiveMaximum":3}"#, ["1", "2.9", #""x""#],
            [("0", "minimum"), ("3", "exclusiveMaximum")]
        ),
        (
            #"{"maximum":1,"exclusiveMinimum":0}"#, ["1"],
            [("2", "maximum"), ("0", "exclusiveMinimum")]
        ),
        (
            #"{"minLength":2,"maxLength":3}"#, [#""éé""#, #""abc""#],
            [(#""a""#, "minLength"), (#""abcd""#, "maxLength")]
        ),
        (#"{"const":{"a":[1]}}"#, [#"{"a":[1.0]}"#], [(#"{"a":[2]}"#, "const")]),
        (#"{"type":["string","null"]}"#, ["null", #""a""#], [("1", "type")]),
        (
            #"{"anyOf":[{"type":"string"},{"minimum":5}]}"#, [#""a""#, "7"], [("3", "anyOf")]
        ),
        (
            #"{"oneOf":[{"type":"integer"},{"minimum":5}]}"#, ["3", "5.5"],
            [("7", "oneOf"), ("1.5", "oneOf")]
        ),
        (#"{"allOf":[{"type":"integer"},{"minimum":5}]}"#, ["7"], [("3", "minimum")]),
        (
            ##"{"$ref":"#/$defs/node","$defs":{"node":{"type":"object","properties":{"next":"##
                + ##"{"$ref":"#/$defs/node"}}}}}"##,
            [#"{"next":{"next":{}}}"#], [(#"{"next":{"next":1}}"#, "/next/next")]
        ),
        // What is not known is not checked.
        (#"{"pattern":"^a$","format":"date","$ref":"http://x/"}"#, [#""b""#], []),
        ("true", ["1"], []), ("false", [], [("1", "/:")]),
    ]

    @Test(arguments: samples)
    func `an answer fits its schema, or it is said where it does not`(
        schema: String, fitting: [String], others: [(String, String)]
    ) {
        for content in fitting { #expect(violation(content, schema) == nil, "\(content)") }
        for (content, place) in others {
            #expect(violation(content, schema)?.contains(place) == true, "\(content)")
        }
    }

    @Test func `only a schema is checked, and only what can be read in time`() {
        let object = Array(#"{"type":"json_object"}"#.utf8)
        #expect(SchemaCheck.violation(of: "x", format: object.span) == nil)
        let long = "\"" + String(repeating: "a", count: SchemaCheck.textBytesMax) + "\""
        #expect(violation(long, #"{"type":"integer"}"#) == nil)
        // Each element is held against a schema that leads to itself without end.
        #expect(violation("[1]", ##"{"$ref":"#"}"##) == nil)
        let many = "[" + Array(repeating: "1", count: 20_000).joined(separator: ",") + "]"
        let any = Array(repeating: "{}", count: 20).joined(separator: ",")
        #expect(violation(many, "{\"items\":{\"allOf\":[\(any),{\"type\":\"string\"}]}}") != nil)
        #expect(violation(many, "{\"items\":{\"allOf\":[\(any)]},\"type\":\"string\"}") == nil)
    }

    @Test(arguments: [
        ("<tool_call>{}</tool_call>", true), ("x [TOOL_CALLS] y", true), ("<function=f>", true),
        ("<|python_tag|>f()", true), (#" {"name":"f","arguments":{"a":1}}"#, true),
        (#"{"name":"g","arguments":{}}"#, false), (#"{"name":"f"}"#, false), ("", false),
        ("I would call f.", false), (#"[{"name":"f","arguments":{}}]"#, false),
    ])
    func `a call that was left in the text is seen`(content: String, isCall: Bool) {
        let tools = Array(#"[{"type":"function","function":{"name":"f"}}]"#.utf8)
        #expect(ToolCallInText.isIn(content, tools: tools.span) == isCall)
    }

    @Test(
        arguments: [
            // tokens, context, most to produce, letters, told, cut
            (4096, 4096, nil, 100_000, false, true), (4000, 4096, 100, 100_000, false, true),
            (4000, 4096, nil, 100_000, false, false), (4096, 4096, nil, 20_000, false, false),
            (0, 4096, nil, 100_000, false, false), (nil, 4096, nil, 100_000, false, false),
            (4096, nil, nil, 100_000, false, false), (nil, nil, nil, 0, true, true),
        ] as [(Int?, Int?, Int?, Int, Bool, Bool)])
    func `a prompt that was cut in silence is seen by its numbers`(
        tokens: Int?, context: Int?, most: Int?, letters: Int, isTold: Bool, isCut: Bool
    ) {
        let truncation = PromptTruncation(
            promptTokens: tokens, loadedContext: context, maxTokens: most, promptLetters: letters,
            isTold: isTold)
        #expect(truncation.isCut == isCut)
    }
}

/// What is found out of a request and its answer together.
@Suite struct UntruthTests {
    private func request(_ params: String) throws -> ChatRequest {
        let bytes = ByteBuffer(params)
        var arguments = try Arguments(
            params: JSONRange(0, bytes.count), of: .complete, in: bytes.span, limits: .init())
        return try ChatRequest(bytes.span, &arguments)
    }

    private func answer(_ body: String) -> (GeneratedText, GenerationReport) {
        var generation = Generation(keptMax: 1_000_000)
        generation.begin(status: 200)
        generation.feed(Array(body.utf8).span) { _ in true }
        generation.end { _ in true }
        return (generation.text, generation.report)
    }

    private static let tools = #""tools":[{"type":"function","function":{"name":"f"}}]"#

    @Test func `a schema that was asked for is held against the answer`() throws {
        let request = try request(
            #"{"prompt":"x","response_format":{"type":"json_schema","json_schema":{"name":"n","#
                + #""schema":{"type":"object"}}}}"#)
        let (bad, report) = answer(#"{"choices":[{"message":{"content":"[1]"}}]}"#)
        #expect(
            request.untruths(of: bad, report, loadedContext: nil) == [
                .schemaViolated("/: \"type\"")
            ])
        let (good, _) = answer(#"{"choices":[{"message":{"content":"{\"a\":1}"}}]}"#)
        #expect(request.untruths(of: good, report, loadedContext: nil).isEmpty)
    }

    @Test func `a call in the text is one only where tools were given and none was called`() throws
    {
        let (text, report) = answer(
            #"{"choices":[{"message":{"content":"<tool_call>{}</tool_call>"}}]}"#)
        let asked = try request(#"{"prompt":"x",\#(Self.tools)}"#)
        #expect(asked.untruths(of: text, report, loadedContext: nil) == [.toolCallInText])
        #expect(
            try request(#"{"prompt":"x"}"#).untruths(of: text, report, loadedContext: nil).isEmpty)
        let (called, _) = answer(
            #"{"choices":[{"message":{"content":"[TOOL_CALLS]","tool_calls":[{"id":"c","function":"#
                + #"{"name":"f"}}]}}]}"#)
        #expect(asked.untruths(of: called, report, loadedContext: nil).isEmpty)
    }

    @Test func `letters of texts decide whether a prompt was cut, and images have none`() throws {
        let (text, report) = answer(
            #"{"choices":[{"message":{"content":"a"}}],"usage":{"prompt_tokens":100,"#
                + #""completion_tokens":1}}"#)
        let long = String(repeating: "é", count: 900)
        let cut = try request(#"{"prompt":"\#(long)"}"#)
        #expect(cut.untruths(of: text, report, loadedContext: 100) == [.promptTruncated])
        #expect(cut.untruths(of: text, report, loadedContext: nil).isEmpty)
        let image = try request(
            #"{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","#
                + #""image_url":{"url":"data:\#(long)"}}]}]}"#)
        #expect(image.untruths(of: text, report, loadedContext: 100).isEmpty)
        let parts = try request(
            #"{"messages":[{"role":"user","content":[{"type":"text","text":"\#(long)"}]}]}"#)
        #expect(parts.untruths(of: text, report, loadedContext: 100) == [.promptTruncated])
    }
}
