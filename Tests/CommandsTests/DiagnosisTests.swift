import CrowdModelsProtocol
import Testing

@testable import Commands

/// What the doctor makes of what was found.
@Suite struct DiagnosisTests {
    private func backend(
        _ state: String, models: Int = 1, origin: String = "configured", name: String = "my-lms"
    ) throws -> BackendDescription {
        try BackendDescription(
            json: [
                "name": .string(name), "kind": "lmstudio", "endpoint": "http://localhost:1234",
                "state": .string(state), "origin": .string(origin), "models": .integer(models),
                "in_flight": 0, "queued": 0, "last_error": "Connection refused",
            ])
    }

    private func findings() throws -> Findings {
        var findings = Findings()
        findings.socket = "/s"
        findings.backends = [try backend("up")]
        findings.models = [
            try ModelDescription(
                json: ["id": "m", "backend": "b", "type": "llm", "state": "loaded"])
        ]
        return findings
    }

    private func trouble(_ findings: Findings) -> [Check] {
        Diagnosis.checks(findings).filter { $0.verdict != .ok }
    }

    @Test func `where all is well nothing is wrong`() throws {
        #expect(trouble(try findings()).isEmpty)
    }

    @Test func `nobody misses the LM Studio that nobody configured, where others serve`() throws {
        var findings = try findings()
        findings.backends.append(try backend("down", name: "lmstudio"))
        #expect(trouble(findings).isEmpty)
        findings.configuration = .init(path: "/c")
        #expect(trouble(findings).map(\.verdict) == [.trouble], "it is configured")
        findings.configuration = nil
        findings.backends.removeFirst()
        #expect(trouble(findings).map(\.verdict) == [.trouble], "there is nothing else")
    }

    @Test func `a port that somebody else has is trouble, and one that is served is not`() throws {
        var findings = try findings()
        findings.http = "127.0.0.1:8000"
        #expect(trouble(findings).isEmpty)
        findings.http = nil
        findings.httpProblem = "127.0.0.1:8000 is taken by ollama (pid 7)"
        let check = try #require(trouble(findings).first)
        #expect(check.name == "http" && check.message == findings.httpProblem)
        #expect(check.command?.contains("[http]") == true)
    }

    @Test func `an LM Studio that runs without its server is told, and what turns it on`() throws {
        var findings = try findings()
        findings.isLMStudioRunning = true
        let check = try #require(trouble(findings).first)
        #expect(check.name == "LM Studio" && check.verdict == .warning)
        #expect(check.message == "LM Studio is running but its server is off")
        #expect(check.command == "lms server start")
    }

    @Test func `without a daemon nothing else is looked at but the configuration`() {
        var findings = Findings()
        findings.noDaemon = "there is no socket"
        findings.unit = "systemctl --user enable --now x"
        findings.configuration = .init(path: "/c", problems: ["3:1: unknown key"])
        let checks = Diagnosis.checks(findings)
        #expect(checks.map(\.name) == ["daemon", "configuration"])
        #expect(checks[0].command == "systemctl --user enable --now x")
        #expect(checks[1].message == "/c:3:1: unknown key")
    }

    @Test func `a server that was found gets its key by being configured`() throws {
        var findings = try findings()
        findings.backends.append(try backend("auth_failed", origin: "discovered"))
        let check = try #require(trouble(findings).first)
        #expect(check.verdict == .warning)
        #expect(check.command?.contains("endpoint = \"http://localhost:1234\"") == true)
    }

    @Test func `a socket that this user may not use is told with what lets him in`() throws {
        var findings = Findings()
        findings.noDaemon = "you may not connect to /run/s"
        findings.isBarred = true
        findings.unit = "systemctl enable --now x"
        let check = try #require(trouble(findings).first)
        #expect(check.command?.contains("usermod -a -G crowd-models") == true)
    }

