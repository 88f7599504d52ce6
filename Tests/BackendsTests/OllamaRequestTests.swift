import Configuration
import CrowdModelsProtocol
import Testing

@testable import Backends

/// What Ollama's own API is sent.
@Suite struct OllamaRequestTests {
    /// Path and body; `context`: what `m` is loaded with.
    private func sent(_ params: String, context: Int? = nil) throws -> (String, JSONValue) {
        var adapter = ServerKind.ollama.adapter(at: try Endpoint("http://h"), hasOwnAPI: true)
        var model = Model(id: "m")
        model.loadedContextLength = context
        adapter.learn([model])
        let request = try ChatRequest.sample(params)
        var body = ByteBuffer()
        let path = adapter.chat(request, ChatCall(model: "m", isRaw: request.isRaw), to: &body)
        return (path, try JSONValue(parsing: body.span))
    }

    @Test(arguments: [
        (#"{"prompt":"x"}"#, #"{"messages":[{"role":"user","content":"x"}],"stream":false}"#),
        (
            #"{"prompt":"x","system_prompt":"s","stream":true}"#,
            #"{"messages":[{"role":"system","content":"s"},{"role":"user","content":"x"}],"stream":true}"#
        ),
        (
            #"{"system_prompt":"s","messages":[{"role":"developer","content":"d"},{"role":"user","content":[{"type":"text","text":"a\n"},{"type":"text","text":"b"}]}]}"#,
            #"{"messages":[{"role":"system","content":"s"},{"role":"system","content":"d"},{"role":"user","content":"a\nb"}],"stream":false}"#
        ),
        (
            #"{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image\/png;base64,QUJD"}}]}]}"#,
            #"{"messages":[{"role":"user","content":"a","images":["QUJD"]}],"stream":false}"#
        ),
        (
            #"{"messages":[{"role":"assistant","content":null,"reasoning_content":"t","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"d","function":{"name":"g","arguments":""}}]},{"role":"tool","tool_call_id":"c","content":"r"}]}"#,
            #"{"messages":[{"role":"assistant","content":"","thinking":"t","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}},{"function":{"name":"g","arguments":{}}}]},{"role":"tool","content":"r","tool_call_id":"c","tool_name":"f"}],"stream":false}"#
        ),
    ])
    func `a conversation is told in its form`(params: String, body: String) throws {
        let (path, sent) = try sent(params)
        #expect(path == "/api/chat")
        let expected = try JSONValue(parsing: body).adding("model", "m")
            .adding("truncate", false).adding("shift", false)
        #expect(sent.isSame(as: expected), "\(sent.text)")
    }

    @Test(arguments: [
        // A picture that would have to be fetched, another kind of part, arguments that are none.
        #"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://x/y.png"}}]}]}"#,
        #"{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{}}]}]}"#,
        #"{"messages":[{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{"}}]}]}"#,
        #"{"prompt":"x","response_format":{"type":"json_schema"}}"#,
    ])
    func `what its form cannot say goes to OpenAI's API as it is`(params: String) throws {
        let (path, sent) = try sent(params)
        #expect(path == "/v1/chat/completions")
        #expect(sent["truncate"] == nil)
    }

    @Test(arguments: [
        (
            #""temperature":0.5,"top_k":3,"seed":7,"max_tokens":4"#,
            #"{"options":{"temperature":0.5,"top_k":3,"num_predict":4,"seed":7}}"#
        ),
        (#""stop":"A""#, #"{"options":{"stop":["A"]}}"#),
        (#""stop":["A","B"]"#, #"{"options":{"stop":["A","B"]}}"#),
        (#""ttl":0"#, #"{"keep_alive":0}"#),
        (#""reasoning":"low""#, #"{"think":"low"}"#), (#""reasoning":false"#, #"{"think":false}"#),
        (#""reasoning":"off""#, #"{"think":false}"#),
        (#""response_format":{"type":"text"}"#, "{}"),
        (
            #""response_format":{"type":"json_schema","json_schema":{"schema":{"type":"array"}}}"#,
            #"{"format":{"type":"array"}}"#
        ),
        (#""tools":[{"type":"function"}]"#, #"{"tools":[{"type":"function"}]}"#),
        (#""tools":[{"type":"function"}],"tool_choice":"none""#, "{}"),
        // A caller's own options: the model's, the request's, and those within `options`.
        (
            #""options":{"num_ctx":99,"mirostat":2,"keep_alive":"5m","n":1}"#,
            #"{"keep_alive":"5m","options":{"num_ctx":99,"mirostat":2}}"#
        ),
        (
            #""seed":1,"options":{"seed":2,"options":{"num_gpu":0,"seed":3}}"#,
            #"{"options":{"seed":1,"num_gpu":0}}"#
        ),
        (
            #""ttl":5,"options":{"keep_alive":9,"truncate":true}"#,
            #"{"keep_alive":5,"truncate":true}"#
        ),
    ])
    func `parameters are its own members, and no member comes twice`(
        members: String, added: String
    ) throws {
        let (_, sent) = try sent(#"{"prompt":"x",\#(members)}"#)
        var expected: JSONValue = [
            "model": "m", "messages": [["role": "user", "content": "x"]], "stream": false,
        ]
        let added = try JSONValue(parsing: added)
        for member in added.objectValue?.members ?? [] {
            expected = expected.adding(member.name, member.value)
        }
        if added["truncate"] == nil { expected = expected.adding("truncate", false) }
        expected = expected.adding("shift", false)
        #expect(sent.isSame(as: expected), "\(sent.text)")
    }

    @Test func `the context that a model was loaded with is kept, unless the caller names one`()
        throws
    {
        #expect(try sent(#"{"prompt":"x"}"#, context: 32768).1["options"] == ["num_ctx": 32768])
        #expect(try sent(#"{"prompt":"x"}"#).1["options"] == nil)
        let own = try sent(#"{"prompt":"x","options":{"num_ctx":5}}"#, context: 32768).1
        #expect(own["options"] == ["num_ctx": 5])
    }

    @Test func `a raw prompt passes by the template, and one with a suffix needs it`() throws {
        let (path, raw) = try sent(#"{"prompt":"x","raw":true}"#)
        #expect(path == "/api/generate")
        #expect(raw["raw"] == true && raw["prompt"] == "x" && raw["messages"] == nil)
        let filled = try sent(#"{"prompt":"x","suffix":"y"}"#).1
        #expect(filled["suffix"] == "y" && filled["raw"] == nil)
    }
}

extension JSONValue {
    /// The object with one more member.
    fileprivate func adding(_ name: String, _ value: JSONValue) -> JSONValue {
        var object = objectValue ?? [:]
        object[name] = value
        return .object(object)
    }

    /// Whether both hold the same, members in any order.
    fileprivate func isSame(as other: JSONValue) -> Bool {
        switch (self, other) {
        case (.object(let a), .object(let b)):
            a.members.count == b.members.count
                && a.members.allSatisfy { member in
                    b[member.name].map { member.value.isSame(as: $0) } ?? false
                }
        case (.array(let a), .array(let b)):
            a.count == b.count && zip(a, b).allSatisfy { $0.isSame(as: $1) }
        default: self == other
        }
    }
}
