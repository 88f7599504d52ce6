import CrowdModelsProtocol
import Testing

/// Every way in which a server can fail a request, and the error that the caller gets for it.
@Suite struct BackendFailureTests {
    /// A fault and what a caller is to be told of it.
    struct Row: Sendable, CustomTestStringConvertible {
        let fault: String
        let isStream: Bool
        let code: Int
        /// Members of `data`.
        let data: JSONValue
        /// Parts of the message.
        let says: [String]

        init(
            _ fault: String, stream: Bool, _ code: Int, _ data: JSONValue = [:],
            says: String...
        ) {
            self.fault = fault
            isStream = stream
            self.code = code
            self.data = data
            self.says = says
        }

        var testDescription: String { "\(fault), \(isStream ? "streamed" : "whole")" }
    }

    private static let nothingLoaded: JSONValue =
        "No models loaded. Please load a model in the developer page or use the 'lms load' command."

    /// What comes before the first delta, and so has its own class.
    private static let early: [Row] = [false, true].flatMap { stream in
        [
            Row("500", stream: stream, 1004, ["status": 500, "retryable": true], says: "Internal"),
            Row("418", stream: stream, 1004, ["status": 418, "retryable": false]),
            Row("503", stream: stream, 1003, ["retryable": true]),
            Row("503=2", stream: stream, 1003, ["retry_after_ms": 2000]),
            Row("429=7", stream: stream, 1006, ["retry_after_ms": 7000, "retryable": true]),
            Row(
                "no-models", stream: stream, 1003,
                ["backend_message": nothingLoaded, "retryable": true],
                says: "No models loaded", "lms load llama-2-7b-chat"),
            Row(
                "no-models=string", stream: stream, 1003, ["backend_message": nothingLoaded],
                says: "lms load"),
            Row("no-models=404", stream: stream, 1003, says: "lms load"),
            Row(
                "crash", stream: stream, 1004, [:],
                says: "The model has crashed without additional information."),
            Row("garbage=0", stream: stream, 1004, says: "LMStudio"),
            Row("bad-chunk", stream: stream, 1004, says: "LMStudio"),
            Row("huge-header=1000000", stream: stream, 1004, says: "LMStudio"),
            Row("401", stream: stream, 1005, ["retryable": false], says: "api_key"),
            Row("403", stream: stream, 1005, says: "api_key"),
        ]
    }

    private static let whole: [Row] = [
        Row("garbage-head", stream: false, 1004, says: "LMStudio", "127.0.0.1", "not HTTP"),
        Row("content-length=short", stream: false, 1004),
        Row("choices=absent", stream: false, 1004, says: "no chat completion"),
    ]

    private static let streamed: [Row] = [
        Row("cut=0", stream: true, 1004, ["retryable": true], says: "no choice"),
        Row(
            "error-event", stream: true, 1004,
            says: "Error in iterating prediction stream: ValueError: 'type' must be a string"),
        Row(
            "error-event=0:It broke", stream: true, 1004, ["backend_message": "It broke"],
            says: "It broke"),
        Row("error-data=It broke", stream: true, 1004, ["backend_message": "It broke"]),
        Row("error-string=It broke", stream: true, 1004, ["backend_message": "It broke"]),
        Row(
            "error-event=Trying to keep the first 9000 tokens when context the overflows. However,"
                + " the model is loaded with context length of only 4096 tokens, which is not enough",
            stream: true, 1009, ["context_length": 4096, "prompt_tokens": 9000]),
        Row(
            "error-data=The number of tokens to keep from the initial prompt is greater than the "
                + "context length. Try to load the model with a larger context length, or provide a"
                + " shorter input",
            stream: true, 1009, ["retryable": false]),
    ]

    @Test(arguments: early + whole + streamed)
    func `a failure before any text has its own class, and the next request is served`(
        row: Row
    ) throws {
        let scene = try Scene()
        try scene.fail(row.fault, stream: row.isStream)
        let params: JSONValue = [
            "prompt": "echo:a b c d", "stream": .bool(row.isStream), "model": "llama-2-7b-chat",
        ]
        let error = try scene.client.error("complete", params)
        #expect(error["code"] == .integer(row.code), "\(error.text)")
        #expect(error["data"]?["backend"] == "lmstudio")
        for member in row.data.objectValue?.members ?? [] {
            #expect(error["data"]?[member.name] == member.value, "\(error.text)")
        }
        for part in row.says {
            #expect(error["message"]?.stringValue?.contains(part) == true, "\(error.text)")
        }
        #expect(scene.client.notes("complete.delta").isEmpty)
        try scene.simulator.setFaults("[]")
        try scene.simulator.setModels("[\"llama-2-7b-chat,state=loaded\"]")
        let next = try scene.client.result("complete", params)
        #expect(next["content"] == "a b c d")
        #expect(try scene.totals()["requests"]?["failed"] == 1)
    }

