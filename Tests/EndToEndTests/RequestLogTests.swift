import CrowdModelsProtocol
import Glibc
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
        #expect(rejected.contains(", model none, queued 0.00"))
        #expect(try client.error("embed", ["input": "x", "model": "no"])["code"] == 1001)
        let embed = try scene.daemon.waitForLog(containing: "(model_not_found): embed")
        #expect(embed.contains(", model no, "))
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

    /// The log of a daemon under these variables, once each ending of a request was told.
    private static func log(
        _ arguments: [String], journal: Bool = false
    ) throws -> (log: [String], client: String) {
        let simulator = try SimulatorProcess("--token-rate", "500")
        let folder = TestFolder()
        let file = folder.write("config.toml", DaemonProcess.config(simulator))
        let stream = journal ? "JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) " : ""
        let child = try ChildProcess(
            "/bin/sh",
            [
                "-c", "\(stream)exec \"$0\" \"$@\"",
                BuiltProducts.path("crowd-models-executor"), "--config", file, "--socket",
                "\(folder.path)/s",
            ] + arguments, errorsToOutput: true,
            environment: DaemonProcess.environment(home: folder.path))
        var lines = [try child.readLine()]
        while !lines[lines.count - 1].contains("Initialized LLM") {
            lines.append(try child.readLine())
        }
        let client = try SocketClient("\(folder.path)/s")
        let meta: JSONValue = ["traceparent": .string(traceparent)]
        _ = try client.result(
            "complete", ["prompt": "tokens:20", "tag": "night", "stream": true, "_meta": meta])
        _ = try client.error("complete", ["prompt": "x", "model": "none", "_meta": meta])
        try simulator.setFaults(#"["500,path=/api/*"]"#)
        _ = try client.error("complete", ["prompt": "x", "tag": "night", "_meta": meta])
        try simulator.setFaults(#"["hang,path=/v1/*"]"#)
        let hung = client.start(
            "complete", ["prompt": "x", "tag": "night", "stream": true, "_meta": meta])
        _ = try client.result("cancel", ["id": hung])
        #expect(try client.answer(to: hung)["error"]?["code"] == -32800)
        child.signal(SIGTERM)
        lines += try child.readToEnd().split(separator: "\n").map(String.init)
        #expect(child.wait() == 0)
        return (lines, "uid:\(getuid()) night")
    }

    private static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test(arguments: [false, true])
    func `people are told of each request whose it was, where it went and how it ended`(
        isJournal: Bool
    ) throws {
        let (log, client) = try Self.log([], journal: isJournal)
        let (info, warning) = isJournal ? ("<6>", "<4>") : ("INFO: ", "WARN: ")
        let place = "model llama-2-7b-chat, backend lmstudio"
        let done = try #require(log.firstIndex { $0.contains("LLM request completed: ") })
        #expect(log[done].hasPrefix(info))
        #expect(
            log[done].dropFirst(info.count).filter { !$0.isNumber }
                == "LLM request completed:  tokens used, . tokens/sec, .s to first token, "
                + "architecture: llama")
        #expect(
            log[done + 1].hasPrefix(
                "\(info)Request r1 completed: complete, client \(client), \(place)"))
        for part in [
            ", tokens ", "+20, queued 0.", "s, took 0.", "traceparent \(Self.traceparent)",
        ] {
            #expect(log[done + 1].contains(part), "\(part) in \(log[done + 1])")
        }
        let rejected = try #require(log.first { $0.contains(" rejected ") })
        #expect(
            rejected.hasPrefix("\(info)Request r2 rejected (model_not_found): complete, client "))
        #expect(rejected.contains(", model none, ") && rejected.hasSuffix(Self.traceparent))
        let failed = try #require(log.firstIndex { $0.contains("LLM request failed: ") })
        #expect(
            log[failed] == "\(warning)LLM request failed: backend_error, backend lmstudio, "
                + "status 500, model llama-2-7b-chat")
        #expect(
            log[failed + 1].hasPrefix(
                "\(info)Request r3 failed (backend_error): complete, client \(client), \(place), "))
        #expect(log[failed + 1].hasSuffix(", traceparent \(Self.traceparent)"))
        let cancelled = try #require(log.first { $0.contains(" cancelled: ") })
        #expect(
            cancelled.hasPrefix("\(info)Request r4 cancelled: complete, client \(client), \(place)")
        )
        #expect(log.allSatisfy { !isJournal || $0.hasPrefix("<") })
    }

    @Test func `programs are told the same of each, member by member`() throws {
        let (log, client) = try Self.log(["--log-format", "json"])
        let lines = try log.map { try JSONValue(parsing: $0) }.filter {
            $0["event"]?.stringValue?.hasPrefix("request_") == true
        }
        #expect(
            lines.map { $0["outcome"] } == ["completed", "rejected", "failed", "cancelled"])
        #expect(lines.map { $0["key"] } == ["r1", "r2", "r3", "r4"])
        #expect(lines.map { $0["level"] } == ["info", "info", "warning", "info"])
        for line in lines {
            #expect(
                line["traceparent"] == .string(Self.traceparent) && line["method"] == "complete")
            for name in ["time", "message", "client", "model", "queue", "total", "attempts"] {
                #expect(line[name] != nil, "\(name) in \(line.text)")
            }
            let isSent = line["outcome"] != "rejected"
            #expect(line["backend"] == (isSent ? "lmstudio" : nil))
            #expect(line["model"] == (isSent ? "llama-2-7b-chat" : "none"))
            #expect(!isSent || line["client"] == .string(client))
        }
        #expect(lines[0]["completion_tokens"] == 20)
        for name in ["tokens", "prompt_tokens", "tokens_per_second", "ttft", "architecture"] {
            #expect(lines[0][name] != nil, "\(name) in \(lines[0].text)")
        }
        #expect(lines[1]["kind"] == "model_not_found")
        #expect(lines[2]["kind"] == "backend_error" && lines[2]["status"] == 500)
    }
}
