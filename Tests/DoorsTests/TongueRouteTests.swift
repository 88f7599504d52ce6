import CrowdModelsProtocol
import HTTP
import TestSupport
import Testing

@testable import Doors

/// Where the paths of each API lead, and what a door does for its tongues.
@Suite(.tidy) struct TongueRouteTests {
    @Test(arguments: [
        ("POST /v1/messages?beta=true", "AnthropicMessages"),
        ("POST /v1/v1/messages", "AnthropicMessages"),
        ("POST /v1/messages/count_tokens", "AnthropicTokenCount"),
        ("POST /v1/responses", "Responses"), ("HEAD /", "OllamaPresence"),
        ("GET /api/version", "OllamaPresence"), ("GET /api/tags", "OllamaModels"),
        ("GET /api/ps", "OllamaModels"), ("POST /api/show", "OllamaModel"),
        ("POST /api/pull", "OllamaPull"), ("POST /api/chat", "OllamaGeneration"),
        ("POST /api/generate", "OllamaGeneration"), ("POST /api/embed", "OllamaEmbedding"),
        ("POST /api/embeddings", "OllamaEmbedding"), ("POST /api/create", "OllamaRefusal"),
        ("POST /v1/messages/batches", "AnthropicRefusal"), ("GET /api", "OllamaRefusal"),
        ("POST /messagesx", "OpenAIRefusal"), ("GET /v1/models/a/b", "OpenAIModel"),
        ("GET /v1/models", "OpenAIModels"),
        ("GET /v1/responses", "Responses"),
    ])
    func `each path is spoken to in its API`(line: String, tongue: String) throws {
        let route = try Samples.route(line)
        #expect("\(type(of: route.tongue))" == tongue)
    }

    @Test(arguments: ["", "/v1", "/v1/v1"])
    func `each path of the protocol is there without v1, with it and with it twice`(
        prefix: String
    ) throws {
        let rows = [
            ("GET /models", "OpenAIModels"), ("GET /models/qwen/qwen3", "OpenAIModel"),
            ("POST /chat/completions", "ChatCompletions"), ("POST /completions", "TextCompletions"),
            ("POST /embeddings", "OpenAIEmbeddings"), ("POST /rerank", "OpenAIRerank"),
            ("POST /responses", "Responses"), ("POST /messages", "AnthropicMessages"),
            ("POST /messages/count_tokens", "AnthropicTokenCount"), ("GET /", "OllamaPresence"),
            ("HEAD /", "OllamaPresence"), ("GET /api/version", "OllamaPresence"),
            ("HEAD /api/version", "OllamaPresence"), ("GET /api/tags", "OllamaModels"),
            ("HEAD /api/tags", "OllamaModels"), ("GET /api/ps", "OllamaModels"),
            ("HEAD /api/ps", "OllamaModels"), ("POST /api/show", "OllamaModel"),
            ("POST /api/chat", "OllamaGeneration"), ("POST /api/generate", "OllamaGeneration"),
            ("POST /api/embed", "OllamaEmbedding"), ("POST /api/embeddings", "OllamaEmbedding"),
            ("POST /api/pull", "OllamaPull"), ("GET /metrics", "MetricsPage"),
            ("GET /health", "HealthAnswer"),
        ]
        for (row, tongue) in rows {
            let words = row.split(separator: " ")
            let route = try Samples.route("\(words[0]) \(prefix)\(words[1])?a=b")
            guard case .tongue = route.kind else {
                Issue.record("\(prefix) \(row) leads nowhere")
                continue
            }
            #expect("\(type(of: route.tongue))" == tongue)
        }
        guard case .lines = try Samples.route("POST \(prefix)/rpc").kind else {
            Issue.record("\(prefix)/rpc leads nowhere")
            return
        }
    }

    @Test func `Anthropic's clients have a list of models of their own`() throws {
        for line in ["GET /v1/models", "GET /v1/models/claude-x"] {
            let route = try Samples.route(line, ["anthropic-version: 2023-06-01"])
            #expect(route.tongue is AnthropicModels)
        }
        let stranger = try Samples.route("GET /v1/files", ["anthropic-version: 2023-06-01"])
        #expect(stranger.tongue is AnthropicRefusal)
    }

