import CrowdModelsProtocol
import Testing

@testable import Backends

/// Answers in every form that servers send, and the one form in which callers hear them.
@Suite struct GenerationTests {
    private static let stop = #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#

    private static func delta(_ members: String) -> String {
        #"{"model":"m1","choices":[{"index":0,"delta":{\#(members)},"finish_reason":null}]}"#
    }

    private func hear(_ deltas: String...) -> Hearing {
        Hearing.ofEvents(deltas.map(Self.delta) + [Self.stop])
    }

    @Test func `a stream of text is its text`() {
        let hearing = hear(
            #""role":"assistant","content":"Hel""#, #""content":"lo""#, #""content":"""#)
        #expect(hearing.content == "Hello")
        #expect(hearing.deltas == 2)
        #expect(hearing.phase == .done)
        #expect(hearing.model == "m1")
        #expect(hearing.troubles.isEmpty)
    }

    @Test(arguments: [
        #"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"}}]}"#,
        "\u{FEFF}{\"choices\":[{\"message\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}",
        #"{"choices":[{"text":"Hello","index":0,"finish_reason":"stop"}]}"#,
        #"{"choices":[{"index":0,"message":{"content":"Hello"},"logprobs":NaN}]}"#,
        #"{"model":"m","message":{"role":"assistant","content":"Hello"},"done":true}"#,
        "{\"message\":{\"content\":\"Hel\"},\"done\":false}\n{\"message\":{\"content\":\"lo\"},"
            + "\"done\":true,\"done_reason\":\"stop\"}\n",
        #"{"model":"m","response":"Hello","done":true}"#,
        "data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n"
            + "data: {\"choices\":[{\"delta\":{\"content\":\"lo\"}}]}\n\ndata:  [DONE] \n\n",
        ":\n\nevent: chunk\ndata: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\n"
            + "event: done\ndata: [DONE]\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"},\"finish_reason\":\"eos\"}]}",
        #"{"choices":[{"index":1,"message":{"content":"No"}},{"index":0,"message":{"content":"#
            + #""Hello"}}]}"#,
        #"{"choices":[{"index":0,"message":{"content":{"type":"text","text":"Hello"}}}]}"#,
        #"{"choices":[{"index":0.0,"message":{"content":"Hello"}}]}"#,
        #"{"choices":[{"index":"0","message":{"content":"Hello"}}]}"#,
        "{\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n[DONE]\n",
    ])
    func `the body decides what it is`(body: String) {
        let hearing = Hearing.of(body)
        #expect(hearing.content == "Hello")
        #expect(hearing.phase == .done)
        #expect(hearing.finish == .stop)
        #expect(hearing.troubles.isEmpty)
    }

    @Test(arguments: [
        ("a\\ud83d", "\\ude00b", "a😀b"), ("a\\ud83d", "b", "a\u{FFFD}b"),
        ("a\\ude00", "b", "a\u{FFFD}b"), ("a\\ud83d", "", "a\u{FFFD}"),
        ("\\ud83d\\ude00", "\\ud83d", "😀\u{FFFD}"), ("a\\ud83d\\ud83d", "\\ude00", "a\u{FFFD}😀"),
        ("a\\x", "b", "axb"),
    ])
    func `halves of a letter are joined`(first: String, second: String, whole: String) {
        let hearing = hear("\"content\":\"\(first)\"", "\"content\":\"\(second)\"")
        #expect(hearing.content == whole)
        #expect(hearing.phase == .done)
        #expect(hearing.troubles.isEmpty)
        let thought = hear("\"reasoning\":\"\(first)\"", "\"reasoning\":\"\(second)\"")
        #expect(thought.reasoning == whole)
        #expect(thought.troubles.isEmpty)
    }

