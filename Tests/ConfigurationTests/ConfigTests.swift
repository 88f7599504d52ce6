import CrowdModelsProtocol
import Testing

@testable import Configuration

/// What a valid file means.
@Suite struct ConfigTests {
    @Test func `an empty file is the defaults`() throws {
        let config = try load("")
        #expect(config == Config())
        #expect(config.backends.isEmpty)
        #expect(config.server.mode == 0o600)
        #expect(config.server.shutdownTimeout == 30)
        #expect(config.discovery.enabled)
        #expect(config.discovery.hosts == ["127.0.0.1", "::1"])
        #expect(config.discovery.interval == 1)
        #expect(config.log.level == .info)
        #expect(config.limits == Limits())
        #expect(config.http == Config.HTTP())
    }

    @Test(arguments: [
        ("127.0.0.1:11434", "127.0.0.1", 11434), ("[::1]:8000", "::1", 8000),
        ("0.0.0.0:1", "0.0.0.0", 1), ("localhost:65535", "127.0.0.1", 65535),
        ("127.0.0.1:0", "127.0.0.1", 0),
    ])
    func `a place to listen is an address and a port`(
        text: String, host: String, port: UInt16
    ) throws {
        let config = try load(
            "[http]\nlisten = '\(text)'\nhosts = ['box.local']\norigins = ['http://a:1']")
        let listen = try #require(config.http.listen)
        #expect(listen.host == host && listen.port == port && listen.text == text)
        #expect(config.http.hosts == ["box.local"] && config.http.origins == ["http://a:1"])
        #expect(config.tree["http"]?["listen"] == .string(text))
    }

    @Test(arguments: [
        "11434", ":11434", "127.0.0.1", "127.0.0.1:", "127.0.0.1:-0", "127.0.0.1:65536",
        "127.0.0.1:+1", "::1:8000", "[127.0.0.1]:1", "[::1]", "example.com:80",
        "http://127.0.0.1:1", "127.0.0.256:1",
    ])
    func `what is no such place is none`(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test func `without a file there is LM Studio at its default place`() {
        let backends = Config.builtIn.backends
        #expect(backends.map(\.name) == ["lmstudio"])
        #expect(backends.map(\.endpoint.serverRoot.description) == ["http://localhost:1234"])
        #expect(Config.builtIn.discovery.enabled)
    }

    static let guideBasic = """
        [[llm_backends]]
        name = "lmstudio"
        endpoint = "http://localhost:1234/api/v0"
        # No API key needed for local LMStudio
        supported_models = []  # Leave empty for auto-discovery
        rate_limit = 100      # Higher limit for local processing
        """

    static let guideCustom = """
        [[llm_backends]]
        name = "lmstudio"
        endpoint = "http://localhost:1234/api/v0"
        supported_models = ["llama-2-7b-chat", "mistral-7b-instruct"]  # Specify exact models
        rate_limit = 50
        """

    @Test func `the guide's basic example loads as it stands`() throws {
        let config = try load(Self.guideBasic)
        let backend = try #require(config.backends.first)
        #expect(config.backends.count == 1)
        #expect(backend.name == "lmstudio")
        #expect(backend.endpoint.basePath == "/api/v0")
        #expect(backend.supportedModels.isEmpty)
        #expect(backend.rateLimit == 100)
        #expect(backend.kind == .auto)
        #expect(backend.keySource == .automatic)
        #expect(backend.timeout == 300)
        #expect(backend.connectTimeout == 5)
        #expect(config.origins["llm_backends.lmstudio.endpoint"]?.description == "3:12")
    }

    @Test func `the guide's custom example loads as it stands`() throws {
        let backend = try #require(try load(Self.guideCustom).backends.first)
        #expect(backend.supportedModels == ["llama-2-7b-chat", "mistral-7b-instruct"])
        #expect(backend.rateLimit == 50)
    }

    static let full = """
        default_model = "fast"
        [server]
        socket = "/run/x.sock"
        mode = "0666"
        idle_exit = 60
        shutdown_timeout = 0.5
        admin_uids = [0, 1000]
        allowed_uids = [4294967294]
        allowed_gids = [100]
        [discovery]
        enabled = false
        interval = 0.5
        hosts = ["box.local", "::1", "10.0.0.1"]
        ports = [1, 65535]
        [[llm_backends]]
        name = "a b"
        endpoint = "unix:/run/llama.sock:/v1"
        kind = "llama.cpp"
        api_key = "sk-1"
        supported_models = ["m"]
        rate_limit = 1
        max_concurrent = 2
        priority = -3
        timeout = 1.25
        connect_timeout = 2
        [[llm_backends]]
        name = "b"
        endpoint = "http://h/x/"
        api_key_env = "KEY"
        [[llm_backends]]
        name = "c"
        endpoint = "http://h:2"
        api_key_file = "/etc/key"
        [[llm_backends]]
        name = "d"
        endpoint = "http://h:3"
        api_key_credential = "key"
        [aliases]
        fast = "quick"
        quick = "qwen3-4b"
        "qwen2.5" = "qwen2.5-7b"
        best = ["qwen2.5", "fast", "qwen3-4b", "small"]
        [limits]
        line_bytes_max = 1024
        depth_max = 1024
        batch_max = 1
        connections_max = 2
        connections_per_uid_max = 3
        in_flight_per_connection_max = 4
        queue_max = 5
        memory_max = 2097152
        output_bytes_max = 4096
        list_bytes_max = 65536
        error_body_bytes_max = 1024
        write_stall = 0.1
        [log]
        level = "debug"
        format = "json"
        """

    @Test func `every key of the file reaches its place`() throws {
        let config = try load(Self.full)
        #expect(config.defaultModel == "fast")
        #expect(config.server.socket == "/run/x.sock")
        #expect(config.server.mode == 0o666)
        #expect(config.server.idleExit == 60)
        #expect(config.server.shutdownTimeout.nanoseconds == 500_000_000)
        #expect(config.server.adminUIDs == [0, 1000])
        #expect(config.server.allowedUIDs == [4_294_967_294])
        #expect(config.server.allowedGIDs == [100])
        #expect(!config.discovery.enabled)
        #expect(config.discovery.interval == 0.5)
        #expect(config.discovery.hosts == ["box.local", "::1", "10.0.0.1"])
        #expect(config.discovery.ports == [1, 65535])
        let backend = config.backends[0]
        #expect(backend.name == "a b")
        #expect(backend.endpoint.socketPath == "/run/llama.sock")
        #expect(backend.endpoint.basePath == "/v1")
        #expect(backend.kind == .llamaCpp)
        #expect(backend.supportedModels == ["m"])
        #expect(backend.rateLimit == 1)
        #expect(backend.maxConcurrent == 2)
        #expect(backend.priority == -3)
        #expect(backend.timeout == 1.25)
        #expect(backend.connectTimeout == 2)
        #expect(
            config.backends.map(\.keySource) == [
                .literal(Secret("sk-1")), .variable("KEY"), .file("/etc/key"), .credential("key"),
            ])
        #expect(config.limits.lineBytesMax == 1024)
        #expect(config.limits.outputPauseBytes == 2048)
        #expect(config.limits.listBytesMax == 65536)
        #expect(config.limits.errorBodyBytesMax == 1024)
        #expect(config.limits.writeStall == 0.1)
        #expect(config.log == Config.Log(level: .debug, format: .json))
    }

