import Backends
import Configuration
import Requests
import Telemetry
import Testing

@Suite struct BackendNewsTests {
    private func look(
        _ models: [String], failure: DiscoveryFailure? = nil, missing: [String] = [],
        loadsOnRequest: Bool = false
    ) -> BackendNews.Look {
        BackendNews.Look(
            product: "LMStudio", backend: "lmstudio", endpoint: "http://localhost:1234",
            keyVariable: "LMSTUDIO_API_KEY", failure: failure, chatModels: NameSample(models),
            models: NameSample(models),
            missing: missing, loadsOnRequest: loadsOnRequest,
            startHint: "LM Studio's Local Server tab, or: lms server start",
            loadCommand: "lms load")
    }

    private func texts(_ lines: [BackendNews.Line]) -> [String] { lines.map(\.text) }

    @Test func `the first list is told as the guide tells it`() {
        var news = BackendNews()
        #expect(
            texts(news.take(look(["llama-2-7b-chat", "mistral-7b-instruct"]))) == [
                "Discovered 2 models from LMStudio: "
                    + "[\"llama-2-7b-chat\", \"mistral-7b-instruct\"]",
                "Updated lmstudio backend with discovered models",
                "Initialized LLM client for backend: lmstudio with models: "
                    + "[\"llama-2-7b-chat\", \"mistral-7b-instruct\"]",
            ])
    }

    @Test func `what has not changed is not told again`() {
        var news = BackendNews()
        _ = news.take(look(["a"]))
        #expect(news.take(look(["a"])).isEmpty)
        #expect(texts(news.take(look(["a", "b"]))).count == 2)
    }

    @Test func `a failure is told once, with what to do`() {
        var news = BackendNews()
        let refused = DiscoveryFailure.unreachable("Connection refused")
        let first = news.take(look([], failure: refused))
        #expect(first[0] == BackendNews.Line(.error, "Model discovery failed: Connection refused"))
        #expect(first[1].text.contains("lms server start"))
        #expect(news.take(look([], failure: refused)).isEmpty)
        #expect(news.take(look([], failure: .status(404, words: nil))).count == 2)
    }

    @Test func `a key is advised for what is configured, and a block for what was found`() {
        var found = look([], failure: .unauthorized(401))
        #expect(texts(BackendNews().taking(found))[1].contains("LMSTUDIO_API_KEY"))
        found.isDiscovered = true
        let advice = texts(BackendNews().taking(found))[1]
        #expect(advice.contains("[[llm_backends]]") && !advice.contains("LMSTUDIO_API_KEY"))
    }

    @Test func `an endpoint of our own kind is told as one`() {
        let lines = texts(BackendNews().taking(look([], failure: .executor)))
        #expect(lines[0].contains("a Crowd Models Executor answers there"))
        #expect(lines[1].contains("not that of a daemon"))
    }

    @Test func `a server that is not trusted is told with what verifies it`() {
        var news = BackendNews()
        let lines = news.take(look([], failure: .tls("expired; renew it")))
        #expect(
            lines[0] == BackendNews.Line(.error, "Model discovery failed: TLS: expired; renew it"))
        #expect(lines[1].text.contains("ca_file of backend"))
    }

    @Test func `after a failure the same list is news`() {
        var news = BackendNews()
        _ = news.take(look(["a"]))
        _ = news.take(look([], failure: .status(404, words: nil)))
        #expect(texts(news.take(look(["a"]))).first == "Discovered 1 models from LMStudio: [\"a\"]")
    }

    @Test func `no chat model is a warning in the guide's words`() {
        var news = BackendNews()
        let lines = news.take(look([]))
        #expect(
            lines[0] == BackendNews.Line(.warning, "No models discovered from LMStudio backend"))
    }

    @Test func `a configured model that is missing is warned of once`() {
        var news = BackendNews()
        let first = news.take(look(["a"], missing: ["b"]))
        #expect(first.contains { $0.level == .warning && $0.text.contains("Model b") })
        #expect(news.take(look(["a"], missing: ["b"])).isEmpty)
    }

    @Test func `where nothing is loaded the command that loads is told`() {
        var news = BackendNews()
        let lines = texts(news.take(look(["a"], loadsOnRequest: true)))
        #expect(lines.contains { $0.hasSuffix("or: lms load a") })
    }

    @Test func `of many names the first are told, and how many more there are`() {
        let names = (1...60).map { "m\($0)" }
        let list = BackendNews.list(NameSample(names))
        #expect(list.hasPrefix("[\"m1\", \"m2\""))
        #expect(list.hasSuffix("\"m50\", and 10 more]"))
        #expect(BackendNews.list(NameSample(["a"])) == "[\"a\"]")
    }
}

extension BackendNews {
    /// The lines of a first look.
    fileprivate func taking(_ look: Look) -> [Line] {
        var news = self
        return news.take(look)
    }
}
