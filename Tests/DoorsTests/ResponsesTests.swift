import CrowdModelsProtocol
import Testing

@testable import Doors

/// The Responses API in words of ours, and back.
@Suite struct ResponsesTests {
    static let path = "POST /v1/responses"

    static let questions: [(body: String, params: String)] = [
        (
            #"{"model":"m","input":"Hi","store":true,"include":["reasoning.encrypted_content"]}"#,
            #"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#
        ),
        (
            #"{"model":"m","instructions":"Be kind.","stream":true,"max_output_tokens":9,"#
                + #""temperature":1,"reasoning":{"effort":"low","summary":"auto"},"input":["#
                + #"{"type":"message","role":"developer","content":[{"type":"input_text","#
                + #""text":"Rules."}]},{"role":"user","content":"Hi"},{"role":"assistant","#
                + #""content":[{"type":"output_text","text":"Yo","annotations":[]}]},"#
                + #"{"role":"developer","content":"Now quick."},{"role":"user","content":"#
                + #"[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"u"}]}]}"#,
            #"{"model":"m","messages":[{"role":"system","content":"Be kind.\n\nRules."},"#
                + #"{"role":"user","content":"Hi"},{"role":"assistant","content":"Yo"},"#
                + #"{"role":"user","content":"<system>\nNow quick.\n</system>"},{"role":"user","#
                + #""content":[{"type":"text","text":"a"},{"type":"image_url","image_url":"#
                + #"{"url":"u"}}]}],"max_tokens":9,"temperature":1,"reasoning":"low","stream":true}"#
        ),
        (
            #"{"model":"m","input":[{"role":"user","content":"Go"},{"type":"reasoning","id":"r","#
                + #""summary":[],"content":[{"type":"reasoning_text","text":"Hm"}]},"#
                + #"{"type":"function_call","call_id":"a","name":"get","arguments":"{\"x\":1}"},"#
                + #"{"type":"custom_tool_call","call_id":"b","name":"patch","input":"a\"b"},"#
                + #"{"type":"function_call_output","call_id":"a","output":"1"},"#
                + #"{"type":"custom_tool_call_output","call_id":"b","output":[{"type":"input_text","#
                + #""text":"2"},{"type":"input_image","image_url":"u"}]},{"type":"web_search_call"},"#
                + #"{"role":"user","content":"On"}]}"#,
            #"{"model":"m","messages":[{"role":"user","content":"Go"},{"role":"assistant","#
                + #""reasoning_content":"Hm","content":"","tool_calls":[{"id":"a","type":"#
                + #""function","function":{"name":"get","arguments":"{\"x\":1}"}},{"id":"b","#
                + #""type":"function","function":{"name":"patch","arguments":"#
                + #""{\"input\":\"a\\\"b\"}"}}]},{"role":"tool","tool_call_id":"a","content":"1"},"#
                + #"{"role":"tool","tool_call_id":"b","content":"2"},{"role":"user","content":"#
                + #"[{"type":"image_url","image_url":{"url":"u"}},{"type":"text","text":"On"}]}]}"#
        ),
        (
            #"{"input":"Hi","tools":[{"type":"function","name":"f","description":"d","#
                + #""parameters":{"type":"object"},"strict":false},{"type":"web_search"},"#
                + #"{"type":"namespace","name":"n","tools":[]}],"tool_choice":{"type":"function","#
                + #""name":"f"},"parallel_tool_calls":false,"text":{"format":{"type":"json_schema","#
                + #""name":"n","schema":{"type":"object"},"strict":true}}}"#,
            #"{"messages":[{"role":"user","content":"Hi"}],"response_format":{"type":"json_schema","#
                + #""json_schema":{"schema":{"type":"object"},"name":"n","strict":true}},"tools":"#
                + #"[{"type":"function","function":{"name":"f","description":"d","parameters":"#
                + #"{"type":"object"},"strict":false}}],"tool_choice":{"type":"function","#
                + #""function":{"name":"f"}},"options":{"parallel_tool_calls":false}}"#
        ),
        (
            #"{"input":"Hi","tools":[{"type":"web_search"}],"tool_choice":"auto"}"#,
            #"{"messages":[{"role":"user","content":"Hi"}]}"#
        ),
    ]