    @Test func `aliases are followed to their model`() throws {
        let config = try load(Self.full)
        #expect(config.model(named: "fast") == "qwen3-4b")
        #expect(config.model(named: "qwen2.5") == "qwen2.5-7b")
        #expect(config.model(named: "other") == "other")
    }

    @Test func `a list of models is a chain in which none stands twice`() throws {
        let config = try load(Self.full)
        #expect(config.chain(for: "best") == ["qwen2.5-7b", "qwen3-4b", "small"])
        #expect(config.model(named: "best") == "qwen2.5-7b")
        #expect(config.chain(for: "other") == ["other"])
        #expect(
            config.tree["aliases"]?["best"]
                == .array([
                    .string("qwen2.5"), .string("fast"), .string("qwen3-4b"), .string("small"),
                ]))
    }

    @Test func `what is written into the tree is what was read`() throws {
        let tree = try load(Self.full).tree
        #expect(tree["server"]?["mode"] == .string("0666"))
        #expect(tree["server"]?["shutdown_timeout"] == .double(0.5))
        #expect(tree["server"]?["idle_exit"] == 60)
        #expect(tree["limits"]?["queue_max"] == 5)
        guard case .array(let backends)? = tree["llm_backends"] else {
            Issue.record("llm_backends is no array")
            return
        }
        #expect(backends[0]["api_key"] == .string("***"))
        #expect(backends[1]["api_key_env"] == .string("KEY"))
        #expect(backends[0]["kind"] == .string("llama.cpp"))
        #expect(backends[0]["rate_limit"] == 1)
        #expect(backends[1]["rate_limit"] == nil)
        #expect(!"\(tree)".contains("sk-1"))
    }

    @Test func `the tree has every key that the file may have`() throws {
        let tree = try load(Self.full).tree
        for section in Config.sections where section.name.hasPrefix("[") {
            let name = section.name.filter { !"[]".contains($0) }
            var shown: [String] = []
            switch tree[name] {
            case .object(let section)?: shown = section.members.map(\.name)
            case .array(let backends)?:
                for case .object(let backend) in backends { shown += backend.members.map(\.name) }
            default: Issue.record("\(name) is missing")
            }
            #expect(Set(shown) == Set(section.keys), "\(section.name)")
        }
    }

    @Test func `a secret is never printed`() throws {
        let config = try load(Self.full)
        var dumped = ""
        dump(config, to: &dumped)
        for text in ["\(config)", String(reflecting: config), dumped, "\(Secret("sk-1"))"] {
            #expect(!text.contains("sk-1"))
            #expect(text.contains("***"))
        }
        #expect(Secret("sk-1").revealed == "sk-1")
    }

    @Test func `each limit has its default within its range`() {
        for key in Limits.keys {
            #expect(key.range.contains(Limits()[keyPath: key.path]), "\(key.name)")
        }
        #expect(Limits.writeStallRange.contains(Limits().writeStall.value))
        #expect(Limits().outputPauseBytes == 1 << 20)
        #expect(Limits().lineBytesMax == 8 << 20)
        #expect(Limits().depthMax == 128)
    }

    @Test func `changes are named by section, backend and key`() throws {
        let old = try load(Self.full)
        #expect(Config.changes(from: old, to: old) == [])
        var new = old
        new.server.mode = 0o600
        new.limits.queueMax = 6
        new.backends[0].keySource = .literal(Secret("sk-2"))
        new.backends[0].timeout = 9
        new.backends[1].name = "e"
        new.backends[2].rateLimit = 7
        new.aliases.removeFirst()
        #expect(
            Config.changes(from: old, to: new) == [
                "server.mode", "llm_backends.\"a b\".api_key", "llm_backends.\"a b\".timeout",
                "llm_backends.e", "llm_backends.c.rate_limit", "llm_backends.b", "aliases.fast",
                "limits.queue_max",
            ])
        new = old
        new.backends.swapAt(0, 1)
        #expect(Config.changes(from: old, to: new) == ["llm_backends"])
    }
}
