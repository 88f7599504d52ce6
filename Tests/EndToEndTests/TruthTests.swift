import CrowdModelsProtocol
import Testing

/// What an answer is not, told to its caller and to the log, whole and streamed alike; and models
/// that are not here, which nobody gets unasked.
@Suite struct TruthTests {
    /// A model loaded with a context of 200 tokens.
    private static func daemon(_ server: ScriptedServer) throws -> DaemonProcess {
        try server.daemon(
            looking: [
                ("/api/v0/models", nil),
                ("/v1/models", ScriptedServer.list("m", owner: "llamacpp", more: ",\"meta\":{}")),
                (
                    "/props",
                    #"{"default_generation_settings":{"n_ctx":200},"total_slots":2}"#
                ),
            ], finds: 1)
    }

    /// The kinds of warnings that `params` and an answer give; `usage` are prompt tokens.
    private static func warnings(
        _ client: SocketClient, _ server: ScriptedServer, _ params: JSONValue, isStream: Bool,
        content: String, prompt: Int = 9, more: String = ""
    ) throws -> [String] {
        let id = client.start("complete", params.adding("stream", .bool(isStream)))
        let connection = try server.acceptRequest()
        let text = JSONValue.string(content).text
        let usage =
            #""usage":{"prompt_tokens":\#(prompt),"completion_tokens":1,"total_tokens":9}\#(more)"#
        if isStream {
            connection.beginStream()
            connection.send(event: #"{"choices":[{"index":0,"delta":{"content":\#(text)}}]}"#)
            connection.send(
                event: #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],\#(usage)}"#)
            connection.send("data: [DONE]\n\n")
        } else {
            connection.send(
                body: #"{"choices":[{"index":0,"message":{"content":\#(text)},"#
                    + #""finish_reason":"stop"}],\#(usage)}"#)
        }
        let result = try client.answer(to: id)["result"]
        #expect(result?["content"] == .string(content), "the text stays as it is")
        return (result?["warnings"]?.arrayValue ?? []).compactMap { $0["kind"]?.stringValue }
    }

    @Test(arguments: [true, false])
    func `a prompt that the server read only part of is told`(isStream: Bool) throws {
        let server = ScriptedServer()
        let daemon = try Self.daemon(server)
        let client = try daemon.connect()
        let long = JSONValue.string(String(repeating: "word ", count: 400))
        let table: [(JSONValue, Int, String, Bool)] = [
            (["prompt": long], 200, "", true), (["prompt": long], 199, "", false),
            // Within max_tokens of the context.
            (["prompt": long, "max_tokens": 10], 190, "", true),
            (["prompt": long, "max_tokens": 10], 189, "", false),
            // So few letters may be so many tokens.
            (["prompt": "short"], 200, "", false),
            // Not told how many.
            (["prompt": long], 0, "", false),
            // The server said so.
            (["prompt": "short"], 9, #","truncated":true"#, true),
        ]
        for (params, prompt, more, isCut) in table {
            let told = try Self.warnings(
                client, server, params, isStream: isStream, content: "a", prompt: prompt,
                more: more)
            #expect(told == (isCut ? ["prompt_truncated"] : []), "\(prompt) \(more)")
        }
        try daemon.waitForLog(containing: "read less of the prompt than it was sent", times: 3)
    }

    @Test(arguments: [true, false])
    func `an answer that does not fit its schema is told, with the place`(isStream: Bool) throws {
        let server = ScriptedServer()
        let daemon = try Self.daemon(server)
        let client = try daemon.connect()
        let schema: JSONValue = [
            "type": "object", "required": ["city"],
            "properties": ["city": ["type": "string"], "size": ["enum": [1, 2]]],
        ]
        let format: JSONValue = [
            "type": "json_schema", "json_schema": ["name": "n", "schema": schema],
        ]
        let table: [(String, String?)] = [
            (#"{"city":"Oslo","size":2}"#, nil), (#"{"city":7}"#, "/city"), ("{}", "/city"),
            (#"{"city":"Oslo","size":3}"#, "/size"), ("Oslo", "the text is no JSON"),
            (#"{"city":"Os"#, "the text is no JSON"),
        ]
        for (content, place) in table {
            let told = try Self.warnings(
                client, server, ["prompt": "x", "response_format": format], isStream: isStream,
                content: content)
            #expect(told == (place == nil ? [] : ["schema_violated"]), "\(content)")
            if let place {
                let line = try daemon.waitForLog(
                    containing: "does not fit response_format at \(place)")
                #expect(line.hasPrefix("WARN: "))
            }
        }
        // Only what was asked for is held against it.
        #expect(
            try Self.warnings(
                client, server, ["prompt": "x", "response_format": ["type": "json_object"]],
                isStream: isStream, content: "Oslo"
            ).isEmpty)
    }

    @Test(arguments: [true, false])
    func `a call that was left in the text is told, and the text stays`(isStream: Bool) throws {
        let server = ScriptedServer()
        let daemon = try Self.daemon(server)
        let client = try daemon.connect()
        let tools: JSONValue = [["type": "function", "function": ["name": "look"]]]
        let table: [(String, Bool)] = [
            ("<tool_call>{}</tool_call>", true), ("so: [TOOL_CALLS] x", true),
            ("<function=look>", true), ("<|python_tag|>look()", true),
            (#" {"name":"look","arguments":{"a":1}} "#, true),
            (#"{"name":"other","arguments":{}}"#, false), (#"{"name":"look"}"#, false),
            ("I would look", false),
        ]
        for (content, isCall) in table {
            let told = try Self.warnings(
                client, server, ["prompt": "x", "tools": tools], isStream: isStream,
                content: content)
            #expect(told == (isCall ? ["tool_call_in_text"] : []), "\(content)")
            #expect(
                try Self.warnings(
                    client, server, ["prompt": "x"], isStream: isStream, content: content
                ).isEmpty)
        }
        try daemon.waitForLog(containing: "what looks like a tool call", times: 5)
    }

    // MARK: Models elsewhere

    /// A daemon before an Ollama that has these models, none of them loaded.
    private static func ollama(
        _ server: ScriptedServer, _ tags: String, finds count: Int, _ rest: String = ""
    ) throws -> DaemonProcess {
        try server.daemon(
            looking: [
                ("/api/tags", #"{"models":[\#(tags)]}"#), ("/api/ps", #"{"models":[]}"#),
            ], finds: count, kind: "ollama", rest)
    }

    private static let remotes =
        #"{"name":"big:cloud"},{"name":"gpt-oss:120b-cloud"},"#
        + #"{"name":"far","remote_host":"https://ollama.com:443"}"#

    @Test func `a model that runs elsewhere is shown as such, and is never chosen unasked`() throws
    {
        let server = ScriptedServer()
        let daemon = try Self.ollama(server, Self.remotes, finds: 3)
        let client = try daemon.connect()
        let models = try client.result("models.list")["models"]?.arrayValue ?? []
        #expect(models.count == 3)
        #expect(models.allSatisfy { $0["remote"] == true })
        let error = try client.error("complete", ["prompt": "private"])
        #expect(error["code"] == 1001)
        #expect(error["data"]?["choices"]?.arrayValue?.count == 3)
        #expect(!server.isCalled)
        let id = client.start("complete", ["prompt": "x", "model": "far"])
        try server.acceptRequest().answer("a")
        #expect(try client.answer(to: id)["result"]?["content"] == "a")
        // The one that served last is not chosen either.
        #expect(try client.error("complete", ["prompt": "private"])["code"] == 1001)
    }

    @Test func `beside a model that runs elsewhere, the one that is here is chosen`() throws {
        let server = ScriptedServer()
        let daemon = try Self.ollama(server, Self.remotes + #",{"name":"here:1b"}"#, finds: 4)
        let client = try daemon.connect()
        let id = client.start("complete", ["prompt": "private"])
        let connection = try server.acceptRequest()
        #expect(try JSONValue(parsing: connection.body)["model"] == "here:1b")
        connection.answer("a")
        #expect(try client.answer(to: id)["result"]?["model"] == "here:1b")
        let listed = try client.result("models.get", ["model": "here:1b"])
        #expect(listed["remote"] == nil)
    }

    @Test func `an alias may name a model that runs elsewhere`() throws {
        let server = ScriptedServer()
        let daemon = try Self.ollama(
            server, Self.remotes, finds: 3, "[aliases]\nfast = \"big:cloud\"\n")
        let client = try daemon.connect()
        let id = client.start("complete", ["prompt": "x", "model": "fast"])
        let connection = try server.acceptRequest()
        #expect(try JSONValue(parsing: connection.body)["model"] == "big:cloud")
        connection.answer("a")
        #expect(try client.answer(to: id)["result"]?["content"] == "a")
    }

    // MARK: Servers that others keep busy

    @Test func `of two vLLM servers the one that others keep less busy is asked`() throws {
        let (busy, idle) = (ScriptedServer(), ScriptedServer())
        let config = [busy, idle].enumerated().map { index, server in
            """
            [[llm_backends]]
            name = "\(index == 0 ? "busy" : "idle")"
            endpoint = "http://127.0.0.1:\(server.port)/v1"

            """
        }.joined()
        let daemon = try DaemonProcess("[discovery]\nenabled = false\ninterval = 3600\n" + config)
        try busy.answerLook(ScriptedServer.vllm(running: 6, waiting: 3))
        try idle.answerLook(ScriptedServer.vllm())
        try daemon.waitForLog(containing: "Discovered 1 models", times: 2)
        let client = try daemon.connect()
        let explained = try client.result("route.explain", ["prompt": "x", "model": "m"])
        #expect(explained["candidates"]?.arrayValue?.first?["backend"] == "idle")
        let id = client.start("complete", ["prompt": "x", "model": "m", "repeat_penalty": 1.5])
        let connection = try idle.acceptRequest()
        #expect(try JSONValue(parsing: connection.body)["repetition_penalty"] == 1.5)
        connection.answer("a")
        #expect(try client.answer(to: id)["result"]?["backend"] == "idle")
    }
}
