import CrowdModelsProtocol
import Testing

@testable import Doors

/// Ollama's API in words of ours, and back.
@Suite struct OllamaTests {
    static let chats: [(body: String, params: String)] = [
        (
            #"{"model":"m:latest","messages":[{"role":"user","content":"Hi"}]}"#,
            #"{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true}"#
        ),
        (
            #"{"model":"m:4b","stream":false,"think":"low","keep_alive":"1h30m","format":"json","#
                + #""options":{"num_predict":9,"temperature":0.5,"top_k":4,"seed":7,"stop":["E"],"#
                + #""repeat_penalty":1.1,"num_gpu":3},"messages":[{"role":"system","content":"s"},"#
                + #"{"role":"user","content":"Hi"}]}"#,
            #"{"model":"m:4b","messages":[{"role":"system","content":"s"},{"role":"user","#
                + #""content":"Hi"}],"temperature":0.5,"top_k":4,"seed":7,"repeat_penalty":1.1,"#
                + #""max_tokens":9,"stop":["E"],"reasoning":"low","#
                + #""response_format":{"type":"json_object"},"ttl":5400}"#
        ),
        (
            #"{"model":"m","stream":false,"keep_alive":0,"options":{"num_predict":-2,"stop":[]},"#
                + #""format":{"type":"object"},"messages":[{"role":"user","content":"What?","#
                + #""images":["/9j/4","iVBO"]}]}"#,
            #"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"What?"},"#
                + #"{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/4"}},"#
                + #"{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO"}}]}],"#
                + #""response_format":{"type":"json_schema","json_schema":{"name":"answer","#
                + #""strict":true,"schema":{"type":"object"}}},"ttl":1}"#
        ),
        (
            #"{"model":"m","stream":false,"tools":[{"type":"function","function":{"name":"f"}}],"#
                + #""messages":[{"role":"user","content":"Go"},{"role":"assistant","content":"","#
                + #""thinking":"Hm","tool_calls":[{"function":{"name":"get","arguments":{"x":1}}},"#
                + #"{"function":{"name":"put","arguments":{}}}]},{"role":"tool","tool_name":"put","#
                + #""content":"2"},{"role":"tool","content":"1"}]}"#,
            #"{"model":"m","messages":[{"role":"user","content":"Go"},{"role":"assistant","#
                + #""reasoning_content":"Hm","content":"","tool_calls":[{"id":"call_0","type":"#
                + #""function","function":{"name":"get","arguments":"{\"x\":1}"}},{"id":"call_1","#
                + #""type":"function","function":{"name":"put","arguments":"{}"}}]},{"role":"tool","#
                + #""tool_call_id":"call_1","content":"2"},{"role":"tool","tool_call_id":"call_0","#
                + #""content":"1"}],"tools":[{"type":"function","function":{"name":"f"}}]}"#
        ),
    ]

    @Test(arguments: chats)
    func `a chat is asked in words of ours`(body: String, params: String) throws {
        let tape = try Tape(OllamaGeneration(isChat: true), body, "POST /api/chat")
        #expect(tape.params == params && tape.fault == nil)
        #expect(tape.question?.method == .complete)
        _ = try JSONValue(parsing: tape.params)
    }

    @Test(arguments: [
        (
            #"{"model":"m","prompt":"Hi","system":"s","stream":false}"#,
            #"{"model":"m","system_prompt":"s","prompt":"Hi"}"#
        ),
        (
            #"{"model":"m","prompt":"def ","suffix":"end","raw":true,"system":"","context":[]}"#,
            #"{"model":"m","prompt":"def ","raw":true,"suffix":"end","stream":true}"#
        ),
        (
            #"{"model":"m","prompt":"What?","images":["R0lG"],"stream":false}"#,
            #"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"What?"},"#
                + #"{"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lG"}}]}]}"#
        ),
    ])
    func `a prompt is asked in words of ours`(body: String, params: String) throws {
        let tape = try Tape(OllamaGeneration(isChat: false), body, "POST /api/generate")
        #expect(tape.params == params && tape.fault == nil)
    }

