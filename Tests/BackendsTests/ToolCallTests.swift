import Backends
import CrowdModelsProtocol
import Testing

/// Calls in every form that servers tell them, and the one form in which callers get them.
@Suite struct ToolCallTests {
    private static let end = #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#

    /// Hears deltas of calls, a frame each.
    private func hear(_ frames: [String]) -> Hearing {
        Hearing.ofEvents(
            frames.map { #"{"choices":[{"index":0,"delta":{"tool_calls":[\#($0)]}}]}"# }
                + [Self.end])
    }

    private static func call(
        index: String? = nil, id: String? = nil, name: String? = nil, arguments: String? = nil
    ) -> String {
        let parts = [
            index.map { "\"index\":\($0)" }, id.map { "\"id\":\($0)" },
            "\"function\":{"
                + [name.map { "\"name\":\($0)" }, arguments.map { "\"arguments\":\($0)" }]
                .compactMap(\.self).joined(separator: ",") + "}",
        ]
        return "{" + parts.compactMap(\.self).joined(separator: ",") + "}"
    }

    /// What a server sends, frame by frame, and the calls that it means.
    static let samples: [([String], [String])] = [
        // As OpenAI does.
        (
            [
                call(index: "0", id: #""c1""#, name: #""f""#, arguments: #""""#),
                call(index: "0", arguments: #""{\"a\"""#), call(index: "0", arguments: #"":1}""#),
            ], [#"c1 f {"a":1}"#]
        ),
        // Two calls under one index.
        (
            [
                call(index: "0", id: #""c1""#, name: #""w""#, arguments: #""{\"p\":1}""#),
                call(index: "0", id: #""c2""#, name: #""w""#, arguments: #""{\"p\":2}""#),
            ], [#"c1 w {"p":1}"#, #"c2 w {"p":2}"#]
        ),
        // Under one index and without ids.
        (
            [
                call(index: "0", name: #""f""#, arguments: #""{}""#),
                call(index: "0", name: #""g""#, arguments: #""{}""#),
            ], ["call_1 f {}", "call_2 g {}"]
        ),
        // No index: continued by order, by id, by name.
        (
            [
                call(id: #""c1""#, name: #""f""#, arguments: #""""#),
                call(arguments: #""{""#), call(arguments: #""}""#),
            ], ["c1 f {}"]
        ),
        (
            [
                call(id: #""c1""#, name: #""f""#, arguments: #""{""#),
                call(id: #""c2""#, name: #""g""#, arguments: #""{""#),
                call(id: #""c1""#, arguments: #""}""#), call(id: #""c2""#, arguments: #""}""#),
            ], ["c1 f {}", "c2 g {}"]
        ),
        (
            [
                call(name: #""f""#, arguments: #""{""#), call(name: #""f""#, arguments: #""}""#),
                call(name: #""f""#, arguments: #""{}""#),
            ], ["call_1 f {}", "call_2 f {}"]
        ),
        // Whole calls stay separate, in one frame or in several.
        (
            [
                call(id: #""c1""#, name: #""f""#, arguments: #""{}""#),
                call(id: #""c2""#, name: #""g""#, arguments: #""{\"x\":1}""#) + ","
                    + call(id: #""c3""#, name: #""g""#, arguments: #""{\"x\":2}""#),
            ], ["c1 f {}", #"c2 g {"x":1}"#, #"c3 g {"x":2}"#]
        ),
        (
            [
                call(name: #""f""#, arguments: #""{\"x\":1}""#) + ","
                    + call(name: #""f""#, arguments: #""{\"x\":1}""#)
            ], [#"call_1 f {"x":1}"#, #"call_2 f {"x":1}"#]
        ),
        // Ids, types and names that say nothing.
        (
            [
                call(index: "null", id: #""c1""#, name: #""f""#, arguments: #""""#),
                call(index: "0", id: #""""#, name: #""""#, arguments: #""{""#),
                call(index: "0", id: "null", name: "null", arguments: #""}""#),
            ], ["c1 f {}"]
        ),
        // A name in pieces, and one that is said again.
        (
            [
                call(index: "0", id: #""c1""#, name: #""get_""#, arguments: #""""#),
                call(index: "0", name: #""weather""#, arguments: #""{}""#),
            ], ["c1 get_weather {}"]
        ),
        (
            [
                call(index: "0", id: #""c1""#, name: #""f""#, arguments: #""{""#),
                call(index: "0", id: #""c1""#, name: #""f""#, arguments: #""}""#),
            ], ["c1 f {}"]
        ),
        // An id for several calls, and a call that is said twice.
        (
            [
                call(index: "0", id: #""c""#, name: #""f""#, arguments: #""{\"x\":1}""#),
                call(index: "1", id: #""c""#, name: #""f""#, arguments: #""{\"x\":2}""#),
            ], [#"c f {"x":1}"#, #"call_2 f {"x":2}"#]
        ),
        (
            [
                call(index: "0", id: #""c""#, name: #""f""#, arguments: #""{""#),
                call(index: "0", arguments: #""}""#),
                call(index: "0", id: #""c""#, name: #""f""#, arguments: #""{}""#),
            ], ["c f {}"]
        ),
        (
            [
                call(index: "0", id: #""c""#, name: #""f""#, arguments: #""{\"x\":1}""#),
                call(index: "1", id: #""c""#, name: #""g""#, arguments: #""{\"x\":1}""#),
                call(index: "2", id: #""c""#, name: #""g""#, arguments: #""{\"x\":1}""#),
            ], [#"c f {"x":1}"#, #"call_2 g {"x":1}"#, #"call_3 g {"x":1}"#]
        ),
        // `{}` before the real arguments, and where there are no others.
        (
            [
                call(index: "0", id: #""c1""#, name: #""f""#, arguments: #""{}""#),
                call(index: "0", arguments: #""{\"a\"""#), call(index: "0", arguments: #"":1}""#),
            ], [#"c1 f {"a":1}"#]
        ),
        (
            [
                call(id: #""c1""#, name: #""f""#, arguments: "{}"),
                call(id: #""c2""#, name: #""g""#, arguments: #""{}""#),
                call(id: #""c1""#, name: #""f""#, arguments: #"{"a":1}"#),
                call(id: #""c2""#, arguments: #""{}""#),
            ], [#"c1 f {"a":1}"#, "c2 g {}"]
        ),
        (
            [
                call(name: #""f""#, arguments: #""{}""#), call(name: #""f""#, arguments: #""{}""#),
            ], ["call_1 f {}", "call_2 f {}"]
        ),
        // A tool of the caller's own kind is given a text.
        (
            [#"{"id":"c1","type":"custom","custom":{"name":"code","input":"print(1)"}}"#],
            ["c1 code print(1)"]
        ),
        // Arguments in other forms.
        ([call(id: #""c1""#, name: #""f""#, arguments: #"{"a": 1}"#)], [#"c1 f {"a":1}"#]),
        ([call(id: #""c1""#, name: #""f""#, arguments: "null")], ["c1 f {}"]),
        (
            [call(id: #""c1""#, name: #""f""#) + "," + call(id: #""c2""#, name: #""g""#)],
            ["c1 f {}", "c2 g {}"]
        ),
        // Indices that do not begin at 0, and those that go to and fro.
        (
            [
                call(index: "1", id: #""c1""#, name: #""f""#, arguments: #""{""#),
                call(index: "7", id: #""c2""#, name: #""g""#, arguments: #""[""#),
                call(index: "1", arguments: #""}""#), call(index: "7", arguments: #""]""#),
            ], ["c1 f {}", "c2 g []"]
        ),
        // A letter that is cut.
        (
            [
                call(index: "0", id: #""c1""#, name: #""f""#, arguments: #""\"\ud83d""#),
                call(index: "0", arguments: #""\ude00\"""#),
            ], [#"c1 f "😀""#]
        ),
        // What never gets a name is none.
        ([call(index: "0", id: #""c1""#, arguments: #""{}""#)], []),
        // A name that comes after the id and before the arguments.
        (
            [
                call(index: "0", id: #""c1""#), call(index: "0", name: #""f""#),
                call(index: "0", arguments: #""{}""#),
            ], ["c1 f {}"]
        ),
        // Without `function`, and with Ollama's index inside of it.
        ([#"{"id":"c1","name":"f","arguments":{}}"#], ["c1 f {}"]),
        (
            [#"{"id":"c1","function":{"index":0,"name":"f","arguments":{"a":[1]}}}"#],
            [#"c1 f {"a":[1]}"#]
        ),
    ]

    @Test func `a whole message behind the deltas says calls again, with ids or without`() {
        for id in ["", #""id":"c1","#] {
            let again = #"{\#(id)"function":{"name":"f","arguments":"{\"a\":1}"}}"#
            let other = #"{"function":{"name":"f","arguments":"{\"a\":2}"}}"#
            func hear(_ calls: String) -> Hearing {
                .ofEvents([
                    #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","function":"#
                        + #"{"name":"f","arguments":"{\"a\":1}"}}]}}]}"#,
                    #"{"choices":[{"message":{"tool_calls":[\#(calls)]},"finish_reason":"#
                        + #""tool_calls"}]}"#,
                ])
            }
            #expect(hear(again).calls == [#"c1 f {"a":1}"#])
            #expect(hear(other).calls.count == 2)
        }
    }

    @Test(arguments: samples)
    func `calls have one form`(frames: [String], calls: [String]) {
        let hearing = hear(frames)
        #expect(hearing.calls == calls)
        #expect(hearing.troubles.isEmpty)
        #expect(hearing.finish == (calls.isEmpty ? .stop : .toolCalls))
        #expect(hearing.phase == .done)
    }

    @Test func `a whole answer has them in the same form`() {
        let hearing = Hearing.of(
            #"{"choices":[{"index":0,"message":{"content":null,"tool_calls":[{"id":"c1","type":"#
                + #""function","function":{"name":"f","arguments":{"city":"Oslo"}}},{"id":"c2","#
                + #""function":{"name":"g","arguments":null}}]},"finish_reason":"tool_calls"}]}"#)
        #expect(hearing.calls == [#"c1 f {"city":"Oslo"}"#, "c2 g {}"])
        #expect(hearing.troubles.isEmpty)
        #expect(hearing.finish == .toolCalls)
    }

    @Test func `the older form of one call is a call`() {
        let hearing = Hearing.ofEvents([
            #"{"choices":[{"delta":{"function_call":{"name":"f","arguments":""}}}]}"#,
            #"{"choices":[{"delta":{"function_call":{"arguments":"{}"}}}]}"#,
            #"{"choices":[{"delta":{},"finish_reason":"function_call"}]}"#,
        ])
        #expect(hearing.calls == ["call_1 f {}"])
        #expect(hearing.troubles.isEmpty)
    }

    @Test func `length stays length`() {
        let hearing = Hearing.ofEvents([
            #"{"choices":[{"delta":{"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{"}}]"#
                + #"},"finish_reason":"length"}]}"#
        ])
        #expect(hearing.calls == ["c f {"])
        #expect(hearing.finish == .length)
    }

    @Test func `a thousand calls are enough`() {
        let frames = (0...1024).map { index in
            #"{"index":\#(index),"id":"c\#(index)","function":{"name":"f","arguments":"[]"}}"#
        }
        let hearing = hear(frames)
        #expect(hearing.calls.count == 1024)
        #expect(hearing.failure?.reason == .unreadable)
    }
}
