import CrowdModelsProtocol
import Testing

/// The daemon says itself what it can do, and can do what it says.
@Suite struct IntrospectionTests {
    let server = ScriptedServer()
    let daemon: DaemonProcess
    let client: SocketClient

    init() throws {
        daemon = try server.daemon()
        client = try daemon.connect()
    }

    /// Of each method a call by name, the same by position, and one that is wrong.
    static let calls: [(method: String, named: JSONValue, placed: JSONValue, wrong: JSONValue)] = [
        ("ping", [:], [], ["x": 1]),
        ("status", [:], [], [1]),
        ("help", ["method": "ping"], ["ping"], ["method": 5]),
        (
            "check", ["method": "ping", "params": [:]], ["ping", []],
            ["method": "ping", "param": [:]]
        ),
        ("rpc.discover", [:], [], [.null]),
        (
            "models.list", ["type": "llm", "state": .null, "backend": "scripted"],
            ["scripted", "llm", "loaded"], ["type": "dog"]
        ),
        ("models.get", ["model": "ready"], ["ready"], [:]),
        ("models.refresh", ["backend": "scripted"], ["scripted"], ["backend": "nobody"]),
        ("backends.list", [:], [], ["backend": "scripted"]),
        ("models.load", ["model": "ready"], ["ready"], [:]),
        ("models.unload", ["model": "ready"], ["ready"], ["model": 1]),
        ("embed", ["input": "x"], ["x"], ["input": []]),
        (
            "rerank", ["query": "q", "documents": ["d"]], ["q", ["d"]],
            ["query": "q", "documents": "d"]
        ),
        (
            "tokens.count", ["model": "ready", "prompt": "x"], ["ready", .null, "x"],
            ["prompt": "x", "messages": [["role": "user", "content": "x"]]]
        ),
        (
            "complete", ["model": "ready", "prompt": "x"], ["ready", "x"],
            ["model": "ready", "prompt": "x", "messages": [["role": "user", "content": "x"]]]
        ),
        ("cancel", ["id": 99], [99], ["id": [:]]),
        ("$/cancelRequest", ["id": "x"], [.null], []),
        ("$/cancel_request", ["id": "x"], [.null], []),
        (
            "notifications/cancelled", ["requestId": "x", "reason": "r", "more": 1], [1],
            ["reason": "r"]
        ),
        ("requests.list", [:], [], ["x": 1]),
        ("requests.cancel", ["key": "r99"], ["r99"], ["key": 99]),
        (
            "route.explain", ["model": "ready", "prompt": "x"], ["ready", "x"],
            ["model": "ready", "prompt": 1]
        ),
        (
            "stats", ["window": "1m", "format": "prometheus"], ["total", "json"],
            ["window": "2m"]
        ),
        (
            "subscribe", ["topics": ["log"], "interval_ms": 1000], [["log", "stats"]],
            ["topics": ["dogs"]]
        ),
        ("unsubscribe", ["subscription": "s1"], ["s1"], ["name": "s1"]),
        ("config.get", [:], [], ["section": "limits"]),
        ("config.reload", [:], [], ["x": 1]),
        ("shutdown", [:], [], ["x": 1]),
        (
            "initialize", ["protocolVersion": "2025-11-25", "more": 1], ["2025-11-25"],
            ["capabilities": [:]]
        ),
        ("notifications/initialized", ["more": 1], [], [1]),
        ("server/discover", ["more": 1], [], [1]),
        ("tools/list", [:], [], ["cursor": "2"]),
        (
            "tools/call", ["name": "list_models", "more": 1], ["list_models", [:]],
            ["name": "list_models", "arguments": ["x": 1]]
        ),
    ]

    /// What belongs to later work and is unknown until then.
    static let unknown = ["gpu.release", "models.pull", "jobs.list"]

    @Test func `the table has every method`() {
        #expect(Self.calls.map(\.method) == Method.all.map { "\($0.name)" })
    }

