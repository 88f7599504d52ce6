import CrowdModelsProtocol

/// What a stream said, event by event, so that a test can name what it looks for.
extension Tape {
    /// The events of a stream, each its name and its data.
    static func events(_ text: String) throws -> [(name: String, data: JSONValue)] {
        try text.split(separator: "\n\n").map { event in
            let lines = event.split(separator: "\n", maxSplits: 1)
            let name = lines[0].dropFirst("event: ".count)
            return (String(name), try JSONValue(parsing: String(lines[1].dropFirst(6))))
        }
    }

    /// Plays an answer from its deltas to its end: all that the tongue made of it.
    mutating func play(
        _ deltas: [(content: String, reasoning: String, calls: String)], _ result: String
    ) -> String {
        var text = ""
        for piece in deltas {
            text += delta(piece.content, reasoning: piece.reasoning, calls: piece.calls)
        }
        return text + succeed(result)
    }
}

/// Answers of ours, as every tongue has to tell them.
enum Answers {
    static let stats =
        #""stats":{"tokens_per_second":50,"time_to_first_token":0.25,"generation_time":1.5,"#
        + #""queue_time":0,"total_time":2,"source":"measured"}"#

    /// Thoughts, then a text.
    static let text =
        #"{"content":"Grüße \"du\"","reasoning":"Hm","model":"qwen3-4b","backend":"lmstudio","#
        + #""finish_reason":"stop","usage":{"prompt_tokens":12,"completion_tokens":7,"#
        + #""total_tokens":19,"cached_tokens":10,"reasoning_tokens":2},\#(stats)}"#
    static let textDeltas: [(content: String, reasoning: String, calls: String)] = [
        ("", "H", ""), ("Gr", "m", ""), (#"üße \"du\""#, "", ""),
    ]

    /// A text, then two calls whose pieces came by turns, and a word between them.
    static let calls =
        #"{"content":"Look. Now.","tool_calls":[{"id":"a","type":"function","function":"#
        + #"{"name":"get","arguments":"{\"x\":1}"}},{"id":"b","type":"function","function":"#
        + #"{"name":"put","arguments":"{\"y\":[2]}"}}],"model":"qwen3-4b","backend":"b","#
        + #""finish_reason":"tool_calls",\#(stats)}"#
    static let callDeltas: [(content: String, reasoning: String, calls: String)] = [
        ("Look.", "", ""),
        (
            "", "",
            #"[{"index":0,"id":"a","type":"function","function":{"name":"get","arguments":"{\"x"}}]"#
        ),
        (
            "", "",
            #"[{"index":1,"id":"b","type":"function","function":{"name":"put","arguments":"{"}}]"#
        ),
        (" Now.", "", #"[{"index":0,"function":{"arguments":"\":1}"}}]"#),
        ("", "", #"[{"index":1,"function":{"arguments":"\"y\":[2]}"}}]"#),
    ]

    /// Nothing at all.
    static let empty =
        #"{"content":"","model":"m","backend":"b","finish_reason":"stop",\#(stats)}"#
    static let refusal =
        #"{"content":"","refusal":"No.","model":"m","backend":"b","finish_reason":"stop","#
        + #"\#(stats)}"#
    static let cancelled =
        #"{"content":"Once","model":"m","backend":"b","finish_reason":"cancelled",\#(stats)}"#
    static let cut =
        #"{"content":"Once","model":"m","backend":"b","finish_reason":"length",\#(stats)}"#
}
