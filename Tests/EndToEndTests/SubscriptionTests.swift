import CrowdModelsProtocol
import Glibc
import Testing

/// A subscription tells how things stand, then each change, numbered, and only to who asked.
@Suite struct SubscriptionTests {
    static let topics: [JSONValue] = ["models", "backends", "requests", "stats", "log"]

    /// The next event, which has to be of that topic and to have that number.
    private func event(
        _ client: SocketClient, _ topic: String, _ number: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        let event = try client.nextNotification("event", sourceLocation: sourceLocation)
        #expect(event["topic"]?.stringValue == topic, sourceLocation: sourceLocation)
        #expect(event["seq"]?.integerValue == number, sourceLocation: sourceLocation)
        return event["data"] ?? .null
    }

    @Test func `how things stand comes first, topic by topic, after the answer`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator)
        try daemon.waitForLog(containing: "Discovered 2 models from LMStudio")
        let client = try daemon.connect()
        let models = try daemon.connect().result("models.list")
        client.send(
            line: JSONValue.object([
                "jsonrpc": "2.0", "id": "s", "method": "subscribe",
                "params": ["topics": .array(Self.topics), "interval_ms": 3_600_000],
            ]).text)
        let answer = try client.readMessage()
        #expect(answer?["id"] == "s")
        #expect(answer?["result"] == ["subscription": "s1"])
        for (number, topic) in ["models", "backends", "requests", "stats", "log"].enumerated() {
            let data = try event(client, topic, number)
            let snapshot = try #require(data["snapshot"])
            switch topic {
            case "models": #expect(snapshot == models)
            case "backends":
                #expect(snapshot["backends"]?.arrayValue?.map { $0["name"] } == ["lmstudio"])
            case "requests": #expect(snapshot == ["requests": []])
            case "stats": #expect(snapshot["window"] == "5m")
            default:
                let lines = snapshot["lines"]?.arrayValue ?? []
                #expect(
                    lines.contains { $0["message"]?.stringValue?.contains("Listening") == true })
            }
        }
    }

    @Test func `a request is told from its coming to its going`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(backend: "max_concurrent = 1")
        let client = try daemon.connect()
        #expect(try client.result("subscribe", [["requests"]]) == ["subscription": "s1"])
        #expect(try event(client, "requests", 0)["snapshot"] == ["requests": []])
        let other = try daemon.connect()
        let first = other.start("complete", ["model": "ready", "prompt": "x", "stream": true])
        func change(_ number: Int) throws -> [String?] {
            let change = try event(client, "requests", number)["change"]
            let request = change?["request"]
            return [change?["kind"], request?["key"], request?["phase"]].map { $0?.stringValue }
        }
        #expect(try change(1) == ["added", "r1", "queued"])
        #expect(try change(2) == ["changed", "r1", "connecting"])
        #expect(try change(3) == ["changed", "r1", "prompt"])
        let second = other.start("complete", ["model": "ready", "prompt": "y"])
        #expect(try change(4) == ["added", "r2", "queued"])
        let connection = try server.acceptRequest()
        connection.beginStream()
        connection.sendToken("z")
        #expect(try change(5) == ["changed", "r1", "generating"])
        connection.endStream()
        #expect(try change(6) == ["removed", "r1", "generating"])
        #expect(try change(7) == ["changed", "r2", "connecting"])
        #expect(try other.answer(to: first)["result"]?["content"] == "z")
        let held = try server.acceptRequest()
        #expect(try change(8) == ["changed", "r2", "prompt"])
        other.notify("cancel", ["id": second])
        _ = try held.waitForClose()
        #expect(try change(9) == ["removed", "r2", "prompt"])
        // Ended, it says no more; what comes next is the answer alone.
        #expect(try client.result("unsubscribe", ["s1"]) == ["unsubscribed": true])
        #expect(try client.result("unsubscribe", ["s1"]) == ["unsubscribed": false])
        _ = try other.error("complete", ["model": "nothing", "prompt": "x"])
        #expect(try client.result("ping") == ["ok": true])
        #expect(client.notes("event").count == 10)
    }

    @Test func `models and backends are told as they come and go`() throws {
        let simulator = try SimulatorProcess(
            "--model", "one,state=loaded", "--model", "two,state=not-loaded")
        let daemon = try DaemonProcess(simulator)
        try daemon.waitForLog(containing: "Discovered 2 models from LMStudio")
        let client = try daemon.connect()
        _ = try client.result("subscribe", [["models"]])
        _ = try client.result("subscribe", [["backends", "log"]])
        func next(
            _ subscription: String, _ topic: String, where isIt: (JSONValue) -> Bool
        ) throws -> JSONValue {
            while true {
                let event = try client.nextNotification("event")
                let change = event["data"]?["change"] ?? .null
                if event["subscription"]?.stringValue == subscription,
                    event["topic"]?.stringValue == topic, isIt(change)
                {
                    return change
                }
            }
        }
        _ = try simulator.ask(
            "POST", "/simulator/models", #"["one,state=loaded", "two,state=loaded", "three"]"#)
        let loaded = try next("s1", "models") { $0["kind"] == "changed" }
        #expect(loaded["model"]?["id"] == "two")
        #expect(loaded["model"]?["state"] == "loaded")
        #expect(try next("s1", "models") { $0["kind"] == "added" }["model"]?["id"] == "three")
        _ = try simulator.ask("POST", "/simulator/models", #"["one,state=loaded"]"#)
        var gone: Set<String> = []
        for _ in 0..<2 {
            let change = try next("s1", "models") { $0["kind"] == "removed" }
            gone.insert(change["model"]?["id"]?.stringValue ?? "")
        }
        #expect(gone == ["two", "three"])
        simulator.child.signal(SIGKILL)
        let down = try next("s2", "backends") { $0["backend"]?["state"] == "down" }
        #expect(down["backend"]?["name"] == "lmstudio")
        #expect(down["kind"] == "changed")
        #expect(try next("s1", "models") { $0["kind"] == "removed" }["model"]?["id"] == "one")
        // Every subscription counts its own events, without a gap.
        for name in ["s1", "s2"] {
            let numbers = client.notes("event").filter { $0["subscription"]?.stringValue == name }
                .compactMap { $0["seq"]?.integerValue }
            #expect(numbers == Array(0..<numbers.count))
        }
        let lines = client.notes("event").filter { $0["topic"] == "log" }
            .compactMap { $0["data"]?["change"]?["message"]?.stringValue }
        #expect(lines.contains { $0.contains("Discovered 3 models") })
    }

    @Test func `a backend that stays down is told of once`() throws {
        let daemon = try DaemonProcess(
            """
            [discovery]
            enabled = false
            interval = 0.05
            [[llm_backends]]
            name = "nobody"
            endpoint = "http://127.0.0.1:9/v1"
            """)
        try daemon.waitForLog(containing: "Initialized LLM client")
        let client = try daemon.connect()
        _ = try client.result("subscribe", [["backends"]])
        _ = try client.result("subscribe", ["topics": ["stats"], "interval_ms": 50])
        while client.notes("event").count < 12 { _ = try client.nextNotification("event") }
        let told = client.notes("event").filter { $0["topic"] == "backends" }
        #expect(told.map { $0["data"]?["snapshot"] != nil } == [true])
    }

    @Test func `numbers come at their interval`() throws {
        let server = ScriptedServer()
        // Each is held against its schema, for which a hundred a second may be too many.
        let daemon = try server.daemon("[limits]\nwrite_stall = 3600")
        let client = try daemon.connect()
        _ = try client.result("subscribe", ["topics": ["stats"], "interval_ms": 10])
        let first = try event(client, "stats", 0)
        #expect(first["snapshot"]?["requests"]?["total"] == 0)
        for number in 1...5 {
            let change = try event(client, "stats", number)["change"]
            #expect(change?["uptime_seconds"] != nil)
        }
        for interval in [9, 0, -1, 3_600_001] {
            let error = try client.error(
                "subscribe", ["topics": ["stats"], "interval_ms": .integer(interval)])
            #expect(error["code"] == -32602)
            #expect(error["data"]?["parameter"] == "interval_ms")
        }
        for topics: JSONValue in [[], ["nothing"], ["log", 1], "log", .null] {
            #expect(try client.error("subscribe", ["topics": topics])["code"] == -32602)
        }
    }

    @Test func `a subscriber that sends no more keeps its subscription until it goes`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let client = try daemon.connect()
        let id = client.start("subscribe", [["requests"]])
        client.finishSending()
        #expect(try client.answer(to: id)["result"] == ["subscription": "s1"])
        #expect(try event(client, "requests", 0)["snapshot"] != nil)
        let other = try daemon.connect()
        let asked = other.start("complete", ["ready", "x"])
        #expect(try event(client, "requests", 1)["change"]?["kind"] == "added")
        try server.acceptRequest().answer("y")
        #expect(try other.answer(to: asked)["result"]?["content"] == "y")
        while try event(client, "requests", client.notes("event").count)["change"]?["kind"]
            != "removed"
        {}
        client.close()
        try other.wait(untilStatus: "connections", is: 1)
    }

    @Test func `unsubscribing may be a notification, and another's name means nothing`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let client = try daemon.connect()
        let other = try daemon.connect()
        _ = try client.result("subscribe", [["requests"]])
        _ = try client.result("subscribe", [["requests"]])
        #expect(try other.result("unsubscribe", ["s1"]) == ["unsubscribed": false])
        client.notify("unsubscribe", ["subscription": "s1"])
        #expect(try client.result("unsubscribe", ["s1"]) == ["unsubscribed": false])
        let before = client.notes("event").count
        let id = other.start("complete", ["ready", "x"])
        try server.acceptRequest().answer("y")
        _ = try other.answer(to: id)
        while client.notes("event").last?["data"]?["change"]?["kind"] != "removed" {
            _ = try client.nextNotification("event")
        }
        #expect(client.notes("event").dropFirst(before).allSatisfy { $0["subscription"] == "s2" })
    }

    @Test func `a connection may have so many subscriptions`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let client = try daemon.connect()
        for number in 1...15 {
            let name = JSONValue.string("s\(number)")
            #expect(try client.result("subscribe", [["log"]]) == ["subscription": name])
        }
        let error = try client.error("subscribe", [["log"]])
        #expect(error["code"] == 1013)
        #expect(error["data"]?["limit"] == "subscriptions_per_connection_max")
        #expect(try client.result("unsubscribe", ["s7"]) == ["unsubscribed": true])
        #expect(try client.result("subscribe", [["log"]]) == ["subscription": "s16"])
    }

    @Test func `a subscriber that does not read loses its subscription, with the reason`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(
            backend: "max_concurrent = 64",
            "[limits]\noutput_bytes_max = 65536\nwrite_stall = 3600")
        let client = try daemon.connect()
        let observer = try daemon.connect()
        let process = daemon.child.identifier
        let id = client.start("subscribe", ["topics": ["stats", "requests"], "interval_ms": 10])
        // Requests that never reach a server are told of, too: as many as it takes.
        let many = 3000
        for round in 0..<3 {
            let before = ProcessFile.status("VmRSS", of: process)
            for _ in 0..<(many / 3) {
                let id = observer.start("complete", ["ready", "x"])
                #expect(try observer.result("cancel", ["id": id]) == ["cancelled": true])
                #expect(try observer.answer(to: id)["error"]?["code"] == -32800)
            }
            let grown = ProcessFile.status("VmRSS", of: process) - before
            #expect(round == 0 || grown < 2048 + Sanitizer.notes, "grew by \(grown) KiB")
        }
        // Read at last: all that was told, whole and in order, and why it ended.
        #expect(try client.answer(to: id)["result"] == ["subscription": "s1"])
        var number = 0
        while true {
            let event = try client.nextNotification("event")
            #expect(event["seq"]?.integerValue == number)
            number += 1
            guard let ended = event["data"]?["ended"] else { continue }
            #expect(ended["limit"] == "output_bytes_max")
            #expect(ended["reason"]?.stringValue?.contains("bytes wait to be read") == true)
            break
        }
        #expect(number < 3 * many, "nothing was kept from it")
        #expect(try client.result("unsubscribe", ["s1"]) == ["unsubscribed": false])
        // It may subscribe again.
        #expect(try client.result("subscribe", [["requests"]]) == ["subscription": "s2"])
    }

    @Test func `nothing comes that was not asked for`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let silent = try daemon.connect()
        let client = try daemon.connect()
        for params: JSONValue in [
            ["model": "ready", "prompt": "x"], ["model": "ready", "prompt": "x", "stream": false],
            ["model": "ready", "prompt": "x", "progress": false, "stream": .null],
        ] {
            let id = client.start("complete", params)
            try server.acceptRequest().answer("y")
            #expect(try client.answer(to: id)["result"]?["content"] == "y")
        }
        let id = client.start("complete", ["model": "ready", "prompt": "x", "stream": true])
        let connection = try server.acceptRequest()
        connection.beginStream()
        connection.sendToken("y")
        connection.endStream()
        _ = try client.answer(to: id)
        #expect(client.notifications.map { $0["method"] } == ["complete.delta"])
        silent.finishSending()
        #expect(try silent.isAtEnd())
    }
}