    @Test(arguments: questions)
    func `input is asked in words of ours`(body: String, params: String) throws {
        let tape = try Tape(Responses(), body, Self.path)
        #expect(tape.params == params && tape.fault == nil)
        #expect(tape.question?.method == .complete)
        _ = try JSONValue(parsing: tape.params)
    }

    @Test(arguments: [
        (#"{"input":"x","previous_response_id":"resp_1"}"#, "previous_response_id"),
        (#"{"input":"x","conversation":"c"}"#, "conversation"),
        (#"{"input":"x","background":true}"#, "background"),
        (#"{"input":"x","prompt":{"id":"p"}}"#, "prompt"), (#"{"model":"m"}"#, "input"),
        (#"{"input":[]}"#, "input"), (#"{"input":[{"type":"item_reference","id":"i"}]}"#, "input"),
        (#"{"input":[{"role":"user","content":[{"type":"input_file"}]}]}"#, "input"),
    ])
    func `what needs a memory is refused by its name`(body: String, name: String) throws {
        var tape = try Tape(Responses(), body, Self.path)
        let fault = try #require(tape.fault)
        #expect(fault.status == 400 && fault.data["parameter"]?.stringValue == name)
        #expect(try JSONValue(parsing: tape.fail(fault))["error"]?["param"]?.stringValue == name)
    }

    // MARK: - Answers

    static func tape(stream: Bool) throws -> Tape {
        try Tape(
            Responses(),
            #"{"model":"fast","input":"x","store":true,"temperature":0.5,"stream":\#(stream)}"#,
            path)
    }

    @Test func `a whole answer is a list of items and keeps nothing`() throws {
        var tape = try Self.tape(stream: false)
        let answer = try JSONValue(parsing: tape.succeed(Answers.text))
        #expect(answer["id"] == "resp_1-1" && answer["object"] == "response")
        #expect(answer["status"] == "completed" && answer["store"] == false)
        #expect(answer["model"] == "qwen3-4b" && answer["temperature"] == 0.5)
        #expect(
            answer["output"]?[0] == [
                "id": "rs_1-1_0", "type": "reasoning", "summary": [],
                "content": [["type": "reasoning_text", "text": "Hm"]], "status": "completed",
            ])
        #expect(answer["output"]?[1]?["content"]?[0]?["text"] == #"Grüße "du""#)
        #expect(
            answer["usage"] == [
                "input_tokens": 12, "input_tokens_details": ["cached_tokens": 10],
                "output_tokens": 7, "output_tokens_details": ["reasoning_tokens": 2],
                "total_tokens": 19,
            ])
    }

    @Test func `a stream tells each item from its beginning to its end`() throws {
        var tape = try Self.tape(stream: true)
        tape.placed("qwen3-4b", "lmstudio")
        let events = try Tape.events(tape.play(Answers.textDeltas, Answers.text))
        #expect(
            events.map(\.name) == [
                "response.created", "response.in_progress", "response.output_item.added",
                "response.reasoning_text.delta", "response.reasoning_text.delta",
                "response.reasoning_text.done", "response.output_item.done",
                "response.output_item.added", "response.content_part.added",
                "response.output_text.delta", "response.output_text.delta",
                "response.output_text.done", "response.content_part.done",
                "response.output_item.done", "response.completed",
            ])
        for (index, event) in events.enumerated() {
            #expect(event.data["type"]?.stringValue == event.name)
            #expect(event.data["sequence_number"] == .integer(index))
        }
        #expect(events[0].data["response"]?["model"] == "qwen3-4b")
        #expect(events[0].data["response"]?["output"] == [])
        #expect(events[10].data["delta"] == #"üße "du""# && events[10].data["output_index"] == 1)
        #expect(events[11].data["text"] == #"Grüße "du""#)
        #expect(events[12].data["part"]?["text"] == #"Grüße "du""#)
        let response = try #require(events[14].data["response"])
        #expect(
            response["output"] == .array([events[6], events[13]].compactMap { $0.data["item"] }))
        #expect(response["usage"]?["total_tokens"] == 19)
    }

    @Test func `calls whose pieces came by turns are whole, and no word is lost`() throws {
        var tape = try Self.tape(stream: true)
        let events = try Tape.events(tape.play(Answers.callDeltas, Answers.calls))
        let items = events.filter { $0.name == "response.output_item.done" }.map { $0.data["item"] }
        #expect(
            items.map { $0?["arguments"] ?? $0?["content"]?[0]?["text"] } == [
                "Look.", #"{"x":1}"#, #"{"y":[2]}"#, " Now.",
            ])
        #expect(items[1]?["call_id"] == "a" && items[1]?["name"] == "get")
        let pieces = events.filter {
            $0.name == "response.function_call_arguments.delta"
                && $0.data["item_id"] == items[1]?["id"]
        }
        #expect(pieces.compactMap { $0.data["delta"]?.stringValue } == [#"{"x"#, #"":1}"#])
        var whole = try Self.tape(stream: false)
        let output = try JSONValue(parsing: whole.succeed(Answers.calls))["output"]
        #expect(output?[0]?["content"]?[0]?["text"] == "Look. Now.")
        #expect(output?[2]?["arguments"] == #"{"y":[2]}"# && output?[2]?["type"] == "function_call")
    }

    @Test(
        arguments: [
            (Answers.empty, "completed", []), (Answers.cut, "incomplete", ["Once"]),
            (Answers.cancelled, "incomplete", ["Once"]),
            (Answers.refusal, "completed", ["No."]),
        ] as [(String, String, [String])])
    func `an answer without a delta is told all the same`(
        result: String, status: String, texts: [String]
    ) throws {
        var stream = try Self.tape(stream: true)
        let events = try Tape.events(stream.succeed(result))
        let last = try #require(events.last)
        #expect(events[0].name == "response.created" && last.name == "response.\(status)")
        var whole = try Self.tape(stream: false)
        let answers = [last.data["response"], try JSONValue(parsing: whole.succeed(result))]
        for answer in answers {
            #expect(answer?["status"]?.stringValue == status)
            let parts = answer?["output"]?.arrayValue?.compactMap { $0["content"]?[0] } ?? []
            #expect(parts.compactMap { ($0["text"] ?? $0["refusal"])?.stringValue } == texts)
        }
    }

    @Test func `what is said of a request is told again unless it is long`() throws {
        let long = String(repeating: "a", count: 5000)
        var tape = try Tape(
            Responses(),
            #"{"input":"x","instructions":"\#(long)","metadata":{"a": "b"},"top_p":0.5}"#, Self.path
        )
        let answer = try JSONValue(parsing: tape.succeed(Answers.text))
        #expect(answer["instructions"] == .null && answer["top_p"] == 0.5)
        #expect(answer["metadata"] == ["a": "b"] && answer["tools"] == [])
    }

    @Test(arguments: [
        (ErrorCode.contextOverflow, "context_length_exceeded"),
        (.rateLimited, "rate_limit_exceeded"), (.busy, "rate_limit_exceeded"),
        (.streamInterrupted, "server_error"), (.unsupported, "invalid_prompt"),
    ])
    func `a stream that fails is never cut`(code: ErrorCode, word: String) throws {
        let fault = Fault(code, "m", data: ["retry_after_ms": 1500])
        var fresh = try Self.tape(stream: true)
        let events = try Tape.events(fresh.fail(fault, hasBegun: true))
        #expect(
            events.map(\.name) == ["response.created", "response.in_progress", "response.failed"])
        let error = events[2].data["response"]?["error"]
        #expect(error?["code"]?.stringValue == word)
        let isLimit = word == "rate_limit_exceeded"
        #expect(error?["message"]?.stringValue == (isLimit ? "m; try again in 2s" : "m"))
        var begun = try Self.tape(stream: true)
        _ = begun.delta("a")
        let rest = try Tape.events(begun.fail(fault, hasBegun: true))
        #expect(rest.map(\.name) == ["response.failed"])
        #expect(rest[0].data["sequence_number"] == 5)
        var unbegun = try Self.tape(stream: true)
        #expect(try JSONValue(parsing: unbegun.fail(fault))["error"]?["message"] == "m")
    }
}
