import CrowdModelsProtocol
import Testing

@testable import Backends

/// Which server it is, by what it answers; and what nobody is ever asked.
@Suite struct FingerprintTests {
    /// A server that says 404 to all but what it is told to know.
    struct Server: Sendable {
        var answers: [String: (status: Int, body: String)]
        /// What it says to all else.
        var other = (status: 404, body: #"{"detail":"Not Found"}"#)

        init(_ answers: [String: String], other: (Int, String)? = nil) {
            self.answers = answers.mapValues { (200, $0) }
            if let other { self.other = other }
        }

        init(status: Int, _ body: String) {
            answers = [:]
            other = (status, body)
        }

        /// Asks it all that is to be asked.
        func identify(
            port: UInt16, isNamed: Bool = false
        ) -> (step: Fingerprint.Step, asked: [String]) {
            var fingerprint = Fingerprint(port: port, isNamed: isNamed)
            var asked: [String] = []
            var step = fingerprint.begin()
            while case .ask(let path) = step {
                asked.append(path)
                let answer = answers[path] ?? other
                step = fingerprint.take(status: answer.status, Array(answer.body.utf8).span)
            }
            return (step, asked)
        }
    }

    private static func list(_ owner: String, _ more: String = "") -> String {
        #"{"object":"list","data":[{"id":"m","object":"model","created":1,"owned_by":"\#(owner)""#
            + more + "}]}"
    }

    private static let bare = #"{"object":"list","data":[{"id":"m","object":"model"}]}"#
    private static let dated =
        #"{"object": "list", "data": [{"id": "m", "object": "model", "created": 1}]}"#
    private static let empty = #"{"object":"list","data":[]}"#
    private static let unexpected = #"{"error":"Unexpected endpoint or method. (GET /x)"}"#
    private static let models = "/v1/models"

    @Test(arguments: [
        ("llamacpp", ServerKind.llamaCpp), ("vllm", .vllm), ("sglang", .sglang),
        ("library", .ollama), ("llama-swap", .llamaSwap), ("koboldcpp", .koboldcpp),
        ("humanity", .gpt4all), ("user", .textGenerationWebUI), ("docker", .dockerModelRunner),
        ("lemonade", .lemonade), ("organization_owner", .lmstudio),
    ])
    func `a list that says whose it is needs one question, on any port`(
        owner: String, kind: ServerKind
    ) {
        for port: UInt16 in [8000, 8080, 41000] {
            let server = Server([Self.models: Self.list(owner)])
            let (step, asked) = server.identify(port: port)
            #expect(step == .found(kind, base: ""))
            #expect(asked == [Self.models])
        }
    }

