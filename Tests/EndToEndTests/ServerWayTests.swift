import CrowdModelsProtocol
import Testing

/// What each program is sent for the same `complete`, and what becomes of its own ways of telling.
@Suite struct ServerWayTests {
    // MARK: llama.cpp

    @Test(arguments: [true, false])
    func `llama.cpp tells how much of the prompt is read, and no delta comes of it`(
        isStream: Bool
    ) throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(looking: ScriptedServer.llamaCpp, finds: 1)
        let client = try daemon.connect()
        let id = client.start(
            "complete", ["prompt": "x", "stream": .bool(isStream), "progress": true])
        let connection = try server.acceptRequest()
        let body = try JSONValue(parsing: connection.body)
        #expect(body["return_progress"] == true)
        connection.beginStream()
        for processed in [25, 100] {
            connection.send(
                event: #"{"choices":[{"index":0,"delta":{"role":"assistant","content":null}}],"#
                    + #""prompt_progress":{"total":100,"cache":0,"processed":\#(processed)}}"#)
        }
        connection.sendToken("a")
        connection.send(
            event: #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"timings":"#
                + #"{"cache_n":90,"prompt_n":10,"prompt_ms":20,"predicted_n":1,"predicted_ms":5,"#
                + #""predicted_per_second":200}}"#)
        connection.send("data: [DONE]\n\n")
        let result = try client.answer(to: id)["result"]
        #expect(result?["content"] == "a")
        #expect(result?["usage"]?["prompt_tokens"] == 100)
        #expect(result?["usage"]?["cached_tokens"] == 90)
        #expect(result?["stats"]?["source"] == "backend")
        let reading = client.notes("complete.progress").filter { $0["phase"] == "prompt" }
        #expect(reading.compactMap { $0["progress"]?.doubleValue } == [0.25, 1])
        #expect(client.notes("complete.delta").count == (isStream ? 1 : 0))
    }

    @Test func `LM Studio tells a stream how far a load is, and its own figures`() throws {
        let simulator = try SimulatorProcess(
            "--model", "m,state=not-loaded", "--load-time", "0.3", "--prompt-rate", "1000")
        let daemon = try DaemonProcess(simulator)
        try daemon.waitForLog(containing: "Discovered 1 models")
        let client = try daemon.connect()
        for (prompt, finish) in [("tokens:3", "stop"), ("tokens:9", "length")] {
            let id = client.start(
                "complete",
                [
                    "prompt": .string("think:" + prompt), "stream": true, "progress": true,
                    "max_tokens": 12,
                ])
            let result = try #require(try client.answer(to: id)["result"])
            #expect(result["finish_reason"]?.stringValue == finish)
            #expect(result["content"]?.stringValue?.isEmpty == false)
            #expect(result["reasoning"]?.stringValue?.isEmpty == false)
            #expect(result["stats"]?["source"] == "backend")
            #expect((result["stats"]?["tokens_per_second"]?.doubleValue ?? 0) > 0)
            #expect(result["usage"]?["completion_tokens"] == (finish == "stop" ? 11 : 12))
        }
        let told = client.notes("complete.progress").filter { $0["progress"] != nil }
        let phases = told.compactMap { $0["phase"]?.stringValue }
        #expect(phases.contains("loading") && phases.contains("prompt"), "\(told)")
        let log = try simulator.ask("GET", "/simulator/log").body
        #expect(log.contains("/api/v1/chat") && !log.contains("completions"))
    }

    @Test func `progress is not asked of it where nobody wants to know`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(looking: ScriptedServer.llamaCpp, finds: 1)
        let client = try daemon.connect()
        let id = client.start("complete", ["prompt": "x", "reasoning": false])
        let connection = try server.acceptRequest()
        let body = try JSONValue(parsing: connection.body)
        #expect(body["return_progress"] == nil)
        #expect(body["chat_template_kwargs"]?["enable_thinking"] == false)
        connection.beginStream()
        connection.sendToken("a")
        connection.endStream()
        #expect(try client.answer(to: id)["result"]?["content"] == "a")
    }

