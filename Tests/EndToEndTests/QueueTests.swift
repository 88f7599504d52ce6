import CrowdModelsProtocol
import Testing

/// The queue before a backend, seen by its callers and by the server.
@Suite struct QueueTests {
    /// The words that the server was asked for, in the order in which it was asked.
    private static func order(_ simulator: SimulatorProcess) throws -> [String] {
        try simulator.chats().compactMap { chat in
            chat.body["messages"]?.arrayValue?.last?["content"]?.stringValue
        }
    }

    @Test(arguments: [1, 2, 3])
    func `never more are in flight than max_concurrent, and all are served in turn`(
        most: Int
    ) throws {
        let scene = try Scene("--token-rate", "300", backend: "max_concurrent = \(most)")
        let words = (0..<10).map { "tokens:\($0 + 3)" }
        let ids = words.map { scene.client.start("complete", ["prompt": .string($0)]) }
        // A second connection sees the others at work.
        let watcher = try scene.daemon.connect()
        var served = 0
        while served < 10 {
            let stats = try scene.simulator.json("/simulator/stats")
            #expect((stats["generating"]?.integerValue ?? 99) <= most)
            let status = try watcher.result("status")
            #expect((status["in_flight"]?.integerValue ?? 99) <= most)
            #expect((status["queued"]?.integerValue ?? 99) <= 10)
            served = stats["generated"]?.integerValue ?? 0
        }
        for id in ids { #expect(try scene.client.answer(to: id)["result"] != nil) }
        let order = try QueueTests.order(scene.simulator)
        // Two that are sent at one moment may reach the server's log in either order.
        #expect(most == 1 ? order == words : order.sorted() == words.sorted())
    }

    @Test func `the server says how many it runs at once, unless the configuration does`() throws {
        let scene = try Scene("--model", "a,state=loaded,parallel=3", "--token-rate", "0.2")
        let ids = (0..<5).map { _ in scene.client.start("complete", ["prompt": "x"]) }
        try scene.simulator.until("/simulator/stats", says: "\"generating\":3,")
        let watcher = try scene.daemon.connect()
        let status = try watcher.result("status")
        #expect(status["in_flight"] == 3)
        #expect(status["queued"] == 2)
        let listed = try watcher.result("requests.list")["requests"]?.arrayValue ?? []
        #expect(listed.map { $0["phase"] } == ["prompt", "prompt", "prompt", "queued", "queued"])
        #expect(listed.map { $0["position"] } == [nil, nil, nil, 1, 2])
        for id in ids {
            #expect(try scene.client.result("cancel", ["id": id]) == ["cancelled": true])
            #expect(try scene.client.answer(to: id)["error"]?["code"] == -32800)
        }
    }

    @Test func `a loaded model goes before one that would evict it, and no generation dies`() throws
    {
        let scene = try Scene(
            "--model", "a", "--model", "b", "--load-time", "0.05", "--token-rate", "400",
            backend: "max_concurrent = 2")
        // The first makes the server load a; then a and b are asked for in turns.
        let models = ["a", "b", "a", "b", "a", "b", "a", "a"]
        let ids = models.map {
            scene.client.start("complete", ["prompt": "tokens:20", "model": .string($0)])
        }
        for (id, model) in zip(ids, models) {
            let answer = try scene.client.answer(to: id)
            #expect(answer["result"]?["model"] == .string(model), "\(answer.text)")
            #expect(answer["result"]?["usage"]?["completion_tokens"] == 20)
        }
        let served = try scene.simulator.chats().compactMap { $0.body["model"]?.stringValue }
        #expect(served == ["a", "a", "a", "a", "a", "b", "b", "b"])
        let counted = try scene.totals()["requests"]
        #expect(counted?["succeeded"] == 8)
        #expect(counted?["failed"] == 0)
    }

    @Test func `of three models where one fits none is thrown out, whatever is asked for`() throws {
        let scene = try Scene(
            "--model", "a", "--model", "b", "--model", "c", "--load-time", "0.02", "--token-rate",
            "2000", backend: "max_concurrent = 4")
        let models = (0..<45).map { ["a", "b", "c"][$0 / 2 * $0 % 7 % 3] }
        let ids = models.enumerated().map { number, model in
            scene.client.start(
                "complete",
                [
                    "prompt": "tokens:12", "model": .string(model),
                    "stream": .bool(number % 2 == 0),
                ])
        }
        for (id, model) in zip(ids, models) {
            let answer = try scene.client.answer(to: id)
            #expect(answer["result"]?["model"] == .string(model), "\(answer.text)")
            #expect(answer["result"]?["usage"]?["completion_tokens"] == 12)
        }
        let seen = try scene.simulator.json("/simulator/stats")
        #expect(seen["generated"] == 45, "each was asked for once, and ended")
        #expect(seen["aborted"] == 0)
        #expect(try scene.totals()["requests"]?["succeeded"] == 45)
    }

    @Test func `positions are told while they change, then the phases`() throws {
        let scene = try Scene("--token-rate", "400", backend: "max_concurrent = 1")
        let first = scene.client.start(
            "complete", ["prompt": "tokens:40", "progress": true, "stream": true])
        let others = (0..<3).map { _ in
            scene.client.start("complete", ["prompt": "tokens:20", "progress": true])
        }
        for id in [first] + others { #expect(try scene.client.answer(to: id)["result"] != nil) }
        func steps(_ id: JSONValue) -> [String] {
            let notes = scene.client.notes("complete.progress")
            return notes.filter { $0["id"] == id && $0["progress"] == nil }.map {
                ($0["phase"]?.stringValue ?? "") + ($0["position"].map { " \($0.text)" } ?? "")
            }
        }
        #expect(steps(first) == ["connecting", "prompt", "generating"])
        #expect(steps(others[0]) == ["queued 1", "connecting", "prompt"])
        #expect(steps(others[1]) == ["queued 2", "queued 1", "connecting", "prompt"])
        #expect(steps(others[2]) == ["queued 3", "queued 2", "queued 1", "connecting", "prompt"])
        let notes = scene.client.notes("complete.progress")
        #expect(notes.allSatisfy { $0["backend"] == "lmstudio" })
    }

    @Test func `a model that has to be loaded first says so`() throws {
        let scene = try Scene("--model", "a", "--load-time", "0.05")
        let id = scene.client.start(
            "complete", ["prompt": "echo:x", "model": "a", "progress": true, "stream": true])
        #expect(try scene.client.answer(to: id)["result"]?["content"] == "x")
        let notes = scene.client.notes("complete.progress")
        #expect(
            notes.filter { $0["progress"] == nil }.map { $0["phase"] } == ["loading", "generating"])
    }

    @Test func `a full queue refuses at once`() throws {
        let scene = try Scene(
            "--token-rate", "0.2", backend: "max_concurrent = 1",
            config: "[limits]\nqueue_max = 2\n")
        let ids = (0..<3).map { _ in scene.client.start("complete", ["prompt": "x"]) }
        let error = try scene.client.error("complete", ["prompt": "one too many"])
        #expect(error["code"] == 1007, "\(error.text)")
        #expect(error["data"]?["queued"] == 2)
        #expect(error["data"]?["limit"] == 2)
        #expect((error["data"]?["retry_after_ms"]?.integerValue ?? -1) >= 0)
        #expect(error["data"]?["retryable"] == true)
        let counted = try scene.totals()
        #expect(counted["requests"]?["rejected"] == 1)
        #expect(counted["errors"]?["busy"] == 1)
        #expect(counted["in_flight"] == 1)
        #expect(counted["queued"] == 2)
        // A place in the queue that is given up can be taken.
        #expect(try scene.client.result("cancel", ["id": ids[2]]) == ["cancelled": true])
        #expect(try scene.client.answer(to: ids[2])["error"]?["code"] == -32800)
        scene.client.start("complete", ["prompt": "fits now"])
        #expect(try scene.client.result("status")["queued"] == 2)
    }

    @Test func `never more start in a minute than rate_limit, and who cannot wait is told`() throws
    {
        let scene = try Scene(backend: "rate_limit = 3")
        for _ in 0..<3 {
            #expect(
                try scene.client.result("complete", ["prompt": "echo:in"])["content"] == "in")
        }
        let error = try scene.client.error("complete", ["prompt": "x", "timeout_ms": 5000])
        #expect(error["code"] == 1006, "\(error.text)")
        let wait = try #require(error["data"]?["retry_after_ms"]?.integerValue)
        #expect(wait > 5000 && wait <= 61_000)
        // One that can wait is queued.
        let id = scene.client.start("complete", ["prompt": "x", "timeout_ms": 200_000])
        let watcher = try scene.daemon.connect()
        #expect(try watcher.result("status")["queued"] == 1)
        #expect(try scene.simulator.chats().count == 3)
        #expect(try scene.client.result("cancel", ["id": id]) == ["cancelled": true])
    }

