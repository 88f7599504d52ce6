import CrowdModelsProtocol
import Testing

@testable import Doors

/// Anthropic's API in words of ours, and back.
@Suite struct AnthropicTests {
    static let path = "POST /v1/messages?beta=true"

    /// Bodies, and the params that they mean.
    static let questions: [(body: String, params: String)] = [
        (
            #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}"#,
            #"{"model":"m","messages":[{"role":"user","content":"Hi"}],"max_tokens":9}"#
        ),
        (
            #"{"model":"m","stream":true,"temperature":1,"top_k":4,"stop_sequences":["E"],"#
                + #""metadata":{"user_id":"u"},"thinking":{"type":"adaptive"},"system":"Be kind.","#
                + #""messages":[{"role":"user","content":"Hi"}]}"#,
            #"{"model":"m","messages":[{"role":"system","content":"Be kind."},"#
                + #"{"role":"user","content":"Hi"}],"temperature":1,"top_k":4,"stop":["E"],"#
                + #""stream":true}"#
        ),
        (
            #"{"model":"m","system":[{"type":"text","text":"x-anthropic-billing-header: cch=1"},"#
                + #"{"type":"text","text":"One.","cache_control":{"type":"ephemeral"}},"#
                + #"{"type":"text","text":"Two."}],"messages":[{"role":"user","content":"#
                + #"[{"type":"text","text":"a"},{"type":"text","text":"b"}]},"#
                + #"{"role":"system","content":"12 tokens left"}]}"#,
            #"{"model":"m","messages":[{"role":"system","content":"One.\n\nTwo."},"#
                + #"{"role":"user","content":"a\n\nb\n\n<system>\n12 tokens left\n</system>"}]}"#
        ),
        (
            #"{"model":"m","messages":[{"role":"user","content":[{"type":"image","source":"#
                + #"{"type":"base64","media_type":"image/png","data":"iVBO"}},"#
                + #"{"type":"text","text":"What?"},{"type":"image","source":{"type":"url","#
                + #""url":"https://x/y"}}]}]}"#,
            #"{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","#
                + #""image_url":{"url":"data:image/png;base64,iVBO"}},{"type":"text","text":"#
                + #""What?"},{"type":"image_url","image_url":{"url":"https://x/y"}}]}]}"#
        ),
        (
            #"{"model":"m","messages":[{"role":"user","content":"Go"},{"role":"assistant","#
                + #""content":[{"type":"thinking","thinking":"Hm","signature":"s"},"#
                + #"{"type":"text","text":"Look."},{"type":"tool_use","id":"a","name":"get","#
                + #""input":{"x": "\"1\""}},{"type":"tool_use","id":"b","name":"put","input":{}}]},"#
                + #"{"role":"user","content":[{"type":"text","text":"Go on"},"#
                + #"{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"1"},"#
                + #"{"type":"image","source":{"type":"base64","media_type":"image/gif","data":"R"}},"#
                + #"{"type":"text","text":"2"}]},{"type":"tool_result","tool_use_id":"b","#
                + #""content":"gone","is_error":true}]}]}"#,
            #"{"model":"m","messages":[{"role":"user","content":"Go"},{"role":"assistant","#
                + #""reasoning_content":"Hm","content":"Look.","tool_calls":[{"id":"a","type":"#
                + #""function","function":{"name":"get","arguments":"{\"x\": \"\\\"1\\\"\"}"}},"#
                + #"{"id":"b","type":"function","function":{"name":"put","arguments":"{}"}}]},"#
                + #"{"role":"tool","tool_call_id":"a","content":"1\n2"},{"role":"tool","#
                + #""tool_call_id":"b","content":"Error: gone"},{"role":"user","content":"#
                + #"[{"type":"text","text":"Go on"},{"type":"image_url","image_url":{"url":"#
                + #""data:image/gif;base64,R"}}]}]}"#
        ),
        (
            #"{"model":"m","messages":[{"role":"user","content":"Hi"}],"tools":[{"name":"get","#
                + #""description":"d","input_schema":{"type":"object"},"defer_loading":true},"#
                + #"{"type":"web_search_20250305","name":"web_search"}],"#
                + #""tool_choice":{"type":"any","disable_parallel_tool_use":true}}"#,
            #"{"model":"m","messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"#
                + #""function","function":{"name":"get","description":"d","parameters":"#
                + #"{"type":"object"}}}],"tool_choice":"required","#
                + #""options":{"parallel_tool_calls":false}}"#
        ),
        (
            #"{"model":"m","messages":[{"role":"user","content":"Hi"}],"tools":[{"name":"f"}],"#
                + #""tool_choice":{"type":"tool","name":"f"},"thinking":{"type":"enabled","#
                + #""budget_tokens":5000},"output_config":{"effort":"high","format":{"type":"#
                + #""json_schema","schema":{"type":"object"}}}}"#,
            #"{"model":"m","messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"#
                + #""function","function":{"name":"f"}}],"tool_choice":{"type":"function","#
                + #""function":{"name":"f"}},"reasoning":"medium","response_format":{"type":"#
                + #""json_schema","json_schema":{"name":"answer","strict":true,"schema":"#
                + #"{"type":"object"}}}}"#
        ),
        (
            #"{"model":"m","messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"#
                + #""web_search_20250305","name":"web_search"}],"tool_choice":{"type":"auto"}}"#,
            #"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#
        ),
    ]