    @Test(
        arguments: [
            (
                "LM Studio with nothing loaded", 1234,
                Server(
                    [models: empty, "/lmstudio-greeting": #"{"lmstudio":true}"#],
                    other: (200, unexpected)), ServerKind.lmstudio
            ),
            (
                "Ollama with somebody's models", 11434,
                Server([models: list("bartowski"), "/": "Ollama is running"]), .ollama
            ),
            (
                "Ollama with no model", 11434,
                Server(
                    [models: #"{"object":"list","data":null}"#, "/": "Ollama is running"],
                    other: (404, "404 page not found")), .ollama
            ),
            (
                "LocalAI, which has an Ollama's face too", 8080,
                Server([
                    models: bare, "/": "Ollama is running",
                    "/.well-known/localai.json": #"{"version":"v3","endpoints":{}}"#,
                ]), .localai
            ),
            (
                "mlx_lm", 8080,
                Server(
                    [models: dated, "/health": #"{"status": "ok"}"#], other: (404, "Not Found")),
                .mlxLM
            ),
            (
                "LiteLLM", 4000,
                Server([models: list("openai"), "/health/liveliness": "\"I'm alive!\""]), .litellm
            ),
            (
                "LiteLLM elsewhere", 4711,
                Server([models: list("openai"), "/health/liveliness": "\"I'm alive!\""]), .litellm
            ),
            ("another at LiteLLM's port", 4000, Server([models: list("me")]), .openai),
            (
                "LM Studio at LiteLLM's port", 4000,
                Server([models: dated, "/lmstudio-greeting": #"{"lmstudio":true}"#]), .lmstudio
            ),
            ("Jan", 1337, Server([models: bare]), .jan),
            ("Jan's command line", 6767, Server([models: dated]), .jan),
            ("some other server", 8000, Server([models: list("me")]), .openai),
            ("one that tells no owner", 8000, Server([models: bare]), .openai),
            ("one that tells a date", 8000, Server([models: dated]), .openai),
            (
                "one whose health is for others", 8000,
                Server([models: list("me"), "/health": "{}"]), .openai
            ),
        ] as [(String, UInt16, Server, ServerKind)])
    func `a list that does not say whose it is is followed by harmless questions`(
        name: String, port: UInt16, server: Server, kind: ServerKind
    ) {
        let (step, asked) = server.identify(port: port)
        #expect(step == .found(kind, base: ""), "\(name)")
        #expect(asked.count <= 4)
        if kind != .mlxLM { #expect(!asked.contains("/health")) }
        // It takes seconds for the first path that it does not know.
        if name == "LiteLLM" { #expect(asked == [Self.models, "/health/liveliness"]) }
    }

    @Test func `Docker's older one has its list below a path`() {
        let server = Server(["/engines/v1/models": Self.list("docker")])
        let (step, asked) = server.identify(port: 12434)
        #expect(step == .found(.dockerModelRunner, base: "/engines/v1"))
        #expect(asked == [Self.models, "/engines/v1/models"])
        #expect(server.identify(port: 8080).step == .nothing)
    }

    @Test(
        arguments: [
            ("LM Studio", 1234, Server(status: 401, lmStudioRefusal), ServerKind.lmstudio),
            ("Jan", 1337, Server(status: 401, #"{"message":"Invalid authorization"}"#), .jan),
            ("vLLM", 8000, vLLM, .vllm), ("SGLang", 30000, unauthorized, .sglang),
            (
                "text-generation-webui", 5000, Server(status: 401, #"{"detail":"Unauthorized"}"#),
                .textGenerationWebUI
            ),
            (
                "llama.cpp", 8080,
                Server(
                    status: 401,
                    #"{"error":{"code":401,"message":"Invalid API Key","type":"authentication_error"}}"#
                ), .llamaCpp
            ),
            (
                "LiteLLM", 4000,
                Server(
                    status: 401,
                    #"{"error":{"message":"No api key passed in.","type":"auth_error","code":"401"}}"#
                ),
                .litellm
            ),
            (
                "another", 9000,
                Server(
                    status: 401,
                    #"{"error":{"message":"no key","type":"invalid_request_error","code":null}}"#),
                .openai
            ),
        ] as [(String, UInt16, Server, ServerKind)])
    func `who wants a key is known by how it says so`(
        name: String, port: UInt16, server: Server, kind: ServerKind
    ) {
        let (step, asked) = server.identify(port: port)
        #expect(step == .found(kind, base: ""), "\(name)")
        #expect(asked == [Self.models] + (kind == .litellm ? [] : ["/lmstudio-greeting"]))
    }

    private static let lmStudioRefusal =
        #"{"error":{"message":"An LM Studio API token is required","code":"invalid_api_key"}}"#
    private static let unauthorized = Server(status: 401, #"{"error":"Unauthorized"}"#)
    private static let vLLM: Server = {
        var server = Server([:])
        server.answers[models] = (401, #"{"error":"Unauthorized"}"#)
        return server
    }()

    @Test func `who wants a key of anybody for anything is believed where the user named it`() {
        #expect(Self.unauthorized.identify(port: 8080).step == .nothing)
        #expect(
            Self.unauthorized.identify(port: 8080, isNamed: true).step == .found(.openai, base: ""))
    }

    @Test(
        arguments: [
            ("a page that is not there", Server(status: 404, "<html>404</html>"), 1),
            ("nothing but pages", Server(status: 200, "<!doctype html><title>Hi</title>"), 1),
            ("nothing but JSON", Server(status: 200, #"{"ok":true}"#), 1),
            ("an empty answer", Server(status: 200, ""), 1),
            ("an error for all", Server(status: 200, unexpected), 1),
            ("a list that says nothing", Server(status: 200, #"{"data":[]}"#), 1),
            ("numbers", Server(status: 200, #"{"data":[1,2]}"#), 1),
            ("an empty list for all", Server(status: 200, empty), 2),
            ("a list of models for all", Server(status: 200, bare), 2),
            ("a password for all", Server(status: 401, "<html>401</html>"), 2),
            ("a password for all, in JSON", Server(status: 403, #"{"error":"forbidden"}"#), 2),
            ("a house that is full", Server(status: 503, "<html>503</html>"), 1),
            ("a redirect", Server(status: 302, ""), 1), ("too many", Server(status: 429, "{}"), 1),
        ] as [(String, Server, Int)])
    func `who is no model server is found out in one question, or two`(
        name: String, server: Server, questions: Int
    ) {
        for port in KnownPorts.all where !KnownPorts.jan.contains(port) {
            let (step, asked) = server.identify(port: port)
            #expect(step == .nothing, "\(name) on \(port)")
            let isOneMore =
                port == KnownPorts.dockerModelRunner && questions == 1
                || port == KnownPorts.liteLLM && name == "a list of models for all"
            let extra = isOneMore ? 1 : 0
            #expect(asked.count <= questions + extra, "\(name) on \(port): \(asked)")
        }
    }

    @Test(arguments: [
        #"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#,
        #"{"status":"starting","error":"Starting up"}"#,
    ])
    func `who is about to be one is asked again soon`(body: String) {
        #expect(Server(status: 503, body).identify(port: 8080).step == .starting)
    }
}
