import CrowdModelsProtocol
import Glibc
import Testing

/// What a daemon that is told to stop still owes its callers.
@Suite struct ShutdownTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func `what runs is finished, what waits is refused, and the end is 0`(signal: Int32) throws {
        // Longer than any test waits: the end must come by itself.
        let scene = try Scene(
            "--token-rate", "100", backend: "max_concurrent = 1",
            config: "[server]\nshutdown_timeout = 3600\n")
        let running = scene.client.start("complete", ["prompt": "tokens:40", "stream": true])
        _ = try scene.client.nextNotification("complete.delta")
        let queued = (0..<2).map { _ in
            scene.client.start("complete", ["prompt": "x", "stream": true])
        }
        // Answered once all of the above is taken.
        #expect(try scene.client.result("status")["queued"] == 2)
        scene.daemon.child.signal(signal)
        for id in queued {
            let error = try scene.client.answer(to: id)["error"]
            #expect(error?["code"] == 1012, "\(error?.text ?? "")")
            #expect(error?["data"]?["retryable"] == true)
        }
        let late = try scene.client.error("complete", ["prompt": "x"])
        #expect(late["code"] == 1012)
        #expect(throws: SocketClient.Refused.self) { try scene.daemon.connect() }
        let result = try scene.client.answer(to: running)["result"]
        #expect(result?["usage"]?["completion_tokens"] == 40)
        let joined = scene.client.notes("complete.delta").compactMap {
            $0["content"]?.stringValue
        }
        #expect(result?["content"] == .string(joined.joined()))
        #expect(try scene.client.isAtEnd())
        #expect(try scene.daemon.waitForExit() == 0)
        #expect(!scene.daemon.folder.names.contains("s"), "the socket is gone")
        #expect(scene.daemon.logText.contains("INFO: Stopping ("))
    }

    @Test func `shutdown is answered, and then does what SIGTERM does`() throws {
        let scene = try Scene(
            "--token-rate", "100", backend: "max_concurrent = 1",
            config: "[server]\nshutdown_timeout = 3600\n")
        let running = scene.client.start("complete", ["prompt": "tokens:40", "stream": true])
        _ = try scene.client.nextNotification("complete.delta")
        let queued = scene.client.start("complete", ["prompt": "x"])
        let admin = try scene.daemon.connect()
        // Twice in one batch: the second changes nothing.
        admin.send(
            line: #"[{"jsonrpc":"2.0","id":1,"method":"shutdown"},"#
                + #"{"jsonrpc":"2.0","id":2,"method":"shutdown"}]"#)
        let answers = try admin.readMessage()?.arrayValue ?? []
        #expect(answers.map { $0["result"] } == [["ok": true], ["ok": true]])
        #expect(try scene.client.answer(to: queued)["error"]?["code"] == 1012)
        let result = try scene.client.answer(to: running)["result"]
        #expect(result?["usage"]?["completion_tokens"] == 40)
        #expect(try scene.daemon.waitForExit() == 0)
        #expect(scene.daemon.logText.contains("INFO: Stopping (asked by user "))
    }

    @Test func `what outlives shutdown_timeout is cut, with the text so far`() throws {
        let scene = try Scene(
            "--token-rate", "20", config: "[server]\nshutdown_timeout = 0.3\n")
        let stream = scene.client.start("complete", ["prompt": "tokens:4000", "stream": true])
        let whole = scene.client.start("complete", ["prompt": "tokens:4000"])
        _ = try scene.client.nextNotification("complete.delta")
        scene.daemon.child.signal(SIGTERM)
        let error = try #require(try scene.client.answer(to: stream)["error"])
        #expect(error["code"] == 1012, "\(error.text)")
        let joined = scene.client.notes("complete.delta").compactMap {
            $0["content"]?.stringValue
        }
        #expect(error["data"]?["content"] == .string(joined.joined()))
        let other = try scene.client.answer(to: whole)["error"]
        #expect(other?["code"] == 1012)
        #expect(try scene.daemon.waitForExit() == 0)
        try scene.simulator.until("/simulator/stats", says: "\"generating\":0,")
    }

    @Test func `asked twice, it ends at once`() throws {
        let scene = try Scene("--token-rate", "1")
        let id = scene.client.start("complete", ["prompt": "tokens:4000", "stream": true])
        _ = try scene.client.nextNotification("complete.delta")
        scene.daemon.child.signal(SIGTERM)
        try scene.daemon.waitForLog(containing: "Stopping")
        scene.daemon.child.signal(SIGTERM)
        let error = try scene.client.answer(to: id)["error"]
        #expect(error?["code"] == 1012)
        #expect(error?["data"]?["content"]?.stringValue?.isEmpty == false)
        #expect(try scene.daemon.waitForExit() == 0)
    }

    @Test func `an idle daemon ends at once, and its clients see the end`() throws {
        let scene = try Scene(config: "[server]\nshutdown_timeout = 3600\n")
        #expect(try scene.client.result("ping") == ["ok": true])
        #expect(try scene.daemon.stop() == 0)
        #expect(try scene.client.isAtEnd())
    }
}
