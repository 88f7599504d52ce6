import Configuration
import CrowdModelsProtocol
import Kernel
import Sessions
import TestSupport
import Testing

/// JSON-RPC on one connection, whatever carries it.
@Suite(.tidy) struct ConversationTests {
    private static func request(
        _ id: String?, _ method: String, _ params: String = "{}"
    ) -> String {
        let id = id.map { "\"id\":\($0)," } ?? ""
        return "{\"jsonrpc\":\"2.0\",\(id)\"method\":\"\(method)\",\"params\":\(params)}"
    }

    private static func complete(_ id: String) -> String {
        request(id, "complete", "{\"prompt\":\"x\"}")
    }

    @Test func `what is answered at once is answered in its turn`() throws {
        let counter = try Counter()
        let conversation = counter.conversation()
        conversation.say(Self.request("1.0", "ping"))
        #expect(conversation.takeText() == "{\"jsonrpc\":\"2.0\",\"id\":1.0,\"result\":{}}\n")
        #expect(counter.service.asked == [.ping])
        // A ping without params is nobody's business but the conversation's.
        #expect(conversation.ask(#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#).count == 1)
        #expect(counter.service.asked == [.ping])
        #expect(conversation.ask(Self.request(nil, "ping")).isEmpty)
        #expect(conversation.isIdle)
    }

