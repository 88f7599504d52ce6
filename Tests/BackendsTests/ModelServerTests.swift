import Configuration
import CrowdModelsProtocol
import HTTP
import Kernel
import TestSupport
import Testing

@testable import Backends

/// What is known of a server before it is asked, and what follows from its list.
@Suite(.tidy) struct ModelServerTests {
    @Test(arguments: [
        // endpoint, host, v0, v1, OpenAI, root
        ("http://h:1234", ["h:1234", "/api/v0", "/api/v1", "/v1", ""]),
        ("http://h:1234/v1", ["h:1234", "/api/v0", "/api/v1", "/v1", ""]),
        ("http://h:1234/api/v0", ["h:1234", "/api/v0", "/api/v1", "/v1", ""]),
        ("http://h:1234/api/v0/", ["h:1234", "/api/v0", "/api/v1", "/v1", ""]),
        ("http://h:1234/api/v1", ["h:1234", "/api/v0", "/api/v1", "/v1", ""]),
        ("http://h", ["h", "/api/v0", "/api/v1", "/v1", ""]),
        ("http://[::1]:8080/v1", ["[::1]:8080", "/api/v0", "/api/v1", "/v1", ""]),
        ("http://h/lm/api/v0", ["h", "/lm/api/v0", "/lm/api/v1", "/lm/v1", "/lm"]),
        ("http://h/lm/api/v1", ["h", "/lm/api/v0", "/lm/api/v1", "/lm/v1", "/lm"]),
        ("http://h/lm/v1/", ["h", "/lm/api/v0", "/lm/api/v1", "/lm/v1", "/lm"]),
        ("http://h/openai", ["h", "/openai/api/v0", "/openai/api/v1", "/openai", "/openai"]),
        ("unix:/run/s.sock", ["localhost", "/api/v0", "/api/v1", "/v1", ""]),
        ("unix:/run/s.sock:/api/v0", ["localhost", "/api/v0", "/api/v1", "/v1", ""]),
        ("unix:/run/s.sock:/lm/v1", ["localhost", "/lm/api/v0", "/lm/api/v1", "/lm/v1", "/lm"]),
    ])
    func `every spelling of an endpoint leads to the same APIs`(
        endpoint: String, paths: [String]
    ) throws {
        let found = ServerPaths(try Endpoint(endpoint))
        #expect([found.host, found.lmStudio, found.native, found.openAI, found.root] == paths)
    }

    @Test(arguments: [
        ("http://h:1234/v1", ServerAddress.host("h", port: 1234)),
        ("http://h", .host("h", port: 80)),
        ("http://[::1]:8080", .host("::1", port: 8080)),
        ("unix:/run/s.sock:/v1", .unix("/run/s.sock")),
    ])
    func `an endpoint is where a connection goes`(text: String, address: ServerAddress) throws {
        #expect(ServerAddress(try Endpoint(text)) == address)
    }

    /// A server that was not asked, with what a test says of it.
    private func server(
        name: String = "a", endpoint: String = "http://h:8000", key: String? = nil,
        _ change: (inout BackendConfig) -> Void = { _ in }
    ) throws -> ModelServer {
        var config = BackendConfig(name: name, endpoint: try Endpoint(endpoint))
        change(&config)
        return ModelServer(config, key: key.map { Secret($0) }, on: try EventLoop.ofTest())
    }

    @Test(
        arguments: [
            ("ollama", "http://h:9", "ollama serve"), ("Ollama-2", "http://h:9", "ollama serve"),
            ("box", "http://h:11434/v1", "ollama serve"),
            ("box", "http://h:1234", "LM Studio's Local Server tab, or: lms server start"),
            ("my-lm-studio", "http://h:9", "LM Studio's Local Server tab, or: lms server start"),
            ("box", "http://h:9931", "llama-server -m MODEL.gguf"), ("box", "http://h:9", nil),
        ] as [(String, String, String?)])
    func `who has to start it is told how, by what is known of it`(
        name: String, endpoint: String, command: String?
    ) throws {
        let server = try server(name: name, endpoint: endpoint)
        #expect(server.startHint == command)
        server.kind = .vllm
        #expect(server.startHint == "vllm serve MODEL")
        // It has gone since, and nobody knows who comes.
        server.kind = .unknown
        #expect(server.startHint == "vllm serve MODEL")
    }

    @Test func `each program that is known is told how to start`() {
        for kind in ServerKind.allCases where kind != .openai && kind != .unknown {
            #expect(ServerStart.command(of: kind.rawValue) != nil, "\(kind)")
        }
        #expect(ServerStart.command(of: "openai") == nil)
    }

