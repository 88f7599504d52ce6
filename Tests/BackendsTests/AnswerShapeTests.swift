import CrowdModelsProtocol
import TestSupport
import Testing

@testable import Backends

/// Whole answers that are like the one before: read by their values alone, and heard the same.
@Suite struct AnswerShapeTests {
    private static let lmstudio = """
        {"id":"chatcmpl-7","object":"chat.completion","created":1731990317,"model":"granite",\
        "choices":[{"index":0,"logprobs":null,"finish_reason":"stop",\
        "message":{"role":"assistant","content":"Four."}}],\
        "usage":{"prompt_tokens":24,"completion_tokens":53,"total_tokens":77},\
        "stats":{"tokens_per_second":51.4,"time_to_first_token":0.111,"generation_time":0.954,\
        "stop_reason":"eosFound"},\
        "model_info":{"arch":"granite","quant":"4bit","context_length":8192},\
        "runtime":{"name":"mlx","version":"0.1"}}
        """

    /// Whether the shape knows the answer; it is heard as one that no shape helped with.
    private func knows(_ shape: AnswerShape, _ answer: String) -> Bool {
        let bytes = Array(answer.utf8)
        let isKnown = shape.read(bytes.span, from: 0) != nil
        let heard = Hearing.of(bytes, like: shape)
        #expect(heard == Hearing.of(bytes), "\(answer)")
        return isKnown
    }

    private func learned(_ answer: String) -> AnswerShape {
        let shape = AnswerShape()
        _ = Hearing.of(Array(answer.utf8), like: shape)
        return shape
    }

    private func edited(_ old: String, _ new: String) -> String {
        Self.lmstudio.replacing(old, with: new)
    }