    @Test func `a request in flight is answered once, under its id as it came`() throws {
        let counter = try Counter()
        let conversation = counter.conversation()
        #expect(conversation.ask(Self.complete(#""\u0041""#)).isEmpty)
        #expect(conversation.inFlightCount == 1 && !conversation.isIdle)
        // The same id written otherwise is the same.
        let refusal = try #require(conversation.ask(Self.complete(#""A""#)).first)
        #expect(refusal["error"]?["code"] == -32600 && refusal["id"] == .null)
        let job = try #require(counter.service.jobs.first)
        job.finish()
        job.finish("again")
        #expect(
            conversation.takeText()
                == "{\"jsonrpc\":\"2.0\",\"id\":\"\\u0041\",\"result\":\"done\"}\n")
        #expect(conversation.isIdle && counter.outlet.grew == 1)
        // And may be used again.
        #expect(conversation.ask(Self.complete(#""A""#)).isEmpty)
        #expect(conversation.inFlightCount == 1)
    }

    @Test func `a reply that a job keeps is not used for another request`() throws {
        let counter = try Counter()
        let conversation = counter.conversation()
        var kept: [any Reply] = []
        counter.service.answers = { _, reply in
            kept.append(reply)
            reply.succeed { $0.append("1") }
        }
        conversation.say(Self.request("1", "status"))
        counter.service.answers = { _, reply in reply.succeed { $0.append("2") } }
        conversation.say(Self.request("2", "status"))
        // What was answered says nothing more, to nobody.
        kept[0].succeed { $0.append("3") }
        kept[0].fail(Fault(.internalError, "late"))
        #expect(conversation.heard().map { $0["result"] } == [1, 2])
    }

    @Test func `a request that is dropped is answered nothing, alone or in a batch`() throws {
        let counter = try Counter()
        let conversation = counter.conversation()
        conversation.say(Self.complete("1"))
        counter.service.jobs[0].reply.tell("notifications/progress") { $0.append("{}") }
        counter.service.jobs[0].reply.drop()
        counter.service.jobs[0].finish()
        #expect(conversation.heard().map { $0["method"] } == ["notifications/progress"])
        #expect(conversation.isIdle && counter.outlet.grew == 2)
        conversation.say("[\(Self.complete("1")),\(Self.complete("2"))]")
        counter.service.jobs[1].reply.drop()
        counter.service.jobs[2].finish()
        #expect(conversation.heard().map { $0.arrayValue?.count } == [1])
        conversation.say("[\(Self.complete("1"))]")
        counter.service.jobs[3].reply.drop()
        #expect(conversation.isIdle)
    }

    @Test func `cancel reaches what is in flight here, by its id`() throws {
        let counter = try Counter()
        let conversation = counter.conversation()
        conversation.say(Self.complete("1"))
        conversation.say(Self.complete("\"1\""))
        let other = counter.conversation(2)
        #expect(
            other.ask(Self.request("9", "cancel", "[1]")).last?["result"]?["cancelled"] == false)
        let answers = conversation.ask(Self.request("9", "cancel", "[1]"))
        #expect(answers.map { $0["id"] } == [1, 9])
        #expect(answers[0]["error"]?["code"] == -32800)
        #expect(answers[1]["result"]?["cancelled"] == true)
        #expect(counter.service.jobs.map(\.events) == [["cancelled"], []])
        // As a notification it is not answered.
        #expect(conversation.ask(Self.request(nil, "cancel", "[\"1\"]")).map { $0["id"] } == ["1"])
        #expect(conversation.isIdle)
    }

    @Test func `the end abandons all, and answers that come later go nowhere`() throws {
        let counter = try Counter()
        let conversation = counter.conversation()
        for id in 1...3 { conversation.say(Self.complete("\(id)")) }
        let held = counter.desk.memory.held
        #expect(held > 0)
        conversation.end()
        #expect(counter.desk.memory.held == 0)
        let jobs = counter.service.jobs
        #expect(jobs.allSatisfy { $0.events == ["abandoned"] })
        for job in jobs {
            job.finish()
            job.reply.progress(Progress(phase: "queued"))
        }
        #expect(conversation.takeText().isEmpty)
    }

    @Test func `what belongs to a request is told before its answer`() throws {
        let counter = try Counter()
        let conversation = counter.conversation()
        conversation.say(Self.complete("7"))
        let job = counter.service.jobs[0]
        let text = Array(#"a\u00e9"#.utf8)
        let calls = Array(#"[{"index":0}]"#.utf8)
        job.reply.progress(
            Progress(
                phase: "prompt", position: 2, fraction: 0.5, backend: "b", etaMilliseconds: 9))
        job.reply.delta(content: text.span, reasoning: Span(), refusal: Span(), toolCalls: Span())
        job.reply.delta(
            content: Span(), reasoning: text.span, refusal: Span(), toolCalls: calls.span)
        job.finish()
        #expect(
            conversation.takeText() == """
                {"jsonrpc":"2.0","method":"complete.progress","params":{"id":7,"phase":"prompt",\
                "position":2,"progress":0.5,"backend":"b","eta_ms":9}}
                {"jsonrpc":"2.0","method":"complete.delta","params":{"id":7,"seq":0,"content":\
                "a\\u00e9"}}
                {"jsonrpc":"2.0","method":"complete.delta","params":{"id":7,"seq":1,"reasoning":\
                "a\\u00e9","tool_calls":[{"index":0}]}}
                {"jsonrpc":"2.0","id":7,"result":"done"}

                """)
    }

    @Test func `a batch is answered as one, when its last request is`() throws {
        let counter = try Counter()
        let conversation = counter.conversation()
        let ping = Self.request("1", "ping")
        conversation.say("[\(ping),\(Self.complete("2")),\(ping),7]")
        #expect(conversation.takeText().isEmpty)
        counter.service.jobs[0].finish()
        let answers = try #require(conversation.heard().first?.arrayValue)
        #expect(answers.map { $0["id"] } == [1, .null, .null, 2])
        #expect(answers[1]["error"]?["data"]?["id"] == 1)
        // What was refused inside does not keep the rest waiting; notifications alone are silent.
        counter.service.answers = { _, _ throws(Fault) in throw Fault(.unsupported, "no") }
        #expect(conversation.ask("[\(Self.request("3", "status"))]").first?.arrayValue?.count == 1)
        #expect(conversation.ask("[\(Self.request(nil, "status"))]").isEmpty)
    }

    @Test func `a batch of dear calls takes many turns`() throws {
        let counter = try Counter()
        let conversation = counter.conversation()
        let batch =
            "[" + (0..<100).map { Self.request("\($0)", "status") }.joined(separator: ",") + "]"
        let text = String(repeating: "x", count: 65_536)
        counter.service.answers = { _, reply in reply.succeed { $0.append(string: text) } }
        // 6.5 MB of answers; no turn may write more than some of them.
        #expect(conversation.say(batch) >= 3)
        #expect(conversation.heard().first?.arrayValue?.count == 100)
    }

    @Test func `a long line is read in steps, the first of them in the next turn`() throws {
        let counter = try Counter()
        let conversation = counter.conversation()
        let long = "[" + Array(repeating: "1", count: 200_000).joined(separator: ",") + "]"
        let line = #"{"jsonrpc":"2.0","id":1,"method":"ping","x":\#(long)}"#
        #expect(conversation.say(line) >= 2)
        #expect(conversation.heard().first?["result"] == ["ok": true])
        #expect(!conversation.isInLine)
    }

    @Test func `one request more than may be in flight is refused`() throws {
        var limits = Limits()
        limits.inFlightPerConnectionMax = 2
        let counter = try Counter(limits)
        let conversation = counter.conversation()
        for id in 1...2 { conversation.say(Self.complete("\(id)")) }
        let refusal = conversation.ask(Self.complete("3")).first
        #expect(refusal?["error"]?["code"] == 1013 && refusal?["id"] == 3)
        #expect(refusal?["error"]?["data"]?["limit"] == "in_flight_per_connection_max")
        counter.service.jobs[0].finish()
        #expect(conversation.ask(Self.complete("4")).first?["id"] == 1)
        #expect(conversation.inFlightCount == 2)
    }

    @Test
    func `answers of a batch count in what may be held, and are refused where it is too much`()
        throws
    {
        let counter = try Counter()
        let memory = counter.desk.memory
        let conversation = counter.conversation()
        let text = String(repeating: "x", count: 5000)
        counter.service.answers = { _, reply in reply.succeed { $0.append(string: text) } }
        let status = Self.request("2", "status")
        conversation.say("[\(Self.complete("1")),\(status)]")
        #expect(memory.held > 5000)
        counter.service.jobs[0].finish()
        #expect(conversation.heard().first?.arrayValue?[0]["result"] == .string(text))
        #expect(memory.held == 0)
        // Somebody else holds all.
        var other = 0
        memory.change(&other, to: memory.max)
        conversation.say(#"[\#(status),{"jsonrpc":"2.0","id":3,"method":"ping"}]"#)
        let answers = try #require(conversation.heard().first?.arrayValue)
        #expect(answers[0]["error"]?["data"]?["limit"] == "memory_max")
        #expect(answers[1]["id"] == 3 && answers[1]["error"] == nil)
        #expect(memory.held == memory.max)
    }

    @Test func `an answer that is too large is replaced, alone and in a batch`() throws {
        var limits = Limits()
        limits.outputBytesMax = 4096
        let counter = try Counter(limits)
        let conversation = counter.conversation()
        let long = String(repeating: "x", count: 5000)
        counter.service.answers = { _, reply in reply.succeed { $0.append(string: long) } }
        let answers =
            conversation.ask(Self.request("1", "status"))
            + (conversation.ask("[\(Self.request("1", "status"))]").first?.arrayValue ?? [])
        #expect(answers.count == 2)
        for answer in answers {
            #expect(answer["id"] == 1)
            #expect(answer["error"]?["data"]?["limit"] == "output_bytes_max")
        }
    }

    @Test func `jobs stop feeding a client that does not read, and go on when it has`() throws {
        var limits = Limits()
        limits.outputBytesMax = 8192
        let counter = try Counter(limits)
        let conversation = counter.conversation()
        conversation.say(Self.complete("1"))
        let job = counter.service.jobs[0]
        let text = Array(("\"" + String(repeating: "x", count: 3000) + "\"").utf8)
        job.reply.delta(content: text.span, reasoning: Span(), refusal: Span(), toolCalls: Span())
        #expect(!job.reply.isFull)
        job.reply.delta(content: text.span, reasoning: Span(), refusal: Span(), toolCalls: Span())
        #expect(job.reply.isFull)
        conversation.drained()
        #expect(job.events.isEmpty)
        _ = conversation.takeText()
        conversation.drained()
        #expect(job.events == ["drained"] && !job.reply.isFull)
    }

    @Test func `who cannot be told anything cannot stream or subscribe`() throws {
        let counter = try Counter()
        let conversation = counter.conversation(canNotify: false)
        var canStream: [Bool] = []
        counter.service.answers = { call, reply in
            canStream.append(call.canStream)
            reply.succeed { $0.append("1") }
        }
        conversation.say(Self.request("1", "status"))
        let refusal = conversation.ask(Self.request("1", "subscribe", "[[\"log\"]]")).last
        #expect(refusal?["error"]?["code"] == -32600)
        let lines = counter.conversation(2)
        lines.say(Self.request("1", "status"))
        lines.say(Self.request("null", "status"))
        lines.say("[\(Self.request("1", "status"))]")
        #expect(canStream == [false, true, false, false])
    }
}