    @Test(
        arguments: [
            ([0x61, 0xF0, 0x9F], [0x98, 0x80, 0x62], "a😀b"), ([0x61, 0xC3], [0xA9], "aé"),
            ([0x61, 0xFF], [0x62], "a\u{FFFD}b"), ([0xF0, 0x9F], [0x62], "\u{FFFD}b"),
            ([0xE2], [0x82], "\u{FFFD}"), ([0xF0, 0x9F, 0x98], [0x80], "😀"),
        ] as [([UInt8], [UInt8], String)])
    func `bytes of a letter are joined`(first: [UInt8], second: [UInt8], whole: String) {
        var body: [UInt8] = []
        for text in [first, second] {
            body += Array(#"data: {"choices":[{"delta":{"content":""#.utf8) + text
            body += Array("\"}}]}\n\n".utf8)
        }
        let hearing = Hearing.of(body + Array("data: [DONE]\n\n".utf8))
        #expect(hearing.content == whole)
        #expect(hearing.phase == .done)
        #expect(hearing.troubles.isEmpty)
    }

    @Test(arguments: [
        (#""reasoning_content":"Hm.""#), (#""reasoning":"Hm.""#), (#""thinking":"Hm.""#),
        (#""reasoning":"Hm.","reasoning_content":"Hm.""#),
        (#""reasoning":"Hm.","reasoning_details":[{"type":"reasoning.text","text":"Hm."}]"#),
        (#""reasoning_details":[{"type":"reasoning.text","text":"Hm."}]"#),
        (#""content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]}]"#),
        (#""content":[{"type":"thinking","thinking":"Hm."}]"#),
        (#""content":[{"type":"reasoning","text":"Hm."}]"#),
        (#""content":"<think>Hm.</think>""#), (#""content":" <think>\nHm.\n</think>\n\n""#),
        (#""content":"\u003cthink\u003eHm.\u003c/think\u003e""#),
        (#""content":"<think>Hm.</think>","reasoning":"Hm.""#),
        (#""content":"<think>\nHm.\n</think>","reasoning_content":"\nHm.""#),
    ])
    func `reasoning is told once, under whichever name it came`(members: String) {
        let hearing = hear(members, #""content":"Hello""#)
        #expect(hearing.reasoning.filter { $0 != "\n" } == "Hm.")
        #expect(hearing.content == "Hello")
        #expect(hearing.troubles.isEmpty)
    }

    @Test(arguments: [
        ("<think>Hm.</think>Hello", "Hm.", "Hello"),
        (" \n<think> a </think> \n b ", "a", "b "), ("<think>", "", ""), ("<think> a ", "a ", ""),
        ("<think></think>x", "", "x"), ("<think>\n\n</think>\n\nx", "", "x"),
        ("<thin", "", "<thin"), ("<thinking>x", "", "<thinking>x"), (" x", "", " x"),
        ("a<think>b</think>c", "", "a<think>b</think>c"), ("\n", "", "\n"),
        ("<think>a</thi b</think>c", "a</thi b", "c"), ("<think>a </ ", "a </ ", ""),
        ("<think>a</think><think>b</think>", "a", "<think>b</think>"),
    ])
    func `think tags divide a text wherever it is cut`(
        text: String, reasoning: String, content: String
    ) {
        let letters = Array(text)
        for cut in 0...letters.count {
            for second in cut...letters.count {
                let pieces = [letters[..<cut], letters[cut..<second], letters[second...]].map {
                    "\"content\":" + JSONValue.string(String($0)).text
                }
                let hearing = hear(pieces[0], pieces[1], pieces[2])
                #expect(hearing.reasoning == reasoning, "\(pieces)")
                #expect(hearing.content == content, "\(pieces)")
            }
        }
        #expect(
            Hearing.of(#"{"choices":[{"text":"<think>a"}]}"#, isRaw: true).content == "<think>a")
    }

    @Test func `a refusal is kept apart`() {
        let hearing = hear(#""refusal":"I ""#, #""refusal":"cannot.""#)
        #expect(hearing.refusal == "I cannot.")
        #expect(hearing.content.isEmpty)
    }

    @Test func `a message beside or after the deltas is not read twice`() {
        let both = Hearing.ofEvents([
            #"{"choices":[{"index":0,"message":{"content":"Hel"},"delta":{"content":"Hel"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"lo"},"message":{"content":"Hello"}}]}"#,
            #"{"choices":[{"index":0,"message":{"content":"Hello"},"finish_reason":"stop"}]}"#,
        ])
        #expect(both.content == "Hello")
    }

    @Test(arguments: [
        ("length", FinishReason.length), ("max_tokens", .length), ("eos", .stop),
        ("stop_sequence", .stop), ("content_filter", .stop), ("tool_calls", .stop),
    ])
    func `finish words have few meanings`(word: String, reason: FinishReason) {
        let frame = #"{"choices":[{"delta":{"content":"a"},"finish_reason":"\#(word)"}]}"#
        #expect(Hearing.ofEvents([frame]).finish == reason)
        let again = #"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#
        #expect(Hearing.ofEvents([frame, again]).finish == reason)
    }

    @Test(arguments: ["null", "None"])
    func `a word that says that there is none is none`(word: String) {
        let text = #"{"choices":[{"delta":{"content":"a"},"finish_reason":"\#(word)"}]}"#
        #expect(Hearing.ofEvents([text], end: "").failure?.reason == .cut)
        #expect(Hearing.ofEvents([text]).phase == .done)
    }

    @Test(arguments: [
        (#"{"answer": [1, "é"]}"#, #"{"answer":[1,"é"]}"#), ("42", "42"), ("true", "true"),
        ("{}", ""), ("null", ""), ("[]", ""), (#"{"type":"image"}"#, ""),
        (#"{"type":"text","text":"a"}"#, "a"), (#"["a",{"text":"b"}]"#, "ab"),
    ])
    func `content that is no text is told as what it is`(content: String, text: String) {
        for member in ["message", "delta"] {
            let answer =
                #"{"choices":[{"\#(member)":{"content":\#(content)},"finish_reason":"stop"}]}"#
            #expect(Hearing.of(answer).content == text)
            #expect(Hearing.ofEvents([answer]).content == text)
        }
    }

    @Test func `of bad letters without end some are noted, and none is lost`() {
        let most = GenerationLimits.flawsMax
        var json = Array("[\"".utf8)
        json += [UInt8](repeating: 0xFF, count: 3 * most)
        json += Array("\"]".utf8)
        let mended = JSONMending(json.span)
        #expect(mended.flaws.count == most)
        #expect(mended.flawCount == 3 * most)
        let text = try? JSONValue(parsing: mended.text.span).arrayValue?.first?.stringValue
        #expect(text == String(repeating: "\u{FFFD}", count: 3 * most))
        for flaw in mended.flaws where mended.flaws.at(flaw.place) != flaw {
            Issue.record("the flaw at \(flaw.place) is not found")
        }
        #expect(mended.flaws.at(3) == nil && mended.flaws.at(mended.text.count) == nil)
        #expect([JSONMending.Flaw]().at(0) == nil)
    }

    @Test func `of several words for the end length wins and an empty one is none`() {
        let hearing = Hearing.ofEvents([
            #"{"choices":[{"delta":{"content":"a"},"finish_reason":""}]}"#,
            #"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#,
            #"{"choices":[{"delta":{},"finish_reason":"length"}]}"#,
        ])
        #expect(hearing.finish == .length)
    }

    @Test(arguments: ["error", "abort", "Error"])
    func `a server that breaks off has failed`(word: String) {
        let frame = #"{"choices":[{"delta":{"content":"Hello"},"finish_reason":"\#(word)"}]}"#
        let hearing = Hearing.ofEvents([frame])
        #expect(hearing.content == "Hello")
        #expect(hearing.failure?.reason == .refused)
        #expect(hearing.failure?.words?.contains(word) == true)
        let told = Hearing.ofEvents([frame, #"{"error":{"message":"out of memory"}}"#])
        #expect(told.failure?.words == "out of memory")
    }
}