    private func model(
        _ id: String, _ purpose: Model.Purpose = .llm, _ state: Model.State = .loaded,
        parallel: Int? = nil
    ) -> Model {
        var model = Model(id: id)
        model.purpose = purpose
        model.state = state
        model.parallel = parallel
        return model
    }

    @Test(arguments: [
        (BackendConfig.Kind.auto, ServerKind.unknown), (.lmstudio, .lmstudio), (.ollama, .ollama),
        (.llamaCpp, .llamaCpp), (.vllm, .vllm), (.openai, .openai),
    ])
    func `a server is of the kind that the configuration says`(
        configured: BackendConfig.Kind, kind: ServerKind
    ) throws {
        #expect(try server { $0.kind = configured }.kind == kind)
    }

    /// What each says of how many models stay loaded, and how many that is.
    private static let rooms: [(BackendConfig.Kind, [String: String], Int?)] = [
        (.lmstudio, [:], 1), (.vllm, [:], nil), (.openai, [:], nil), (.ollama, [:], 1),
        (.llamaCpp, [:], nil),
        (
            .ollama,
            [
                "/api/tags": #"{"models":[{"name":"a:1b"},{"name":"b:1b"},{"name":"c:1b"}]}"#,
                "/api/ps": #"{"models":[{"name":"a:1b"},{"name":"c:1b"}]}"#,
            ], 2
        ),
        (.llamaCpp, ["/v1/models": router], 1),
        (.llamaCpp, ["/v1/models": router, "/props": #"{"max_instances":3}"#], 3),
        (.llamaCpp, ["/v1/models": router, "/props": #"{"max_instances":0}"#], nil),
    ]

    private static let router = #"""
        {"data":[{"id":"A","owned_by":"llamacpp","status":{"value":"loaded"}},
         {"id":"B","owned_by":"llamacpp","status":{"value":"sleeping"}},
         {"id":"C","owned_by":"llamacpp","status":{"value":"unloaded"}}]}
        """#

    @Test(arguments: rooms.indices)
    func `as many models are loaded side by side as the server says or was seen to`(
        index: Int
    ) throws {
        let (kind, answers, most) = Self.rooms[index]
        let server = try server { $0.kind = kind }
        try look(server, answers)
        #expect(server.modelsMax == most)
        try look(server, answers)
        #expect(server.modelsMax == most, "what is known outlives a look that finds the same")
    }

    private func look(_ server: ModelServer, _ answers: [String: String]) throws {
        var step = server.listing.begin()
        while case .ask(let path) = step {
            let body = Array((answers[path] ?? "").utf8)
            step = server.listing.take(
                status: answers[path] == nil ? 404 : 200, location: nil, body.span)
        }
        if case .listed = step { try server.learn() }
    }

    @Test func `what is loaded there and not offered, or asleep, takes a place too`() throws {
        let chosen = try server { config in
            config.kind = .llamaCpp
            config.supportedModels = ["C"]
        }
        try look(chosen, ["/v1/models": Self.router])
        #expect(chosen.offered.all.map(\.id) == ["C"])
        #expect(chosen.loadedBeside == 2)
        let open = try server { $0.kind = .llamaCpp }
        try look(open, ["/v1/models": Self.router])
        #expect(open.loadedBeside == 1)
    }

    @Test(arguments: [
        ("a", "http://h:8000", ServerKind.unknown, "a"), ("a", "http://h:8000", .openai, "a"),
        ("a", "http://h:8000", .lmstudio, "LMStudio"), ("a", "http://h:8000", .ollama, "Ollama"),
        ("a", "http://h:8000", .vllm, "vLLM"), ("a", "http://h:8000", .llamaCpp, "llama.cpp"),
        ("lmstudio", "http://h:8000", .unknown, "LMStudio"),
        ("My LM-Studio 2", "http://h:8000", .openai, "LMStudio"),
        ("a", "http://h:1234", .unknown, "LMStudio"), ("a", "http://h:1234", .openai, "LMStudio"),
        // What it is found to be counts for more than where it is.
        ("lmstudio", "http://h:1234", .ollama, "Ollama"), ("a", "unix:/s", .unknown, "a"),
    ])
    func `a log line calls it by its program's name`(
        name: String, endpoint: String, kind: ServerKind, product: String
    ) throws {
        let server = try server(name: name, endpoint: endpoint)
        server.kind = kind
        #expect(server.productName == product)
    }

    @Test func `all that it lists is offered, or what the configuration names of it`() throws {
        let listed = [model("b"), model("a"), model("e", .embeddings)]
        let open = try server()
        open.list(listed)
        #expect(open.offered.all == listed)
        #expect(open.missing.isEmpty)
        let chosen = try server { $0.supportedModels = ["a", "x", "B", "e"] }
        chosen.list(listed)
        #expect(chosen.offered.all.map(\.id) == ["a", "e"])
        #expect(chosen.missing == ["x", "B"])
        chosen.list([])
        #expect(chosen.offered.all.isEmpty)
        #expect(chosen.missing == ["a", "x", "B", "e"])
    }

    @Test func `as many requests run at once as configured, as the server says, or four`() throws {
        let server = try server()
        #expect(server.concurrency == ModelServer.concurrencyDefault)
        server.slots = 2
        #expect(server.concurrency == 2)
        server.list([
            model("a", parallel: 3), model("b", parallel: 6), model("c"),
            model("e", .embeddings, parallel: 9), model("d", .llm, .notLoaded, parallel: 8),
        ])
        #expect(server.concurrency == 6)
        let fixed = try self.server { $0.maxConcurrent = 1 }
        fixed.list(server.models)
        #expect(fixed.concurrency == 1)
    }

    @Test func `the models that are known count in what may be held, or are not known`() throws {
        let loop = try EventLoop.ofTest()
        var config = BackendConfig(name: "a", endpoint: try Endpoint("http://h:8000/v1"))
        config.kind = .openai
        let server = ModelServer(config, key: nil, on: loop)
        func list(_ count: Int) {
            let entries = (0..<count).map { "{\"id\":\"m\($0)\"}" }
            let body = Array("{\"data\":[\(entries.joined(separator: ","))]}".utf8)
            _ = server.listing.begin()
            #expect(
                server.listing.take(status: 200, location: nil, body.span)
                    == .listed(changed: true))
        }
        list(10)
        try server.learn()
        #expect(server.models.count == 10)
        let held = loop.memory.held
        #expect(held > 10 * 1024)
        loop.memory.max = 2 * held
        list(30)
        #expect(throws: ExchangeError.crowdedOut(max: 2 * held)) { try server.learn() }
        #expect(server.models.isEmpty && loop.memory.held == 0)
        list(10)
        try server.learn()
        #expect(server.models.count == 10)
        server.close()
        #expect(loop.memory.held == 0)
    }

    @Test func `what was listed among much that is gone is listed anew, and is as it was`() throws {
        let loop = try EventLoop.ofTest()
        var config = BackendConfig(name: "a", endpoint: try Endpoint("http://h:8000/v1"))
        config.kind = .openai
        let server = ModelServer(config, key: nil, on: loop)
        func look(changed: Bool) throws -> ModelList {
            let body = Array(#"{"data":[{"id":"a name of many letters"}]}"#.utf8)
            _ = server.listing.begin()
            #expect(
                server.listing.take(status: 200, location: nil, body.span)
                    == .listed(changed: changed))
            try server.learn()
            return server.offered
        }
        var others = 0
        loop.memory.change(&others, to: 100 << 20)
        let first = try look(changed: true)
        #expect(try look(changed: false) === first)
        loop.memory.change(&others, to: 50 << 20)
        #expect(try look(changed: false) === first)
        loop.memory.change(&others, to: 0)
        #expect(try look(changed: false) === first)
        let second = try look(changed: false)
        #expect(second !== first && second.table == first.table)
        #expect(try look(changed: false) === second)
        #expect(try look(changed: false) === second)
    }

    @Test func `a list of more models than may be is none`() throws {
        var listing = Listing(.openai, at: try Endpoint("http://h:8000/v1"))
        let entries = (0...HTTPLimits.listModelsMax).map { "{\"id\":\"\($0)\"}" }
        let body = Array("{\"data\":[\(entries.joined(separator: ","))]}".utf8)
        _ = listing.begin()
        #expect(listing.take(status: 200, location: nil, body.span) == .unfinished)
        #expect(
            listing.resume { _ in true } == .failed(.notAList("more than 100000 models")))
        #expect(listing.models.isEmpty)
    }

    @Test func `a server that is down says so, and for what reason`() throws {
        let server = try server(name: "lmstudio")
        #expect(server.state == .probing)
        #expect(server.lastError == nil)
        server.markDown("Connection refused")
        #expect(server.state == .down)
        #expect(server.lastError == "Model discovery failed: Connection refused")
    }

    @Test(arguments: [
        (
            DiscoveryFailure.unreachable("Connection refused"),
            "Model discovery failed: Connection refused"
        ),
        (.status(404, words: "Not Found"), "Failed to fetch models from LMStudio: 404"),
        (.status(500, words: "locked"), "Failed to fetch models from LMStudio: 500 (locked)"),
        (.tls("expired; renew it"), "Model discovery failed: TLS: expired; renew it"),
        (.unauthorized(401), "Failed to fetch models from LMStudio: 401"),
        (
            .redirected(301, "https://h/v1/models"),
            "Failed to fetch models from LMStudio: 301, redirected to https://h/v1/models"
        ),
        (.notAList("nonsense"), "Failed to fetch models from LMStudio: nonsense"),
    ])
    func `a failed look is worded as the guide words it`(failure: DiscoveryFailure, line: String) {
        #expect(failure.message(product: "LMStudio") == line)
    }

    @Test(arguments: [
        (DiscoveryFailure.unauthorized(401), ModelServer.State.authFailed),
        (.unauthorized(403), .authFailed), (.status(429, words: nil), .rateLimited),
        (.status(500, words: nil), .down),
        (.unreachable("x"), .down), (.notAList("x"), .down), (.tls("x"), .down),
    ])
    func `what a failed look tells of the server`(
        failure: DiscoveryFailure, state: ModelServer.State
    ) throws {
        let server = try server()
        server.kind = .lmstudio
        server.finish(.failed(failure))
        #expect(server.state == state)
        #expect(server.lastError == failure.message(product: "LMStudio"))
        // Whoever listens there next may be another program.
        #expect(server.kind == .unknown)
        server.finish(.listed(changed: true))
        #expect(server.state == .up)
        #expect(server.lastError == nil)
    }

    @Test func `the daemon's own lack changes nothing about the server`() throws {
        let server = try server()
        server.finish(.failed(.lacking("Too many open files")))
        #expect(server.state == .probing)
        #expect(server.lastError == nil)
        server.kind = .lmstudio
        server.finish(.listed(changed: true))
        server.finish(.failed(.lacking("Too many open files")))
        #expect(server.state == .up)
        #expect(server.kind == .lmstudio)
        #expect(
            DiscoveryFailure.lacking("Too many open files").message(product: "LMStudio")
                == "Model discovery failed: Too many open files")
    }

    @Test(arguments: ["unix:/nowhere/none", "http://255.255.255.255:9/v1"])
    func `one that cannot be connected at once is asked again whenever somebody wants to know`(
        endpoint: String
    ) throws {
        let loop = try EventLoop.ofTest()
        let config = try BackendConfig(name: "b", endpoint: Endpoint(endpoint))
        let server = ModelServer(config, key: nil, on: loop)
        for _ in 0..<3 {
            var outcomes: [ModelServer.Outcome] = []
            server.refresh { outcomes.append($0) }
            server.refresh { outcomes.append($0) }
            #expect(outcomes.isEmpty)
            #expect(loop.run { outcomes.count == 2 })
            #expect(server.state == .down)
        }
    }

    @Test func `what was learned of a server is kept until it is another program, or gone`() throws
    {
        let server = try server()
        server.kind = .lmstudio
        func path(_ isStream: Bool) throws -> String {
            var body = ByteBuffer()
            let request = try ChatRequest.sample(#"{"prompt":"x","stream":\#(isStream)}"#)
            return server.adapter.chat(request, ChatCall(model: "m"), to: &body)
        }
        let missing = ServerFailure(.unknownRoute, status: 404)
        for isStream in [true, false] {
            let request = try ChatRequest.sample(#"{"prompt":"x","stream":\#(isStream)}"#)
            let call = server.otherCall(
                than: ChatCall(model: "m"), for: request, after: missing)
            #expect(try server.otherCall(than: #require(call), for: request, after: missing) == nil)
        }
        let learned = [try path(true), try path(false)]
        #expect(learned == ["/api/v0/chat/completions", "/v1/chat/completions"])
        server.finish(.listed(changed: true))
        #expect(try [path(true), path(false)] == learned)
        server.finish(.failed(.unreachable("gone")))
        server.kind = .lmstudio
        #expect(
            try [path(true), path(false)] == ["/v1/chat/completions", "/api/v0/chat/completions"])
    }

    @Test func `no more of a key is kept for comparison than servers repeat`() throws {
        #expect(try server().keyStart == nil)
        #expect(try server(key: "sk-lm-0123456789").keyStart == "sk-lm-01")
        #expect(try server(key: "abc").keyStart == "abc")
    }
}
