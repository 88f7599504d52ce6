import CrowdModelsProtocol
import Testing

@testable import Doors

/// OpenAI's API in words of ours, and back.
@Suite struct OpenAITests {
    static let user = #""messages":[{"role":"user","content":"Hi"}]"#

    @Test(arguments: [
        (#"{\#(user)}"#, #"{\#(user)}"#),
        (
            #"{"model":"m","temperature":0.5,"stop":["a"],"user":"u","store":true,\#(user)}"#,
            #"{"model":"m","temperature":0.5,\#(user),"stop":["a"]}"#
        ),
        (
            #"{\#(user),"max_tokens":5,"max_completion_tokens":7,"n":1,"logprobs":false}"#,
            #"{\#(user),"max_tokens":7}"#
        ),
        (#"{\#(user),"max_tokens":5,"temperature":null}"#, #"{\#(user),"max_tokens":5}"#),
        (#"{\#(user),"tools":[],"tool_choice":"auto","stop":[ ]}"#, #"{\#(user)}"#),
        (
            #"{\#(user),"tools":[{"type":"function"}],"tool_choice":"none"}"#,
            #"{\#(user),"tools":[{"type":"function"}],"tool_choice":"none"}"#
        ),
        (
            #"{\#(user),"reasoning_effort":"low","parallel_tool_calls":false}"#,
            #"{\#(user),"reasoning":"low","options":{"parallel_tool_calls":false}}"#
        ),
        (
            #"{\#(user),"priority":"batch","tag":"t","session":"s","stream":true}"#,
            #"{"session":"s",\#(user),"priority":"batch","tag":"t","stream":true}"#
        ),
        (
            #"{"messages":[{"role":"developer","content":"\"developer\""},{"role": "user"}]}"#,
            #"{"messages":[{"role":"system","content":"\"developer\""},{"role": "user"}]}"#
        ),
    ])
    func `a chat is asked in words of ours`(body: String, params: String) throws {
        let tape = try Tape(ChatCompletions(), body)
        #expect(tape.params == params && tape.fault == nil)
        #expect(tape.question?.method == .complete)
    }

    @Test(arguments: [
        (#"{\#(user),"n":2}"#, "n"), (#"{\#(user),"logprobs":true}"#, "logprobs"),
        (#"{\#(user),"top_logprobs":3}"#, "top_logprobs"),
        (#"{\#(user),"functions":[{}]}"#, "functions"), (#"{\#(user),"audio":{}}"#, "audio"),
    ])
    func `what cannot be honoured is refused by its name`(body: String, name: String) throws {
        let fault = try #require(try Tape(ChatCompletions(), body).fault)
        #expect(fault.code == .invalidParams && fault.status == 400)
        #expect(fault.data["parameter"]?.stringValue == name)
    }

    @Test func `a whole answer has every number that the daemon knows`() throws {
        var tape = try Tape(ChatCompletions(), #"{"model":"fast",\#(Self.user)}"#)
        #expect(tape.question?.form == .whole)
        let text = tape.succeed(
            #"{"content":"Hello","reasoning":"Hm","model":"qwen3-4b","backend":"lmstudio","#
                + #""finish_reason":"length","usage":{"prompt_tokens":5,"completion_tokens":2,"#
                + #""total_tokens":7,"cached_tokens":4,"reasoning_tokens":1},"stats":{}}"#)
        #expect(
            text == #"{"id":"chatcmpl-1-1","object":"chat.completion","created":1790000000,"#
                + #""model":"qwen3-4b","choices":[{"index":0,"message":{"role":"assistant","#
                + #""content":"Hello","refusal":null,"reasoning_content":"Hm"},"logprobs":null,"#
                + #""finish_reason":"length"}],"usage":{"prompt_tokens":5,"completion_tokens":2,"#
                + #""total_tokens":7,"prompt_tokens_details":{"cached_tokens":4},"#
                + #""completion_tokens_details":{"reasoning_tokens":1}},"backend":"lmstudio","#
                + #""stats":{}}"#)
    }

    @Test func `an answer of calls alone has no content`() throws {
        var tape = try Tape(ChatCompletions(), "{\(Self.user)}")
        let calls = #"[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]"#
        let text = tape.succeed(
            #"{"content":"","tool_calls":\#(calls),"model":"m","finish_reason":"tool_calls"}"#)
        #expect(text.contains(#""content":null,"refusal":null,"tool_calls":\#(calls)}"#))
        #expect(text.contains(#""finish_reason":"tool_calls""#) && !text.contains("usage"))
    }

    @Test func `a stream names the role first and ends with its usage where that is wanted`() throws
    {
        var tape = try Tape(
            ChatCompletions(),
            #"{"stream":true,"stream_options":{"include_usage":true},\#(Self.user)}"#)
        #expect(tape.question?.form == .events)
        tape.placed("qwen3-4b", "lmstudio")
        let start =
            #"data: {"id":"chatcmpl-1-1","object":"chat.completion.chunk","created":1790000000,"#
            + #""model":"qwen3-4b","#
        let chunk = start + #""usage":null,"choices":["#
        let open = #","logprobs":null,"finish_reason":null}]}"# + "\n\n"
        #expect(
            tape.delta("Hel", reasoning: "Hm")
                == chunk + #"{"index":0,"delta":{"role":"assistant","content":""}"# + open + chunk
                + #"{"index":0,"delta":{"content":"Hel","reasoning_content":"Hm"}"# + open)
        let call = #"[{"index":0,"function":{"arguments":"x"}}]"#
        #expect(
            tape.delta(calls: call)
                == chunk + #"{"index":0,"delta":{"tool_calls":\#(call)}"# + open)
        #expect(
            tape.succeed(FakeJob.result)
                == chunk + #"{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"#
                + #""backend":"lmstudio","stats":{"queue_time":0.001,"source":"measured"}}"#
                + "\n\n" + start + #""choices":[],"usage":{"prompt_tokens":5,"#
                + #""completion_tokens":2,"total_tokens":7}}"# + "\n\ndata: [DONE]\n\n")
    }

    @Test(arguments: [
        (
            Fault(.modelNotFound, "no m; nearest: n"),
            #""type":"invalid_request_error","param":"model","code":"model_not_found""#
        ),
        (
            Fault(.contextOverflow, "x"),
            #""type":"invalid_request_error","param":null,"code":"context_length_exceeded""#
        ),
        (
            Fault(.rateLimited, "x"),
            #""type":"rate_limit_error","param":null,"code":"rate_limit_exceeded""#
        ),
        (
            Fault(.backendError, "\"x\""),
            #""type":"server_error","param":null,"code":"backend_error""#
        ),
        (
            Fault.unread(limit: "depth_max", "x"),
            #""type":"invalid_request_error","param":null,"code":"limit_exceeded""#
        ),
    ])
    func `errors have the words that clients look for`(fault: Fault, words: String) throws {
        var tape = try Tape(ChatCompletions(), "{}")
        let text = tape.fail(fault)
        #expect(text.hasPrefix(#"{"error":{"message":"#) && text.hasSuffix(words + "}}"))
        #expect(tape.fail(fault, hasBegun: true) == "data: \(text)\n\ndata: [DONE]\n\n")
    }

    @Test(arguments: [
        ("POST /v1/chat/completions", #"{"model":"gpt-4o",\#(user)}"#),
        ("POST /v1/completions", #"{"model":"gpt-4o","prompt":"a"}"#),
        ("POST /v1/embeddings", #"{"model":"gpt-4o","input":"a"}"#),
        ("POST /v1/rerank", #"{"model":"gpt-4o","query":"a","documents":["b"]}"#),
        ("GET /v1/models/gpt-4o", ""),
    ])
    func `a model that only its maker runs can be had by an alias`(
        line: String, body: String
    ) throws {
        var tape = try Tape(Samples.route(line).tongue, body, line)
        let text = tape.fail(Fault(.modelNotFound, "no gpt-4o"))
        #expect(text.contains(#"below [aliases] in config.toml: \"gpt-4o\" = \"NAME\""#))
        #expect(!tape.fail(Fault(.busy, "wait")).contains("aliases"))
    }

    @Test func `a text is completed raw, whole and as a stream`() throws {
        var tape = try Tape(
            TextCompletions(), #"{"model":"m","prompt":["def f("],"suffix":"x","max_tokens":9}"#)
        #expect(
            tape.params
                == #"{"prompt":"def f(","model":"m","max_tokens":9,"suffix":"x","raw":true}"#)
        #expect(
            tape.succeed(FakeJob.result).contains(
                #""choices":[{"index":0,"text":"Hello","logprobs":null,"finish_reason":"stop"}]"#))
        var stream = try Tape(TextCompletions(), #"{"prompt":"x","stream":true}"#)
        #expect(stream.delta(reasoning: "Hm") == "")
        #expect(stream.delta("Hel").contains(#"{"index":0,"text":"Hel","logprobs":null"#))
        let end = stream.succeed(FakeJob.result)
        #expect(end.contains(#"{"index":0,"text":"","logprobs":null,"finish_reason":"stop"}"#))
        #expect(end.hasSuffix("data: [DONE]\n\n") && !end.contains("usage"))
    }

    @Test(arguments: [
        #"{}"#, #"{"prompt":["a","b"]}"#, #"{"prompt":[1,2]}"#, #"{"prompt":[]}"#,
        #"{"prompt":"a","echo":true}"#, #"{"prompt":"a","best_of":2}"#,
        #"{"prompt":"a","logprobs":1}"#,
    ])
    func `a text that is none, or more than one, is refused`(body: String) throws {
        #expect(try Tape(TextCompletions(), body).fault?.code == .invalidParams)
    }

    @Test func `embeddings come as numbers, or as base64 of little-endian floats`() throws {
        var plain = try Tape(OpenAIEmbeddings(), #"{"input":"a","model":"e","dimensions":2}"#)
        #expect(plain.params == #"{"input":"a","model":"e","dimensions":2}"#)
        let result =
            #"{"embeddings":[[1,-0.5],[0.25, 2e0 ]],"model":"e","backend":"b","#
            + #""usage":{"prompt_tokens":2,"total_tokens":2}}"#
        #expect(
            plain.succeed(result)
                == #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[1,-0.5]},"#
                + #"{"object":"embedding","index":1,"embedding":[0.25, 2e0 ]}],"model":"e","#
                + #""usage":{"prompt_tokens":2,"total_tokens":2}}"#)
        var packed = try Tape(
            OpenAIEmbeddings(), #"{"input":["a","b"],"encoding_format":"base64"}"#)
        #expect(packed.params == #"{"input":["a","b"]}"#)
        #expect(packed.succeed(result).contains(#""embedding":"AACAPwAAAL8=""#))
        #expect(packed.succeed(result).contains(#""embedding":"AACAPgAAAEA=""#))
    }

    @Test(arguments: [
        #"{}"#, #"{"input":[1,2]}"#, #"{"input":[[1]]}"#,
        #"{"input":"a","encoding_format":"int8"}"#,
    ])
    func `what is no text is not embedded`(body: String) throws {
        #expect(try Tape(OpenAIEmbeddings(), body).fault?.code == .invalidParams)
    }

    @Test func `documents may be objects, and come back where that is wanted`() throws {
        var tape = try Tape(
            OpenAIRerank(),
            #"{"query":"q","documents":["a",{"text":"b"}],"top_n":1,"return_documents":true}"#)
        #expect(tape.params == #"{"query":"q","top_n":1,"documents":["a","b"]}"#)
        let result = #"{"results":[{"index":1,"relevance_score":0.9}],"model":"r","backend":"b"}"#
        #expect(
            tape.succeed(result) == #"{"object":"list","results":[{"index":1,"#
                + #""relevance_score":0.9,"document":{"text":"b"}}],"model":"r"}"#)
        #expect(try Tape(OpenAIRerank(), #"{"documents":[{"t":1}]}"#).fault != nil)
        #expect(try Tape(OpenAIRerank(), #"{"query":"q"}"#).fault != nil)
    }

    @Test func `each model and each alias is listed once`() throws {
        var tape = try Tape(OpenAIModels(), "", "GET /v1/models")
        #expect(tape.params == "{}" && tape.question?.method == .modelsList)
        let model = #"{"id":"m","backend":"a","type":"llm","state":"loaded","aliases":["fast"]}"#
        let text = tape.succeed(
            #"{"models":[\#(model),{"id":"m","backend":"b"},{"id":"n","backend":"b","#
                + #""publisher":"p","aliases":["fast"]}]}"#)
        let entry = #""object":"model","created":0,"owned_by":"#
        let ours = #"\#(entry)"a","backend":"a","type":"llm","state":"loaded"}"#
        #expect(
            text == #"{"object":"list","data":[{"id":"m",\#(ours),{"id":"fast",\#(ours),"#
                + #"{"id":"n",\#(entry)"p","backend":"b"}]}"#)
        #expect(try Tape(OpenAIModels(), "").fault == nil)
    }

    @Test func `a model is asked for by what stands in the path`() throws {
        let tape = try Tape(OpenAIModel(), "", "GET /v1/models/qwen/qwen3%2D4b%zz%4")
        #expect(tape.params == #"{"model":"qwen/qwen3-4b%zz%4"}"#)
        #expect(tape.question?.method == .modelsGet)
    }

    @Test func `the page for Prometheus is the text that stats has`() throws {
        var tape = try Tape(MetricsPage(), "", "GET /metrics")
        #expect(tape.question?.contentType == "text/plain; version=0.0.4; charset=utf-8")
        #expect(
            tape.succeed(#"{"content_type":"text/plain; version=0.0.4","text":"a \"b\"\nc\n"}"#)
                == "a \"b\"\nc\n")
    }
}