    @Test(arguments: [
        (#"{"prompt":"Hi"}"#, "model"), (#"{"model":"m","prompt":"x","template":"y"}"#, "template"),
        (#"{"model":"m","prompt":"x","context":[1]}"#, "context"),
        (#"{"model":"m","prompt":"x","keep_alive":"soon"}"#, "keep_alive"),
    ])
    func `what cannot be honoured is refused by its name`(body: String, name: String) throws {
        var tape = try Tape(OllamaGeneration(isChat: false), body, "POST /api/generate")
        let fault = try #require(tape.fault)
        #expect(fault.status == 400 && fault.data["parameter"]?.stringValue == name)
        #expect(try JSONValue(parsing: tape.fail(fault)) == ["error": .string(fault.message)])
    }

    @Test(
        arguments: [
            ("5m", 300), ("1h30m", 5400), ("500ms", 0.5), ("-1", -1), ("-5s", -5), ("0", 0),
            ("3600", 3600), ("1.5h", 5400), ("", nil), ("5x", nil), ("m", nil), ("5m3", nil),
        ] as [(String, Double?)])
    func `times are read as Go writes them`(text: String, seconds: Double?) {
        #expect(OllamaOptions.seconds(text) == seconds)
    }

    @Test(arguments: [
        (#"{"model":"m"}"#, "models.load", #"{"model":"m"}"#, "load"),
        (
            #"{"model":"m","messages":[],"keep_alive":0}"#, "models.unload", #"{"model":"m"}"#,
            "unload"
        ),
        (
            #"{"model":"m","keep_alive":60,"options":{"num_ctx":8192}}"#, "models.load",
            #"{"model":"m","ttl":60,"context_length":8192}"#, "load"
        ),
    ])
    func `without a prompt the model is loaded, or unloaded`(
        body: String, method: String, params: String, reason: String
    ) throws {
        var tape = try Tape(OllamaGeneration(isChat: true), body, "POST /api/chat")
        #expect(tape.question?.method.name.description == method && tape.params == params)
        let answer = tape.succeed(#"{"id":"m","backend":"b","type":"llm","state":"loaded"}"#)
        #expect(
            answer == #"{"model":"m","created_at":"2026-09-21T14:13:20Z","message":{"role":"#
                + #""assistant","content":""},"done":true,"done_reason":"\#(reason)"}"# + "\n")
    }

    // MARK: - Answers

    static let head = #"{"model":"fast","created_at":"2026-09-21T14:13:20Z","#

    static func tape(chat: Bool = true, stream: Bool) throws -> Tape {
        try Tape(
            OllamaGeneration(isChat: chat),
            #"{"model":"fast","stream":\#(stream),"prompt":"a","#
                + #""messages":[{"role":"user","content":"a"}]}"#)
    }

    static let numbers =
        #""total_duration":2000000000,"load_duration":0,"prompt_eval_count":12,"#
        + #""prompt_eval_duration":250000000,"eval_count":7,"eval_duration":1500000000}"#

    @Test func `a stream is a line a piece, and the last has the numbers`() throws {
        var tape = try Self.tape(stream: true)
        #expect(tape.question?.form == .lines)
        let text = tape.play(Answers.textDeltas, Answers.text)
        let lines = text.split(separator: "\n")
        let pieces = [
            #"{"role":"assistant","content":"","thinking":"H"}"#,
            #"{"role":"assistant","content":"","thinking":"m"}"#,
            #"{"role":"assistant","content":"Gr"}"#,
            #"{"role":"assistant","content":"üße \"du\""}"#,
        ]
        #expect(lines.count == 5)
        for (line, piece) in zip(lines, pieces) {
            #expect(line == #"\#(Self.head)"message":\#(piece),"done":false}"#)
        }
        let end = #""message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","#
        #expect(lines[4] == "\(Self.head)\(end)\(Self.numbers)")
        var generate = try Self.tape(chat: false, stream: true)
        let told = generate.play(Answers.textDeltas, Answers.text).split(separator: "\n")
        #expect(told[0] == #"\#(Self.head)"response":"","thinking":"H","done":false}"#)
        #expect(told[2] == #"\#(Self.head)"response":"Gr","done":false}"#)
        #expect(told[4].hasPrefix(#"\#(Self.head)"response":"","done":true,"done_reason":"stop""#))
    }

    @Test func `a whole answer is one line`() throws {
        var tape = try Self.tape(stream: false)
        #expect(tape.question?.form == .whole)
        let said = #"{"role":"assistant","content":"Grüße \"du\"","thinking":"Hm"}"#
        let end = #""done":true,"done_reason":"stop","#
        let whole = tape.succeed(Answers.text)
        #expect(whole == #"\#(Self.head)"message":\#(said),\#(end)\#(Self.numbers)"# + "\n")
        var generate = try Self.tape(chat: false, stream: false)
        let start = #"\#(Self.head)"response":"Grüße \"du\"","thinking":"Hm",\#(end)"#
        #expect(generate.succeed(Answers.text).hasPrefix(start))
    }

    @Test func `calls are told whole, their arguments as objects`() throws {
        let calls =
            #""tool_calls":[{"id":"a","function":{"index":0,"name":"get","arguments":{"x":1}}},"#
            + #"{"id":"b","function":{"index":1,"name":"put","arguments":{"y":[2]}}}]}"#
        var tape = try Self.tape(stream: true)
        let lines = tape.play(Answers.callDeltas, Answers.calls).split(separator: "\n")
        #expect(lines.count == 4)
        let line =
            #"\#(Self.head)"message":{"role":"assistant","content":"",\#(calls),"done":false}"#
        #expect(lines[2] == line)
        #expect(lines[3].contains(#""done_reason":"stop""#))
        var whole = try Self.tape(stream: false)
        let answer = whole.succeed(Answers.calls)
        #expect(answer.contains(#""content":"Look. Now.",\#(calls)"#))
    }

    @Test(arguments: [
        (Answers.empty, "", "stop"), (Answers.cut, "Once", "length"),
        (Answers.cancelled, "Once", "length"),
        (Answers.refusal, "No.", "stop"),
    ])
    func `an answer without a delta is told all the same`(
        result: String, content: String, reason: String
    ) throws {
        for stream in [true, false] {
            var tape = try Self.tape(stream: stream)
            var told = ""
            var last: JSONValue = .null
            for line in tape.succeed(result).split(separator: "\n") {
                last = try JSONValue(parsing: String(line))
                told += last["message"]?["content"]?.stringValue ?? ""
            }
            #expect(told == content && last["done_reason"]?.stringValue == reason)
        }
    }

    @Test func `an error is a text, in a stream a line of its own`() throws {
        var tape = try Self.tape(stream: true)
        #expect(tape.fail(Fault(.busy, "full")) == #"{"error":"full"}"#)
        #expect(tape.fail(Fault(.busy, "full"), hasBegun: true) == #"{"error":"full"}"# + "\n")
    }

    // MARK: - Models and vectors

    static let model =
        #"{"id":"qwen3","backend":"b","type":"vlm","state":"loaded","arch":"qwen3","#
        + #""quantization":"Q4","format":"gguf","parameters":"4B","size_bytes":42,"#
        + #""max_context_length":32768,"loaded_context_length":8192,"aliases":["fast"]}"#

    @Test func `models are listed with tags and under each of their names`() throws {
        let result =
            #"{"models":[\#(Self.model),{"id":"e:v1","backend":"b","type":"embeddings","#
            + #""state":"not-loaded"}]}"#
        var tags = try Tape(OllamaModels(isLoaded: false), "", "GET /api/tags")
        #expect(tags.params == "{}")
        let list = try JSONValue(parsing: tags.succeed(result))["models"]
        #expect(
            list?.arrayValue?.compactMap { $0["name"]?.stringValue } == [
                "qwen3:latest", "fast:latest", "e:v1",
            ])
        #expect(list?[0]?["details"]?["quantization_level"] == "Q4" && list?[0]?["size"] == 42)
        var loaded = try Tape(OllamaModels(isLoaded: true), "", "GET /api/ps")
        #expect(loaded.params == #"{"state":"loaded"}"#)
        let there = try JSONValue(parsing: loaded.succeed(#"{"models":[\#(Self.model)]}"#))
        #expect(there["models"]?[0]?["context_length"] == 8192)
    }

    @Test func `a model is shown with what it can and its context`() throws {
        var tape = try Tape(OllamaModel(), #"{"name":"qwen3:latest"}"#, "POST /api/show")
        #expect(tape.params == #"{"model":"qwen3"}"# && tape.question?.method == .modelsGet)
        let shown = try JSONValue(parsing: tape.succeed(Self.model))
        #expect(shown["model_info"]?["qwen3.context_length"] == 8192)
        #expect(shown["model_info"]?["general.architecture"] == "qwen3")
        #expect(shown["capabilities"] == ["completion", "tools", "vision"])
    }

    @Test func `a model that is there is as good as pulled`() throws {
        var tape = try Tape(OllamaPull(), #"{"model":"qwen3"}"#, "POST /api/pull")
        #expect(tape.succeed(Self.model) == #"{"status":"success"}"# + "\n")
    }

    @Test func `who asks whether somebody is there is told in Ollama's words`() throws {
        var root = try Tape(OllamaPresence(), "", "GET /")
        #expect(root.succeed(#"{"ok":true}"#) == "Ollama is running")
        #expect(root.question?.contentType.hasPrefix("text/plain") == true)
        var version = try Tape(OllamaPresence(), "", "GET /api/version")
        let text = try JSONValue(parsing: version.succeed("{}"))["version"]?.stringValue
        #expect(text?.split(separator: ".").allSatisfy { Int($0) != nil } == true)
    }

    @Test func `texts become vectors, in the new form and the old`() throws {
        let result =
            #"{"embeddings":[[1,2.50],[3,4]],"model":"e","backend":"b","#
            + #""usage":{"prompt_tokens":4,"total_tokens":4}}"#
        var tape = try Tape(
            OllamaEmbedding(isOlder: false), #"{"model":"e","input":["a","b"],"truncate":true}"#,
            "POST /api/embed")
        #expect(tape.params == #"{"model":"e","input":["a","b"]}"#)
        #expect(
            tape.succeed(result)
                == #"{"model":"e","embeddings":[[1,2.50],[3,4]],"prompt_eval_count":4}"#)
        var older = try Tape(
            OllamaEmbedding(isOlder: true), #"{"model":"e","prompt":"a"}"#, "POST /api/embeddings")
        #expect(older.params == #"{"model":"e","input":"a"}"#)
        #expect(older.succeed(result) == #"{"embedding":[1,2.50]}"#)
    }
}
