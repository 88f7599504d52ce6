import Configuration
import CrowdModelsProtocol
import Kernel
import Sessions
import TestSupport
import Testing

/// What subscribers hear.
@Suite(.tidy) struct FeedTests {
    private static func subscribe(_ topics: String, _ more: String = "") -> String {
        #"{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"topics":\#(topics)\#(more)}}"#
    }

    private func changes(_ conversation: Conversation) -> [JSONValue?] {
        conversation.heard().map { $0["params"]?["data"]?["change"] }
    }

    @Test func `a subscriber hears how things stand, then each change, numbered`() throws {
        let counter = try Counter()
        counter.service.snapshot = "[1]"
        let conversation = counter.conversation()
        let first = conversation.ask(Self.subscribe(#"["log","models","log"]"#))
        #expect(first[0]["result"]?["subscription"] == "s1")
        #expect(first.dropFirst().map { $0["params"]?["topic"] } == ["log", "models"])
        #expect(first.dropFirst().map { $0["params"]?["data"]?["snapshot"] } == [[1], [1]])
        let feed = counter.desk.feed
        #expect(feed.isHeard(.log) && !feed.isHeard(.requests))
        feed.publish(.log) { $0.append("\"a\"") }
        feed.publish(.requests) { _ in Issue.record("nobody listens") }
        feed.publish(.models) { $0.append("\"b\"") }
        counter.loop.runTurns(1)
        let heard = conversation.heard()
        #expect(heard.map { $0["params"]?["seq"] } == [2, 3])
        #expect(heard.map { $0["params"]?["data"] } == [["change": "a"], ["change": "b"]])
        // Who comes later has what was before in its snapshot.
        feed.publish(.log) { $0.append("\"c\"") }
        let late = counter.conversation(2)
        late.say(Self.subscribe(#"["log"]"#))
        _ = late.heard()
        counter.loop.runTurns(1)
        #expect(changes(conversation) == ["c"] && changes(late).isEmpty)
        let end = #"{"jsonrpc":"2.0","id":1,"method":"unsubscribe","params":["s1"]}"#
        #expect(conversation.ask(end).last?["result"] == ["unsubscribed": true])
        #expect(conversation.ask(end).last?["result"] == ["unsubscribed": false])
        late.end()
        #expect(!feed.isHeard(.log))
    }

    @Test func `a change is written once, however many hear it, and all of them hear it`() throws {
        let counter = try Counter()
        let all = (0..<300).map { counter.conversation(UInt64($0)) }
        for conversation in all {
            for _ in 0..<10 { conversation.say(Self.subscribe(#"["requests"]"#)) }
            _ = conversation.heard()
        }
        var written = 0
        let text = String(repeating: "x", count: 300)
        for number in 0..<10 {
            counter.desk.feed.publish(.requests) {
                written += 1
                $0.append(string: "\(number) \(text)")
            }
        }
        #expect(written == 10)
        // 30,000 copies of 400 bytes take more than one turn, and each turn leaves room for others.
        var turns = 0
        while counter.loop.waiting > 0 || turns == 0 {
            counter.loop.runTurns(1)
            turns += 1
        }
        #expect(turns > 1)
        for conversation in all {
            let heard = changes(conversation).compactMap { $0?.stringValue?.prefix { $0 != " " } }
            #expect(heard.count == 100)
            // Each of the ten in its order.
            #expect(heard.enumerated().allSatisfy { $1 == "\($0 / 10)" })
        }
    }

    @Test func `what is too much to be told ends the subscription, and memory stays bounded`()
        throws
    {
        let counter = try Counter()
        let conversation = counter.conversation()
        conversation.say(Self.subscribe(#"["models","log"]"#))
        _ = conversation.heard()
        let text = String(repeating: "x", count: 10_000)
        var written = 0
        for _ in 0..<1000 {
            counter.desk.feed.publish(.models) {
                written += 1
                $0.append(string: text)
            }
        }
        #expect(written < 120)
        // Who comes while it waits hears what comes after.
        let late = counter.conversation(2)
        late.say(Self.subscribe(#"["models"]"#))
        _ = late.heard()
        for _ in 0..<20 { counter.loop.runTurns(1) }
        let last = conversation.heard().last
        #expect(last?["params"]?["data"]?["ended"]?["reason"] != nil)
        counter.desk.feed.publish(.models) { $0.append("\"new\"") }
        counter.loop.runTurns(1)
        #expect(changes(late) == ["new"] && changes(conversation).isEmpty)
        #expect(conversation.isIdle)
    }

    @Test func `who reads too slowly is told so and hears no more`() throws {
        var limits = Limits()
        limits.outputBytesMax = 4096
        let counter = try Counter(limits)
        let conversation = counter.conversation()
        conversation.say(Self.subscribe(#"["log"]"#))
        _ = conversation.heard()
        for number in 0..<100 {
            counter.desk.feed.publish(.log) { $0.append(string: "\(number)") }
        }
        counter.loop.runTurns(1)
        let heard = conversation.heard()
        #expect(heard.count > 5 && heard.count < 40)
        let ended = heard.last?["params"]?["data"]?["ended"]
        #expect(ended?["limit"] == "output_bytes_max")
        #expect(!counter.desk.feed.isHeard(.log))
    }

    @Test func `numbers come at their interval, to all who are due from one writing`() throws {
        let counter = try Counter()
        let all = (0..<3).map { counter.conversation(UInt64($0)) }
        for conversation in all {
            conversation.say(Self.subscribe(#"["stats"]"#, #","interval_ms":10"#))
            _ = conversation.heard()
        }
        counter.service.snapshot = "[2]"
        var heard = [0, 0, 0]
        #expect(
            counter.loop.run {
                for (index, conversation) in all.enumerated() {
                    heard[index] += changes(conversation).count { $0 == [2] }
                }
                return heard.allSatisfy { $0 >= 3 }
            })
        for conversation in all { conversation.end() }
        #expect(!counter.desk.feed.isHeard(.stats))
    }

    @Test func `a snapshot that is too large refuses the subscription`() throws {
        var limits = Limits()
        limits.outputBytesMax = 4096
        let counter = try Counter(limits)
        counter.service.snapshot = "\"" + String(repeating: "x", count: 5000) + "\""
        let conversation = counter.conversation()
        let heard = conversation.ask(Self.subscribe(#"["models"]"#))
        #expect(heard.count == 1)
        #expect(heard[0]["error"]?["data"]?["limit"] == "output_bytes_max")
        #expect(!counter.desk.feed.isHeard(.models))
    }

    @Test func `a list of topics has an end`() throws {
        let counter = try Counter()
        let topics = "[" + Array(repeating: #""log""#, count: 65).joined(separator: ",") + "]"
        let refusal = counter.conversation().ask(Self.subscribe(topics)).first
        #expect(refusal?["error"]?["code"] == -32602)
        #expect(refusal?["error"]?["data"]?["parameter"] == "topics")
    }
}