    @Test(arguments: [
        ("Four.", "Four."), ("Four.", ""), ("Four.", "Five."), ("Four.", "F"),
        ("Four.", #"\"},{\u0000 \ud83d\ude00"#), ("Four.", "Vier, natürlich. 👍"),
        ("chatcmpl-7", "chatcmpl-1234567"), ("1731990317", "2"), (":24", ":2"), (":24", ":240"),
        (":53", ":5.3e1"), (":24", ":-1"), (":77", ":76"), ("51.4", "0"), ("51.4", "1e3"),
        ("0.954", "0.95"), ("0.954", "0.9541"), ("eosFound", "maxPredictedTokensReached"),
        ("\"stop\"", "\"length\""), ("\"model\":\"granite\"", "\"model\":\"qwen\""),
        ("8192", "16384"),
    ])
    func `an answer that differs in what may be any is known`(old: String, new: String) {
        let shape = learned(Self.lmstudio)
        #expect(knows(shape, edited(old, new)))
        #expect(knows(shape, Self.lmstudio))
        #expect(knows(shape, edited(old, new).replacing("8192", with: "4096")))
    }

    @Test(arguments: [
        (#""index":0"#, #""index":1"#), (#""index":0"#, #""index":00"#),
        ("assistant", "user"), (#""stop""#, "null"), (#""Four.""#, "null"),
        (#""Four.""#, #"["Four."]"#), (#""Four.""#, #""Four"."#), (":24", #":"24""#),
        (":24", ":24.0.0"), (":24", ":024"), (":24", ": 24"), (":24,", ":24}"),
        ("0.954", "null"), ("granite\",\"quant", "llama\",\"quant"), (#""eosFound""#, #""""#),
        (#""model":"granite""#, #""model":"""#), ("logprobs", "logprob"),
        ("chat.completion", "error"),
        (#"Four."}"#, #"Four.","tool_calls":[]}"#), (#"Four."}"#, #"Four.","refusal":"No."}"#),
        ("Four.", "Fo\u{0}ur."), ("Four.", #"\x"#), ("Four.", #"\ud800"#),
    ])
    func `an answer that differs elsewhere is not`(old: String, new: String) {
        #expect(!knows(learned(Self.lmstudio), edited(old, new)))
    }

    @Test(arguments: [("chatcmpl-7", "chatcmpl-8"), ("eosFound", "stopStringFound")])
    func `what says nothing where something may stand is known again`(value: String, other: String)
    {
        let empty = edited(value, "")
        let shape = learned(empty)
        #expect(knows(shape, empty))
        #expect(knows(shape, edited(value, other)))
    }

    @Test func `bytes before and after an answer are no part of it`() {
        let shape = learned(Self.lmstudio)
        #expect(knows(shape, Self.lmstudio + "\n \n"))
        for cut in [1, 20, Self.lmstudio.utf8.count - 1] {
            #expect(!knows(shape, String(Self.lmstudio.prefix(cut))))
        }
        let moved = learned(" \r\n" + Self.lmstudio)
        #expect(Hearing.of(Array("\n\(Self.lmstudio)".utf8), like: moved) == .of(Self.lmstudio))
        let text = Array("  \(edited("Four.", "Five"))  ".utf8)
        #expect(Hearing.of(text, like: moved) == .of(edited("Four.", "Five")))
        #expect(moved.read(text.span, from: 2) != nil)
    }

    @Test(arguments: [
        #"{"error":{"message":"no"}}"#, #"{"choices":[]}"#, "[]",
        #"{"model":"m","created_at":"t","message":{"content":"x"},"done":true,"eval_count":3}"#,
        #"{"choices":[{"message":{"content":[{"type":"text","text":"x"}]}}]}"#,
        #"{"choices":[{"message":{"content":"","tool_calls":[{"function":{"name":"f"}}]}}]}"#,
        #"{"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}"#,
    ])
    func `what says more than a text is not kept`(answer: String) {
        #expect(!knows(learned(answer), answer))
    }

    @Test func `a long answer is not kept, and one that is like a short one is known`() {
        let long = edited("Four.", String(repeating: "x", count: AnswerShape.bytesMax))
        #expect(!knows(learned(long), long))
        #expect(knows(learned(Self.lmstudio), long))
        for count in [AnswerShape.placesMax, AnswerShape.placesMax + 1] {
            let numbers = Array(repeating: "1", count: count - 1).joined(separator: ",")
            let answer = #"{"choices":[{"message":{"content":"x"}}],"ids":["# + numbers + "]}"
            #expect(knows(learned(answer), answer) == (count <= AnswerShape.placesMax))
        }
    }

    @Test func `a server whose answers all differ is not tried for long, and later again`() {
        let shape = AnswerShape()
        let answers = (0..<AnswerShape.missesMax).map { edited("logprobs", "logprobs\($0)") }
        for answer in answers { #expect(!knows(shape, answer)) }
        for _ in 0..<AnswerShape.missesMax { #expect(!knows(shape, Self.lmstudio)) }
        #expect(knows(shape, Self.lmstudio))
    }

    /// Every whole answer that was seen, changed in all manner of ways: with the shape of what it
    /// was it is heard as without.
    @Test func `whatever becomes of an answer, it is heard the same`() {
        var random = SplitMix(seed: 31)
        let pieces = [
            "\"", "\\", "0", "7", "-", ".", "e", "{", "}", "[", "]", ",", ":", " ", "x", "ü",
        ]
        var known = 0
        for capture in Capture.all {
            let body = Array(Capture.body(of: capture.name).utf8)
            guard body.first == UInt8(ascii: "{"), body.count < 20_000 else { continue }
            for _ in 0..<200 {
                var answer = body
                for _ in 0...Int(random.next() % UInt64(3)) {
                    let place = Int(random.next() % UInt64(answer.count))
                    let length = min(Int(random.next() % UInt64(4)), answer.count - place)
                    let piece = Array(pieces[Int(random.next() % UInt64(pieces.count))].utf8)
                    answer.replaceSubrange(place..<place + length, with: piece)
                }
                let shape = AnswerShape()
                _ = Hearing.of(body, like: shape)
                if shape.read(answer.span, from: 0) != nil { known += 1 }
                let (heard, plain) = (Hearing.of(answer, like: shape), Hearing.of(answer))
                if heard != plain {
                    Issue.record(
                        "\(capture.name): \(String(decoding: answer, as: UTF8.self)): \(heard)")
                }
            }
        }
        #expect(known > 100)
    }
}
