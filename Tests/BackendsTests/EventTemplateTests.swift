import CrowdModelsProtocol
import Testing

@testable import Backends

@Suite struct EventTemplateTests {
    private let template = EventTemplate()

    private func read(_ event: String) throws -> AnswerFrame {
        var frame = AnswerFrame()
        _ = try frame.read(Array(event.utf8).span, from: 0)
        return frame
    }

    private func learn(_ event: String) throws {
        template.learn(Array(event.utf8).span, try read(event))
    }

    private func frame(of event: String) -> AnswerFrame? {
        template.frame(of: Array(event.utf8).span)
    }

    private func event(_ member: String, _ token: String, end: String = "null") -> String {
        #"{"id":"c","model":"m","choices":[{"index":0,"delta":{"\#(member)":\#(token)},"#
            + #""finish_reason":\#(end)}],"usage":null}"#
    }

    @Test(arguments: ["content", "reasoning_content", "reasoning", "thinking"])
    func `an event that differs in its text alone is read as it is`(member: String) throws {
        try learn(event(member, #""a""#))
        let tokens = [
            #""""#, #""b""#, #""a longer one""#, #""\"},\"finish_reason\":\"stop\"}""#,
            #""\u00e9\n""#,
            #""é""#,
        ]
        for token in tokens {
            let next = event(member, token)
            let found = try #require(frame(of: next))
            let read = try read(next)
            #expect(found.message.content == read.message.content)
            #expect(found.message.anyReasoning == read.message.anyReasoning)
            #expect(found.model == read.model && found.hasChoice && !found.isWhole)
        }
    }

    @Test func `whatever else differs is not known`() throws {
        try learn(event("content", #""a""#))
        for other in [
            event("content", #""a""#, end: #""stop""#), event("content", "null"),
            event("content", #"["a"]"#), event("reasoning", #""a""#), event("content", "\"\u{1}\""),
            event("content", #""a","role":"b""#), event("content", #""a"#),
            event("content", #""a""#) + " ", #" "# + event("content", #""a""#), "", "{}",
        ] {
            #expect(frame(of: other) == nil, "\(other)")
        }
        #expect(frame(of: event("content", #""b""#)) != nil)
    }

    @Test func `an event that says more than a text is not kept`() throws {
        for more in [
            event("content", #""a""#, end: #""stop""#), event("role", #""a""#),
            #"{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":1}}"#,
            #"{"choices":[{"delta":{"content":"a"}}],"timings":{"prompt_n":1}}"#,
            #"{"choices":[{"message":{"content":"a"}}]}"#,
            #"{"choices":[{"delta":{"content":"a"}}],"model":"behind it"}"#,
        ] {
            let template = EventTemplate()
            template.learn(Array(more.utf8).span, try read(more))
            #expect(template.frame(of: Array(more.utf8).span) == nil, "\(more)")
        }
    }

    @Test func `a long event is not kept`() throws {
        let room = EventTemplate.bytesMax - event("content", #""""#).utf8.count
        for (letters, isKept) in [(room, true), (room + 1, false)] {
            let template = EventTemplate()
            let long = event("content", "\"" + String(repeating: "a", count: letters) + "\"")
            template.learn(Array(long.utf8).span, try read(long))
            let next = Array(event("content", #""b""#).utf8)
            #expect((template.frame(of: next.span) != nil) == isKept)
        }
    }

    @Test func `a server whose events all differ is not tried for long`() throws {
        for number in 0..<EventTemplate.missesMax {
            try learn(#"{"created":\#(number),"choices":[{"delta":{"content":"a"}}]}"#)
        }
        try learn(event("content", #""a""#))
        #expect(frame(of: event("content", #""b""#)) == nil)
    }
}

extension EventTemplate {
    /// What an event says that is like the one before; nil for any other.
    fileprivate func frame(of event: Span<UInt8>) -> AnswerFrame? { takes(event) ? frame : nil }
}
