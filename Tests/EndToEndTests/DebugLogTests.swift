import CrowdModelsProtocol
import Testing

/// What `--log-level debug` adds to the log of the real daemon.
@Suite struct DebugLogTests {
    @Test func `each step, exchange and failed try is told, and never what was said`() throws {
        let first = ScriptedServer()
        let second = ScriptedServer()
        let daemon = try DaemonProcess(
            first.config(
                backend: """
                    api_key = "sk-secret-key"
                    [[llm_backends]]
                    name = "spare"
                    kind = "openai"
                    endpoint = "http://127.0.0.1:\(second.port)/v1"
                    """), arguments: ["--log-level", "debug"], waits: false)
        try first.listModels()
        try second.listModels()
        try daemon.waitForLog(containing: "Listening on ")
        let client = try daemon.connect()
        let id = client.start(
            "complete", ["model": "ready", "prompt": "a secret question", "stream": true])
        try first.acceptRequest().refuse(500, #"{"error":{"message":"out of a secret thing"}}"#)
        let connection = try second.acceptRequest()
        connection.beginStream()
        connection.sendToken("a secret answer")
        connection.endStream()
        #expect(try client.answer(to: id)["result"]?["attempts"] == 2)
        try daemon.waitForLog(containing: "Request r1 completed")
        let log = daemon.readLog().filter { $0.hasPrefix("DEBUG: ") }
        for part in [
            "GET /v1/models at scripted: HTTP 200, ", "GET /v1/models at spare: HTTP 200, ",
            "Request r1 arrived: complete, ", "Request r1: connecting (backend scripted)",
            "Request r1: POST /v1/chat/completions at scripted: HTTP 500, 45 bytes in ",
            "Request r1: try 1 at scripted failed: it may go better the next time "
                + "(backend_error); the next candidate is sought, its breaker counts it",
            "Request r1: connecting (backend spare)", "Request r1: generating (backend spare)",
            "Request r1: POST /v1/chat/completions at spare: HTTP 200, ",
        ] {
            #expect(log.contains { $0.contains(part) }, "\(part) is not in \(log)")
        }
        #expect(!daemon.logText.contains("secret"))
    }

    @Test func `why a request waits, goes where it goes, or is refused is told`() throws {
        let simulator = try SimulatorProcess("--token-rate", "20")
        let daemon = try DaemonProcess(
            DaemonProcess.config(
                simulator, backend: "max_concurrent = 1\nrate_limit = 2", "[limits]\nqueue_max = 1"),
            arguments: ["--log-level", "debug"])
        try daemon.waitForLog(containing: "Initialized LLM client")
        let client = try daemon.connect()
        let first = client.start("complete", ["prompt": "tokens:5000", "stream": true])
        _ = try client.nextNotification("complete.delta")
        try daemon.waitForLog(
            containing: "Request r1: goes where nothing forbids it; no other backend can take it")
        let second = client.start("complete", ["prompt": "tokens:5000", "stream": true])
        try daemon.waitForLog(
            containing:
                "Request r2: waits for its turn: as many run there as may (backend lmstudio)")
        for (params, code, words) in [
            (["prompt": "x"], 1007, "r3: refused, since 1 wait for lmstudio, and no more may"),
            (["prompt": "x", "model": "none"], 1001, "r4: refused, since no backend has none"),
            (
                ["prompt": "x", "backend": "none"], -32602,
                "r5: refused, since there is no backend none"
            ),
        ] as [(JSONValue, Int, String)] {
            #expect(try client.error("complete", params)["code"] == .integer(code))
            try daemon.waitForLog(containing: "Request \(words)")
        }
        for id in [second, first] {
            _ = try client.result("cancel", ["id": id])
            _ = try client.answer(to: id)
        }
        let third = client.start("complete", ["prompt": "echo:a"])
        _ = try client.answer(to: third)
        _ = client.start("complete", ["prompt": "echo:b"])
        let waits = try daemon.waitForLog(containing: "its rate limit is used up for ")
        #expect(
            waits.contains(": waits for its turn: ") && waits.hasSuffix(" ms (backend lmstudio)"))
        let refused = client.start("complete", ["prompt": "echo:c", "timeout_ms": 100])
        #expect(try client.answer(to: refused)["error"]?["code"] == 1006)
        try daemon.waitForLog(containing: ": refused, since lmstudio takes nothing for ")
    }

    @Test func `a server that says the same at each look is told of once`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(
            DaemonProcess.config(simulator), arguments: ["--log-level=debug"])
        let client = try daemon.connect()
        for _ in 0..<5 { _ = try client.result("models.refresh") }
        try simulator.setFaults(#"["500"]"#)
        _ = try client.result("models.refresh")
        try daemon.waitForLog(containing: "HTTP 500")
        let looks = daemon.readLog().filter { $0.contains("GET ") && $0.contains("HTTP 200") }
        #expect(
            Set(looks.compactMap { $0.split(separator: ":").dropFirst().first }).count
                == looks.count)
    }

    @Test func `an exchange that the daemon closes says so`() throws {
        let server = ScriptedServer()
        let daemon = try DaemonProcess(
            server.config(), arguments: ["--log-level", "debug"], waits: false)
        try server.listModels()
        try daemon.waitForLog(containing: "Listening on ")
        let client = try daemon.connect()
        let id = client.start("complete", ["model": "ready", "prompt": "x", "stream": true])
        let connection = try server.acceptRequest()
        connection.beginStream()
        connection.sendToken("a")
        _ = try client.nextNotification("complete.delta")
        _ = try client.result("cancel", ["id": id])
        #expect(try client.answer(to: id)["result"]?["finish_reason"] == "cancelled")
        let line = try daemon.waitForLog(containing: "closed by the daemon")
        #expect(line.contains("Request r1: POST /v1/chat/completions at scripted: HTTP 200, "))
    }
}
