import CrowdModelsProtocol
import Testing

/// What the integration guide promises its reader, word for word.
@Suite struct GuideTests {
    private static let basic = """
        [[llm_backends]]
        name = "lmstudio"
        endpoint = "http://localhost:1234/api/v0"
        # No API key needed for local LMStudio
        supported_models = []  # Leave empty for auto-discovery
        rate_limit = 100      # Higher limit for local processing
        """

    private static let custom = """
        [[llm_backends]]
        name = "lmstudio"
        endpoint = "http://localhost:1234/api/v0"
        supported_models = ["llama-2-7b-chat", "mistral-7b-instruct"]  # Specify exact models
        rate_limit = 50
        """

    private static let both = "[\"llama-2-7b-chat\", \"mistral-7b-instruct\"]"

    /// LM Studio on the guide's port, or on another where that one is taken.
    private static func simulatorOfTheGuide() throws -> SimulatorProcess {
        do {
            return try SimulatorProcess(
                "--port", "1234", "--token-rate", "200", "--first-token-delay", "0.02")
        } catch is ChildProcess.Failure {
            return try SimulatorProcess("--token-rate", "200", "--first-token-delay", "0.02")
        }
    }

    @Test func `the guide's two configurations work as they stand, and say what it prints`() throws
    {
        let simulator = try GuideTests.simulatorOfTheGuide()
        for config in [GuideTests.basic, GuideTests.custom] {
            let text = config.split(separator: "1234", omittingEmptySubsequences: false)
                .joined(separator: "\(simulator.port)")
            // Whoever else serves models on the machine that runs the tests is not the guide's.
            let daemon = try DaemonProcess(text + "\n[discovery]\nenabled = false\n")
            try daemon.waitForLog(containing: "Initialized LLM client")
            #expect(daemon.log.first == "🚀 Starting Crowd Models Executor...")
            let said = daemon.log.filter { $0.contains("LMStudio") || $0.contains("lmstudio") }
            #expect(
                said == [
                    "INFO: Discovered 2 models from LMStudio: \(GuideTests.both)",
                    "INFO: Updated lmstudio backend with discovered models",
                    "INFO: Initialized LLM client for backend: lmstudio with models: "
                        + GuideTests.both,
                ])
            let client = try daemon.connect()
            let result = try client.result("complete", ["prompt": "tokens:5"])
            #expect(result["model"] == "llama-2-7b-chat")
            let line = try daemon.waitForLog(containing: "LLM request completed")
            #expect(line == GuideTests.completionLine(result, arch: "llama"))
            #expect(try daemon.stop() == 0)
            #expect(!daemon.log.contains { $0.hasPrefix("WARN") || $0.hasPrefix("ERROR") })
        }
    }

    /// The guide's line for this result: two decimals for the speed, three for the seconds.
    static func completionLine(_ result: JSONValue, arch: String) -> String {
        func decimals(_ value: JSONValue?, _ places: Int) -> String {
            var buffer = ByteBuffer()
            buffer.append(fixed: value?.doubleValue ?? -1, decimals: places)
            return buffer.text
        }
        let stats = result["stats"]
        return
            "INFO: LLM request completed: \(result["usage"]?["total_tokens"]?.text ?? "") tokens "
            + "used, \(decimals(stats?["tokens_per_second"], 2)) tokens/sec, "
            + "\(decimals(stats?["time_to_first_token"], 3))s to first token, architecture: \(arch)"
    }

    @Test func `the line of a completion has the guide's form, for a stream too`() throws {
        let scene = try Scene("--token-rate", "500", "--first-token-delay", "0.02")
        for (count, isStream) in [(1, false), (2, true)] {
            let result = try scene.client.result(
                "complete",
                ["prompt": "tokens:20", "model": "mistral-7b-instruct", "stream": .bool(isStream)])
            let line = try scene.daemon.waitForLog(
                containing: "LLM request completed", times: count)
            let form =
                /INFO: LLM request completed: \d+ tokens used, \d+\.\d\d tokens\/sec, \d+\.\d{3}s to first token, architecture: [a-z0-9]+/
            #expect(line.wholeMatch(of: form) != nil, "\(line)")
            #expect(line == GuideTests.completionLine(result, arch: "mistral"))
        }
    }

    @Test func `a part that nobody told or could measure is left out of the line`() throws {
        let scene = try Scene("--first-token-delay", "0.02")
        try scene.simulator.setFaults("[\"tps=null\"]")
        let result = try scene.client.result("complete", ["prompt": "tokens:3"])
        #expect(result["stats"]?["tokens_per_second"] == nil)
        let line = try scene.daemon.waitForLog(containing: "LLM request completed")
        let form = /INFO: .*: \d+ tokens used, \d+\.\d{3}s to first token, architecture: llama/
        #expect(line.wholeMatch(of: form) != nil, "\(line)")
    }

    @Test func `all spellings of an endpoint mean the same server`() throws {
        let simulator = try SimulatorProcess()
        let spellings = ["", "/", "/v1", "/v1/", "/api/v0", "/api/v0/", "/api/v1", "/api/v1/"]
        var config = "[discovery]\nenabled = false\n"
        for (index, spelling) in spellings.enumerated() {
            config += "[[llm_backends]]\nname = \"b\(index)\"\nendpoint = "
            config += "\"\(simulator.url)\(spelling)\"\n"
        }
        let daemon = try DaemonProcess(config)
        for index in spellings.indices {
            try daemon.waitForLog(containing: "Initialized LLM client for backend: b\(index) with")
        }
        let client = try daemon.connect()
        for index in spellings.indices {
            let name = JSONValue.string("b\(index)")
            for isStream in [false, true] {
                let result = try client.result(
                    "complete",
                    ["prompt": "echo:hi", "backend": name, "stream": .bool(isStream)])
                #expect(result["content"] == "hi")
                #expect(result["backend"] == name)
            }
        }
        let paths = try simulator.chats().map(\.path)
        #expect(
            paths
                == spellings.flatMap { _ in ["/api/v0/chat/completions", "/v1/chat/completions"] }
        )
        let backends = try client.result("backends.list")["backends"]?.arrayValue ?? []
        #expect(backends.map { $0["kind"] } == spellings.map { _ in "lmstudio" })
        #expect(backends.map { $0["models"] } == spellings.map { _ in 3 })
        #expect(
            backends.compactMap { $0["endpoint"]?.stringValue }
                == spellings.map {
                    simulator.url + $0
                })
    }
}