    @Test(arguments: questions)
    func `a message is asked in words of ours`(body: String, params: String) throws {
        let tape = try Tape(AnthropicMessages(), body, Self.path)
        #expect(tape.params == params && tape.fault == nil)
        #expect(tape.question?.method == .complete)
        _ = try JSONValue(parsing: tape.params)
    }

    @Test(arguments: [
        (#"{"messages":[{"role":"user","content":"Hi"}]}"#, "`model`"),
        (#"{"model":"m"}"#, "`messages`"),
        (#"{"model":"m","messages":[]}"#, "`messages`"),
        (#"{"model":"m","messages":[{"role":"user"}]}"#, "`content`"),
        (#"{"model":"m","messages":[{"role":"tool","content":"x"}]}"#, "`role`"),
        (
            #"{"model":"m","messages":[{"role":"user","content":[{"type":"document","source":"#
                + #"{"type":"base64","data":"JVBE"}}]}]}"#, "`document`"
        ),
        (
            #"{"model":"m","mcp_servers":[{"url":"x"}],"messages":[{"role":"user","content":"x"}]}"#,
            "`mcp_servers`"
        ),
    ])
    func `what is missing or cannot be honoured is named`(body: String, name: String) throws {
        var tape = try Tape(AnthropicMessages(), body, Self.path)
        let fault = try #require(tape.fault)
        #expect(fault.status == 400 && fault.message.contains(name))
        let answer = try JSONValue(parsing: tape.fail(fault))
        #expect(answer["type"] == "error")
        #expect(answer["error"]?["type"] == "invalid_request_error")
    }

    // MARK: - Answers

    static func tape(stream: Bool, _ more: String = "") throws -> Tape {
        try Tape(
            AnthropicMessages(),
            #"{"model":"fast","stream":\#(stream),"messages":[{"role":"user","content":"x"}]\#(more)}"#,
            path)
    }

    @Test func `a whole answer is a list of blocks and has its tokens`() throws {
        var tape = try Self.tape(stream: false)
        let answer = tape.succeed(Answers.text)
        #expect(
            answer == #"{"id":"msg_1-1","type":"message","role":"assistant","model":"qwen3-4b","#
                + #""content":[{"type":"thinking","thinking":"Hm","signature":""},{"type":"text","#
                + #""text":"Grüße \"du\""}],"stop_reason":"end_turn","stop_sequence":null,"usage":"#
                + #"{"input_tokens":2,"cache_creation_input_tokens":0,"#
                + #""cache_read_input_tokens":10,"output_tokens":7}}"#)
    }

    @Test func `a stream tells thoughts and text in blocks of their own`() throws {
        var tape = try Self.tape(stream: true)
        tape.placed("qwen3-4b", "lmstudio")
        let events = try Tape.events(tape.play(Answers.textDeltas, Answers.text))
        #expect(
            events.map(\.name) == [
                "message_start", "content_block_start", "content_block_delta",
                "content_block_delta", "content_block_stop", "content_block_start",
                "content_block_delta", "content_block_delta", "content_block_stop",
                "message_delta", "message_stop",
            ])
        #expect(events.allSatisfy { $0.data["type"]?.stringValue == $0.name })
        let message = try #require(events[0].data["message"])
        #expect(message["model"] == "qwen3-4b" && message["usage"]?["input_tokens"] == 0)
        #expect(events[1].data["content_block"]?["type"] == "thinking")
        #expect(events[2].data["delta"] == ["type": "thinking_delta", "thinking": "H"])
        #expect(events[7].data["delta"] == ["type": "text_delta", "text": #"üße "du""#])
        #expect(events[7].data["index"] == 1)
        #expect(events[9].data["delta"]?["stop_reason"] == "end_turn")
        #expect(events[9].data["usage"]?["cache_read_input_tokens"] == 10)
        #expect(events[9].data["usage"]?["output_tokens"] == 7)
    }

    /// What a client puts together of a stream: the type and the text of each block.
    static func blocks(_ text: String) throws -> [String] {
        var blocks: [String] = []
        var open = -1
        for (name, data) in try Tape.events(text) where name.hasPrefix("content_block") {
            let index = try #require(data["index"]?.integerValue)
            switch name {
            case "content_block_start":
                #expect(open == -1 && index == blocks.count)
                open = index
                let block = try #require(data["content_block"])
                let name = block["name"]?.stringValue ?? ""
                blocks.append("\(block["type"]?.stringValue ?? "?") \(name):")
            case "content_block_delta":
                #expect(index == open)
                let delta = try #require(data["delta"])
                let piece = delta["text"] ?? delta["thinking"] ?? delta["partial_json"]
                blocks[index] += try #require(piece?.stringValue)
            default:
                #expect(index == open)
                open = -1
            }
        }
        #expect(open == -1)
        return blocks
    }

    @Test func `calls whose pieces came by turns are whole, and no word is lost`() throws {
        var tape = try Self.tape(stream: true)
        let text = tape.play(Answers.callDeltas, Answers.calls)
        #expect(
            try Self.blocks(text) == [
                "text :Look.", #"tool_use get:{"x":1}"#, #"tool_use put:{"y":[2]}"#, "text : Now.",
            ])
        #expect(text.contains(#""stop_reason":"tool_use""#))
        var whole = try Self.tape(stream: false)
        let answer = try JSONValue(parsing: whole.succeed(Answers.calls))
        #expect(answer["content"]?[0] == ["type": "text", "text": "Look. Now."])
        #expect(
            answer["content"]?[1]
                == ["type": "tool_use", "id": "a", "name": "get", "input": ["x": 1]])
        #expect(answer["content"]?[2]?["input"] == ["y": [2]])
    }

    @Test(
        arguments: [
            (Answers.empty, "end_turn", []), (Answers.cut, "max_tokens", ["text :Once"]),
            (Answers.cancelled, "max_tokens", ["text :Once"]),
            (Answers.refusal, "refusal", ["text :No."]),
        ] as [(String, String, [String])])
    func `an answer without a delta is told all the same`(
        result: String, reason: String, blocks: [String]
    ) throws {
        var tape = try Self.tape(stream: true)
        let text = tape.succeed(result)
        #expect(try Self.blocks(text) == blocks)
        #expect(text.hasPrefix("event: message_start\n") && text.contains("\"\(reason)\""))
        #expect(text.hasSuffix("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"))
        var whole = try Self.tape(stream: false)
        let answer = try JSONValue(parsing: whole.succeed(result))
        #expect(answer["stop_reason"]?.stringValue == reason)
        #expect(answer["content"]?.arrayValue?.count == blocks.count)
    }

    @Test func `arguments that are no object are seen as they are`() throws {
        for (arguments, input) in [
            ("", "{}"), (#"[1]"#, #"{"arguments":"[1]"}"#), (#"{\"a"#, #"{"arguments":"{\"a"}"#),
            (#" {\"a\" : 1}"#, #"{"a":1}"#),
        ] {
            var tape = try Self.tape(stream: false)
            let answer = tape.succeed(
                #"{"content":"","tool_calls":[{"id":"a","function":{"name":"f","arguments":"#
                    + #""\#(arguments)"}}],"model":"m","finish_reason":"tool_calls"}"#)
            #expect(answer.contains(#""input":\#(input)}"#), "\(answer)")
        }
    }

    @Test func `the text that ended an answer is told where the server said so`() throws {
        let result =
            #"{"content":"a","model":"m","finish_reason":"stop","stats":"#
            + #"{"stop_reason":"stopStringFound"}}"#
        var tape = try Self.tape(stream: false, #","stop_sequences":["E"]"#)
        #expect(
            tape.succeed(result).contains(#""stop_reason":"stop_sequence","stop_sequence":"E""#))
        var two = try Self.tape(stream: false, #","stop_sequences":["E","F"]"#)
        #expect(two.succeed(result).contains(#""stop_reason":"end_turn","stop_sequence":null"#))
    }

    @Test(arguments: [
        (ErrorCode.permissionDenied, "permission_error"), (.modelNotFound, "not_found_error"),
        (.rateLimited, "rate_limit_error"), (.internalError, "api_error"),
        (.backendError, "api_error"), (.backendUnavailable, "overloaded_error"),
        (.timeout, "timeout_error"), (.contextOverflow, "invalid_request_error"),
    ])
    func `an error has their word for its status, in a stream too`(
        code: ErrorCode, type: String
    ) throws {
        var tape = try Self.tape(stream: true)
        let error =
            #"{"type":"error","error":{"type":"\#(type)","message":"m"},"request_id":"1-1"}"#
        #expect(tape.fail(Fault(code, "m")) == error)
        #expect(
            tape.fail(Fault(code, "m"), hasBegun: true) == "event: error\ndata: \(error)\n\n")
    }

    @Test func `a model of Anthropic's that nobody serves is told with how to`() throws {
        var tape = try Tape(
            AnthropicMessages(),
            #"{"model":"claude-x","messages":[{"role":"user","content":"a"}]}"#,
            Self.path)
        let text = tape.fail(Fault(.modelNotFound, "no backend has a model `claude-x`"))
        #expect(text.contains(#"below [aliases] in config.toml: \"claude-x\" = \"NAME\""#))
        var other = try Self.tape(stream: false)
        #expect(!other.fail(Fault(.modelNotFound, "no")).contains("aliases"))
    }

    // MARK: - The other paths

    @Test func `tokens are counted, and an estimate is said to be one`() throws {
        let body = #"{"model":"m","system":"s","messages":[{"role":"user","content":"Hi"}],"#
        var tape = try Tape(
            AnthropicTokenCount(), body + #""tools":[{"name":"f"}],"tool_choice":{"type":"any"}}"#,
            "POST /v1/messages/count_tokens")
        #expect(
            tape.params
                == #"{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","#
                + #""content":"Hi"}],"tools":[{"type":"function","function":{"name":"f"}}]}"#)
        #expect(tape.question?.method == .tokensCount)
        #expect(
            tape.succeed(#"{"prompt_tokens":6,"estimated":false}"#) == #"{"input_tokens":6}"#)
        #expect(
            tape.succeed(#"{"prompt_tokens":6,"estimated":true}"#)
                == #"{"input_tokens":6,"estimated":true}"#)
    }

    @Test func `what can chat is listed under each of its names`() throws {
        var tape = try Tape(AnthropicModels(), "", "GET /v1/models?limit=1000")
        #expect(tape.question?.method == .modelsList)
        let list = try JSONValue(
            parsing: tape.succeed(
                #"{"models":[{"id":"a","backend":"b","type":"llm","state":"loaded","#
                    + #""loaded_context_length":8192,"aliases":["claude-x"]},{"id":"e","#
                    + #""backend":"b","type":"embeddings","state":"loaded"}]}"#))
        #expect(
            list["data"]?.arrayValue?.compactMap { $0["id"]?.stringValue } == ["a", "claude-x"])
        #expect(list["first_id"] == "a" && list["last_id"] == "claude-x")
        #expect(list["data"]?[0]?["max_input_tokens"] == 8192 && list["has_more"] == false)
        var one = try Tape(AnthropicModels(), "", "GET /v1/models/claude%2Dx")
        #expect(one.params == #"{"model":"claude-x"}"#)
        let model = one.succeed(#"{"id":"a","backend":"b","type":"llm","state":"loaded"}"#)
        #expect(try JSONValue(parsing: model)["id"] == "claude-x")
    }
}
