import CrowdModelsProtocol
import Glibc
import Testing

/// `stats` counts what really happened, each request once.
@Suite struct CountingTests {
    @Test func `each outcome is counted once, by backend, model, client and kind`() throws {
        let scene = try Scene("--token-rate", "500")
        let client = scene.client
        for _ in 0..<3 { _ = try client.result("complete", ["prompt": "tokens:10"]) }
        let streamed = try StreamTests.stream(client, "tokens:10", ["tag": "mine"])
        #expect(streamed.result != nil)
        // Rejected: never sent.
        #expect(try client.error("complete", ["prompt": "x", "model": "none"])["code"] == 1001)
        // Failed: sent.
        try scene.simulator.setFaults("[\"500,times=1,path=/api/v0/chat/completions\"]")
        #expect(try client.error("complete", ["prompt": "x"])["code"] == 1004)
        // Cancelled: with text, and without.
        try scene.simulator.setFaults(
            "[\"stall=1,path=/v1/chat/completions\",\"hang,path=/api/*\"]")
        let stalled = client.start("complete", ["prompt": "tokens:9", "stream": true])
        _ = try client.nextNotification("complete.delta")
        client.notify("cancel", ["id": stalled])
        let cut = try client.answer(to: stalled)["result"]
        #expect(cut?["finish_reason"] == "cancelled")
        #expect(cut?["content"]?.stringValue?.isEmpty == false)
        let hung = client.start("complete", ["prompt": "x"])
        #expect(try client.result("cancel", ["id": hung]) == ["cancelled": true])
        #expect(try client.answer(to: hung)["error"]?["code"] == -32800)

        for window in ["total", "1m", "5m", "15m", "1h"] as [JSONValue] {
            let stats = try client.result("stats", ["window": window])
            #expect(stats["window"] == window)
            #expect(
                stats["requests"]
                    == [
                        "total": 8, "succeeded": 4, "failed": 1, "cancelled": 2, "rejected": 1,
                    ])
            #expect(stats["tokens"]?["completion"]?.integerValue ?? 0 >= 40)
            #expect(stats["tokens"]?["prompt"] == 20)
            #expect(stats["in_flight"] == 0)
            #expect(stats["queued"] == 0)
            #expect(stats["errors"]?["model_not_found"] == 1)
            #expect(stats["errors"]?["backend_error"] == 1)
            #expect(stats["latency"]?["count"]?.integerValue ?? 0 >= 4)
            let backend = stats["backends"]?["lmstudio"]
            #expect(backend?["requests"]?["total"] == 7)
            #expect(backend?["requests"]?["succeeded"] == 4)
            let model = stats["models"]?["llama-2-7b-chat"]
            #expect(model?["requests"]?["succeeded"] == 4)
            let clients = stats["clients"]?.objectValue?.members ?? []
            #expect(clients.count == 2)
            #expect(clients.contains { $0.name.hasSuffix(" mine") && $0.name.hasPrefix("uid:") })
            #expect(
                clients.first { $0.name.hasSuffix(" mine") }?.value["requests"]?["total"] == 1)
        }
    }

    @Test func `times are what the result says, in seconds`() throws {
        let scene = try Scene("--token-rate", "200", "--first-token-delay", "0.05")
        let result = try StreamTests.stream(scene.client, "tokens:20").result
        let said = try #require(result?["stats"])
        let stats = try scene.totals()
        func near(_ name: String, _ other: String) {
            let told = said[other]?.doubleValue ?? -1
            let value = stats[name]
            #expect(value?["count"] == 1, "\(name)")
            for part in ["mean", "p50", "p90", "p99", "max"] {
                let got = value?[part]?.doubleValue ?? -2
                #expect(abs(got - told) <= 0.021 * told + 0.002, "\(name).\(part): \(got), \(told)")
            }
        }
        near("time_to_first_token", "time_to_first_token")
        near("tokens_per_second", "tokens_per_second")
        near("queue_time", "queue_time")
        near("latency", "total_time")
        let gap = try #require(stats["inter_token_latency"]?["mean"]?.doubleValue)
        let generation = try #require(said["generation_time"]?.doubleValue)
        #expect(abs(gap - generation / 19) < 0.03 * gap)
        let process = stats["process"]
        #expect((process?["resident_bytes"]?.integerValue ?? 0) > 1_000_000)
        #expect((process?["open_files"]?.integerValue ?? 0) > 3)
    }

    @Test func `the line of a failure says its kind and keeps the prompt to itself`() throws {
        let scene = try Scene()
        try scene.fail("500", stream: false)
        let secret = "a-secret-prompt-0815"
        #expect(
            try scene.client.error("complete", ["prompt": .string(secret)])["code"] == 1004)
        let line = try scene.daemon.waitForLog(containing: "LLM request failed")
        #expect(line.hasPrefix("WARN: LLM request failed: backend_error, backend lmstudio"))
        try scene.simulator.setFaults("[]")
        let result = try scene.client.result("complete", ["prompt": .string("echo:" + secret)])
        #expect(result["content"] == .string(secret))
        #expect(try scene.daemon.stop() == 0)
        #expect(!scene.daemon.logText.contains(secret))
    }

    @Test func `the line of a completion stands in the forms for machines too`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(
            simulator, "[log]\nformat = \"json\"\n")
        try daemon.waitForLog(containing: "Initialized")
        _ = try daemon.connect().result("complete", ["prompt": "tokens:4"])
        let line = try daemon.waitForLog(containing: "LLM request completed: ")
        for line in daemon.log + [line] {
            let value = try JSONValue(parsing: line)
            #expect(value["time"]?.doubleValue ?? 0 > 1_700_000_000)
            #expect(value["message"]?.stringValue?.isEmpty == false)
            #expect(["info", "warning", "error"].contains(value["level"]))
        }
    }

    @Test func `to the request and the token they are the servers', whatever becomes of them`()
        throws
    {
        let servers = try (0..<2).map { _ in
            try SimulatorProcess(["--model", "m,state=loaded,parallel=8"])
        }
        let backends = servers.enumerated().map { index, server in
            "[[llm_backends]]\nname = \"b\(index)\"\nendpoint = \"\(server.url)/api/v0\"\n"
        }
        let daemon = try DaemonProcess(
            "[discovery]\nenabled = false\n[server]\nshutdown_timeout = 0.2\n" + backends.joined(),
            arguments: ["--log-format", "json"])
        for index in 0..<2 { try daemon.waitForLog(containing: "for backend: b\(index) ") }
        let client = try daemon.connect()
        // One fails at the first server and goes on at the other; more go to both.
        try servers[0].setFaults(#"["500,times=1,path=/api/v0/chat/completions"]"#)
        let first = try client.result("complete", ["prompt": "tokens:20"])
        #expect(first["attempts"] == 2)
        for number in 1..<10 {
            let params: JSONValue = [
                "prompt": .string("tokens:\(number + 8)"), "stream": .bool(number % 3 == 1),
                "backend": .string("b\(number % 2)"),
            ]
            _ = try client.result("complete", params)
        }
        // Two are cancelled after four tokens, two cut by the daemon's end.
        for server in servers { try server.setFaults(#"["stall=4,path=/v1/chat/completions"]"#) }
        func stalled() throws -> JSONValue {
            let id = client.start("complete", ["prompt": "tokens:90", "stream": true])
            for _ in 0..<4 { _ = try client.nextNotification("complete.delta") }
            return id
        }
        for _ in 0..<2 {
            let id = try stalled()
            _ = try client.result("cancel", ["id": id])
            #expect(try client.answer(to: id)["result"]?["finish_reason"] == "cancelled")
        }
        let stats = try client.result("stats", ["window": "total"])
        let cut = try [stalled(), stalled()]
        daemon.child.signal(SIGTERM)
        for id in cut { #expect(try client.answer(to: id)["error"]?["code"] == 1012) }
        #expect(try daemon.waitForExit() == 0)

        for server in servers { try server.until("/simulator/stats", says: "\"generating\":0,") }
        let seen = try servers.map { try $0.json("/simulator/stats") }
        func sum(_ name: String) -> Int { seen.reduce(0) { $0 + ($1[name]?.integerValue ?? 0) } }
        let aborted = seen.flatMap { $0["aborts"]?.arrayValue ?? [] }.reduce(0) {
            $0 + ($1["tokens"]?.integerValue ?? 0)
        }
        #expect((sum("generated"), sum("aborted"), aborted) == (10, 4, 16))
        #expect(
            stats["requests"]
                == ["total": 12, "succeeded": 10, "failed": 0, "cancelled": 2, "rejected": 0])
        #expect(stats["tokens"]?["prompt"] == .integer(sum("prompt_tokens")))
        #expect(stats["tokens"]?["completion"] == .integer(sum("completion_tokens") + 8))
        let told = try daemon.log.map { try JSONValue(parsing: $0) }
        func tokens(_ outcome: String) -> [Int?] {
            told.filter { $0["outcome"] == .string(outcome) }.map {
                $0["completion_tokens"]?.integerValue
            }
        }
        #expect(tokens("completed").reduce(0) { $0 + ($1 ?? 0) } == sum("completion_tokens"))
        #expect(tokens("cancelled") == [4, 4, 4, 4])
        #expect(told.filter { $0["kind"] == "shutting_down" }.count == 2)
        for (index, one) in seen.enumerated() {
            let count = stats["backends"]?["b\(index)"]?["requests"]?["succeeded"]
            #expect(count == one["generated"])
        }
    }
}