    @Test(arguments: ["complete", "embed", "429"])
    func `a server that says it takes no more is sent nothing until it does`(
        way: String
    ) throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let (client, watcher) = (try daemon.connect(), try daemon.connect())
        _ = try watcher.result("subscribe", ["topics": ["backends"]])
        let method = way == "embed" ? "embed" : "complete"
        let id = client.start(
            method, ["model": "ready", method == "embed" ? "input" : "prompt": "x"])
        let first = try server.acceptRequest()
        let fields = "x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 6m0s\r\n"
        switch way {
        case "embed":
            let body = #"{"data":[{"index":0,"embedding":[1]}]}"#
            first.send(
                "HTTP/1.1 200 OK\r\n\(fields)Connection: close\r\nContent-Length: "
                    + "\(body.utf8.count)\r\n\r\n\(body)")
        case "complete": first.answer("y", fields: fields)
        default:
            first.send(
                "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 40\r\nConnection: close\r\n"
                    + "Content-Length: 0\r\n\r\n")
        }
        #expect(try client.answer(to: id)[way == "429" ? "error" : "result"] != nil)
        let listed = try client.result("backends.list")["backends"]?[0]
        #expect(listed?["state"] == "rate_limited" && listed?["paused_by"] == "server")
        #expect(try client.result("status")["backends"] == ["rate_limited": 1])
        var told: JSONValue?
        while told != "rate_limited", let event = try watcher.readMessage() {
            told = event["params"]?["data"]?["change"]?["backend"]?["state"]
        }
        let error = try client.error(
            "complete", ["model": "ready", "prompt": "x", "timeout_ms": 5000])
        #expect(error["code"] == 1006, "\(error.text)")
        // It is tried once a minute, whatever it counts.
        let wait = try #require(error["data"]?["retry_after_ms"]?.integerValue)
        #expect(wait > 5000 && wait <= 60_000)
        #expect(listed?["retry_after_ms"]?.integerValue ?? 0 >= wait)
        #expect(!server.isCalled)
    }

    @Test func `one that waits in the queue for too long is told the phase`() throws {
        let scene = try Scene("--token-rate", "0.2", backend: "max_concurrent = 1")
        scene.client.start("complete", ["prompt": "x"])
        let error = try scene.client.error("complete", ["prompt": "y", "timeout_ms": 200])
        #expect(error["code"] == 1008, "\(error.text)")
        #expect(error["data"]?["phase"] == "queued")
        #expect(try scene.simulator.chats().count == 1)
    }
}