    @Test(arguments: ["reset", "truncate"], [false, true])
    func `an answer that breaks off is no answer`(fault: String, isStream: Bool) throws {
        let scene = try Scene()
        try scene.fail(isStream ? fault + "=0" : fault, stream: isStream)
        let error = try scene.client.error(
            "complete", ["prompt": "echo:a b c d", "stream": .bool(isStream)])
        #expect([1003, 1004].contains(error["code"]), "\(error.text)")
        #expect(error["data"]?["retryable"] == true)
    }

    @Test func `a JSON object that is whole is the answer, whatever length was promised`() throws {
        let scene = try Scene()
        try scene.fail("content-length=long", stream: false)
        let params: JSONValue = ["prompt": "echo:a b c d"]
        #expect(try scene.client.result("complete", params)["content"] == "a b c d")
    }

    /// What comes after the first delta: the text so far is not lost.
    private static let late: [Row] = [
        Row("truncate=2", stream: true, 1014, ["content": "a b"]),
        Row("reset=2", stream: true, 1014, ["content": "a b"]),
        Row("cut=2", stream: true, 1014, ["content": "a b"], says: "complete"),
        Row("splice=2", stream: true, 1014, ["content": "a b"]),
        Row("garbage=2", stream: true, 1014, ["content": "a b"]),
        Row(
            "error-event=2:It broke", stream: true, 1014,
            ["content": "a b", "backend_message": "It broke"], says: "It broke"),
        Row("error-data=2:It broke", stream: true, 1014, ["content": "a b"], says: "It broke"),
        Row("error-string=2:It broke", stream: true, 1014, ["content": "a b"], says: "It broke"),
        Row("crash=2", stream: true, 1014, ["content": "a b"], says: "crashed"),
    ]

    @Test(arguments: late)
    func `a stream that breaks off is told with the text so far`(row: Row) throws {
        let scene = try Scene()
        try scene.fail(row.fault, stream: true)
        let outcome = try StreamTests.stream(scene.client, "echo:a b c d")
        let error = try #require(outcome.error, "\(outcome.answer.text)")
        #expect(error["code"] == 1014, "\(error.text)")
        #expect(outcome.text == "a b")
        for member in row.data.objectValue?.members ?? [] {
            #expect(error["data"]?[member.name] == member.value, "\(error.text)")
        }
        for part in row.says {
            #expect(error["message"]?.stringValue?.contains(part) == true, "\(error.text)")
        }
        let counted = try scene.totals()
        #expect(counted["requests"]?["failed"] == 1)
        #expect(counted["errors"]?["stream_interrupted"] == 1)
    }

    @Test func `silence ends with the time limit, and says in which phase`() throws {
        let scene = try Scene()
        let table: [(fault: String, isStream: Bool, code: JSONValue, phase: JSONValue)] = [
            ("hang", false, 1008, "prompt"), ("hang", true, 1008, "prompt"),
            ("hang-headers", false, 1008, "prompt"), ("hang-headers", true, 1008, "prompt"),
            ("stall", false, 1008, "prompt"), ("stall=0", true, 1008, "prompt"),
            ("stall=2", true, 1008, "generating"),
        ]
        for row in table {
            try scene.fail(row.fault, stream: row.isStream)
            let id = scene.client.start(
                "complete",
                ["prompt": "echo:a b c d", "stream": .bool(row.isStream), "timeout_ms": 400])
            let error = try scene.client.answer(to: id)["error"]
            #expect(error?["code"] == row.code, "\(row.fault): \(error?.text ?? "")")
            #expect(error?["data"]?["phase"] == row.phase)
            #expect(error?["data"]?["retryable"] != nil)
            let content: JSONValue = row.phase == "generating" ? "a b" : ""
            #expect(error?["data"]?["content"] == content)
            #expect(error?["message"]?.stringValue?.contains("timeout_ms") == true)
        }
        // The server noticed each of them leaving.
        try scene.simulator.until("/simulator/stats", says: "\"generating\":0,")
    }

    @Test func `the backend's own time limit counts where it is the smaller one`() throws {
        let scene = try Scene(backend: "timeout = 0.3")
        try scene.fail("hang", stream: false)
        let error = try scene.client.error("complete", ["prompt": "x", "timeout_ms": 100_000])
        #expect(error["code"] == 1008)
    }

