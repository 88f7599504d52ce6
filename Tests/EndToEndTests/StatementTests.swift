import CrowdModelsProtocol
import Testing

/// Sentences of docs/PROTOCOL.md that no other test holds, each on the real daemon.
@Suite struct StatementTests {
    @Test func `streamed or not, the result is the same`() throws {
        let scene = try Scene(
            "--model", "a,state=loaded,arch=qwen2,quant=4bit,format=mlx,ctx=4096")
        let whole = try scene.client.result("complete", ["prompt": "echo:one two"])
        let streamed = try scene.client.result(
            "complete", ["prompt": "echo:one two", "stream": true])
        for member in [
            "content", "model", "backend", "finish_reason", "model_info", "tool_calls", "warnings",
            "attempts",
        ] {
            #expect(whole[member] == streamed[member], "\(member)")
        }
        // Which details of the usage are told is the server's affair.
        for member in ["prompt_tokens", "completion_tokens", "total_tokens"] {
            #expect(whole["usage"]?[member] == streamed["usage"]?[member], "\(member)")
            #expect(whole["usage"]?[member] != nil)
        }
        #expect(whole["model_info"]?["arch"] == "qwen2")
    }

    @Test func `what is cancelled is answered with the text so far, or with an error`() throws {
        let scene = try Scene()
        try scene.fail("stall=2", stream: true)
        let id = scene.client.start("complete", ["prompt": "echo:a b c d", "stream": true])
        _ = try scene.client.nextNotification("complete.delta")
        _ = try scene.client.nextNotification("complete.delta")
        #expect(try scene.client.result("cancel", ["id": id]) == ["cancelled": true])
        let result = try scene.client.answer(to: id)["result"]
        #expect(result?["content"] == "a b")
        #expect(result?["finish_reason"] == "cancelled")
        // Asked for whole, there is no text so far.
        try scene.fail("stall", stream: false)
        let whole = scene.client.start("complete", ["prompt": "echo:a b c d"])
        try scene.client.wait(untilStatus: "in_flight", is: 1)
        #expect(try scene.client.result("cancel", ["id": whole]) == ["cancelled": true])
        #expect(try scene.client.answer(to: whole)["error"]?["code"] == -32800)
    }

    @Test func `what options and a parameter both say is sent once, as the parameter says`() throws
    {
        let scene = try Scene()
        for isStream in [false, true] {
            _ = try scene.client.result(
                "complete",
                [
                    "prompt": "echo:x", "max_tokens": 5, "temperature": 0.5,
                    "stream": .bool(isStream),
                    "options": [
                        "max_tokens": 2, "temperature": 9, "max_completion_tokens": 3,
                        "model": "other", "messages": [], "stream": .bool(!isStream),
                        "top_k": 7,
                    ],
                ])
        }
        for chat in try scene.simulator.chats() {
            let names = chat.body.objectValue?.members.map(\.name) ?? []
            #expect(Set(names).count == names.count, "a member twice: \(names)")
            #expect(chat.body["max_tokens"] == 5)
            #expect(chat.body["temperature"] == 0.5)
            #expect(chat.body["top_k"] == 7)
            #expect(chat.body["max_completion_tokens"] == nil)
            #expect(chat.body["model"] == "llama-2-7b-chat")
        }
        #expect(try scene.simulator.chats().count == 2)
    }

    @Test func `generating is said where it is known`() throws {
        let scene = try Scene()
        try scene.fail("stall=2", stream: true)
        try scene.fail("stall", stream: false)
        func phase() throws -> JSONValue? {
            try scene.client.result("requests.list")["requests"]?[0]?["phase"]
        }
        let whole = scene.client.start("complete", ["prompt": "echo:a b c d"])
        try scene.client.wait(untilStatus: "in_flight", is: 1)
        #expect(try ["connecting", "prompt"].contains(phase() ?? .null))
        _ = try scene.client.result("cancel", ["id": whole])
        _ = try scene.client.answer(to: whole)
        try scene.fail("stall=2", stream: true)
        let streamed = scene.client.start("complete", ["prompt": "echo:a b c d", "stream": true])
        _ = try scene.client.nextNotification("complete.delta")
        #expect(try phase() == "generating")
        _ = try scene.client.result("cancel", ["id": streamed])
    }

