import Configuration
import CrowdModelsProtocol
import Sessions
import TestSupport
import Testing

@testable import Doors

/// A completion told from its parts, and from its JSON.
@Suite(.tidy) struct CompletionViewTests {
    private static let requests = [
        ("/v1/chat/completions", #""messages":[{"role":"user"}]"#),
        ("/v1/completions", #""prompt":"a""#),
    ]
    private static let endings = [
        "", #","stream":true"#, #","stream":true,"stream_options":{"include_usage":true}"#,
    ]

    private static func result(
        finish: String = "stop", _ change: (inout CompleteResult) -> Void = { _ in }
    ) -> CompleteResult {
        var result = CompleteResult(
            content: "", model: "qwen3-\"4b\"", backend: "lm", finishReason: finish,
            stats: CompleteStats(queueTime: 0.001, totalTime: 1.25, source: "backend"))
        result.stats.tokensPerSecond = 51.43709529007664
        change(&result)
        return result
    }

    private static func tokens(
        _ content: String, _ change: (inout CompleteResult.Tokens) -> Void = { _ in }
    ) -> CompleteResult.Tokens {
        var tokens = CompleteResult.Tokens()
        tokens.content = Array(content.utf8)
        change(&tokens)
        return tokens
    }

    private static let samples: [(CompleteResult, CompleteResult.Tokens)] = [
        (
            result(),
            tokens(#"Gr\u00fc\u00dfe \"du\""#) {
                let speed = Array("51.437095290076640".utf8)
                $0.speed = NumberText(speed.span)
            }
        ),
        (
            result(finish: "length") {
                $0.usage = CompleteUsage()
                $0.usage?.completionTokens = 7
                $0.usage?.isEstimated = true
                $0.warnings = [CompleteWarning(kind: "finish_unknown", message: "\"x\"\n")]
            },
            tokens("a") {
                $0.reasoning = Array("Hm".utf8)
                $0.refusal = Array("No.".utf8)
                $0.model = Array(#""m\/1""#.utf8)
            }
        ),
        (
            result(finish: "tool_calls") {
                $0.usage = CompleteUsage()
                $0.usage?.promptTokens = 12
                $0.usage?.totalTokens = 19
                $0.usage?.cachedTokens = 10
                $0.usage?.reasoningTokens = 2
            },
            tokens("") {
                $0.toolCalls = Array(#"[{"id":"1","type":"function"}]"#.utf8)
                $0.runtime = Array(#"{"name":"llama.cpp"}"#.utf8)
            }
        ),
        (result(finish: "cancelled") { $0.attempts = 2 }, tokens("so far")),
    ]

    @Test func `from its parts a completion is told as from its JSON`() throws {
        for (path, body) in Self.requests {
            for ending in Self.endings {
                for (var result, var parts) in Self.samples {
                    let line = "POST " + path
                    let body = "{\(body)\(ending)}"
                    let tape = try Tape(Samples.route(line).tongue, body, line)
                    var (one, other) = (tape, tape)
                    var json = ByteBuffer()
                    result.write(&parts, to: &json)
                    let told = one.succeed(json.text)
                    #expect(other.succeed(result, parts) == told && !told.isEmpty)
                }
            }
        }
    }

    @Test(arguments: ["/v1/chat/completions", "/api/chat", "/rpc"])
    func `a completion is answered whole, or refused where it is too large`(path: String) throws {
        var limits = Limits()
        limits.outputBytesMax = 1 << 20
        let hall = try Hall(limits)
        let body =
            path == "/rpc"
            ? #"{"jsonrpc":"2.0","id":1,"method":"complete","params":{"prompt":"a"}}"#
            : #"{"model":"m","messages":[{"role":"user","content":"a"}],"stream":false}"#
        for (size, fits) in [(100, true), (1_040_000, true), (1 << 20, false)] {
            let client = hall.enter()
            client.send(Ask.post(path, body))
            let reply = try #require(hall.service.jobs.last).reply
            var result = Self.result()
            var tokens = Self.tokens(String(repeating: "x", count: size))
            reply.succeed(&result, &tokens)
            var text = ""
            while let more = client.read(), !more.isEmpty { text += more }
            let answer = try #require(Answer(text))
            #expect(answer.body.contains("xxx") == fits)
            #expect(answer.body.contains("output_bytes_max") != fits)
        }
    }
}
