import Backends
import CrowdModelsProtocol
import Testing

/// Answers and their pieces: what is found in them, and where.
@Suite struct ChatFrameTests {
    /// The parts of a frame as text; a part that is absent is missing.
    private static func parts(_ text: String) -> [String: String]? {
        let bytes = ByteBuffer(text)
        guard let frame = try? ChatFrame(bytes.span) else { return nil }
        let all = Array(text.utf8)
        let ranges: [(String, JSONRange)] = [
            ("content", frame.content), ("reasoning", frame.reasoning), ("tools", frame.toolCalls),
            ("finish", frame.finishReason), ("model", frame.model), ("usage", frame.usage),
            ("stats", frame.stats), ("info", frame.modelInfo), ("runtime", frame.runtime),
            ("timings", frame.timings), ("error", frame.error),
        ]
        var parts: [String: String] = frame.hasChoice ? ["choice": ""] : [:]
        for (name, range) in ranges where range.isPresent {
            parts[name] = String(decoding: all[range.bounds], as: UTF8.self)
        }
        return parts
    }

    @Test func `a whole answer of LM Studio has all its parts`() {
        let parts = Self.parts(
            #"""
            {"id":"chatcmpl-i3","object":"chat.completion","created":1731990317,"model":"granite",
            "choices":[{"index":0,"logprobs":null,"finish_reason":"stop","message":
            {"role":"assistant","content":"a \"b\""}}],"usage":{"total_tokens":77},
            "stats":{"tokens_per_second":51.4},"model_info":{"arch":"granite"},
            "runtime":{"name":"llama.cpp"},"timings":{"prompt_n":1}}
            """#)
        #expect(
            parts == [
                "choice": "", "model": "\"granite\"", "finish": "\"stop\"",
                "content": #""a \"b\"""#, "usage": #"{"total_tokens":77}"#,
                "stats": #"{"tokens_per_second":51.4}"#, "info": #"{"arch":"granite"}"#,
                "runtime": #"{"name":"llama.cpp"}"#, "timings": #"{"prompt_n":1}"#,
            ])
    }

    /// The first choice, and what is found of it beside the choice itself.
    private static let choices: [(choice: String, found: [String: String])] = [
        (
            #"{"index":0,"delta":{"role":"assistant","content":"\n"},"finish_reason":null}"#,
            ["content": #""\n""#]
        ),
        (#"{"delta":{"role":"assistant","content":null}}"#, [:]),
        (#"{"delta":{"content":""}}"#, ["content": "\"\""]),
        (#"{"delta":{},"finish_reason":"length"}"#, ["finish": "\"length\""]),
        (#"{"delta":{"reasoning_content":"Let"}}"#, ["reasoning": "\"Let\""]),
        (
            #"{"delta":{"content":"","reasoning":"Okay"}}"#,
            ["content": "\"\"", "reasoning": "\"Okay\""]
        ),
        (#"{"delta":{"reasoning":"x","reasoning_content":""}}"#, ["reasoning": "\"x\""]),
        (#"{"delta":{"reasoning_content":"","reasoning":"x"}}"#, ["reasoning": "\"x\""]),
        (#"{"delta":{"reasoning":"x","reasoning_content":null}}"#, ["reasoning": "\"x\""]),
        (
            #"{"message":{"content":"","reasoning_content":"","tool_calls":[]}}"#,
            ["content": "\"\"", "reasoning": "\"\""]
        ),
        (#"{"message":{"content":null,"tool_calls":[ ]}}"#, [:]),
        (
            #"{"message":{"tool_calls":[{"id":"1"}]},"finish_reason":"tool_calls"}"#,
            ["tools": #"[{"id":"1"}]"#, "finish": "\"tool_calls\""]
        ),
        (
            #"{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\""}}]}}"#,
            ["tools": #"[{"index":0,"function":{"arguments":"{\""}}]"#]
        ),
        (#"{"message":{"tool_calls":null}}"#, [:]),
        (#"{"index":0,"text":" to","finish_reason":null}"#, ["content": "\" to\""]),
        (#"{"message":null}"#, [:]), (#"{"delta":"x"}"#, [:]), ("{}", [:]),
        (#"{"delta":{"content":7}}"#, [:]),
        (
            #"{"error":{"message":"no"},"delta":{"content":""},"finish_reason":"error"}"#,
            [
                "error": #"{"message":"no"}"#, "content": "\"\"", "finish": "\"error\"",
            ]
        ),
    ]

    @Test(arguments: choices)
    func `a choice tells its text, its reasoning, its tools and its end`(
        sample: (choice: String, found: [String: String])
    ) {
        var found = sample.found
        found["choice"] = ""
        #expect(Self.parts(#"{"choices":[\#(sample.choice)]}"#) == found)
        let pretty = "{\n    \"choices\": [\n        \(sample.choice)\n    ]\n}\n"
        #expect(Self.parts(pretty) == found)
        // Only the first one counts.
        let other = #"{"delta":{"content":"no","reasoning":"no"},"finish_reason":"no"}"#
        #expect(Self.parts(#"{"choices":[\#(sample.choice),\#(other)]}"#) == found)
    }

    @Test(
        arguments: [
            (#"{"choices":[],"usage":{"total_tokens":133}}"#, ["usage": #"{"total_tokens":133}"#]),
            (#"{"choices":[],"usage":null}"#, [:]), (#"{"choices":[],"usage":{}}"#, [:]),
            (#"{"choices":null}"#, [:]), (#"{"choices":{}}"#, [:]), (#"{"choices":["x",1]}"#, [:]),
            (#"{"stats":{ },"model_info":[],"runtime":"x","timings":null}"#, [:]),
            (#"{"model":""}"#, ["model": "\"\""]), (#"{"model":null}"#, [:]), ("{}", [:]),
            (#"{"error":"Unexpected endpoint"}"#, ["error": "\"Unexpected endpoint\""]),
            (#"{"error":{"message":"m","code":404}}"#, ["error": #"{"message":"m","code":404}"#]),
            (#"{"error":{}}"#, ["error": "{}"]), (#"{"error":null}"#, [:]),
            (#"{"error":false}"#, ["error": "false"]),
            (#"{"obfuscation":"x","service_tier":{"a":[1,{"choices":[{"text":"no"}]}]}}"#, [:]),
        ] as [(String, [String: String])])
    func `a frame without a choice tells the rest`(text: String, found: [String: String]) {
        #expect(Self.parts(text) == found)
    }

    @Test(arguments: [
        "", "[]", "\"x\"", "null", "[DONE]", "{", "{}{}", "{} x", #"{"choices":[}"#,
        #"{"choices":[{"delta":{"content":"a}]}"#, #"{"a":1,}"#, "{\"a\":\"\u{1}\"}",
        // One frame cut in the midst, and another request's frame put in: seen on the wire.
        #"{"id":"a","choices":[{"index":0,"delta":{},"logprodata: {"id":"b","choices":[]}"#,
        #"{"choices":[{"delta":{"content":"x"}}]}data: {"choices":[]}"#,
    ])
    func `what is no JSON object is refused`(text: String) {
        #expect(Self.parts(text) == nil)
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        var bytes = ByteBuffer(#"{"choices":[{"delta":{"content":"x"}}]}"#)
        bytes.truncate(to: 34)
        bytes.append(0xFF)
        bytes.append("\"}}]}")
        #expect((try? ChatFrame(bytes.span)) == nil)
    }
}