    /// The list of a router's one model, and how many it keeps.
    private static func router(_ status: String) -> [ScriptedServer.Page] {
        let list = ScriptedServer.list("m", owner: "llamacpp", more: ",\"status\":\(status)")
        return [
            ("/v1/models", list),
            ("/props", #"{"role":"router","max_instances":4,"models_autoload":true}"#),
        ]
    }

    @Test func `llama.cpp's router loads a model, and says how far it is`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(
            looking: [("/api/v0/models", nil)] + Self.router(#"{"value":"unloaded"}"#), finds: 1)
        let client = try daemon.connect()
        let id = client.start("models.load", ["model": "m", "progress": true])
        let events = try server.accept()
        #expect(try events.readRequest().hasPrefix("GET /models/sse "))
        events.beginStream()
        let load = try server.accept()
        #expect(try load.readRequest().hasPrefix("POST /models/load "))
        #expect(try JSONValue(parsing: load.body) == ["model": "m"])
        for (model, value) in [("other", 0.9), ("m", 0.25), ("m", 1)] {
            events.send(
                event: #"{"model":"\#(model)","event":"status_change","data":{"status":"loading","#
                    + #""progress":{"stages":["text_model","mmproj_model"],"#
                    + #""current":"text_model","value":\#(value)}}}"#)
        }
        while try client.nextNotification("complete.progress")["progress"] != 0.5 {}
        load.send(body: #"{"success":true}"#)
        try server.answerLook(Self.router(#"{"value":"loaded"}"#))
        #expect(try client.answer(to: id)["result"]?["state"] == "loaded")
        let told = client.notes("complete.progress").compactMap { $0["progress"]?.doubleValue }
        #expect(told == [0.125, 0.5])
        #expect(client.notes("complete.progress").allSatisfy { $0["phase"] == "loading" })
    }

    @Test func `a load that failed is told, and not waited for`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(
            looking: [("/api/v0/models", nil)] + Self.router(#"{"value":"unloaded"}"#), finds: 1)
        let client = try daemon.connect()
        let id = client.start("models.load", ["model": "m"])
        try server.acceptRequest().send(body: #"{"success":true}"#)
        try server.answerLook(Self.router(#"{"value":"loading"}"#))
        try server.answerLook(
            Self.router(#"{"value":"unloaded","failed":true,"exit_code":1}"#))
        let error = try client.answer(to: id)["error"]
        #expect(error?["code"] == 1004)
        #expect(error?["message"]?.stringValue?.contains("exit code 1") == true)
    }

    // MARK: Ollama

    @Test(arguments: [true, false])
    func `Ollama is asked by its own API, and tells its durations`(isStream: Bool) throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(looking: ScriptedServer.ollama, finds: 1)
        let client = try daemon.connect()
        let id = client.start(
            "complete",
            [
                "prompt": "x", "stream": .bool(isStream), "max_tokens": 9, "stop": "END",
                "ttl": 60, "reasoning": true, "response_format": ["type": "json_object"],
            ])
        let connection = try server.accept()
        #expect(try connection.readRequest().hasPrefix("POST /api/chat "))
        #expect(
            try JSONValue(parsing: connection.body) == [
                "model": "m:latest", "stream": .bool(isStream),
                "messages": [["role": "user", "content": "x"]], "format": "json", "think": true,
                "keep_alive": 60, "truncate": false, "shift": false,
                "options": ["num_predict": 9, "stop": ["END"], "num_ctx": 8192],
            ])
        let head = #"{"model":"m:latest","message":{"role":"assistant","content":"#
        let last =
            #""done":true,"done_reason":"stop","load_duration":1000000,"prompt_eval_count":5,"#
            + #""prompt_eval_duration":9000000,"eval_count":2,"eval_duration":10000000}"#
        connection.send(
            body: isStream
                ? head + #""{","thinking":"why"},"done":false}"# + "\n" + head + #""}"},"# + last
                    + "\n"
                : head + #""{}","thinking":"why"},"# + last)
        let result = try client.answer(to: id)["result"]
        #expect(result?["content"] == "{}")
        #expect(result?["reasoning"] == "why")
        #expect(result?["usage"]?["total_tokens"] == 7)
        #expect(result?["stats"]?["source"] == "backend")
        #expect(result?["stats"]?["tokens_per_second"] == 200)
        // A stream's first token was seen here; what came whole is told by the server.
        let first = result?["stats"]?["time_to_first_token"]?.doubleValue ?? 0
        #expect(isStream ? first > 0 : (0.0099...0.0101).contains(first))
    }

    @Test func `an Ollama without its own chat is asked by OpenAI's from then on`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(looking: ScriptedServer.ollama, finds: 1)
        let client = try daemon.connect()
        for isFirst in [true, false] {
            let id = client.start("complete", ["prompt": "x"])
            if isFirst {
                let own = try server.accept()
                #expect(try own.readRequest().hasPrefix("POST /api/chat "))
                own.refuse(404, "404 page not found")
            }
            let connection = try server.accept()
            #expect(try connection.readRequest().hasPrefix("POST /v1/chat/completions "))
            connection.answer("a")
            #expect(try client.answer(to: id)["result"]?["content"] == "a")
        }
    }

    @Test func `what Ollama has no room for is an overflow, and never cut in silence`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(looking: ScriptedServer.ollama, finds: 1)
        let client = try daemon.connect()
        let id = client.start("complete", ["prompt": "x"])
        try server.acceptRequest().refuse(
            400,
            #"{"error":"the prompt is longer than the context length currently available to the "#
                + #"model; shorten the prompt, adjust the context length in settings"}"#)
        #expect(try client.answer(to: id)["error"]?["code"] == 1009)
    }

    // MARK: Forms that a server does not take

    @Test(
        arguments: [
            (
                [
                    "type": "json_schema",
                    "json_schema": ["name": "n", "schema": ["type": "object"]],
                ],
                "This response_format type is unavailable now",
                ["type": "json_object", "schema": ["type": "object"]]
            ),
            (
                ["type": "json_object"], "'response_format.type' must be 'json_schema' or 'text'",
                [
                    "type": "json_schema",
                    "json_schema": ["name": "object", "schema": ["type": "object"]],
                ]
            ),
        ] as [(JSONValue, String, JSONValue)])
    func `a form of response_format that a server refuses is translated`(
        given: JSONValue, words: String, taken: JSONValue
    ) throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let client = try daemon.connect()
        let id = client.start(
            "complete", ["model": "ready", "prompt": "x", "response_format": given])
        let first = try server.acceptRequest()
        #expect(try JSONValue(parsing: first.body)["response_format"] == given)
        first.refuse(400, JSONValue.object(["error": ["message": .string(words)]]).text)
        let second = try server.acceptRequest()
        #expect(try JSONValue(parsing: second.body)["response_format"] == taken)
        second.answer("{}")
        #expect(try client.answer(to: id)["result"]?["content"] == "{}")
        try daemon.waitForLog(containing: "response_format is asked as")
    }

    @Test func `a schema that a server cannot read is the caller's to know`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let client = try daemon.connect()
        let format: JSONValue = ["type": "json_schema", "json_schema": ["name": "n"]]
        let id = client.start(
            "complete", ["model": "ready", "prompt": "x", "response_format": format])
        try server.acceptRequest().refuse(
            400, #"{"error":{"message":"Invalid schema for response_format 'n': type is missing"}}"#
        )
        let error = try client.answer(to: id)["error"]
        #expect(error?["code"] == 1004)
    }

    @Test func `LM Studio, which has no json_object, gets the schema of any object`() throws {
        let scene = try Scene()
        let result = try scene.client.result(
            "complete", ["prompt": "x", "response_format": ["type": "json_object"]])
        #expect((try? JSONValue(parsing: result["content"]?.stringValue ?? ""))?.kind == .object)
        let sent = try scene.simulator.chats().last?.body["response_format"]
        #expect(sent?["type"] == "json_schema")
    }

    @Test func `a model without a chat template is asked by text completion`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let client = try daemon.connect()
        let words =
            "As of transformers v4.44, default chat template is no longer allowed, so you must "
            + "provide a chat template if the tokenizer does not define one."
        let turns: JSONValue = [
            ["role": "user", "content": "One"], ["role": "assistant", "content": "Two"],
            ["role": "user", "content": [["type": "text", "text": "Three"]]],
        ]
        for (params, prompt): (JSONValue, String) in [
            (["prompt": "x"], "x"), (["prompt": "x", "system_prompt": "s"], "s\n\nx"),
            (
                ["messages": turns],
                "user: One\n\nassistant: Two\n\nuser: Three\n\nassistant: "
            ),
        ] {
            let id = client.start("complete", params.adding("model", "ready"))
            try server.acceptRequest().refuse(
                400, JSONValue.object(["error": ["message": .string(words)]]).text)
            let connection = try server.accept()
            #expect(try connection.readRequest().hasPrefix("POST /v1/completions "))
            #expect(try JSONValue(parsing: connection.body)["prompt"] == .string(prompt))
            connection.send(body: #"{"choices":[{"text":"a","finish_reason":"stop"}]}"#)
            #expect(try client.answer(to: id)["result"]?["content"] == "a")
        }
        try daemon.waitForLog(containing: "has no chat template for ready", times: 3)
        // Tools cannot be told without one.
        let tools: JSONValue = [["type": "function", "function": ["name": "f"]]]
        let id = client.start("complete", ["model": "ready", "prompt": "x", "tools": tools])
        try server.acceptRequest().refuse(
            400, JSONValue.object(["error": ["message": .string(words)]]).text)
        #expect(try client.answer(to: id)["error"]?["code"] == 1004)
    }

    @Test(arguments: [false, true])
    func `where there is no text completion either, what the chat was refused with is told`(
        isStream: Bool
    ) throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let client = try daemon.connect()
        let id = client.start(
            "complete", ["model": "ready", "prompt": "x", "stream": .bool(isStream)])
        let words = "\"ready\" does not support chat"
        try server.acceptRequest().refuse(400, JSONValue.object(["error": .string(words)]).text)
        try server.acceptRequest().refuse(404, #"{"detail":"Not Found"}"#)
        let error = try client.answer(to: id)["error"]
        #expect(error?["code"] == 1004)
        #expect(error?["data"]?["backend_message"] == .string(words))
    }

    @Test func `the trace that a request belongs to is told to its server, and to no other's`()
        throws
    {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let client = try daemon.connect()
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        for meta: JSONValue in [["traceparent": .string(trace)], ["traceparent": "nonsense"], [:]] {
            let id = client.start("complete", ["model": "ready", "prompt": "x", "_meta": meta])
            let connection = try server.accept()
            let head = try connection.readRequest()
            let isTraced = meta["traceparent"]?.stringValue == trace
            #expect(head.contains("\r\ntraceparent: \(trace)") == isTraced)
            #expect(head.contains("traceparent") == isTraced)
            connection.answer("a")
            #expect(try client.answer(to: id)["result"]?["content"] == "a")
        }
    }

    @Test(
        arguments: [
            (
                "rerank", ["query": "x", "documents": ["y"]],
                #"{"results":[{"index":0,"relevance_score":1}],"usage":{"prompt_tokens":1}}"#
            ),
            ("tokens.count", ["prompt": "x"], #"{"count":3,"tokens":[1,2,3]}"#),
        ] as [(String, JSONValue, String)])
    func `the trace is told whatever is asked of a server`(
        method: String, params: JSONValue, answer: String
    ) throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(looking: ScriptedServer.vllm(), finds: 1)
        let client = try daemon.connect()
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        for meta: JSONValue in [["traceparent": .string(trace)], ["traceparent": "nonsense"]] {
            let id = client.start(method, params.adding("model", "m").adding("_meta", meta))
            let connection = try server.accept()
            let head = try connection.readRequest()
            let isTraced = meta["traceparent"]?.stringValue == trace
            #expect(head.contains("\r\ntraceparent: \(trace)") == isTraced)
            #expect(head.contains("traceparent") == isTraced)
            connection.send(body: answer)
            #expect(try client.answer(to: id)["result"] != nil)
        }
    }

    @Test func `the trace is told to a server that embeds`() throws {
        let server = ScriptedServer(more: "nomic-embed")
        let daemon = try DaemonProcess(server.config())
        try server.listModels()
        try daemon.waitForLog(containing: "Discovered 2 models")
        let client = try daemon.connect()
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let id = client.start(
            "embed", ["input": "x", "_meta": ["traceparent": .string(trace)]])
        let connection = try server.accept()
        let head = try connection.readRequest()
        #expect(head.hasPrefix("POST /v1/embeddings "))
        #expect(head.contains("\r\ntraceparent: \(trace)\r\n"))
        connection.send(body: #"{"data":[{"embedding":[1],"index":0}]}"#)
        #expect(try client.answer(to: id)["result"]?["embeddings"] == [[1]])
    }

    @Test func `the trace is told to a server that loads a model`() throws {
        let scene = try Scene("--model", "a,state=not-loaded")
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        _ = try scene.client.result(
            "models.load", ["model": "a", "_meta": ["traceparent": .string(trace)]])
        let log = try scene.simulator.json("/simulator/log")["requests"]?.arrayValue ?? []
        let loads = log.filter { $0["path"] == "/api/v1/models/load" }
        #expect(loads.map { $0["headers"]?["traceparent"]?.stringValue } == [trace])
    }
}