    @Test func `a prompt over the context is told with both numbers`() throws {
        let scene = try Scene("--model", "a,state=loaded,ctx=64,max=128")
        let long = String(repeating: "word ", count: 100)
        for isStream in [false, true] {
            let error = try scene.client.error(
                "complete", ["prompt": .string(long), "stream": .bool(isStream)])
            #expect(error["code"] == 1009, "\(error.text)")
            #expect(error["data"]?["context_length"] == 64)
            #expect((error["data"]?["prompt_tokens"]?.integerValue ?? 0) >= 100)
            #expect(
                error["data"]?["backend_message"]?.stringValue?.hasPrefix(
                    "Trying to keep the first")
                    == true)
        }
    }

    @Test func `errors on many lines are read as well`() throws {
        let scene = try Scene()
        for isStream in [false, true] {
            let path = isStream ? "/v1/chat/completions" : "/api/v0/chat/completions"
            try scene.simulator.setFaults("[\"pretty=errors\",\"500,path=\(path)\"]")
            let error = try scene.client.error(
                "complete", ["prompt": "x", "stream": .bool(isStream)])
            #expect(error["code"] == 1004)
            #expect(error["data"]?["backend_message"] == "Internal Server Error")
        }
    }

    @Test(arguments: [false, true])
    func `an API that is missing is replaced by the server's other one`(isStream: Bool) throws {
        for fault in ["404", "http200-error"] {
            let scene = try Scene()
            try scene.fail(fault, stream: isStream)
            for _ in 0..<2 {
                let result = try scene.client.result(
                    "complete", ["prompt": "echo:still here", "stream": .bool(isStream)])
                #expect(result["content"] == "still here", "\(fault)")
            }
            let here = isStream ? "/v1/chat/completions" : "/api/v0/chat/completions"
            let there = isStream ? "/api/v0/chat/completions" : "/v1/chat/completions"
            #expect(try scene.simulator.chats().map(\.path) == [here, there, there])
            try scene.simulator.setFaults("[\"\(fault),path=\(here)\",\"\(fault),path=\(there)\"]")
            let error = try scene.client.error(
                "complete", ["prompt": "x", "stream": .bool(isStream)])
            #expect([1001, 1004].contains(error["code"]), "\(error.text)")
        }
    }

    @Test(arguments: ["400", "404"], [false, true])
    func `a model that the server no longer has is unknown, in its old words and its new`(
        status: String, isStream: Bool
    ) throws {
        let simulator = try SimulatorProcess("--unknown-model", status)
        let daemon = try DaemonProcess(
            """
            [discovery]
            enabled = false
            interval = 3600
            [[llm_backends]]
            name = "lmstudio"
            endpoint = "\(simulator.url)"
            """)
        try daemon.waitForLog(containing: "Initialized")
        try simulator.setModels("[\"a,state=loaded\",\"b,state=loaded\"]")
        let client = try daemon.connect()
        let error = try client.error(
            "complete", ["prompt": "x", "model": "llama-2-7b-chat", "stream": .bool(isStream)])
        #expect(error["code"] == 1001, "\(error.text)")
        #expect(error["data"]?["backend_message"]?.stringValue?.contains("llama-2-7b-chat") == true)
    }

    @Test func `a kept-alive connection that has died costs nobody an answer`() throws {
        let scene = try Scene()
        try scene.simulator.setFaults("[\"stale-keepalive\"]")
        for count in 1...5 {
            let id = scene.client.start("complete", ["prompt": "echo:alive"])
            #expect(try scene.client.answer(to: id)["result"]?["content"] == "alive")
            let stream = try StreamTests.stream(scene.client, "echo:alive")
            #expect(stream.text == "alive")
            try scene.simulator.until("/simulator/stats", says: "\"generated\":\(2 * count),")
        }
        #expect(try scene.client.result("ping") == ["ok": true], "no second answer came between")
        let counted = try scene.totals()["requests"]
        #expect(counted?["succeeded"] == 10)
        #expect(counted?["failed"] == 0)
    }

    @Test func `a server that always closes is asked anew each time, twice at most`() throws {
        let scene = try Scene()
        try scene.simulator.setFaults("[\"reset=0,path=/api/v0/chat/completions\"]")
        let error = try scene.client.error("complete", ["prompt": "x"])
        #expect(error["code"] == 1003, "\(error.text)")
        #expect(try scene.simulator.chats().count <= 2)
    }
}
