import Configuration
import CrowdModelsProtocol
import Testing

@testable import Backends

/// How each program is asked for a completion.
@Suite struct ChatAdapterTests {
    private func adapter(
        _ kind: ServerKind, hasOwnAPI: Bool = false
    ) throws -> any Adapter {
        kind.adapter(at: try Endpoint("http://h/v1"), hasOwnAPI: hasOwnAPI)
    }

    /// Path and body of the request for what `params` ask; the body is checked to be JSON.
    private func sent(
        _ adapter: any Adapter, _ params: String, _ call: ChatCall? = nil
    ) throws -> String {
        let request = try ChatRequest.sample(params)
        var body = ByteBuffer()
        let path = adapter.chat(
            request, call ?? ChatCall(model: "m", isRaw: request.isRaw), to: &body)
        _ = try JSONValue(parsing: body.span)
        return path + " " + body.text
    }

    private static let user = #""messages":[{"role":"user","content":"x"}]"#
    private static let usage = #""stream":true,"stream_options":{"include_usage":true}"#

    @Test func `chat and text go to the API that tells most`() throws {
        let table: [(ServerKind, String, String)] = [
            (.openai, "false", "/v1/chat/completions {\"model\":\"m\",\(Self.user)}"),
            (.openai, "true", "/v1/chat/completions {\"model\":\"m\",\(Self.user),\(Self.usage)}"),
            (.lmstudio, "false", "/api/v0/chat/completions {\"model\":\"m\",\(Self.user)}"),
            (
                .lmstudio, "true",
                "/v1/chat/completions {\"model\":\"m\",\(Self.user),\(Self.usage)}"
            ),
            (
                .llamaCpp, "false",
                "/v1/chat/completions {\"model\":\"m\",\(Self.user),\(Self.usage)}"
            ),
            (.ollama, "false", "/v1/chat/completions {\"model\":\"m\",\(Self.user)}"),
            // These, too, compute whole answers for who is gone.
            (.mlxLM, "false", "/v1/chat/completions {\"model\":\"m\",\(Self.user),\(Self.usage)}"),
            (
                .litellm, "false",
                "/v1/chat/completions {\"model\":\"m\",\(Self.user),\(Self.usage)}"
            ),
        ]
        for (kind, isStream, expected) in table {
            let adapter = try adapter(kind)
            #expect(try sent(adapter, #"{"prompt":"x","stream":\#(isStream)}"#) == expected)
            let text = try sent(adapter, #"{"prompt":"x","raw":true,"stream":\#(isStream)}"#)
            let wanted = expected.replacing("chat/completions", by: "completions")
                .replacing(Self.user, by: #""prompt":"x""#)
            #expect(text == wanted)
        }
    }

    @Test(arguments: [
        (ServerKind.openai, "true", #""reasoning_effort":"medium""#),
        (.openai, "false", #""reasoning_effort":"none""#),
        (.openai, "\"off\"", #""reasoning_effort":"none""#),
        (.lmstudio, "\"on\"", #""reasoning_effort":"on""#),
        (.openai, "\"low\"", #""reasoning_effort":"low""#),
        (.lmstudio, "true", #""reasoning_effort":"on""#),
        (.lmstudio, "false", #""reasoning_effort":"off""#),
        (.llamaCpp, "false", #""chat_template_kwargs":{"enable_thinking":false}"#),
        (.vllm, "true", #""chat_template_kwargs":{"enable_thinking":true}"#),
        (.sglang, "true", #""chat_template_kwargs":{"enable_thinking":true}"#),
        (
            .vllm, "\"high\"",
            #""chat_template_kwargs":{"reasoning_effort":"high"},"reasoning_effort":"high""#
        ),
    ])
    func `reasoning is asked for in each program's words`(
        kind: ServerKind, value: String, member: String
    ) throws {
        let body = try sent(
            adapter(kind),
            #"{"prompt":"x","reasoning":\#(value),"options":{"reasoning_effort":"no","k":1}}"#)
        #expect(body.hasSuffix(",\(member),\"k\":1}"))
    }

    @Test(arguments: [
        (ServerKind.openai, "repeat_penalty"), (.vllm, "repetition_penalty"),
        (.sglang, "repetition_penalty"), (.llamaCpp, "repeat_penalty"),
    ])
    func `a penalty has the name that the program knows`(kind: ServerKind, name: String) throws {
        let body = try sent(
            adapter(kind), #"{"prompt":"x","repeat_penalty":1.5,"options":{"\#(name)":2,"k":1}}"#)
        #expect(body.hasSuffix(#","\#(name)":1.5,"k":1}"#))
    }

    @Test func `GPT4All is never asked for a stream, and told how long an answer may be`() throws {
        let adapter = try adapter(.gpt4all)
        let start = "/v1/chat/completions {\"model\":\"m\",\(Self.user),\"max_tokens\":"
        for stream in [true, false] {
            let request = try ChatRequest.sample(#"{"prompt":"x","stream":\#(stream)}"#)
            #expect(!adapter.streams(request))
            #expect(try sent(adapter, #"{"prompt":"x","stream":\#(stream)}"#) == start + "4096}")
        }
        #expect(try sent(adapter, #"{"prompt":"x","max_tokens":7}"#) == start + "7}")
        // What `options` says goes before what we would.
        let told = try sent(adapter, #"{"prompt":"x","options":{"max_tokens":9}}"#)
        #expect(told == start + "9}")
    }

    @Test func `LM Studio's own chat is asked where progress is, if it can say what is asked`()
        throws
    {
        var adapter = try adapter(.lmstudio, hasOwnAPI: true)
        let asked =
            #"{"prompt":"x","system_prompt":"s","progress":true,"max_tokens":7,"top_k":2,"#
            + #""reasoning":false,"stream":true}"#
        let request = try ChatRequest.sample(asked)
        #expect(
            try sent(adapter, asked)
                == #"/api/v1/chat {"model":"m","stream":true,"store":false,"input":"x","#
                + #""system_prompt":"s","top_k":2,"max_output_tokens":7,"reasoning":"off"}"#)
        // What it has no place for, and who wants to know nothing.
        for other in [
            #""prompt":"x""#, #""messages":[{"role":"user","content":"x"}],"progress":true"#,
            #""prompt":"x","progress":true,"stop":"a""#, #""prompt":"x","progress":true,"seed":1"#,
            #""prompt":"x","progress":true,"tools":[{"type":"function","function":{"name":"a"}}]"#,
            #""prompt":"x","progress":true,"options":{"a":1}"#,
            #""prompt":"x","progress":true,"raw":true"#,
        ] {
            #expect(try sent(adapter, "{\(other),\"stream\":true}").hasPrefix("/v1/"), "\(other)")
        }
        let whole = try sent(adapter, #"{"prompt":"x","progress":true}"#)
        #expect(whole.hasPrefix("/api/v0/chat/completions "))
        // One that turns out to be older is asked as it was.
        let isLeft = adapter.chooseOtherAPI(for: request)
        #expect(isLeft)
        #expect(try sent(adapter, asked).hasPrefix("/v1/chat/completions "))
    }

    @Test func `llama.cpp is told the slot that was assigned, and once`() throws {
        let call = ChatCall(model: "m", slot: 3)
        let body = try sent(
            adapter(.llamaCpp), #"{"prompt":"x","options":{"id_slot":1,"k":2}}"#, call)
        #expect(body.contains(#","id_slot":3,"#) && body.hasSuffix(#","k":2}"#))
        #expect(!body.contains(#""id_slot":1"#))
        #expect(try !sent(adapter(.llamaCpp), #"{"prompt":"x"}"#).contains("id_slot"))
    }

    private static let schema = #"{"type":"object","required":["a"]}"#

    @Test(arguments: [
        (#"{"type":"json_object"}"#, ServerKind.openai, #"{"type":"json_object"}"#),
        (
            #"{"type":"json_object"}"#, .lmstudio,
            #"{"type":"json_schema","json_schema":{"name":"object","schema":{"type":"object"}}}"#
        ),
        (
            #"{"type":"json_object","schema":\#(schema)}"#, .lmstudio,
            #"{"type":"json_schema","json_schema":{"name":"object","schema":\#(schema)}}"#
        ),
        (#"{"type":"text"}"#, .lmstudio, #"{"type":"text"}"#),
        (
            #"{"type":"json_schema","json_schema":{"name":"n","schema":\#(schema)}}"#, .lmstudio,
            #"{"type":"json_schema","json_schema":{"name":"n","schema":\#(schema)}}"#
        ),
    ])
    func `response_format has the form that the program takes`(
        given: String, kind: ServerKind, taken: String
    ) throws {
        let body = try sent(adapter(kind), #"{"prompt":"x","response_format":\#(given)}"#)
        #expect(body.hasSuffix(#","response_format":\#(taken)}"#))
    }

    @Test(arguments: [
        ("'response_format.type' must be 'json_schema' or 'text'", true),
        ("This response_format type is unavailable now", true),
        ("Input should be 'text' or 'json_object' (body.response_format.type)", true),
        ("This model does not support response format `json_schema`", true),
        ("unknown variant `json_schema`, expected one of `json_object`, `regex`", true),
        (#""response_format" type must be one of "text" or "json_object""#, true),
        ("Invalid schema for response_format 'n': 'type' is missing", false),
        ("temperature must be below 2", false),
    ])
    func `a refused form is told from a refused schema`(words: String, isRefused: Bool) {
        #expect(ResponseFormat.isRefused(by: words) == isRefused)
    }

    @Test(arguments: [
        ("default chat template is no longer allowed, so you must provide a chat template", true),
        ("Cannot use chat template functions because tokenizer.chat_template is not set", true),
        (#""x" does not support chat"#, true), ("Template error: template not found", true),
        ("Error rendering prompt with jinja template: no user query", false),
        ("the chat template raised an exception", false),
    ])
    func `a model without a template is told from one whose template failed`(
        words: String, lacks: Bool
    ) {
        #expect(ChatRequest.lacksTemplate(words) == lacks)
    }

    @Test func `each way is left once`() throws {
        var adapter = try adapter(.openai)
        let request = try ChatRequest.sample(
            #"{"prompt":"x","response_format":{"type":"json_object"}}"#)
        let refusal = ServerFailure(
            .refused, status: 400, words: "response_format type is unavailable")
        let call = ChatCall(model: "m")
        let next = adapter.otherCall(than: call, for: request, after: refusal)
        let second = try #require(next)
        #expect(second.words(after: call)?.contains("asked as json_schema") == true)
        #expect(adapter.otherCall(than: second, for: request, after: refusal) == nil)
        // Without a word of text nothing is guessed.
        let mute = ServerFailure(.refused, status: 400)
        #expect(adapter.otherCall(than: call, for: request, after: mute) == nil)
        let missing = ServerFailure(.unknownRoute, status: 404)
        #expect(adapter.otherCall(than: call, for: request, after: missing) == nil)
        let raw = try ChatRequest.sample(#"{"prompt":"x","raw":true}"#)
        let first = ChatCall(model: "m", isRaw: true)
        let other = adapter.otherCall(than: first, for: raw, after: missing)
        let chat = try #require(other)
        #expect(!chat.isRaw && chat.words(after: first) != nil)
        #expect(adapter.otherCall(than: chat, for: raw, after: missing) == nil)
    }
}

extension String {
    /// The text with every `part` written as `other`.
    fileprivate func replacing(_ part: String, by other: String) -> String {
        var result = ""
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(part) {
                result += other
                rest = rest.dropFirst(part.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result
    }
}
