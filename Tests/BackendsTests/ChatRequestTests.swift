import CrowdModelsProtocol
import Testing

@testable import Backends

/// What a server is sent for what a caller asked.
@Suite struct ChatRequestTests {
    private static func request(_ params: String) throws(Fault) -> ChatRequest {
        try ChatRequest.sample(params)
    }

    /// The body that the server gets; what it is not for, fails the test.
    private static func body(
        _ params: String, stream: Bool = false, usage: Bool = false
    ) throws -> String {
        var body = ByteBuffer()
        let request = try request(params)
        request.write(
            ChatCall(model: "a/\"b\""),
            ChatForm(isStream: stream || request.isStream, hasUsage: usage), to: &body)
        _ = try JSONValue(parsing: body.span)
        return body.text
    }

    private static let start = #"{"model":"a/\"b\"","messages":"#

    @Test(arguments: [
        (
            #"{"prompt":"Say \"hi\"\n\u00e9é"}"#,
            #"[{"role":"user","content":"Say \"hi\"\n\u00e9é"}]"#
        ),
        (
            #"{"prompt":"x","system_prompt":"be\tbrief"}"#,
            #"[{"role":"system","content":"be\tbrief"},{"role":"user","content":"x"}]"#
        ),
        (
            #"{"messages":[{"role":"user","content":"a"} , {"role":"x","content":null,"n":1.0}]}"#,
            #"[{"role":"user","content":"a"} , {"role":"x","content":null,"n":1.0}]"#
        ),
        (
            #"{"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}],"system_prompt":""}"#,
            #"[{"role":"system","content":""},{"role":"user","content":[{"type":"text","text":"a"}]}]"#
        ),
    ])
    func `prompt or messages become messages, as the tokens they are`(
        params: String, messages: String
    ) throws {
        #expect(try Self.body(params) == Self.start + messages + "}")
    }

