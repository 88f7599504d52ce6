import CrowdModelsProtocol
import Testing

/// Which models a caller is offered, which one is taken, and what a wrong choice is answered with.
@Suite struct OfferedModelsTests {
    @Test func `supported_models offers only those, and a missing one is warned about by name`()
        throws
    {
        let scene = try Scene(
            "--model", "a,state=loaded", "--model", "b", "--model", "c",
            backend: "supported_models = [\"b\", \"nowhere\", \"c\"]")
        let warning = try scene.daemon.waitForLog(containing: "nowhere")
        #expect(warning.hasPrefix("WARN: "))
        #expect(warning.contains("lmstudio"))
        #expect(
            scene.daemon.log.contains("INFO: Discovered 2 models from LMStudio: [\"b\", \"c\"]"))
        let models = try scene.client.result("models.list")["models"]?.arrayValue ?? []
        #expect(models.map { $0["id"] } == ["b", "c"])
        for hidden in ["a", "nowhere"] as [JSONValue] {
            let error = try scene.client.error("complete", ["prompt": "x", "model": hidden])
            #expect(error["code"] == 1001, "\(hidden.text)")
            #expect(error["data"]?["nearest"] == ["b", "c"])
        }
        try scene.simulator.setModels("[\"b\",\"c\",\"nowhere,state=loaded\"]")
        try scene.daemon.waitForLog(containing: "Discovered 3 models")
        #expect(
            try scene.client.result("complete", ["prompt": "x", "model": "nowhere"])["model"]
                == "nowhere")
        try scene.simulator.setModels("[\"b\",\"c\"]")
        try scene.daemon.waitForLog(containing: "WARN: Model nowhere", times: 2)
    }

    @Test func `an embedding model is listed but never asked to chat`() throws {
        let scene = try Scene()
        let models = try scene.client.result("models.list", ["type": "embeddings"])
        let name = "text-embedding-nomic-embed-text-v1.5"
        #expect(models["models"]?.arrayValue?.map { $0["id"] } == [.string(name)])
        let error = try scene.client.error("complete", ["prompt": "x", "model": .string(name)])
        #expect(error["code"] == 1010)
        #expect(error["data"]?["what"] == "complete")
        #expect(error["message"]?.stringValue?.contains("llama-2-7b-chat") == true)
        #expect(try scene.simulator.chats().isEmpty)
    }

    @Test func `a list is filtered by backend, type and state`() throws {
        let scene = try Scene(
            "--model", "a,state=loaded", "--model", "b,type=vlm", "--model", "c,type=embeddings")
        func names(_ params: JSONValue) throws -> [JSONValue?] {
            let list = try scene.client.result("models.list", params)
            return (list["models"]?.arrayValue ?? []).map { $0["id"] }
        }
        #expect(try names([:]) == ["a", "b", "c"])
        #expect(try names(["type": "vlm"]) == ["b"])
        #expect(try names(["state": "loaded"]) == ["a"])
        #expect(try names(["state": "not-loaded", "type": "embeddings"]) == ["c"])
        #expect(try names(["backend": "lmstudio", "type": "llm"]) == ["a"])
        #expect(try scene.client.error("models.list", ["type": "llms"])["code"] == -32602)
    }

    @Test func `of very many choices an error names fifty`() throws {
        let models = (0..<120).flatMap { ["--model", "model-\($0)"] }
        let simulator = try SimulatorProcess(models)
        let daemon = try DaemonProcess(simulator)
        try daemon.waitForLog(containing: "Initialized")
        let error = try daemon.connect().error("complete", ["prompt": "Hello"])
        #expect(error["code"] == 1001)
        #expect(error["data"]?["choices"]?.arrayValue?.count == 50)
    }

    @Test func `without a name a loaded model answers, and of none the choices are told`() throws {
        let scene = try Scene("--model", "a", "--model", "b,state=loaded", "--model", "c")
        #expect(try scene.client.result("complete", ["prompt": "x"])["model"] == "b")
        try scene.simulator.setModels("[\"a,state=loaded\",\"b,state=loaded\",\"c\"]")
        #expect(try scene.client.result("models.refresh")["errors"] == [])
        // Of several, the one that served this user last.
        #expect(try scene.client.result("complete", ["prompt": "x"])["model"] == "b")
        try scene.simulator.setModels("[\"a\",\"c\"]")
        #expect(try scene.client.result("models.refresh")["errors"] == [])
        let none = try scene.client.error("complete", ["prompt": "x"])
        #expect(none["code"] == 1001)
        #expect(none["data"]?["choices"] == ["a", "c"])
        #expect(none["message"]?.stringValue?.contains("a, c") == true)
        try scene.simulator.setModels("[\"c\"]")
        #expect(try scene.client.result("models.refresh")["errors"] == [])
        // The only chat model there is gets loaded.
        #expect(try scene.client.result("complete", ["prompt": "x"])["model"] == "c")
        let sent = try scene.simulator.chats()
        #expect(sent.count == 3)
    }

    @Test func `the default model and aliases are used by name`() throws {
        let scene = try Scene(
            "--model", "a,state=loaded", "--model", "b,state=loaded", "--model", "c",
            config: "default_model = \"quick\"\n[aliases]\nquick = \"b\"\nslow = \"c\"\n")
        #expect(try scene.client.result("complete", ["prompt": "x"])["model"] == "b")
        #expect(
            try scene.client.result("complete", ["prompt": "x", "model": "slow"])["model"] == "c")
        #expect(
            try scene.client.result("complete", ["prompt": "x", "model": "a"])["model"] == "a")
        #expect(try scene.simulator.chats().map { $0.body["model"] } == ["b", "c", "a"])
        #expect(try scene.client.result("models.get", ["model": "quick"])["aliases"] == ["quick"])
    }

    @Test func `an alias that is a list is told of the first of it that is there`() throws {
        let scene = try Scene(
            "--model", "a,state=loaded", "--model", "b:latest,state=loaded",
            config: "[aliases]\nbest = [\"gone\", \"b\", \"a\"]\nnone = [\"gone\"]\n")
        let listed = try scene.client.result("models.list")["models"]?.arrayValue ?? []
        #expect(listed.map { $0["aliases"] } == [[], ["best"]])
        for name in ["b", "best", "b:latest"] as [JSONValue] {
            #expect(try scene.client.result("models.get", ["model": name])["id"] == "b:latest")
        }
        let result = try scene.client.result("complete", ["prompt": "x", "model": "best"])
        #expect(result["model"] == "b:latest")
        let error = try scene.client.error("complete", ["prompt": "x", "model": "bets"])
        #expect(error["data"]?["nearest"]?[0] == "best", "\(error.text)")
    }

    @Test func `an unknown model is answered with the nearest names`() throws {
        let scene = try Scene(config: "[aliases]\nfast = \"llama-2-7b-chat\"\n")
        for (asked, nearest) in [
            ("llama-2-7b-chatt", "llama-2-7b-chat"), ("mistral-7b", "mistral-7b-instruct"),
            ("fats", "fast"), ("LLAMA-2-7B-CHAT", "llama-2-7b-chat"),
        ] as [(JSONValue, JSONValue)] {
            let error = try scene.client.error("complete", ["prompt": "x", "model": asked])
            #expect(error["code"] == 1001)
            #expect(error["data"]?["retryable"] == false)
            #expect(error["data"]?["nearest"]?[0] == nearest, "\(asked.text): \(error.text)")
        }
        #expect(try scene.simulator.chats().isEmpty)
    }

    @Test func `an alias of a model that is not there is never named as the nearest`() throws {
        let scene = try Scene(config: "[aliases]\nfast = \"gone\"\nhome = \"llama-2-7b-chat\"\n")
        for asked in ["fast", "gone", "fasty"] as [JSONValue] {
            for error in [
                try scene.client.error("complete", ["prompt": "x", "model": asked]),
                try scene.client.error("models.get", ["model": asked]),
            ] {
                #expect(error["code"] == 1001)
                let nearest = error["data"]?["nearest"]?.arrayValue ?? []
                #expect(nearest.contains("home") && !nearest.contains("fast"), "\(error.text)")
            }
        }
    }

    @Test func `without any backend the error says where there could be one`() throws {
        let daemon = try DaemonProcess("llm_backends = []\n[discovery]\nenabled = false\n")
        let client = try daemon.connect()
        let error = try client.error("complete", ["prompt": "x"])
        #expect(error["code"] == 1002, "\(error.text)")
        #expect(error["data"]?["probed"]?.arrayValue != nil)
        #expect(try client.result("models.list") == ["models": []])
        #expect(try client.result("backends.list") == ["backends": []])
        #expect(try client.result("models.refresh") == ["models": [], "errors": []])
        #expect(try client.result("status")["backends"] == [:])
    }

    @Test func `a served model that is not the one asked for is named to both`() throws {
        let scene = try Scene()
        for isStream in [false, true] {
            try scene.simulator.setFaults("[\"wrong-model=other-model\"]")
            let result = try scene.client.result(
                "complete",
                ["prompt": "x", "model": "llama-2-7b-chat", "stream": .bool(isStream)])
            #expect(result["model"] == "other-model")
            let line = try scene.daemon.waitForLog(
                containing: "other-model", times: isStream ? 2 : 1)
            #expect(line.hasPrefix("WARN: "))
            #expect(line.contains("llama-2-7b-chat"))
        }
    }
}
