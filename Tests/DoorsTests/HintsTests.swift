import CrowdModelsProtocol
import TestSupport
import Testing

@testable import Doors

/// What the fields of a request say of it.
@Suite(.tidy) struct HintsTests {
    private func hints(_ fields: [String], _ body: String = "{}") throws -> Hints {
        var hints = Hints()
        try Samples.withRequest(fields: fields, body: body) { request in
            hints = Hints(request, nameBytesMax: 32)
        }
        return hints
    }

    @Test(arguments: [
        (["X-Stainless-Timeout: 600"], 600_000),
        (["x-stainless-read-timeout: 0.5"], 500),
        (["x-stainless-read-timeout: 5", "X-Stainless-Timeout: 7"], 7000),
        (["x-stainless-read-timeout: 5", "X-Stainless-Timeout: None"], 5000),
        (["X-Stainless-Timeout: 0"], nil), (["X-Stainless-Timeout: -1"], nil),
        (["X-Stainless-Timeout: nan"], nil), (["X-Stainless-Timeout: 1e300"], nil),
        ([], nil),
    ])
    func `how long a client waits is how long a request may take`(
        fields: [String], milliseconds: Int?
    ) throws {
        #expect(try hints(fields).timeoutMilliseconds == milliseconds)
    }

    @Test func `who asks and in which conversation`() throws {
        #expect(try hints(["User-Agent: OpenAI/Python 3.57.0"]).tag == "OpenAI/Python")
        #expect(try hints(["User-Agent: "]).tag == nil)
        #expect(try hints(["User-Agent: \(String(repeating: "x", count: 40))"]).tag == nil)
        #expect(try hints([], #"{"prompt_cache_key":"k"}"#).session == "k")
        #expect(
            try hints(["X-Claude-Code-Session-Id: s"], #"{"prompt_cache_key":"k"}"#).session == "s")
        #expect(try hints([], #"{"prompt_cache_key":"a\nb"}"#).session == nil)
    }

    @Test func `what the body says itself counts more`() throws {
        let hall = try Hall()
        let client = hall.enter()
        let fields = ["User-Agent: app/1 x", "X-Stainless-Timeout: 9"]
        client.send(
            Ask.post(
                "/v1/chat/completions",
                #"{"messages":[{"role":"user"}],"tag":"mine","prompt_cache_key":"k"}"#, fields))
        let params = try #require(hall.service.asked.first?.params)
        #expect(params["tag"] == "\"mine\"" && params["session"] == "\"k\"")
        #expect(params["timeout_ms"] == "9000")
        hall.service.jobs[0].finish()
        #expect(client.read() != nil)
        client.send(Ask.post("/v1/embeddings", #"{"input":"a"}"#, fields))
        #expect(hall.service.asked.last?.params["tag"] == "\"app/1\"")
    }
}
