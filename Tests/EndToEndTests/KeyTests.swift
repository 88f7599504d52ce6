import CrowdModelsProtocol
import Testing

/// Keys of backends: where they come from, and that nothing ever shows them.
@Suite struct KeyTests {
    private static let key = "sk-lm-THEKEY:0123456789abcdef"

    /// How a configuration may name the key, and the variables that go with it.
    private static func sources(_ folder: TestFolder) -> [(
        config: String, variables: [String: String]
    )] {
        let file = folder.write("key", key + "\n")
        return [
            ("api_key = \"\(key)\"", [:]),
            ("api_key_env = \"MY_KEY\"", ["MY_KEY": key]),
            ("api_key_file = \"\(file)\"", [:]),
            ("", ["LMSTUDIO_API_KEY": key]),
        ]
    }

    @Test func `a key is found wherever it may stand, sent, and shown to nobody`() throws {
        let folder = TestFolder()
        for source in KeyTests.sources(folder) {
            let scene = try Scene(
                "--api-key", KeyTests.key, backend: source.config,
                config: "[log]\nlevel = \"debug\"\n", environment: source.variables)
            for isStream in [false, true] {
                let result = try scene.client.result(
                    "complete", ["prompt": "echo:in", "stream": .bool(isStream)])
                #expect(result["content"] == "in")
            }
            for method in ["config.get", "status", "backends.list", "models.list", "stats"] {
                let text = try scene.client.request(method).text
                #expect(!text.contains("THEKEY"), "\(method)")
            }
            if source.config.hasPrefix("api_key =") {
                let config = try scene.client.result("config.get")
                #expect(config.text.contains("\"api_key\":\"***\""), "\(config.text)")
            }
            #expect(try scene.daemon.stop() == 0)
            #expect(!scene.daemon.logText.contains("THEKEY"))
        }
    }

    @Test func `a refused key is said, with what to do, without a word of it`() throws {
        for backend in ["", "api_key = \"sk-wrong-THEKEY\""] {
            let simulator = try SimulatorProcess("--api-key", KeyTests.key)
            let daemon = try DaemonProcess(
                simulator, backend: backend, "[log]\nlevel = \"debug\"\n")
            #expect(
                try daemon.waitForLog(containing: "Failed to fetch")
                    == "ERROR: Failed to fetch models from LMStudio: 401")
            let advice = try daemon.waitForLog(containing: "LMSTUDIO_API_KEY")
            #expect(advice.contains("api_key"))
            let client = try daemon.connect()
            let error = try client.error("complete", ["prompt": "x"])
            #expect(error["code"] == 1005, "\(error.text)")
            #expect(error["data"]?["backend"] == "lmstudio")
            #expect(error["data"]?["backend_message"] == nil)
            #expect(error["message"]?.stringValue?.contains("api_key") == true)
            let state = try client.result("backends.list")
            #expect(state["backends"]?[0]?["state"] == "auth_failed")
            #expect(!(error.text + state.text).contains("sk-wrong"))
            #expect(try daemon.stop() == 0)
            #expect(!daemon.logText.contains("sk-wrong"))
            #expect(!daemon.logText.contains("Malformed"))
        }
    }

    @Test(arguments: ["401", "403"], [false, true])
    func `a key that is refused later is an error of that request`(
        status: String, isStream: Bool
    ) throws {
        let scene = try Scene(backend: "api_key = \"sk-later-THEKEY\"")
        try scene.fail(status, stream: isStream)
        let error = try scene.client.error(
            "complete", ["prompt": "x", "stream": .bool(isStream)])
        #expect(error["code"] == 1005)
        #expect(error["data"]?["backend_message"] == nil)
        #expect(!error.text.contains("THEKEY"))
        #expect(try scene.daemon.stop() == 0)
        #expect(!scene.daemon.logText.contains("THEKEY"))
    }
}
