import CrowdModelsProtocol
import Testing

/// What the client's commands make of the real daemon's answers, and of a stand-in's.
@Suite struct ClientCommandTests {
    let folder = TestFolder()

    @Test func `every command prints a table for people and the result for programs`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator)
        let path = daemon.socketPath
        #expect(
            try ClientRun(["complete", "--tag", "nightly", "echo:1 2 3 4 5 6 7 8 9"], socket: path)
                .status == 0)

        let samples: [(arguments: [String], method: String, shows: [String])] = [
            (["ping"], "ping", ["the daemon answers"]),
            (["status"], "status", ["crowd-models-executor", "line_bytes_max", "8.0 MiB", "1 up"]),
            (["models"], "models.list", ["MODEL", "llama-2-7b-chat", "Q4_K_M", "-/32768"]),
            (["backends"], "backends.list", ["lmstudio", "up", simulator.url]),
            (["stats"], "stats", ["LATENCY", "nightly", "backend lmstudio", "tok/s", "P99"]),
            (["requests"], "requests.list", []),
        ]
        for sample in samples {
            let table = try ClientRun(sample.arguments, socket: path)
            #expect(table.status == 0)
            for text in sample.shows { #expect(table.output.contains(text), "\(table.output)") }
            #expect(!table.output.utf8.contains(0x1B))
            let json = try ClientRun(["--json"] + sample.arguments, socket: path)
            #expect(json.status == 0 && json.lines.count == 1)
            let called = try ClientRun(["call", sample.method], socket: path)
            #expect(names(json.json[0]) == names(called.json[0]))
        }
        let show = try ClientRun(["show", "mistral-7b-instruct"], socket: path)
        #expect(show.output.contains("32768 tokens"))
        #expect(try ClientRun(["show", "mistrall"], socket: path).status == 1)
        let loaded = try ClientRun(["models", "--state", "loaded"], socket: path)
        #expect(loaded.lines.count == 2)
        let document = try ClientRun(["openrpc"], socket: path)
        #expect(document.json.first?["openrpc"] == "1.3.2")
        let refreshed = try ClientRun(["models", "--refresh"], socket: path)
        #expect(refreshed.output == (try ClientRun(["models"], socket: path).output))
    }

    private func names(_ value: JSONValue) -> [String]? {
        value.objectValue?.members.map(\.name)
    }

    @Test func `a terminal gets bold headings, unless NO_COLOR is set`() throws {
        let daemon = StandInDaemon(in: folder) { request in
            .lines([StandInDaemon.result(request["id"]!, ["models": []])])
        }
        let terminal = try Terminal()
        for (variables, isBold) in [("", true), ("NO_COLOR=1 ", false), ("TERM=dumb ", false)] {
            let line = "TERM=xterm; export TERM; \(variables)\"$C\" help >\(terminal.path)"
            #expect(try ClientRun(shell: line).status == 0)
            #expect(try terminal.text().contains("\u{1B}[1m") == isBold)
        }
        #expect(try ClientRun(["models"], socket: daemon.path).errors.contains("no models"))
    }

    @Test func `events prints what comes until the daemon goes or ends it`() throws {
        let daemon = StandInDaemon(in: folder) { request in
            let model: JSONValue = [
                "id": "m", "backend": "b", "type": "llm", "state": "loaded",
            ]
            let data: [JSONValue] = [
                ["snapshot": ["models": [model]]],
                ["change": ["kind": "changed", "model": model]],
                ["ended": ["reason": "read faster"]],
            ]
            let events = data.enumerated().map { index, data in
                StandInDaemon.note(
                    "event",
                    [
                        "subscription": "s1", "seq": .integer(index), "topic": "models",
                        "data": data,
                    ])
            }
            let result = StandInDaemon.result(request["id"]!, ["subscription": "s1"])
            let isShort = request["params"]?["interval_ms"] == 500
            return .closing([result] + (isShort ? [events[0]] : events))
        }
        let ended = try ClientRun(["events", "models"], socket: daemon.path)
        #expect(ended.status == 1)
        // The time of day is a machine's own.
        let lines = ended.lines.map { $0.first?.isNumber == true ? String($0.dropFirst(9)) : $0 }
        #expect(
            lines == [
                "models: m loaded on b", "from here on as it happens",
                "models: changed m loaded on b",
            ])
        #expect(ended.errors.contains("read faster"))
        let closed = try ClientRun(
            ["--json", "events", "models", "stats", "-i", "0.5"], socket: daemon.path)
        #expect(closed.status == 69)
        #expect(closed.json.map { $0["seq"] } == [0])
        #expect(daemon.received[1]["params"]?["topics"] == ["models", "stats"])
    }

    @Test func `requests shows keys that cancel takes`() throws {
        let daemon = StandInDaemon(in: folder) { request in
            let id = request["id"]!
            if request["method"] == "requests.cancel" {
                let isThere = request["params"] == ["key": "17"]
                return .lines([StandInDaemon.result(id, ["cancelled": .bool(isThere)])])
            }
            let running: JSONValue = [
                "key": "17", "client": "uid:0 x", "method": "complete", "phase": "queued",
                "position": 2, "age_seconds": 61.2,
            ]
            return .lines([StandInDaemon.result(id, ["requests": [running]])])
        }
        let table = try ClientRun(["requests"], socket: daemon.path)
        let cells = table.lines.last?.split(separator: " ").map(String.init)
        #expect(
            cells == [
                "17", "uid:0", "x", "complete", "-", "-", "queued", "2", "1", "min", "1", "s", "-",
                "-",
            ])
        #expect(try ClientRun(["cancel", "17"], socket: daemon.path).status == 0)
        let unknown = try ClientRun(["cancel", "18"], socket: daemon.path)
        #expect(unknown.status == 1)
        #expect(unknown.errors.contains("no request 18"))
    }
}
