import CrowdModelsProtocol
import Glibc
import Link
import Screen
import Testing

@testable import Commands

/// What agents are told, and in which words a shell is.
@Suite struct AgentTests {
    private static func model(
        _ id: String, state: String = "not-loaded", aliases: [String] = [], type: String = "llm"
    ) -> ModelDescription {
        var model = ModelDescription(id: id, backend: "b", type: type, state: state)
        model.aliases = aliases
        model.maxContextLength = 32_768
        return model
    }

    private static var target: Agent.Target {
        var loaded = model("it's a \"model\"", state: "loaded")
        loaded.loadedContextLength = 8192
        return Agent.Target(
            url: "http://127.0.0.1:9", socketPath: "/run/s.sock", model: loaded,
            models: [loaded, model("eye", type: "vlm")])
    }

    private static func told(_ name: String) throws -> [String: String] {
        let setup = try #require(Agent.named(name)).setup(target)
        return Dictionary(uniqueKeysWithValues: setup.variables.map { ($0.name, $0.value) })
    }

    @Test func `every agent has a name of its own, and is told where and what to ask`() {
        #expect(Set(Agent.all.map(\.name)).count == Agent.all.count)
        for agent in Agent.all {
            let setup = agent.setup(Self.target)
            let said =
                (setup.variables.map(\.value) + setup.arguments
                + (setup.folder.map { Array($0.files.values) } ?? [])).joined(separator: "\n")
            #expect(
                said.contains(agent.takesSocket ? "/run/s.sock" : "127.0.0.1:9"), "\(agent.name)")
            // Ollama's client names its model on its own command line.
            #expect(said.contains("model") || agent.name == "ollama", "\(agent.name)")
            #expect(Set(setup.variables.map(\.name)).count == setup.variables.count)
            #expect(Agent.list.contains("  \(agent.name) "))
        }
    }

    @Test func `Claude Code is told the socket, one model for all sizes, and the context`() throws {
        let told = try Self.told("claude")
        #expect(told["ANTHROPIC_UNIX_SOCKET"] == "/run/s.sock")
        #expect(told["ANTHROPIC_DEFAULT_HAIKU_MODEL"] == Self.target.model.id)
        #expect(told["CLAUDE_CODE_MAX_CONTEXT_TOKENS"] == "8192")
        // A key of the user's own would go before the token.
        #expect(told["ANTHROPIC_API_KEY"] == "")
    }

    @Test func `Codex is told by arguments that are TOML`() throws {
        let arguments = try #require(Agent.named("codex")).setup(Self.target).arguments
        #expect(arguments.contains(#"model="it's a \"model\"""#))
        #expect(
            arguments.contains(
                #"model_providers.crowd-models.base_url="http://127.0.0.1:9/v1""#))
        #expect(arguments.enumerated().allSatisfy { $0.offset % 2 == 1 || $0.element == "-c" })
    }

    @Test func `OpenCode is told by JSON, with every model`() throws {
        let text = try #require(try Self.told("opencode")["OPENCODE_CONFIG_CONTENT"])
        let json = try JSONValue(parsing: text)
        let provider = json["provider"]?["crowd-models"]
        #expect(provider?["models"]?.objectValue?.members.count == 2)
        #expect(provider?["models"]?["eye"]?["limit"]?["context"] == 32_768)
        #expect(json["model"]?.stringValue == "crowd-models/" + Self.target.model.id)
    }

    @Test(
        arguments: [
            (nil, "", "ready"), ("other", "", "other-7b"), ("fast", "", "other-7b"),
            (nil, "other-7b", "other-7b"), ("ready", "other-7b", "ready"),
        ] as [(String?, String, String)])
    func `an agent begins with the model that complete would ask`(
        _ wanted: String?, _ byDefault: String, _ chosen: String
    ) throws {
        let models = [
            Self.model("other-7b", aliases: ["fast"]), Self.model("ready", state: "loaded"),
            Self.model("vectors", state: "loaded", type: "embeddings"),
            Self.model("ready", state: "loaded"),
        ]
        let found = try AgentModels(models, wanted: wanted, byDefault: byDefault)
        #expect(found.first.id == chosen)
        #expect(found.all.map(\.id) == ["other-7b", "ready"])
    }

    @Test func `what runs elsewhere is not chosen, and can be named`() throws {
        var remote = Self.model("big-cloud", state: "loaded")
        remote.isRemote = true
        let models = [remote, Self.model("own")]
        #expect(try AgentModels(models, wanted: nil, byDefault: "").first.id == "own")
        #expect(try AgentModels(models, wanted: "cloud", byDefault: "").first.id == "big-cloud")
        #expect(throws: Failure.self) {
            try AgentModels([remote], wanted: nil, byDefault: "")
        }
    }

    @Test func `where none stands out, the choices are named`() {
        for (models, wanted) in [
            ([Self.model("a"), Self.model("b")], nil), ([Self.model("a")], "c"),
            ([Self.model("v", type: "embeddings")], nil),
        ] as [([ModelDescription], String?)] {
            let failure = #expect(throws: Failure.self) {
                try AgentModels(models, wanted: wanted, byDefault: "")
            }
            #expect(failure?.code == .failed)
            #expect(failure?.message.contains(models.count == 2 ? "a, b" : "no ") == true)
        }
    }

    @Test func `each shell gets lines that it reads`() {
        let text = #"it's a \ "word""#
        #expect(ShellLines("/bin/zsh").setting("A", to: text) == #"export A='it'\''s a \ "word"'"#)
        let fish = ShellLines("/usr/bin/fish")
        #expect(fish.setting("A", to: text) == #"set -gx A 'it\'s a \\ "word"'"#)
        #expect(ShellLines("sh").alias("codex", for: "x launch") == "alias codex='x launch'")
    }

    @Test func `a proxy is not asked for what is on this machine`() {
        #expect(ProxyExemption.variables { _ in nil }.isEmpty)
        let own = ["HTTP_PROXY": "http://p", "no_proxy": "x.org"]
        let variables = ProxyExemption.variables { own[$0] }
        #expect(variables.map(\.name) == ["no_proxy", "NO_PROXY"])
        #expect(variables[0].value == "x.org,127.0.0.1,localhost,::1")
    }

    @Test(
        arguments: [
            ("127.0.0.1:11434", "http://127.0.0.1:11434"), ("0.0.0.0:80", "http://127.0.0.1:80"),
            ("[::1]:8000", "http://[::1]:8000"), ("[::]:8000", "http://[::1]:8000"), ("", nil),
            ("127.0.0.1:0", nil), ("127.0.0.1", nil), ("127.0.0.1:70000", nil), ("host:80", nil),
        ] as [(String, String?)])
    func `an address to listen at is one to connect to`(_ text: String, _ url: String?) {
        #expect(ListenAddress(text)?.url == url)
    }

    @Test func `the kernel's list says whose a socket is`() {
        let rows = SocketOwner.rows(
            of: """
                sl local_address rem_address st tx_queue rx_queue tr tm->when retrnsmt uid
                0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 0 1
                1: 0000000000000000FFFF00000100007F:C350 0000000000000000FFFF00000100007F:1F90 \
                01 00000000:00000000 00:00000000 00000000  1001 0 2
                2: 0100007F:C350 0100007F:1F90 06 00000000:00000000 03:00001770 00000000  0 0 0
                nonsense
                """)
        #expect(rows.map(\.uid) == [1000, 1001, 0])
        // What was closed reads as root's.
        #expect(rows.map(\.isHeld) == [true, true, false])
        #expect(SocketOwner.isSame(rows[0].local, .loopback(8080)))
        #expect(!SocketOwner.isSame(rows[0].local, .loopback(8081)))
        #expect(SocketOwner.isSame(rows[1].local, .loopback(50_000)))
    }
}