    @Test func `every trouble there is has a command`() throws {
        var findings = try findings()
        findings.backends = try ["down", "auth_failed", "rate_limited", "probing", "up"].map {
            try backend($0, models: 0)
        }
        findings.backends += [try backend("auth_failed", origin: "discovered"), try backend("up")]
        findings.backends[6].breaker = "open"
        findings.models = []
        findings.httpProblem = "taken"
        findings.isLMStudioRunning = true
        findings.configuration = .init(path: "/c", problems: ["1:1: no"], isKeyExposed: true)
        findings.logged = ["last"]
        let troubles = trouble(findings)
        #expect(troubles.count == 12)
        for check in troubles { #expect(check.command?.isEmpty == false, "\(check)") }
        findings.configuration = .init(path: "/c", isKeyExposed: true)
        #expect(trouble(findings).allSatisfy { $0.command?.isEmpty == false })
    }

    @Test(arguments: [
        // Another path, one that should be right, and a server's own trouble.
        ("http://h:1/foo", "Failed to fetch models from OpenAI: 404", "endpoint = \"http://h:1\""),
        ("http://h:1/v1", "Failed to fetch models from OpenAI: 404", "sport = :1"),
        ("http://h:1", "Failed to fetch models from OpenAI: 404", "curl -i http://h:1/v1/models"),
        ("http://h:1/v1", "Failed to fetch models from OpenAI: 500 (no)", "curl -i http://h:1/v1"),
        // Another program.
        (
            "http://h:1/v1",
            "Failed to fetch models from OpenAI: the answer is no list of models", "sport = :1"
        ),
        ("http://h/v1", "Failed to fetch models from OpenAI: x", "sport = :80"),
        (
            "http://h:1/v1",
            "Model discovery failed: a Crowd Models Executor answers there, which is no model server",
            "set the endpoint"
        ),
        (
            "http://h:1", "Failed to fetch models from X: 301, redirected to https://h/v1/models",
            "endpoint = \"https://h/v1\""
        ),
        // Nobody.
        ("http://h:1/v1", "Model discovery failed: Connection refused", "http://h:1/v1/models"),
        (
            "unix:/run/s:/v1", "Model discovery failed: No such file or directory",
            "--unix-socket /run/s http://localhost/v1/models"
        ),
    ])
    func `a configured server is told with what mends its endpoint`(
        endpoint: String, error: String, command: String
    ) throws {
        var findings = try findings()
        findings.backends = [try backend("down")]
        findings.backends[0].kind = "openai"
        findings.backends[0].name = "mine"
        findings.backends[0].endpoint = endpoint
        findings.backends[0].lastError = error
        let check = try #require(trouble(findings).first)
        #expect(check.command?.contains(command) == true, "\(check)")
    }

    @Test(arguments: [
        ("down", Check.Verdict.trouble, "lms server start"),
        ("auth_failed", .trouble, "MY_LMS_API_KEY"), ("rate_limited", .warning, ""),
    ])
    func `a backend that is not up is told, with what mends it`(
        state: String, verdict: Check.Verdict, command: String
    ) throws {
        var findings = try findings()
        findings.backends = [try backend(state)]
        let check = try #require(trouble(findings).first)
        #expect(check.verdict == verdict && check.name == "backend my-lms")
        #expect(check.message.contains("Connection refused"))
        #expect(command.isEmpty || check.command?.contains(command) == true)
    }

    @Test(arguments: [
        ("TLS: the certificate has expired", "https://h/v1", "openssl s_client -connect h:443"),
        ("TLS: unknown issuer", "https://h:8443/v1", "openssl s_client -connect h:8443"),
        ("TLS: unknown issuer", "https://[::1]/v1", "openssl s_client -connect [::1]:443"),
        ("TLS: https needs libcurl: install libcurl4", "https://h", "apt install libcurl4"),
        ("Connection refused", "https://h", "lms server start"),
    ])
    func `a server that is not trusted is told with what shows its certificate`(
        error: String, endpoint: String, command: String
    ) throws {
        var findings = try findings()
        findings.backends = [try backend("down")]
        findings.backends[0].lastError = error
        findings.backends[0].endpoint = endpoint
        let check = try #require(trouble(findings).first)
        #expect(check.message.contains(error))
        #expect(check.command?.hasSuffix(command) == true)
    }

    @Test func `no model, a wrong own model, an open key and warnings are told`() throws {
        var findings = try findings()
        findings.ownModel = "gpt"
        findings.configuration = .init(path: "/c", isKeyExposed: true)
        findings.logged = ["first", "last"]
        #expect(trouble(findings).map(\.name) == ["configuration", "CROWD_MODELS_MODEL", "log"])
        findings.models = []
        #expect(trouble(findings).map(\.name) == ["configuration", "models", "log"])
        findings.backends = []
        #expect(trouble(findings).contains { $0.name == "backends" })
    }
}
