import CrowdModelsProtocol
import Glibc
import Testing

/// Servers that are not there, not ready or gone: said in the guide's words, and noticed again.
@Suite struct RecoveryTests {
    private static func config(_ port: UInt16, _ rest: String = "") -> String {
        """
        [discovery]
        enabled = false
        interval = 0.05
        [[llm_backends]]
        name = "lmstudio"
        endpoint = "http://127.0.0.1:\(port)/api/v0"
        \(rest)

        """
    }

    private static let refused = "ERROR: Model discovery failed: Connection refused"

    @Test func `a server that is not running is named, waited for, and missed when it stops`()
        throws
    {
        let port = ReservedPort()
        let daemon = try DaemonProcess(RecoveryTests.config(port.number))
        #expect(
            try daemon.waitForLog(containing: "Model discovery failed") == RecoveryTests.refused)
        let advice = try daemon.waitForLog(containing: "lms server start")
        #expect(advice.contains("http://127.0.0.1:\(port.number)/api/v0"))
        #expect(
            try daemon.waitForLog(containing: "Initialized")
                == "INFO: Initialized LLM client for backend: lmstudio with models: []")
        let client = try daemon.connect()
        try RecoveryTests.expectDown(client)

        for times in 1...2 {
            let simulator = try SimulatorProcess("--port", "\(port.number)")
            try daemon.waitForLog(
                containing: "INFO: Discovered 2 models from LMStudio: [\"llama-2-7b-chat\", ",
                times: times)
            try daemon.waitForLog(
                containing: "INFO: Updated lmstudio backend with discovered models", times: times)
            #expect(
                try client.result("complete", ["prompt": "echo:back"])["content"] == "back")
            simulator.child.signal(SIGTERM)
            #expect(simulator.child.wait() == 0)
            try daemon.waitForLog(containing: RecoveryTests.refused, times: times + 1)
            try RecoveryTests.expectDown(client, knows: "llama-2-7b-chat")
        }
        #expect(try daemon.stop() == 0)
        #expect(daemon.log.count { $0 == RecoveryTests.refused } == 3, "said once each time")
    }

    @Test func `a look that is answered after its server has refused a request does no harm`()
        throws
    {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let client = try daemon.connect()
        let look = client.start("models.refresh")
        let connection = try server.accept()
        try connection.readRequest()
        server.stopListening()
        #expect(
            try client.error("complete", ["model": "ready", "prompt": "x"])["code"] == 1003)
        connection.send(body: ScriptedServer.list("ready", owner: "llamacpp"))
        let refreshed = try client.answer(to: look)["result"]
        #expect(refreshed?["models"] == [])
        #expect(try client.result("backends.list")["backends"]?[0]?["state"] == "down")
        #expect(try daemon.stop() == 0)
    }

    private static func expectDown(_ client: SocketClient, knows model: JSONValue? = nil) throws {
        let backend = try client.result("backends.list")["backends"]?[0]
        #expect(backend?["state"] == "down")
        #expect(backend?["last_error"] == "Model discovery failed: Connection refused")
        #expect(try client.result("models.list") == ["models": []])
        #expect(try client.result("status")["backends"] == ["down": 1])
        var asks: [JSONValue] = [["prompt": "x"], ["prompt": "x", "model": "unknown"]]
        if let model { asks.append(["prompt": "x", "model": model]) }
        for params in asks {
            let error = try client.error("complete", params)
            #expect(error["code"] == 1003, "\(error.text)")
            #expect(error["data"]?["backend"] == "lmstudio")
            #expect(error["data"]?["retryable"] == true)
            #expect(error["message"]?.stringValue?.contains("Connection refused") == true)
        }
        let refresh = try client.result("models.refresh")
        #expect(refresh["models"] == [])
        #expect(refresh["errors"]?[0]?["backend"] == "lmstudio")
        #expect(refresh["errors"]?[0]?["kind"] == "backend_unavailable")
        #expect(
            refresh["errors"]?[0]?["message"] == "Model discovery failed: Connection refused")
    }

    @Test func `a configured model of a server that is away is away, though another is there`()
        throws
    {
        let scene = try Scene(
            config: """
                [[llm_backends]]
                name = "away"
                endpoint = "http://127.0.0.1:9/v1"
                supported_models = ["far-model"]

                """)
        try scene.daemon.waitForLog(containing: RecoveryTests.refused)
        let error = try scene.client.error("complete", ["prompt": "x", "model": "far-model"])
        #expect(error["code"] == 1003, "\(error.text)")
        #expect(error["data"]?["backend"] == "away")
        // Nobody says that it is a model of that server.
        #expect(
            try scene.client.error("complete", ["prompt": "x", "model": "other"])["code"] == 1001)
        #expect(try scene.client.result("complete", ["prompt": "x"])["backend"] == "lmstudio")
    }

    @Test func `a request that meets the server's end is told so, and the state with it`() throws {
        let scene = try Scene(config: "")
        try scene.simulator.setFaults("[\"refuse=3600\"]")
        let error = try scene.client.error("complete", ["prompt": "x"])
        #expect(error["code"] == 1003, "\(error.text)")
        #expect(error["message"]?.stringValue?.contains("127.0.0.1") == true)
        try scene.daemon.waitForLog(containing: RecoveryTests.refused)
        #expect(try scene.client.result("backends.list")["backends"]?[0]?["state"] == "down")
    }

    @Test func `a status is told in the guide's words, and got over`() throws {
        let simulator = try SimulatorProcess()
        for status in [404, 500, 503] {
            try simulator.setFaults("[\"\(status)\"]")
            let daemon = try DaemonProcess(RecoveryTests.config(simulator.port))
            // The guide's words; where the server said something, that too.
            let line = try daemon.waitForLog(containing: "Failed to fetch models from")
            #expect(line.hasPrefix("ERROR: Failed to fetch models from LMStudio: \(status)"))
            let client = try daemon.connect()
            let backend = try client.result("backends.list")["backends"]?[0]
            #expect(backend?["last_error"]?.stringValue?.contains(": \(status)") == true)
            #expect(try client.error("complete", ["prompt": "x"])["code"] == 1003)
            try simulator.setFaults("[]")
            try daemon.waitForLog(containing: "Discovered 2 models from LMStudio")
            #expect(try client.result("complete", ["prompt": "echo:ok"])["content"] == "ok")
        }
    }

    @Test func `a server that says nothing holds up nobody`() throws {
        let simulator = try SimulatorProcess()
        try simulator.setFaults("[\"hang\"]")
        let daemon = try DaemonProcess(RecoveryTests.config(simulator.port))
        let client = try daemon.connect()
        #expect(try client.result("ping") == ["ok": true])
        #expect(try client.result("backends.list")["backends"]?[0]?["state"] == "probing")
        let error = try client.error("complete", ["prompt": "x"])
        #expect(error["code"] == 1003, "\(error.text)")
        #expect(error["data"]?["backend"] == "lmstudio")
        #expect(try daemon.stop() == 0)
    }

    @Test func `a server that hangs up on every question but its list is served by that`() throws {
        let server = ScriptedServer()
        let daemon = try DaemonProcess(server.config(kind: "auto"))
        // LM Studio's list comes first; llama.cpp's slots are asked for when its list is there.
        #expect(try server.accept().readRequest().hasPrefix("GET /api/v0/models "))
        try server.listModels()
        #expect(try server.accept().readRequest().hasPrefix("GET /props "))
        try daemon.waitForLog(containing: "Discovered 2 models from llama.cpp")
        let backend = try daemon.connect().result("backends.list")["backends"]?.arrayValue?.first
        #expect(backend?["state"] == "up")
    }

    @Test func `a server that lists nonsense is reported, not believed`() throws {
        for fault in ["garbage", "truncate", "reset", "garbage-head", "close,path=/none"] {
            let simulator = try SimulatorProcess()
            try simulator.setFaults("[\"\(fault)\"]")
            let daemon = try DaemonProcess(RecoveryTests.config(simulator.port))
            if fault.hasPrefix("close") {
                try daemon.waitForLog(containing: "Discovered 2 models")
            } else {
                let line = try daemon.waitForLog(containing: "ERROR: ")
                #expect(
                    line.hasPrefix("ERROR: Failed to fetch models from LMStudio: ")
                        || line.hasPrefix("ERROR: Model discovery failed: "), "\(fault): \(line)")
                try simulator.setFaults("[]")
                try daemon.waitForLog(containing: "Discovered 2 models")
            }
        }
    }

    @Test func `without a chat model the guide's warning comes, until there is one`() throws {
        let none = "[]"
        let embedder = "[\"text-embedding-nomic-embed-text-v1.5,type=embeddings,state=loaded\"]"
        for models in [none, embedder] {
            let simulator = try SimulatorProcess()
            try simulator.setModels(models)
            let daemon = try DaemonProcess(RecoveryTests.config(simulator.port))
            #expect(
                try daemon.waitForLog(containing: "No models discovered")
                    == "WARN: No models discovered from LMStudio backend")
            #expect(
                try daemon.waitForLog(containing: "Initialized")
                    == "INFO: Initialized LLM client for backend: lmstudio with models: []")
            let client = try daemon.connect()
            #expect(try client.error("complete", ["prompt": "x"])["code"] == 1001)
            try simulator.setModels("[\"late,state=loaded\"]")
            try daemon.waitForLog(containing: "INFO: Discovered 1 models from LMStudio: [\"late\"]")
            #expect(try client.result("complete", ["prompt": "echo:now"])["model"] == "late")
            try simulator.setModels(models)
            try daemon.waitForLog(containing: "No models discovered", times: 2)
        }
    }

    @Test func `a model that is added, loaded or removed is noticed by itself`() throws {
        let scene = try Scene(
            "--model", "a,state=loaded,arch=phi,quant=Q8_0,ctx=2048,max=4096,caps=tool_use")
        let first = try scene.client.result("models.get", ["model": "a"])
        #expect(first["type"] == "llm")
        #expect(first["state"] == "loaded")
        #expect(first["arch"] == "phi")
        #expect(first["quantization"] == "Q8_0")
        #expect(first["max_context_length"] == 4096)
        #expect(first["loaded_context_length"] == 2048)
        #expect(first["capabilities"] == ["tool_use"])
        #expect(first["format"] == "gguf")
        #expect(first["backend"] == "lmstudio")
        #expect(first["parallel"] == 4)
        try scene.simulator.setModels("[\"a\",\"b,state=loaded,type=vlm\"]")
        try scene.daemon.waitForLog(containing: "Discovered 2 models from LMStudio: [\"a\", \"b\"]")
        #expect(try scene.client.result("models.get", ["model": "a"])["state"] == "not-loaded")
        #expect(try scene.client.result("models.get", ["model": "b"])["type"] == "vlm")
        #expect(try scene.client.result("complete", ["prompt": "x"])["model"] == "b")
        try scene.simulator.setModels("[\"b,state=loaded\"]")
        try scene.daemon.waitForLog(containing: "Discovered 1 models from LMStudio: [\"b\"]")
        #expect(try scene.client.error("models.get", ["model": "a"])["code"] == 1001)
    }

    @Test func `refresh asks at once`() throws {
        let simulator = try SimulatorProcess()
        let config = """
            [discovery]
            enabled = false
            interval = 3600
            [[llm_backends]]
            name = "lmstudio"
            endpoint = "\(simulator.url)"
            """
        let daemon = try DaemonProcess(config)
        try daemon.waitForLog(containing: "Initialized")
        let client = try daemon.connect()
        try simulator.setModels("[\"fresh\"]")
        let refreshed = try client.result("models.refresh", ["backend": "lmstudio"])
        #expect(refreshed["models"]?.arrayValue?.map { $0["id"] } == ["fresh"])
        #expect(refreshed["errors"] == [])
        #expect(
            try client.result("models.list")["models"]?.arrayValue?.map { $0["id"] } == ["fresh"])
        let error = try client.error("models.refresh", ["backend": "lmstudo"])
        #expect(error["code"] == -32602)
        #expect(error["data"]?["nearest"] == "lmstudio")
    }
}