    @Test(arguments: calls.indices)
    func `a method answers by name, by position and not at all to nonsense`(_ index: Int) throws {
        let (method, named, placed, wrong) = Self.calls[index]
        // What ends the daemon, or is beyond the scripted server, is asked elsewhere.
        let elsewhere = [
            "shutdown", "config.reload", "models.load", "models.unload", "embed", "rerank",
        ]
        let isAsked = !elsewhere.contains(method)
        for params in [named, placed] where isAsked {
            #expect(try client.result("check", [.string(method), params]) == ["valid": true])
            let id = client.start(method, params)
            if method == "complete" { try server.acceptRequest().answer("y") }
            if method == "models.refresh" { try server.listModels() }
            #expect(try client.answer(to: id)["result"] != nil, "\(method) \(params.text)")
        }
        // `check` says what the call says.
        let refusal = try client.error(method, wrong)
        #expect(refusal["code"] == -32602, "\(method)")
        #expect(try client.error("check", [.string(method), wrong]) == refusal, "\(method)")
        // One parameter more than it has, and one that nobody has.
        let known = Method.all[index].parameters
        let surplus = JSONValue.array(Array(repeating: .null, count: known.count + 1))
        let tooMany = try client.error(method, surplus)
        #expect(tooMany["code"] == -32602)
        for parameter in known {
            #expect(tooMany["message"]?.stringValue?.contains("`\(parameter.name)`") == true)
        }
        let isBorne = Method.all[index].bearsUnknown
        if !isBorne {
            let stranger = try client.error(method, ["zzz_nobody": 1])
            #expect(stranger["code"] == -32602)
            #expect(stranger["message"]?.stringValue?.contains("`zzz_nobody`") == true)
            #expect(stranger["data"]?["parameter"] == "zzz_nobody")
        }
        for parameter in known where !isBorne {
            let slip = parameter.name + "x"
            let error = try client.error(method, [slip: 1])
            #expect(error["data"]?["nearest"]?.stringValue == parameter.name, "\(slip)")
            #expect(error["message"]?.stringValue?.contains("`\(parameter.name)`") == true)
        }
        let needsOneOf = ["complete", "route.explain", "tokens.count"]
        // Absent, null, empty by position and by name are the same.
        let spellings = ["", #","params":null"#, #","params":[]"#, #","params":{}"#]
        if known.allSatisfy({ !$0.isRequired }), !needsOneOf.contains(method), isAsked {
            var kinds: Set<String> = []
            for spelling in spellings {
                client.send(line: #"{"jsonrpc":"2.0","id":"e","method":"\#(method)"\#(spelling)}"#)
                if method == "models.refresh" { try server.listModels() }
                let answer = try client.answer(to: "e")
                kinds.insert(answer["result"]?.objectValue?.members.map(\.name).joined() ?? "none")
            }
            #expect(kinds.count == 1 && !kinds.contains("none"), "\(method): \(kinds)")
        } else if isAsked {
            for spelling in spellings {
                client.send(line: #"{"jsonrpc":"2.0","id":"e","method":"\#(method)"\#(spelling)}"#)
                #expect(try client.answer(to: "e")["error"]?["code"] == -32602)
            }
        }
        // As a notification it is silent, right or wrong.
        client.notify(method, wrong)
        if !Method.all[index].actsAsNotification { client.notify(method, named) }
        #expect(try client.result("ping") == ["ok": true])
        #expect(
            client.notifications.allSatisfy { method == "subscribe" && $0["method"] == "event" })
        #expect(!server.isCalled)
    }

    @Test func `help lists every method, and describes each as rpc.discover does`() throws {
        let listed = try client.result("help")["methods"]?.arrayValue ?? []
        #expect(listed.map { $0["name"]?.stringValue } == Method.all.map { "\($0.name)" })
        let document = try client.result("rpc.discover")
        let described = document["methods"]?.arrayValue ?? []
        #expect(described.count == Method.all.count)
        for (entry, whole) in zip(listed, described) {
            #expect(entry["summary"] == whole["summary"])
            #expect(try client.result("help", [entry["name"] ?? .null]) == whole)
        }
        let slip = try client.error("help", ["models.lists"])
        #expect(slip["code"] == -32601)
        #expect(slip["data"]?["nearest"] == "models.list")
    }

    @Test func `rpc.discover is what --print-openrpc prints`() throws {
        let printed = try ChildProcess(
            BuiltProducts.path("crowd-models-executor"), ["--print-openrpc"]
        ).readToEnd()
        client.send(line: #"{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}"#)
        let answered = try client.readLine() ?? ""
        let document = printed.last == "\n" ? String(printed.dropLast()) : printed
        #expect(answered == #"{"jsonrpc":"2.0","id":1,"result":\#(document)}"#)
        let names = try client.result("rpc.discover")["x-notifications"]?.objectValue?.members
        #expect(
            names?.map(\.name) == [
                "complete.delta", "complete.progress", "event", "notifications/progress",
            ])
    }

    @Test(arguments: unknown)
    func `what comes later is unknown and appears nowhere`(_ name: String) throws {
        #expect(try client.error(name)["code"] == -32601)
        #expect(try client.error("help", [.string(name)])["code"] == -32601)
        #expect(try client.error("check", [.string(name)])["code"] == -32601)
        client.send(line: #"{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}"#)
        let document = try client.readLine() ?? ""
        #expect(!document.contains("\"\(name)\""))
        #expect(!document.contains("`\(name)`"))
    }

    @Test func `a parameter that is given twice is refused by its name`() throws {
        for params in [
            #"{"type":"llm","type":"llm"}"#, #"{"type":"llm","t\u0079pe":null}"#,
            #"{"type":null,"state":null,"type":"llm"}"#,
        ] {
            client.send(
                line: #"{"jsonrpc":"2.0","id":1,"method":"models.list","params":\#(params)}"#)
            let error = try client.readMessage()?["error"]
            #expect(error?["code"] == -32602)
            #expect(error?["data"]?["parameter"] == "type")
        }
    }

    @Test func `a check runs nothing`() throws {
        for method in ["complete", "models.refresh", "subscribe", "unsubscribe", "cancel"] {
            let params = Self.calls.first { $0.method == method }?.named ?? [:]
            #expect(try client.result("check", [.string(method), params]) == ["valid": true])
        }
        #expect(try client.error("check", ["check", ["check", ["nothing"]]])["code"] == -32601)
        #expect(try client.error("check", ["help", ["nothing"]])["code"] == -32601)
        let backend: JSONValue = ["prompt": "x", "backend": "script"]
        let error = try client.error("check", ["complete", backend])
        #expect(error["code"] == -32602)
        #expect(error["data"]?["nearest"] == "scripted")
        for (method, params) in [
            ("complete", ["prompt": "x", "model": "raedy"]), ("models.get", ["model": "raedy"]),
            ("config.reload", [:]),
        ] as [(String, JSONValue)] {
            let told = try client.error("check", [.string(method), params])
            #expect(told == (try client.error(method, params)))
            #expect(told["code"] == (method == "config.reload" ? 1010 : 1001))
        }
        #expect(try client.result("check", ["shutdown"]) == ["valid": true])
        #expect(try client.result("requests.list") == ["requests": []])
        #expect(client.notifications.isEmpty)
        #expect(!server.isCalled)
    }

    @Test func `a name of a megabyte is refused in a short line`() throws {
        let name = String(repeating: "é", count: 500_000)
        for (error, words) in [
            (try client.error("ping", [name: 1]), "ééé…"),
            (try client.error("models.list", ["type": .string(name)]), "ééé…"),
            (try client.error("subscribe", [[.string(name)]]), "no more than 4096 bytes"),
            (try client.error(name), "name_bytes_max"),
            (try client.error("help", [.string(name)]), "name_bytes_max"),
            (try client.error("models.list", ["backend": .string(name)]), "name_bytes_max"),
            (try client.error("models.get", [.string(name)]), "name_bytes_max"),
            (
                try client.error("complete", ["prompt": "x", "model": .string(name)]),
                "name_bytes_max"
            ),
        ] {
            #expect(error["message"]?.stringValue?.contains(words) == true)
            #expect(error.text.utf8.count < 2000)
            #expect(error["data"]?["nearest"]?.stringValue == nil)
        }
    }
}
