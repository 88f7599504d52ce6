import Backends
import CrowdModelsProtocol
import Testing

/// How answers end, well or not, and what was said beside the text.
@Suite struct AnswerEndTests {
    private static let text = #"data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}"# + "\n\n"
    private static let stop =
        #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\n"

    @Test(arguments: [
        text + stop + "data: [DONE]\n\n", text + stop, text + "data: [DONE]\n\n",
        text + stop + "data: [DONE]\n\ndata: {\"error\":\"late\"}\n\n",
        text + stop + "data: {\"error\":\"late\"}\n\n", text + stop + "data: {\"cho",
        text + "event: ping\ndata: 2026-11-26\n\ndata: null\n\ndata: 7\n\n" + stop,
        text + "event: end\ndata: [DONE]\n\n" + "garbage",
    ])
    func `an answer that said why it stopped is complete`(body: String) {
        let hearing = Hearing.of(body)
        #expect(hearing.content == "Hi")
        #expect(hearing.phase == .done)
        let reset = Hearing.of(Array(body.utf8), broken: ServerFailure(.broken))
        #expect(reset.phase == .done)
    }

    @Test(arguments: [
        (text, ServerFailure.Reason.cut), (text + "data: {\"cho", .unreadable),
        ("", .empty), ("data: [DONE]\n\n", .empty), ("{}", .empty), ("[]", .empty),
        (#"{"choices":[]}"#, .empty), (#"{"choices":[{"index":0,"message":{"con"#, .cut),
        (": ping\n\n", .empty), ("<html>no</html>", .empty),
        (#"{"choices":[{"index":1,"message":{"content":"X"},"finish_reason":"stop"}]}"#, .empty),
    ])
    func `an answer that did not is none`(body: String, reason: ServerFailure.Reason) {
        #expect(Hearing.of(body).failure?.reason == reason)
    }

    @Test(arguments: [
        "error: {\"code\":400,\"message\":\"no luck\"}\n\ndata: [DONE]\n\n",
        "data: {\"error\":{\"message\":\"no luck\"}}\n\n", "data: {\"error\":\"no luck\"}\n\n",
        "event: error\ndata: {\"error\":{\"message\":\"no luck\"},\"message\":\"no luck\"}\n\n",
        "event: error\ndata: no luck\n\n", "data: no luck\n\n", "data: no luck\n\ndata: [DONE]\n\n",
        "data: {\"object\":\"error\",\"message\":\"no luck\",\"code\":500}\n\ndata: [DONE]\n\n",
        #"{"object":"error","message":"no luck","type":"InternalServerError","code":500}"#,
        #"{"detail":"no luck"}"#, #"{"detail":[{"msg":"no luck"}]}"#, #"{"error":"no luck"}"#,
        #"[{"error":{"message":"no luck"}}]"#, "no luck", "data: [{\"error\":\"no luck\"}]\n\n",
        #"{"choices":[{"index":0,"error":{"message":"no luck"},"finish_reason":"error"}]}"#,
        #"{"type":"error","error":{"message":"no luck"}}"#,
        "{\n    \"error\": {\n        \"message\": \"no luck\"\n    }\n}",
    ])
    func `errors in any clothes are errors`(body: String) {
        let hearing = Hearing.of(body)
        #expect(hearing.failure?.reason == .refused)
        #expect(hearing.failure?.words == "no luck")
        if !body.hasPrefix("data: no luck"), body != "no luck", !body.hasPrefix("[") {
            let late = Hearing.of(Self.text + (body.hasPrefix("{") ? "data: " : "") + body + "\n\n")
            #expect(late.content == "Hi")
            if !body.contains("\n    ") { #expect(late.failure?.words == "no luck") }
        }
        let status = Hearing.of(body, status: 500)
        #expect(status.failure?.words == "no luck")
        #expect(status.failure?.status == 500)
    }

    @Test func `what a stream says in plain words where it breaks off is told`() {
        let ping = "data: ping\n\n"
        let hearing = Hearing.of(ping + Self.text + ping + "data: out of memory\n\n")
        #expect(hearing.failure == ServerFailure(.cut, status: 200, words: "out of memory"))
        #expect(Hearing.of(ping + Self.text + ping + Self.stop).phase == .done)
    }

    @Test func `an answer that takes too much when it is mended is too large`() {
        let most = GenerationLimits.wholeBytesMax
        func answer(_ controls: Int) -> Hearing {
            .of(
                "{\"x\":\"" + String(repeating: "\u{1}", count: controls)
                    + #"","choices":[{"message":{"content":"ok"},"finish_reason":"stop"}]}"#)
        }
        #expect(answer(100_000).content == "ok")
        #expect(answer(most / 6 + 100_000).failure == ServerFailure(.tooLarge(most), status: 200))
    }

    @Test func `an encoding and a redirect are named`() {
        var generation = Generation(keptMax: 100)
        generation.begin(status: 200, encoding: "gzip")
        #expect(generation.phase == .failed(ServerFailure(.encoded("gzip"), status: 200)))
        var other = Generation(keptMax: 100)
        other.begin(status: 307, location: "http://x/")
        #expect(other.phase == .failed(ServerFailure(.redirected("http://x/"), status: 307)))
    }

    @Test func `text beyond what is kept ends it`() {
        var generation = Generation(keptMax: 3)
        generation.begin(status: 200)
        let body = Array((Self.text + Self.text).utf8)
        var count = 0
        generation.feed(body.span) { _ in
            count += 1
            return true
        }
        #expect(count == 1)
        #expect(generation.phase == .failed(ServerFailure(.overKept(4), status: 200)))
    }

    @Test func `the last word on usage counts, and an empty one says nothing`() {
        let frame = { (rest: String) in #"{"choices":[{"delta":{"content":"a"}}]\#(rest)}"# }
        let hearing = Hearing.ofEvents([
            frame(#","usage":null"#), frame(#","usage":{}"#),
            frame(#","usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}"#),
            #"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8}}"#,
            frame(#","usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}"#),
        ])
        #expect(hearing.usage == [5, 3, 8])
    }

    private func report(_ members: String) -> GenerationReport {
        var generation = Generation(keptMax: 1000)
        generation.begin(status: 200)
        let body = Array(#"{"choices":[{"message":{"content":"a"}}],\#(members)}"#.utf8)
        generation.feed(body.span) { _ in true }
        return generation.report
    }

    @Test func `details of usage are told by many names`() {
        for members in [
            #""prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}"#,
            #""cached_tokens":4,"reasoning_tokens":2"#,
            #""prompt_cache_hit_tokens":4,"reasoning_tokens":2"#,
        ] {
            let report = report(
                #""usage":{"prompt_tokens":5,"completion_tokens":3,\#(members)}"#)
            #expect(report.cachedTokens == 4)
            #expect(report.reasoningTokens == 2)
            #expect(report.totalTokens == 8)
        }
    }

    @Test func `llama.cpp's timings tell the tokens, and its usage knows better`() {
        let timings =
            #""timings":{"prompt_n":10,"cache_n":90,"prompt_ms":250,"predicted_n":3,"#
            + #""predicted_ms":120,"predicted_per_second":25}"#
        let alone = report(timings)
        #expect(alone.promptTokens == 100)
        #expect(alone.completionTokens == 3)
        #expect(alone.cachedTokens == 90)
        #expect(alone.tokensPerSecond == 25)
        #expect(alone.timeToFirstToken == 0.25)
        let both = report(timings + #","usage":{"prompt_tokens":101,"completion_tokens":4}"#)
        #expect(both.promptTokens == 101)
        #expect(both.completionTokens == 4)
    }

    @Test func `Ollama counts in nanoseconds`() {
        let hearing = Hearing.of(
            #"{"model":"m","message":{"content":"a"},"done":true,"done_reason":"length","#
                + #""load_duration":1000000000,"prompt_eval_count":26,"prompt_eval_duration":"#
                + #"500000000,"eval_count":282,"eval_duration":2000000000}"#)
        #expect(hearing.usage == [26, 282, 308])
        #expect(hearing.finish == .length)
    }

    @Test(arguments: ["1.7e308", "0", "null", "-3", "\"fast\"", "1e7"])
    func `a speed that cannot be was not said`(value: String) {
        let report = report(#""stats":{"tokens_per_second":\#(value)}"#)
        #expect(report.tokensPerSecond == nil)
        #expect(!report.isFromBackend)
    }

    @Test func `a count that cannot be was not said`() {
        let report = report(
            #""usage":{"prompt_tokens":9223372036854775807,"completion_tokens":3}"#)
        #expect(report.promptTokens == nil)
        #expect(report.completionTokens == 3)
    }

    @Test func `a name of megabytes is shortened`() {
        let name = String(repeating: "n", count: 4_000_000)
        let report = report(#""model":"\#(name)""#)
        #expect((report.servedByName?.utf8.count ?? 0) < 1100)
        #expect(self.report(#""model":"""#).servedByName == nil)
    }

    @Test func `the reading of the prompt is told`() {
        let hearing = Hearing.ofEvents([
            #"{"choices":[{"delta":{"role":"assistant","content":null}}],"prompt_progress":"#
                + #"{"total":10,"cache":0,"processed":5,"time_ms":1}}"#,
            #"{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}"#,
        ])
        #expect(hearing.progress == [0.5])
        #expect(hearing.content == "a")
    }
}