    @Test(arguments: [
        ("temperature", "0.70"), ("temperature", "1e0"), ("top_p", "0.950"), ("top_k", "-1"),
        ("min_p", "0"), ("max_tokens", "-1"), ("max_tokens", "50"), ("stop", #""\u0041""#),
        ("stop", #"[ "a" ,"b" ]"#), ("seed", "-9223372036854775808"),
        ("seed", "9223372036854775807"), ("presence_penalty", "-2.0"),
        ("frequency_penalty", "2"), ("repeat_penalty", "1.10"), ("logit_bias", #"{"50256": -100}"#),
        ("response_format", #"{"type":"json_schema", "json_schema":{"name":"n"}}"#),
        ("tools", #"[{"type":"function","function":{"name":"f"}}]"#), ("tool_choice", "\"auto\""),
        ("tool_choice", #"{"type":"function","function":{"name":"f"}}"#), ("ttl", "300"),
        ("draft_model", "\"d\""),
    ])
    func `a parameter is passed on as the token it is`(name: String, token: String) throws {
        let body = try Self.body(#"{"\#(name)": \#(token) ,"prompt":"x"}"#)
        #expect(
            body == Self.start + #"[{"role":"user","content":"x"}],"\#(name)":\#(token)}"#)
    }

    @Test(arguments: [
        #""model":"m""#, #""stream":false"#, #""progress":true"#, #""backend":"b""#,
        #""priority":"batch""#, #""timeout_ms":1"#, #""deadline_ms":1"#, #""tag":"t""#,
        #""temperature":null"#, #""tools":null"#, #""options":null"#, #""options":{}"#,
        #""options":{ }"#, #""reasoning":null"#,
    ])
    func `what is the daemon's own, or nothing, is not passed on`(member: String) throws {
        let body = try Self.body(#"{"prompt":"x",\#(member)}"#)
        #expect(body == Self.start + #"[{"role":"user","content":"x"}]}"#)
    }

    @Test func `every parameter is either passed on or the daemon's own`() {
        let ours: Set = [
            "model", "prompt", "messages", "system_prompt", "stream", "progress", "backend",
            "priority", "timeout_ms", "deadline_ms", "tag", "session", "options", "reasoning",
            "max_completion_tokens", "raw", "suffix",
        ]
        let passedOn: Set = [
            "temperature", "top_p", "top_k", "min_p", "max_tokens", "stop", "seed",
            "presence_penalty", "frequency_penalty", "repeat_penalty", "logit_bias",
            "response_format", "tools", "tool_choice", "ttl", "draft_model",
        ]
        #expect(Set(CompleteParameter.allCases.map(\.name)) == ours.union(passedOn))
    }

    @Test(arguments: [
        (#"{"mirostat":2}"#, #""mirostat":2"#),
        (
            #"{ "a" : [1, 2.50] , "b":{"model":"inner"} }"#,
            #""a":[1, 2.50],"b":{"model":"inner"}"#
        ),
        (#"{"Model":"x","streams":true}"#, #""Model":"x","streams":true"#),
    ])
    func `options are members of the server's request as they stand`(
        options: String, inside: String
    ) throws {
        let body = try Self.body(#"{"prompt":"x","options":\#(options),"top_k":5}"#)
        #expect(
            body == Self.start + #"[{"role":"user","content":"x"}],"top_k":5,"# + inside + "}")
    }

    @Test(arguments: [
        #""model":"x""#, #""messages":[]"#, #""stream":true"#, #""stream_options":{}"#,
        #""\u0073tream":false"#, #""mode\u006c" : null"#, #""max_tokens":9"#,
        #""max_t\u006fkens":9"#,
        #""max_completion_tokens":9"#, #""reasoning_effort":"low""#, #""seed":1"#,
    ])
    func `what the daemon writes itself is dropped from options, so that nothing is sent twice`(
        member: String
    ) throws {
        let body = try Self.body(
            #"{"prompt":"x","seed":5,"max_tokens":7,"reasoning":"high","options":{\#(member),"k":1}}"#
        )
        #expect(
            body == Self.start + #"[{"role":"user","content":"x"}],"max_tokens":7,"seed":5,"#
                + #""reasoning_effort":"high","k":1}"#)
    }

    @Test(arguments: [
        ("options", #"{"a":1,"b":2,"a":3}"#, "`a` twice"),
        ("options", #"{"a":1,"\u0061":3}"#, "`a` twice"),
        ("options.n", #"{"n":2}"#, "one choice"), ("options.n", #"{"\u006e":1.5}"#, "one choice"),
        ("options.logprobs", #"{"logprobs":true}"#, "one choice"),
        ("options.logprobs", #"{"logprobs":1}"#, "one choice"),
        ("options.top_logprobs", #"{"top_logprobs":3}"#, "one choice"),
        ("options.echo", #"{"echo":true}"#, "one choice"),
        ("options.best_of", #"{"best_of":4}"#, "one choice"),
    ])
    func `options that an answer has no place for, or that are given twice, are refused`(
        parameter: String, options: String, words: String
    ) {
        let fault = #expect(throws: Fault.self) {
            _ = try Self.request(#"{"prompt":"x","options":\#(options)}"#)
        }
        #expect(fault?.code == .invalidParams)
        #expect(fault?.message.contains(words) == true)
        #expect(fault?.data["parameter"]?.stringValue == parameter)
    }

    @Test func `options that ask for nothing more pass, at most 256 of them`() throws {
        _ = try Self.request(
            #"{"prompt":"x","options":{"n":1,"best_of":1,"logprobs":false,"echo":null}}"#)
        func request(count: Int) throws {
            let members = (0..<count).map { #""o\#($0)":0"# }.joined(separator: ",")
            _ = try Self.request(#"{"prompt":"x","options":{\#(members)}}"#)
        }
        try request(count: OptionsCheck.membersMax)
        let fault = #expect(throws: Fault.self) {
            try request(count: OptionsCheck.membersMax + 1)
        }
        #expect(fault?.message.contains("at most 256") == true)
    }

    @Test(arguments: [
        (false, false, false, ""), (false, false, true, ""),
        (true, false, false, #","stream":true"#),
        (true, false, true, #","stream":true,"stream_options":{"include_usage":true}"#),
        (false, true, true, #","stream":true,"stream_options":{"include_usage":true}"#),
    ])
    func `a stream is asked for where it is wanted, with its usage where that is known`(
        wanted: Bool, forced: Bool, usage: Bool, flags: String
    ) throws {
        let params = #"{"stream":\#(wanted),"prompt":"x"}"#
        #expect(try Self.request(params).isStream == wanted)
        #expect(
            try Self.body(params, stream: forced, usage: usage)
                == Self.start + #"[{"role":"user","content":"x"}]\#(flags)}"#)
    }

    @Test(arguments: [
        (#"{}"#, "`complete` needs `prompt`", "prompt"),
        (#"{"prompt":null,"messages":null}"#, "`complete` needs `prompt`", "prompt"),
        (#"{"prompt":"x","messages":[{"role":"user"}]}"#, "not both", "prompt"),
        (#"{"messages":[]}"#, "`messages` of `complete`", "messages"),
        (#"{"messages":[ ],"system_prompt":"x"}"#, "`messages` of `complete`", "messages"),
        (#"{"messages":[{"content":"x"}]}"#, "element 0: `role` is missing", "messages"),
        (
            #"{"messages":[{"role":"user"},{"role":5}]}"#,
            "element 1: `role` must be a string, not a number", "messages"
        ),
        (#"{"messages":[{"role":null}]}"#, "`role` must be a string, not null", "messages"),
        (
            #"{"messages":[{"role":"user","content":{}}]}"#,
            "`content` must be a string or an array of parts, not an object", "messages"
        ),
        (
            #"{"messages":[{"r\u006fle":"user","c\u006fntent":1}]}"#,
            "`content` must be a string or an array of parts, not a number", "messages"
        ),
    ])
    func `what the types alone do not forbid is refused with its place`(
        params: String, words: String, parameter: String
    ) {
        let fault = #expect(throws: Fault.self) { _ = try Self.request(params) }
        #expect(fault?.code == .invalidParams)
        #expect(fault?.message.contains(words) == true, "\(fault?.message ?? "")")
        #expect(fault?.data["parameter"] == .string(parameter))
    }

    @Test func `the daemon's own parameters are read`() throws {
        let request = try Self.request(
            #"{"prompt":"x","tag":"\u0061b","timeout_ms":5,"progress":true,"stream":false}"#)
        #expect(request.string(.tag) == "ab")
        #expect(request.integer(.timeoutMilliseconds) == 5)
        #expect(request.isTrue(.progress) && !request.isTrue(.stream))
        #expect(request.has(.prompt) && !request.has(.messages))
        #expect(request.string(.backend) == nil && request.integer(.deadlineMilliseconds) == nil)
    }
}

extension ChatRequest {
    /// The request that `params` ask for.
    static func sample(_ params: String) throws(Fault) -> ChatRequest {
        let bytes = ByteBuffer(params)
        var arguments = try Arguments(
            params: JSONRange(0, bytes.count), of: .complete, in: bytes.span, limits: .init())
        return try ChatRequest(bytes.span, &arguments)
    }
}
