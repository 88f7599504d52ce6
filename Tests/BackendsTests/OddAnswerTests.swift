import CrowdModelsProtocol
import Testing

@testable import Backends

/// Answers in shapes that few servers send, and that lost something without a word.
@Suite struct OddAnswerTests {
    private static let stop = #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#

    private static func delta(_ members: String) -> String {
        #"{"choices":[{"index":0,"delta":{\#(members)}}]}"#
    }

    private func hear(_ deltas: String...) -> Hearing {
        Hearing.ofEvents(deltas.map(Self.delta) + [Self.stop])
    }

    private static let listed =
        #""tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{\"a\":1}"}}]"#
    private static let older = #""function_call":{"name":"f","arguments":"{\"a\":1}"}"#

    @Test func `a call that is said in both forms is one call, whichever comes first`() {
        let call = [#"c1 f {"a":1}"#]
        #expect(hear(Self.listed, Self.older).calls == call)
        #expect(hear(Self.listed, #""function_call":{"name":"f","arguments":""}"#).calls == call)
        #expect(hear(Self.listed + "," + Self.older).calls == call)
        #expect(hear(Self.older, Self.listed).calls == [#"call_1 f {"a":1}"#])
        let other = Self.listed.replacing("c1", with: "c2").replacing("\"f\"", with: "\"g\"")
        #expect(hear(Self.older, other).calls == [#"call_1 f {"a":1}"#, #"c2 g {"a":1}"#])
    }

    @Test(arguments: [
        #""message":{"content":null},"tool_calls":[CALL],"finish_reason":"tool_calls""#,
        #""tool_calls":[CALL],"message":{"content":""},"finish_reason":"stop""#,
        #""message":{"content":null,"tool_call":CALL},"finish_reason":"stop""#,
        #""message":{"content":null,"tool_call":[CALL]},"finish_reason":"stop""#,
        #""tool_calls":[CALL],"finish_reason":"tool_calls""#,
        #""message":{"tool_calls":[CALL]},"tool_calls":[CALL],"finish_reason":"stop""#,
    ])
    func `calls count wherever a choice has them`(members: String) {
        let call = #"{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}"#
        let choice = #"{"choices":[{"index":0,\#(members.replacing("CALL", with: call))}]}"#
        #expect(Hearing.of(choice).calls == ["c1 f {}"])
        #expect(Hearing.of(choice).finish == .toolCalls)
        let chunk = choice.replacing("\"message\"", with: "\"delta\"")
        #expect(Hearing.ofEvents([chunk]).calls == ["c1 f {}"])
    }

    @Test(arguments: [
        ("\n502 Bad Gateway\n", "502 Bad Gateway"),
        ("\nupstream timed out\n\n", "upstream timed out"),
        ("<html>\r\n<head><title>504 Gateway Time-out</title></head>\n</html>\n", "504 Gateway"),
        ("<!DOCTYPE html><html><body><h1>Bad  Gateway</h1></body></html>", "Bad Gateway"),
    ])
    func `a proxy's page in the middle of a stream is quoted`(page: String, words: String) {
        let text = "data: " + Self.delta(#""content":"Hel""#) + "\n\n"
        let hearing = Hearing.of(text + page)
        #expect(hearing.content == "Hel")
        #expect(hearing.failure?.reason == .cut)
        #expect(hearing.failure?.words?.contains(words) == true)
        let whole = Hearing.of(text + "data: " + Self.stop + "\n\n" + page)
        #expect(whole.phase == .done)
    }

    @Test func `fields that nobody knows are no words`() {
        let hearing = Hearing.of(
            "id: 7\nretry: 100\nmeta: none of this\n: comment\ndata: "
                + Self.delta(#""content":"Hel""#) + "\n\n")
        #expect(hearing.failure?.reason == .cut)
        #expect(hearing.failure?.words == nil)
    }

    @Test func `an array of chunks is their stream`() {
        let chunks = [
            Self.delta(#""role":"assistant","content":"Hel""#), Self.delta(#""content":"lo""#),
            Self.stop,
        ]
        for array in [
            "[" + chunks.joined(separator: ",") + "]",
            "[" + chunks.joined(separator: "\n,\r\n") + "]\n",
        ] {
            for cut in [0, 1, 40, array.utf8.count - 1] {
                let hearing = Hearing.of(Array(array.utf8), cutAt: [cut])
                #expect(hearing.content == "Hello")
                #expect(hearing.phase == .done)
            }
        }
        #expect(Hearing.ofEvents(["[" + chunks.joined(separator: ", ") + "]"]).content == "Hello")
        let whole =
            #"[{"choices":[{"index":0,"message":{"content":"Hello"},"finish_reason":"stop"}]}]"#
        #expect(Hearing.of(whole).content == "Hello")
        let broken = "[" + chunks[0] + #",{"error":{"message":"out of memory"}}]"#
        #expect(Hearing.of(broken).failure?.words == "out of memory")
        #expect(Hearing.of(broken).content == "Hel")
    }

    @Test func `no event makes more of one delta than its reader can bear`() {
        let chunk = Self.delta(#""content":"a""#)
        let most = GenerationLimits.eventObjectsMax
        for separator in ["", ","] {
            func event(_ count: Int) -> String {
                let chunks = [String](repeating: chunk, count: count).joined(separator: separator)
                return separator.isEmpty ? chunks : "[\(chunks)]"
            }
            #expect(Hearing.ofEvents([event(most), Self.stop]).deltas == most)
            let over = Hearing.ofEvents([event(most + 1), Self.stop])
            #expect(over.deltas == most)
            #expect(over.failure?.reason == .unreadable)
        }
        // Those of a body have their pauses.
        let body = "[" + [String](repeating: chunk, count: 4 * most).joined(separator: ",")
        #expect(Hearing.of(body + "," + Self.stop + "]").deltas == 4 * most)
    }

    @Test(arguments: ["data", "result", "response", "output"])
    func `an answer in an envelope is the answer`(name: String) {
        let choice = #""choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"length"}]"#
        let hearing = Hearing.of(
            #"{"code":0,"msg":"success","\#(name)":{"model":"m",\#(choice),"#
                + #""usage":{"prompt_tokens":3,"completion_tokens":1}}}"#
        )
        #expect(hearing.content == "Hi")
        #expect(hearing.finish == .length)
        #expect(hearing.model == "m")
        #expect(hearing.usage == [3, 1, 4])
        let event = #"{"\#(name)":\#(Self.delta(#""content":"Hi""#))}"#
        #expect(Hearing.ofEvents([event, #"{"\#(name)":\#(Self.stop)}"#]).content == "Hi")
    }

    @Test func `words of success are no error`() {
        let usage =
            #"{"code":0,"message":"Success","usage":{"prompt_tokens":3,"completion_tokens":1}}"#
        let hearing = Hearing.ofEvents([Self.delta(#""content":"Hi""#), usage, Self.stop])
        #expect(hearing.content == "Hi")
        #expect(hearing.phase == .done)
    }

    @Test func `what a voice says is text where there is no other`() {
        let whole =
            #"{"choices":[{"index":0,"message":{"content":null,"audio":{"id":"a","data":"AAAA","#
            + #""transcript":"Hello"}},"finish_reason":"stop"}]}"#
        #expect(Hearing.of(whole).content == "Hello")
        let both = whole.replacing(#""content":null"#, with: #""content":"Hello""#)
        #expect(Hearing.of(both).content == "Hello")
        let stream = hear(
            #""audio":{"id":"a","transcript":"Hel"}"#, #""audio":{"data":"AAAA"}"#,
            #""audio":{"transcript":"lo"}"#, #""audio":{"expires_at":1}"#)
        #expect(stream.content == "Hello")
        #expect(stream.troubles.isEmpty)
    }

    @Test(arguments: [
        #""thought":"Hm.""#, #""thoughts":"Hm.""#, #""thinking_content":"Hm.""#,
        #""reasoning_summary":"Hm.""#, #""cot_summary":"Hm.""#,
        #""extra_content":{"google":{"thought":true}},"content":"<thought>Hm.</thought>""#,
        #""content":"<thought>Hm.</thought>","extra_content":{"google":{"thought":true}}"#,
    ])
    func `thoughts are reasoning under these names too`(members: String) {
        let hearing = hear(members, #""content":"Hello""#)
        #expect(hearing.reasoning == "Hm.")
        #expect(hearing.content == "Hello")
        #expect(hearing.troubles.isEmpty)
    }

    @Test func `thoughts of Gemini are told by their tag only where it says that they are some`() {
        let flag = #","extra_content":{"google":{"thought":true}}"#
        let hearing = hear(
            #""content":"<thou"\#(flag)"#, #""content":"ght>a\nb</thou"\#(flag)"#,
            #""content":"ght>c <thought>""#)
        #expect(hearing.reasoning == "a\nb")
        #expect(hearing.content == "c <thought>")
        #expect(hear(#""content":"<thought>a</thought>b""#).content == "<thought>a</thought>b")
        #expect(
            hear(#""content":"a","extra_content":{"google":{"thought_signature":"x"}}"#).content
                == "a")
    }
}
