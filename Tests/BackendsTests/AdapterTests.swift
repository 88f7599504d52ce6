import Backends
import Configuration
import CrowdModelsProtocol
import Testing

/// What each program is sent for what is asked of it, and how its answers are read.
@Suite struct AdapterTests {
    private func adapter(_ kind: ServerKind, isRouter: Bool = false) throws -> any Adapter {
        kind.adapter(at: try Endpoint("http://h/v1"), isRouter: isRouter)
    }

    /// Path and body of a request, or nil.
    private func sent(_ request: consuming ServerRequest?) -> String? {
        guard let request else { return nil }
        return request.path + " " + request.body.text
    }

    @Test func `all embed by OpenAI's API`() throws {
        let input = Array(#"["a","b"]"#.utf8)
        let options = Array(#"{"x":1,"input":"no","x":2,"model":"no"}"#.utf8)
        for kind in ServerKind.allCases {
            let request = try adapter(kind).embed(
                input.span, model: "m", dimensions: 3, options: options.span)
            #expect(
                sent(consume request)
                    == #"/v1/embeddings {"model":"m","input":["a","b"],"dimensions":3,"x":1}"#)
        }
    }

    @Test(arguments: [
        (ServerKind.lmstudio, false), (.ollama, false), (.llamaCpp, true), (.vllm, true),
        (.openai, true),
    ])
    func `who can rerank is asked to`(kind: ServerKind, can: Bool) throws {
        let query = Array(#""q""#.utf8)
        let documents = Array(#"["a"]"#.utf8)
        let request = try adapter(kind).rerank(
            query.span, documents.span, model: "m", options: nil)
        let wanted = #"/v1/rerank {"model":"m","query":"q","documents":["a"]}"#
        #expect(sent(consume request) == (can ? wanted : nil))
    }

    @Test func `loading is each program's own affair`() throws {
        let load = { (kind: ServerKind, isRouter: Bool) in
            self.sent(
                try self.adapter(kind, isRouter: isRouter).load(
                    model: "m", contextLength: 8, ttl: 60))
        }
        let unload = { (kind: ServerKind, isRouter: Bool) in
            self.sent(try self.adapter(kind, isRouter: isRouter).unload(model: "m"))
        }
        #expect(
            try load(.lmstudio, false)
                == #"/api/v1/models/load {"model":"m","context_length":8,"ttl":60}"#)
        #expect(
            try load(.ollama, false)
                == #"/api/generate {"model":"m","stream":false,"keep_alive":60,"options":"#
                + #"{"num_ctx":8}}"#)
        #expect(try load(.llamaCpp, true) == #"/models/load {"model":"m"}"#)
        #expect(
            try unload(.ollama, false)
                == #"/api/generate {"model":"m","stream":false,"keep_alive":0}"#)
        #expect(try unload(.llamaCpp, true) == #"/models/unload {"model":"m"}"#)
        for kind in [ServerKind.llamaCpp, .vllm, .openai] {
            #expect(try load(kind, false) == nil)
            #expect(try unload(kind, false) == nil)
        }
    }

    @Test func `tokens are counted where a server can`() throws {
        let messages = Array(#"[{"role":"user","content":"a"}]"#.utf8)
        let prompt = Array(#""a""#.utf8)
        func count(_ kind: ServerKind, isPrompt: Bool) throws -> String? {
            sent(
                try adapter(kind).countTokens(
                    messages: isPrompt ? nil : messages.span, prompt: isPrompt ? prompt.span : nil,
                    tools: nil, model: "m"))
        }
        #expect(
            try count(.llamaCpp, isPrompt: true)
                == #"/tokenize {"model":"m","content":"a","add_special":true}"#)
        #expect(
            try count(.llamaCpp, isPrompt: false)
                == #"/v1/messages/count_tokens {"model":"m","messages":"#
                + #"[{"role":"user","content":"a"}]}"#)
        #expect(try count(.vllm, isPrompt: true) == #"/tokenize {"model":"m","prompt":"a"}"#)
        #expect(try count(.lmstudio, isPrompt: true) == nil)
        #expect(try count(.openai, isPrompt: false) == nil)
    }

    @Test(arguments: [
        (#"{"count":7,"max_model_len":9,"tokens":[1]}"#, 7), (#"{"tokens":[1,2,3]}"#, 3),
        (#"{"input_tokens":5}"#, 5),
    ])
    func `a count is told in many ways`(body: String, count: Int) throws {
        let found = try TokenCountAnswer.read(
            status: 200, retryAfter: nil, Array(body.utf8).span)
        #expect(found == count)
        #expect(throws: ServerFailure.self) {
            try TokenCountAnswer.read(status: 404, retryAfter: nil, Array("x".utf8).span)
        }
    }

    @Test func `vectors are passed on as they came, in the order of the texts`() throws {
        let body =
            #"{"object":"list","data":[{"index":1,"embedding":[0.50, -1e-3]},{"index":0,"#
            + #""embedding":[1]}],"model":"e","usage":{"prompt_tokens":4,"total_tokens":4}}"#
        let answer = try EmbeddingAnswer(status: 200, retryAfter: nil, Array(body.utf8).span)
        var out = ByteBuffer()
        answer.write(to: &out)
        #expect(out.text == "[[1],[0.50,-1e-3]]")
        #expect(answer.model == "e")
        #expect(answer.promptTokens == 4)
        #expect(answer.count == 2)
    }

    @Test(arguments: [
        (200, #"{"error":"no luck"}"#, ServerFailure.Reason.refused), (500, "no luck", .refused),
        (200, "{}", .empty), (200, #"{"data":[]}"#, .empty), (503, "no luck", .notReady),
        (200, #"{"error":"Unexpected endpoint or method. (POST /v1/x)"}"#, .unknownRoute),
        (501, #"{"error":{"code":501,"message":"not supported","type":"x"}}"#, .unknownRoute),
    ])
    func `an answer without vectors or ranks is a failure`(
        status: Int, body: String, reason: ServerFailure.Reason
    ) {
        let bytes = Array(body.utf8)
        let vectors = #expect(throws: ServerFailure.self) {
            try EmbeddingAnswer(status: status, retryAfter: nil, bytes.span)
        }
        let ranks = #expect(throws: ServerFailure.self) {
            try RerankAnswer(status: status, retryAfter: nil, documents: 2, bytes.span)
        }
        #expect(vectors?.reason == reason)
        #expect(ranks?.reason == reason)
    }

    @Test(arguments: [
        #"{"results":[{"index":0,"relevance_score":0.1},{"index":2,"relevance_score":0.9}]}"#,
        #"{"data":[{"index":2,"score":0.9},{"index":0,"score":0.1},{"index":7,"score":1}]}"#,
        #"[{"index":2,"score":0.9},{"index":0,"score":0.1}]"#,
    ])
    func `a ranking has the best first`(body: String) throws {
        let answer = try RerankAnswer(
            status: 200, retryAfter: nil, documents: 3, Array(body.utf8).span)
        #expect(answer.rows.map(\.index) == [2, 0])
        #expect(answer.rows.map(\.score) == [0.9, 0.1])
    }
}