    @Test func `a valid traceparent is in the request's line of the log, another is dropped`()
        throws
    {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator, "log = { format = \"json\" }")
        try daemon.waitForLog(containing: "Discovered 2 models")
        let client = try daemon.connect()
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        _ = try client.result(
            "complete", ["prompt": "echo:x", "_meta": ["traceparent": .string(trace)]])
        let line = try daemon.waitForLog(containing: "request_completed")
        #expect(try JSONValue(parsing: line)["traceparent"]?.stringValue == trace)
        for wrong: JSONValue in ["00-0-0-01", 7, .string(trace.uppercased())] {
            _ = try client.result(
                "complete", ["prompt": "echo:x", "_meta": ["traceparent": wrong, "more": [1]]])
        }
        let last = try daemon.waitForLog(containing: "request_completed", times: 4)
        #expect(try JSONValue(parsing: last)["traceparent"] == nil)
        // By name only, and an object.
        #expect(try client.error("ping", ["_meta": 1])["code"] == -32602)
        #expect(try client.error("ping", [["traceparent": .string(trace)]])["code"] == -32602)
        #expect(try client.result("ping", ["_meta": [:]]) == ["ok": true])
    }

    @Test func `a model that several backends have is described as the first would serve it`()
        throws
    {
        let first = try SimulatorProcess(["--model", "twin,state=loaded,quant=Q8_0"])
        let second = try SimulatorProcess(["--model", "twin,state=loaded,quant=Q4_0"])
        let daemon = try DaemonProcess(
            """
            [discovery]
            enabled = false
            [[llm_backends]]
            name = "late"
            priority = 2
            endpoint = "\(second.url)/api/v0"
            [[llm_backends]]
            name = "early"
            priority = 1
            endpoint = "\(first.url)/api/v0"
            """)
        try daemon.waitForLog(containing: "Initialized LLM client for backend", times: 2)
        let client = try daemon.connect()
        let model = try client.result("models.get", ["model": "twin"])
        #expect(model["backend"] == "early")
        #expect(model["quantization"] == "Q8_0")
        let route = try client.result("route.explain", ["prompt": "x", "model": "twin"])
        let candidates = route["candidates"]?.arrayValue ?? []
        #expect(candidates.map { $0["backend"] } == ["early", "late"])
        #expect(candidates.allSatisfy { $0["forbidden"] == [] })
        // The first that nothing forbids is where the request goes.
        let result = try client.result("complete", ["prompt": "echo:x", "model": "twin"])
        #expect(result["backend"] == candidates[0]["backend"])
    }

    @Test func `backends that do not answer a refresh are listed, which is no error`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(
            simulator,
            backend: "[[llm_backends]]\nname = \"away\"\nendpoint = \"http://127.0.0.1:9\"")
        try daemon.waitForLog(containing: "Discovered 2 models")
        let client = try daemon.connect()
        let all = try client.result("models.refresh")
        #expect(all["errors"]?.arrayValue?.map { $0["backend"] } == ["away"])
        #expect(all["errors"]?[0]?["kind"] == "backend_unavailable")
        #expect((all["models"]?.arrayValue?.count ?? 0) > 1)
        let one = try client.result("models.refresh", ["backend": "away"])
        #expect(one["models"] == [])
        #expect(one["errors"]?.arrayValue?.count == 1)
    }

    @Test func `an embedding waits its turn and is cancelled as an answer is`() throws {
        let server = ScriptedServer(more: "nomic-embed")
        let daemon = try DaemonProcess(server.config(backend: "max_concurrent = 1"))
        try server.listModels()
        // An embedder is none of those that can chat.
        try daemon.waitForLog(containing: "Discovered 2 models")
        let client = try daemon.connect()
        let first = client.start("complete", ["model": "ready", "prompt": "x"])
        let connection = try server.acceptRequest()
        let second = client.start("embed", ["model": "nomic-embed", "input": "x"])
        try client.wait(untilStatus: "queued", is: 1)
        #expect(try client.result("cancel", ["id": second]) == ["cancelled": true])
        #expect(try client.answer(to: second)["error"]?["code"] == -32800)
        connection.answer("1")
        #expect(try client.answer(to: first)["result"]?["content"] == "1")
        #expect(!server.isCalled)
    }

    @Test func `a reload is refused until it is built`() throws {
        let scene = try Scene()
        let error = try scene.client.error("config.reload")
        #expect(error["code"] == 1010)
        #expect(error["data"]?["what"] == "config.reload")
    }

    @Test func `what is unknown is left out, never null`() throws {
        let scene = try Scene()
        func nulls(_ value: JSONValue) -> Int {
            switch value {
            case .null: 1
            case .array(let elements): elements.reduce(0) { $0 + nulls($1) }
            case .object(let object): object.members.reduce(0) { $0 + nulls($1.value) }
            default: 0
            }
        }
        let running = scene.client.start("complete", ["prompt": "tokens:5", "stream": true])
        for method in [
            "status", "models.list", "backends.list", "requests.list", "stats", "config.get",
            "models.refresh",
        ] {
            #expect(nulls(try scene.client.result(method)) == 0, "\(method)")
        }
        #expect(nulls(try scene.client.answer(to: running)) == 0)
        #expect(scene.client.notifications.allSatisfy { nulls($0) == 0 })
    }
}
