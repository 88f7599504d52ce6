import CrowdModelsProtocol
import Testing

/// `check` answers what the call would get: each call is checked, and then made.
@Suite struct CheckTests {
    /// Calls that are refused somewhere, or nowhere; none of them asks a backend for anything.
    static let calls: [(method: String, params: JSONValue)] = [
        ("ping", [:]), ("ping", ["x": 1]),
        ("status", [:]), ("status", [1]),
        ("help", ["method": "complete"]), ("help", ["method": "nope"]), ("help", [1]),
        ("check", ["method": "ping"]), ("check", ["method": "nope"]), ("check", [:]),
        ("check", ["complete", ["model": "nope", "prompt": "x"]]),
        ("check", ["check", ["models.get", ["model": "nope"]]]),
        ("rpc.discover", [:]), ("rpc.discover", [1]),
        ("models.list", ["backend": "nobody"]), ("models.list", ["type": "llm"]),
        ("models.get", ["model": "nope"]), ("models.get", [:]),
        ("models.refresh", ["backend": "nobody"]),
        ("models.load", ["model": "nope"]), ("models.load", ["model": "x", "backend": "nobody"]),
        ("models.unload", ["model": "nope"]), ("models.unload", ["model": 1]),
        ("backends.list", [:]), ("backends.list", ["x": 1]),
        ("embed", ["input": "x", "model": "nope"]), ("embed", ["input": []]),
        ("embed", ["input": "x", "model": "llama-2-7b-chat"]),
        ("embed", ["input": "x", "backend": "nobody"]),
        ("rerank", ["query": "q", "documents": ["d"], "model": "nope"]),
        ("rerank", ["query": "q", "documents": ["d"], "model": "llama-2-7b-chat"]),
        ("tokens.count", ["prompt": "x", "model": "nope"]),
        ("tokens.count", ["prompt": "x", "messages": []]), ("tokens.count", [:]),
        ("complete", ["prompt": "x", "model": "nope"]), ("complete", [:]),
        ("complete", ["prompt": "x", "backend": "nobody"]),
        ("complete", ["prompt": "x", "options": ["n": 2]]),
        ("complete", ["prompt": "x", "max_tokens": 1, "max_completion_tokens": 2]),
        ("complete", ["messages": [["role": "user", "content": "x"]], "raw": true]),
        ("complete", ["prompt": "x", "model": "text-embedding-nomic-embed-text-v1.5"]),
        ("cancel", ["id": 99]), ("cancel", ["id": [:]]),
        ("$/cancelRequest", ["id": 99]), ("$/cancelRequest", []),
        ("$/cancel_request", ["id": 99]), ("$/cancel_request", []),
        ("notifications/cancelled", ["requestId": 99]), ("notifications/cancelled", [:]),
        ("requests.list", [:]), ("requests.list", ["x": 1]),
        ("requests.cancel", ["key": "r99"]), ("requests.cancel", ["key": "nonsense"]),
        ("requests.cancel", ["key": 1]),
        ("route.explain", ["prompt": "x", "model": "nope"]), ("route.explain", ["prompt": "x"]),
        ("route.explain", [:]),
        ("stats", ["window": "1h"]), ("stats", ["window": "2m"]),
        ("subscribe", ["topics": ["dogs"]]),
        ("subscribe", ["topics": .array(Array(repeating: "log", count: 65))]),
        ("unsubscribe", ["subscription": "s9"]), ("unsubscribe", [:]),
        ("config.get", [:]), ("config.get", ["section": "log"]),
        ("config.reload", ["x": 1]), ("shutdown", ["x": 1]),
        ("initialize", ["protocolVersion": "2025-11-25"]), ("initialize", [:]),
        ("notifications/initialized", [:]), ("notifications/initialized", [1]),
        ("server/discover", [:]), ("server/discover", [1]),
        ("tools/list", [:]), ("tools/list", ["cursor": "2"]),
        ("tools/call", ["name": "list_models"]), ("tools/call", ["name": "nope"]),
        ("tools/call", ["name": "list_models", "arguments": ["x": 1]]),
        ("no.such.method", [:]),
    ]

    /// What `check` may answer with.
    static let foreseen: Set<Int> = [-32601, -32602, 1001, 1002, 1010, 1011]

    @Test func `the table asks every method`() {
        let asked = Set(Self.calls.map(\.method))
        for method in Method.all { #expect(asked.contains("\(method.name)"), "\(method.name)") }
    }

    private func compare(_ client: SocketClient) throws {
        for (method, params) in Self.calls {
            let checked = try client.request("check", [.string(method), params])
            let called = try client.request(method, params)
            let label = "\(method) \(params.text.prefix(80))"
            if let error = called["error"] {
                #expect(Self.foreseen.contains(error["code"]?.integerValue ?? 0), "\(label)")
                #expect(checked["error"] == error, "\(label)")
            } else {
                #expect(checked["result"] == ["valid": true], "\(label)")
            }
        }
    }

    @Test func `with models there, check and call say the same of each`() throws {
        let scene = try Scene()
        try compare(scene.client)
    }

    @Test func `with no backend at all, too`() throws {
        let daemon = try DaemonProcess("[discovery]\nenabled = false\n")
        let client = try daemon.connect()
        try compare(client)
        #expect(
            try client.error("check", ["complete", ["prompt": "x"]])["code"] == 1002)
    }

    @Test func `check asks no backend and queues nothing`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let client = try daemon.connect()
        for call: JSONValue in [
            ["complete", ["prompt": "x", "model": "ready"]],
            ["models.refresh", [:]],
            ["tokens.count", ["prompt": "x", "model": "ready"]],
            ["models.load", ["model": "cold"]],
            ["embed", ["input": "x", "model": "ready"]],
        ] {
            _ = try client.request("check", call)
        }
        #expect(!server.isCalled)
        #expect(try client.result("requests.list") == ["requests": []])
        #expect(try client.result("stats")["requests"]?["total"] == 0)
    }
}