    @Test(arguments: [
        ("GET /v1/messages/batches", 404, #""error":{"type":"not_found_error""#),
        ("GET /v1/messages", 405, #""error":{"type":"not_found_error""#),
        ("POST /v1/messages", 400, #""error":{"type":"invalid_request_error""#),
        ("POST /api/create", 404, #"{"error":"there is no POST /api/create"#),
        ("GET /api/chat", 405, #"{"error":"there is no GET /api/chat"#),
        ("POST /api/chat", 400, #"{"error":""#),
        ("GET /v1/files", 404, #""type":"invalid_request_error","param":null"#),
        ("POST /v1/responses", 400, #""type":"invalid_request_error","param":null"#),
    ])
    func `what is not there, or is no request, is told in the words of its neighbours`(
        line: String, status: Int, words: String
    ) throws {
        let text = "\(line) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n{"
        let answer = try #require(Answer(Hall().ask(text)))
        #expect(answer.status == status && answer.body.contains(words), "\(answer.body)")
        if line.contains("messages") {
            #expect(answer.json?["request_id"] == "1-1" && answer.json?["type"] == "error")
        }
    }

    static func post(_ path: String, _ body: String) -> String {
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            + body
    }

    static func chat(_ tokens: Int) -> String {
        post(
            "/api/chat",
            #"{"model":"m:latest","options":{"num_ctx":\#(tokens)},"#
                + #""messages":[{"role":"user","content":"a"}]}"#)
    }

    @Test func `more context than a model can have is refused, and what it has is not`() throws {
        let hall = try Hall()
        hall.service.answers[.modelsGet] =
            #"{"id":"m","loaded_context_length":8192,"max_context_length":32768}"#
        hall.service.answers[.complete] = FakeJob.result
        let refusal = hall.ask(Self.chat(8193))
        #expect(refusal.hasPrefix("HTTP/1.1 400") && refusal.contains("`options.num_ctx` is 8193"))
        #expect(hall.service.asked.map(\.method) == [.modelsGet])
        #expect(hall.service.asked[0].params["model"] == #""m""#)
        #expect(hall.ask(Self.chat(8192)).hasPrefix("HTTP/1.1 200"))
        hall.service.answers[.modelsGet] = #"{"id":"m","max_context_length":4096}"#
        #expect(hall.ask(Self.chat(4097)).hasPrefix("HTTP/1.1 400"))
        hall.service.answers[.modelsGet] = #"{"id":"m"}"#
        #expect(hall.ask(Self.chat(4097)).hasPrefix("HTTP/1.1 200"))
        hall.service.refusals[.modelsGet] = Fault(.modelNotFound, "no")
        #expect(hall.ask(Self.chat(4097)).hasPrefix("HTTP/1.1 200"))
    }

    @Test func `tools that are left out are told in the log`() throws {
        let hall = try Hall()
        hall.service.answers[.complete] = FakeJob.result
        let tools = #""tools":[{"type":"web_search"},{"type":"namespace"},{"type":"web_search"}]"#
        _ = hall.ask(Self.post("/v1/responses", #"{"input":"a",\#(tools)}"#))
        #expect(
            hall.service.warnings == [
                "left out of a request, being no functions: tools of type `web_search`, `namespace`"
            ])
        _ = hall.ask(Self.post("/v1/responses", #"{"input":"a","tools":[]}"#))
        #expect(hall.service.warnings.count == 1)
    }

    @Test(arguments: ["/v1/chat/completions", "/v1/responses", "/v1/messages", "/api/chat"])
    func `a prompt that is too long is told in words by which programs know it`(
        path: String
    ) throws {
        let hall = try Hall()
        let body =
            #"{"model":"m","max_tokens":1,"input":"a","messages":[{"role":"user","#
            + #""content":"a"}]}"#
        hall.service.refusals[.complete] = Fault(
            .contextOverflow, "it does not fit",
            data: ["context_length": .integer(4096), "prompt_tokens": .integer(60_005)])
        let both = try #require(Answer(hall.ask(Ask.post(path, body))))
        let words = "prompt is too long: 60005 tokens > 4096 maximum; it does not fit"
        #expect(both.status == 400 && both.body.contains("\"\(words)\""))
        hall.service.refusals[.complete] = Fault(.contextOverflow, "it does not fit")
        let neither = try #require(Answer(hall.ask(Ask.post(path, body))))
        #expect(neither.body.contains("\"prompt is too long: it does not fit\""))
    }
}
