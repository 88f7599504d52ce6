import Testing

/// Which model answers, what waits, and what dies: the traps of LM Studio's model handling.
@Suite struct SimulatorModelTests {
    private static func chat(_ model: String, _ prompt: String, stream: Bool = false) -> String {
        "{\"model\":\"\(model)\",\"stream\":\(stream),"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"\(prompt)\"}]}"
    }

    private static func model(in answer: String) -> String {
        String(answer.firstMatch(of: /"model":"(.*?)"/)?.1 ?? "none")
    }

    @Test func `one loaded model answers for every wrong name, unless told not to`() throws {
        let body = SimulatorModelTests.chat("wrong", "hi")
        let plain = try SimulatorProcess().ask("POST", SimulatorTests.openAI, body)
        #expect(plain.status == 200)
        #expect(SimulatorModelTests.model(in: plain.body) == "llama-2-7b-chat")
        let strict = try SimulatorProcess("--unknown-model", "400")
            .ask("POST", SimulatorTests.openAI, body)
        #expect(strict.status == 400)
        #expect(strict.body.contains("Invalid model identifier"))
        let old = try SimulatorProcess("--unknown-model", "404")
            .ask("POST", SimulatorTests.openAI, body)
        #expect(old.status == 404)
        #expect(
            old.body.contains(
                "not found. Please specify a valid model.\\n\\nYour models:\\n\\nllama"))
    }

    @Test func `a request loads its model, and without that nothing is loaded`() throws {
        let simulator = try SimulatorProcess("--model", "a", "--load-time", "0.01")
        let socket = try simulator.connect()
        #expect(socket.ask("GET", "/api/v0/models/a").body.contains("\"state\":\"not-loaded\""))
        #expect(
            socket.ask("POST", SimulatorTests.v0, SimulatorModelTests.chat("a", "hi")).status == 200
        )
        #expect(socket.ask("GET", "/api/v0/models/a").body.contains("\"state\":\"loaded\""))
        let without = try SimulatorProcess("--model", "a", "--no-jit")
        let refused = try without.ask(
            "POST", SimulatorTests.v0, SimulatorModelTests.chat("a", "hi"))
        #expect(refused.status == 400)
        #expect(
            refused.body.contains("No models loaded. Please load a model in the developer page"))
        #expect(try without.ask("GET", "/v1/models").body == "{\"data\":[],\"object\":\"list\"}")
    }

    @Test func `a load is seen as loading while it lasts`() throws {
        let simulator = try SimulatorProcess("--model", "a", "--load-time", "1000")
        let waiting = try simulator.connect()
        waiting.request("POST", SimulatorTests.v0, SimulatorModelTests.chat("a", "hi"))
        try simulator.until("/api/v0/models/a", says: "\"state\":\"loading\"")
    }

    @Test func `a load on request kills what runs on the model that an earlier request loaded`()
        throws
    {
        // A token in a thousand seconds: the generation runs until something ends it.
        let simulator = try SimulatorProcess(
            "--model", "a", "--model", "b", "--token-rate", "0.001")
        let first = try simulator.connect()
        first.request(
            "POST", SimulatorTests.openAI, SimulatorModelTests.chat("a", "hi", stream: true))
        #expect(first.read(through: "\"delta\"").contains("200 OK"))
        let second = try simulator.connect()
        second.request(
            "POST", SimulatorTests.openAI, SimulatorModelTests.chat("b", "hi", stream: true))
        #expect(
            first.read(through: "0\r\n\r\n").contains(
                "event: error\ndata: {\"error\":{\"message\":\"Model unloaded.\"}"))
        #expect(second.read(through: "\"delta\"").contains("\"model\":\"b\""))
        #expect(
            try simulator.ask("GET", "/api/v0/models/a").body.contains("\"state\":\"not-loaded\""))
    }

    @Test func `requests beyond a model's parallel wait inside the server`() throws {
        let simulator = try SimulatorProcess(
            "--model", "a,state=loaded,parallel=1", "--token-rate", "0.001")
        let first = try simulator.connect()
        first.request(
            "POST", SimulatorTests.openAI, SimulatorModelTests.chat("a", "hi", stream: true))
        _ = first.read(through: "\"delta\"")
        let second = try simulator.connect()
        second.request(
            "POST", SimulatorTests.openAI, SimulatorModelTests.chat("a", "hi", stream: true))
        #expect(second.read(through: "\r\n\r\n").contains("200 OK"))
        try simulator.until("/simulator/stats", says: "\"generating\":1,")
        first.finishSending()
        #expect(second.read(through: "\"delta\"").contains("\"model\":\"a\""))
        try simulator.until("/simulator/stats", says: "\"aborted\":1,")
    }

    @Test func `a client that leaves is noticed while the server waits for the next token`() throws
    {
        let simulator = try SimulatorProcess("--token-rate", "0.001")
        var socket: HTTPSocket? = try simulator.connect()
        socket?.request("POST", SimulatorTests.v0, SimulatorTests.chat("hi"))
        try simulator.until("/simulator/stats", says: "\"generating\":1,")
        socket = nil
        try simulator.until("/simulator/stats", says: "\"aborted\":1,")
        let log = try simulator.ask("GET", "/simulator/log").body
        #expect(log.contains(/"closed_early_ms":[0-9.]+/))
        #expect(try simulator.ask("GET", "/simulator/stats").body.contains("\"generating\":0,"))
    }

    @Test(arguments: [false, true])
    func `a prompt is read to its end though its client left, unless told not to`(
        cancels: Bool
    ) throws {
        let arguments = ["--first-token-delay", "1000"] + (cancels ? ["--prefill-cancels"] : [])
        let simulator = try SimulatorProcess(arguments)
        let socket = try simulator.connect()
        socket.request("POST", SimulatorTests.openAI, SimulatorTests.chat("hi"))
        try simulator.until("/simulator/stats", says: "\"generating\":1,")
        socket.finishSending()
        try simulator.until("/simulator/stats", says: "\"aborted\":1,")
        if cancels {
            try simulator.until("/simulator/stats", says: "\"generating\":0,")
        } else {
            let stats = try simulator.ask("GET", "/simulator/stats").body
            #expect(stats.contains("\"generating\":1,"))
        }
    }

    @Test func `without a name the only loaded model answers, and an embedder counts`() throws {
        let chat = "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
        let one = try SimulatorProcess("--model", "a,state=loaded", "--model", "b")
        #expect(try one.ask("POST", SimulatorTests.v0, chat).body.contains("\"model\":\"a\""))
        let embedder = "e,type=embeddings,state=loaded"
        let two = try SimulatorProcess("--model", "a,state=loaded", "--model", embedder)
        let refused = try two.ask("POST", SimulatorTests.v0, chat)
        #expect(refused.status == 400)
        #expect(refused.body.contains("Multiple models are loaded."))
        let only = try SimulatorProcess("--model", "a", "--model", embedder)
        let vector = try only.ask("POST", "/v1/embeddings", "{\"input\":\"x\"}")
        #expect(vector.body.contains("\"model\":\"e\""))
        #expect(try only.ask("POST", SimulatorTests.v0, chat).status == 400)
    }

    @Test func `loading by hand adds an instance, unloading takes it away`() throws {
        let simulator = try SimulatorProcess()
        let socket = try simulator.connect()
        let load = socket.ask(
            "POST", "/api/v1/models/load",
            "{\"model\":\"llama-2-7b-chat\",\"echo_load_config\":true}")
        #expect(load.body.hasPrefix("{\"type\":\"llm\",\"instance_id\":\"llama-2-7b-chat:2\","))
        #expect(load.body.contains("\"status\":\"loaded\",\"load_config\":{"))
        let name = "{\"instance_id\":\"llama-2-7b-chat:2\"}"
        #expect(socket.ask("POST", "/api/v1/models/unload", name).body == name)
        let again = socket.ask("POST", "/api/v1/models/unload", name)
        #expect(again.status == 404)
        #expect(
            again.body == """
                {"error":{"type":"model_not_found","message":"Model with instance identifier \
                'llama-2-7b-chat:2' is not loaded."}}
                """)
        #expect(
            socket.ask("POST", "/api/v1/models/load", "{}").body.contains(
                "missing_required_parameter"))
    }

    @Test func `the models can be replaced while it runs`() throws {
        let simulator = try SimulatorProcess()
        let socket = try simulator.connect()
        let list = "[\"x,state=loaded\",{\"id\":\"y\",\"type\":\"vlm\",\"max_context_length\":9}]"
        #expect(socket.ask("POST", "/simulator/models", list).body == "{\"models\":2}")
        #expect(socket.ask("GET", "/api/v0/models/y").body.contains("\"max_context_length\":9"))
        #expect(
            socket.ask("POST", "/simulator/models", "[{\"id\":\"y\",\"tipe\":1}]").status == 400)
        #expect(socket.ask("POST", "/simulator/models", "[]").body == "{\"models\":0}")
        #expect(socket.ask("GET", "/api/v0/models").body == "{\"object\":\"list\",\"data\":[]}")
    }
}

extension SimulatorProcess {
    /// Asks until the answer holds `part`; a bound makes a fault a failure instead of a hang.
    func until(_ path: String, says part: String) throws {
        try until(path, "never said \(part)") { $0.contains(part) }
    }

    func until(_ path: String, lacks part: String) throws {
        try until(path, "always said \(part)") { !$0.contains(part) }
    }

    private func until(_ path: String, _ fault: String, _ holds: (String) -> Bool) throws {
        let socket = try connect()
        for _ in 0..<20_000 where holds(socket.ask("GET", path).body) { return }
        Issue.record("\(path) \(fault), but \(socket.ask("GET", path).body)")
    }
}
