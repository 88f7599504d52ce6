import CrowdModelsProtocol
import Testing

/// What the daemon writes of each request, for people and for programs.
@Suite struct RequestLogTests {
    @Test func `every request that ends is one line that says whose it was and how it went`() throws
    {
        let scene = try Scene("--token-rate", "500")
        let client = scene.client
        let result = try client.result(
            "complete",
            [
                "prompt": "secret words", "tag": "nightly",
                "_meta": ["traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
            ])
        #expect(result["content"] != nil)
        let line = try scene.daemon.waitForLog(containing: "completed: complete")
        #expect(
            line.hasPrefix("INFO: Request r") && line.contains(" nightly, model llama-2-7b-chat"))
        #expect(line.contains("backend lmstudio, tokens ") && line.contains("traceparent 00-0af7"))
        #expect(try client.error("complete", ["prompt": "x", "model": "none"])["code"] == 1001)
        let rejected = try scene.daemon.waitForLog(containing: "rejected")
        #expect(rejected.contains("(model_not_found): complete, client uid:"))
        try scene.simulator.setFaults("[\"hang,path=/api/*\"]")
        let hung = client.start("complete", ["prompt": "x"])
        #expect(try client.result("cancel", ["id": hung]) == ["cancelled": true])
        #expect(try client.answer(to: hung)["error"]?["code"] == -32800)
        _ = try scene.daemon.waitForLog(containing: "cancelled: complete")
        #expect(!scene.daemon.logText.contains("secret"))
    }

    @Test func `programs get the same as members of one object`() throws {
        let simulator = try SimulatorProcess("--token-rate", "500")
        let daemon = try DaemonProcess(
            DaemonProcess.config(simulator, backend: #"api_key = "sk-secret-key""#),
            arguments: ["--log-format", "json", "--log-level", "debug"])
        let client = try daemon.connect()
        _ = try client.result(
            "complete", ["prompt": "tokens:20", "system_prompt": "a secret order", "stream": true])
        let text = try daemon.waitForLog(containing: "request_completed")
        let line = try JSONValue(parsing: Array(text.utf8).span)
        for name in ["key", "client", "model", "backend", "ttft", "queue", "total", "tokens"] {
            #expect(line[name] != nil, "\(name) in \(text)")
        }
        #expect(line["completion_tokens"] == 20 && line["outcome"] == "completed")
        for event in ["connection_opened", "request_arrived", "request_phase", "models_changed"] {
            _ = try daemon.waitForLog(containing: "\"event\":\"\(event)\"")
        }
        #expect(!daemon.logText.contains("secret"))
    }
}
