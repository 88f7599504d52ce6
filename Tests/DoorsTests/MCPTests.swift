import Configuration
import CrowdModelsProtocol
import Doors
import Kernel
import Sessions
import TestSupport
import Testing

/// The Model Context Protocol, before a service that does as the test says.
@Suite(.tidy) struct MCPTests {
    /// Says one request's params to the door; what it throws is what the caller is told.
    private static func ask(
        _ host: Host, _ method: Method, _ params: String, canStream: Bool = true
    ) throws(Fault) {
        let text = Array(params.utf8)
        let arguments = try Arguments(
            params: JSONRange(0, text.count), of: method, in: text.span, limits: .init())
        let call = Call(method: method, arguments: arguments, canStream: canStream)
        try MCPDoor.perform(
            call, text.span, for: host.peer, reply: host, limits: .init(), by: host.service)
    }

    private static let question = #"{"name":"ask_model","arguments":{"prompt":"a\u00e9"}}"#
    private static let stateless =
        #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}"#

    @Test(arguments: [
        ("2025-06-18", "2025-06-18"), ("2025-11-25", "2025-11-25"), ("2024-11-05", "2025-11-25"),
        ("2026-07-28", "2025-11-25"), ("", "2025-11-25"),
    ])
    func `initialize is answered with a version that has it`(_ asked: String, _ told: String) throws
    {
        let host = Host()
        try Self.ask(host, .initialize, #"{"protocolVersion":"\#(asked)","unknown":1}"#)
        #expect(host.result?["protocolVersion"]?.stringValue == told)
        #expect(host.result?["capabilities"] == ["tools": [:]])
    }

    @Test func `a tool's arguments reach our method as the tokens they are`() throws {
        let host = Host()
        try Self.ask(
            host, .toolsCall,
            #"""
            {"name":"\u0061sk_model","arguments":{"max_tokens":1e1,"prompt":"a\u00e9","model":null,
            "system_prompt":"s","response_format":{"type":"text"}},"more":1,"_meta":{"traceparent":
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}
            """#.replacing("\n", with: ""))
        #expect(
            host.service.asked == [
                #"complete {"prompt":"a\u00e9","system_prompt":"s","max_tokens":1e1,"#
                    + #""response_format":{"type":"text"},"_meta":{"traceparent":"#
                    + #""00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}"#
            ])
    }

    @Test func `the result is told as text and as it is`() throws {
        let host = Host()
        try Self.ask(host, .toolsCall, Self.question)
        host.service.reply?.succeed { $0.append(#"{"content":"b\u00e4","model":"m"}"#) }
        #expect(
            host.answer
                == #"{"content":[{"type":"text","text":"b\u00e4"}],"#
                + #""structuredContent":{"content":"b\u00e4","model":"m"},"isError":false}"#)
        #expect(host.service.reply?.isFull == false)
    }

    @Test func `words of refusal are the text where there is no other`() throws {
        let host = Host()
        try Self.ask(host, .toolsCall, Self.question)
        host.service.reply?.succeed { $0.append(#"{"content":"","refusal":"No."}"#) }
        #expect(host.result?["content"]?[0]?["text"] == "No.")
    }

    @Test func `the list of models is told as text, too`() throws {
        let host = Host()
        host.service.answer = #"{"models":[]}"#
        try Self.ask(host, .toolsCall, #"{"name":"list_models","arguments":{}}"#)
        #expect(host.service.asked == ["models.list {}"])
        #expect(host.result?["content"]?[0]?["text"] == #"{"models":[]}"#)
        #expect(host.result?["structuredContent"] == ["models": []])
    }

    @Test(arguments: [false, true])
    func `a failure is a result that says so`(_ atOnce: Bool) throws {
        let host = Host()
        let fault = Fault(.modelNotFound, "no such model", data: ["nearest": ["m"]])
        if atOnce { host.service.fault = fault }
        try Self.ask(host, .toolsCall, Self.question)
        if !atOnce { host.service.reply?.fail(fault) }
        let result = try #require(host.result)
        #expect(result["isError"] == true && result["structuredContent"] == nil)
        #expect(result["content"]?[0]?["text"] == "no such model")
        #expect(result["_meta"]?["crowd-models/error"]?["code"] == 1001)
        #expect(result["_meta"]?["crowd-models/error"]?["data"]?["nearest"] == ["m"])
    }

    @Test(arguments: [
        (#"{"name":"ask","arguments":{"prompt":"x"}}"#, "name"),
        (#"{"name":"ask_model"}"#, "prompt"),
        (#"{"name":"ask_model","arguments":{"prompt":1}}"#, "prompt"),
        (#"{"name":"ask_model","arguments":{"prompt":"x","max_tokens":0}}"#, "max_tokens"),
        (#"{"name":"ask_model","arguments":{"prompt":"x","stream":true}}"#, "stream"),
        (#"{"name":"ask_model","arguments":{"prompt":"x","prompt":"y"}}"#, "prompt"),
        (#"{"name":"list_models","arguments":{"type":"llm"}}"#, "type"),
    ])
    func `what is wrong with a call is an error that names it`(
        _ params: String, _ parameter: String
    ) {
        let host = Host()
        let fault = #expect(throws: Fault.self) { try Self.ask(host, .toolsCall, params) }
        #expect(fault?.code == .invalidParams)
        #expect(fault?.data["parameter"]?.stringValue == parameter)
        #expect(host.answers.isEmpty && host.service.asked.isEmpty)
    }

    @Test(arguments: [Method.serverDiscover, .toolsList, .toolsCall])
    func `a version that nobody speaks is refused with those that are`(_ method: Method) {
        for (version, code) in [
            (#""2027-01-01""#, ErrorCode.unsupportedProtocolVersion), ("7", .invalidParams),
        ] {
            let host = Host()
            let meta = #""_meta":{"io.modelcontextprotocol\/protocolVersion":\#(version)}"#
            let fault = #expect(throws: Fault.self) {
                try Self.ask(host, method, #"{"name":"list_models",\#(meta)}"#)
            }
            #expect(fault?.code == code && host.answers.isEmpty)
            if code == .invalidParams { continue }
            #expect(fault?.data["supported"] == ["2026-07-28", "2025-11-25", "2025-06-18"])
            #expect(fault?.data["requested"] == "2027-01-01")
        }
    }

    @Test func `a request without session is told what each result is`() throws {
        for (method, params) in [
            (Method.serverDiscover, "{\(Self.stateless)}"), (.toolsList, "{\(Self.stateless)}"),
            (.toolsCall, "{\"name\":\"list_models\",\(Self.stateless)}"),
        ] {
            let host = Host()
            host.service.answer = "{}"
            try Self.ask(host, method, params)
            #expect(host.result?["resultType"] == "complete")
            #expect((host.result?["ttlMs"] != nil) == (method != .toolsCall))
            let server = host.result?["_meta"]?["io.modelcontextprotocol/serverInfo"]
            #expect(server?["name"] == "crowd-models-executor")
        }
        let host = Host()
        try Self.ask(host, .toolsList, "{}")
        #expect(host.result?.objectValue?.members.map(\.name) == ["tools"])
    }

    @Test func `every tool has schemas that stand alone, and changes nothing`() throws {
        let host = Host()
        try Self.ask(host, .toolsList, "{}")
        let tools = try #require(host.result?["tools"]?.arrayValue)
        #expect(tools.map { $0["name"] } == ["ask_model", "list_models"])
        for tool in tools {
            #expect(tool["annotations"]?["readOnlyHint"] == true)
            #expect(tool["inputSchema"]?["additionalProperties"] == false)
            #expect(!tool.text.contains("$ref"))
        }
        #expect(tools[0]["inputSchema"]?["required"] == ["prompt"])
    }

    @Test func `progress rises, under the token as it came`() throws {
        let host = Host()
        let meta = #""_meta":{"progressToken":"\u0074"}"#
        try Self.ask(
            host, .toolsCall, #"{"name":"ask_model","arguments":{"prompt":"x"},\#(meta)}"#)
        #expect(host.service.asked == [#"complete {"prompt":"x","stream":true,"progress":true}"#])
        let reply = try #require(host.service.reply)
        reply.progress(
            Progress(phase: "queued", position: 2, backend: "b", etaMilliseconds: 1800))
        reply.progress(Progress(phase: "queued", position: 1, backend: "b"))
        reply.progress(Progress(phase: "loading", fraction: 0.25, backend: "b"))
        reply.progress(Progress(phase: "prompt"))
        for _ in 0..<65 {
            reply.delta(content: Span(), reasoning: Span(), refusal: Span(), toolCalls: Span())
        }
        #expect(
            host.told.map { $0["message"]?.stringValue } == [
                "queued, place 2 on b, about 2 s", "queued, place 1 on b",
                "loading the model on b, 25 %", "reading the prompt",
                "generating, 32 pieces of text so far", "generating, 64 pieces of text so far",
            ])
        #expect(host.told.map { $0["progress"] } == [1, 2, 3, 4, 32, 64])
        #expect(host.told.allSatisfy { $0["progressToken"] == "t" })
        #expect(host.notifications.first == "notifications/progress")
    }

    @Test(arguments: [
        (#"{"progressToken":1}"#, false), (#"{"progressToken":null}"#, true),
        (#"{"progressToken":{}}"#, true), ("{}", true),
    ])
    func `nobody is told of progress who did not ask, or cannot hear it`(
        _ meta: String, _ canStream: Bool
    ) throws {
        let host = Host()
        try Self.ask(
            host, .toolsCall,
            #"{"name":"ask_model","arguments":{"prompt":"x"},"_meta":\#(meta)}"#,
            canStream: canStream)
        #expect(host.service.asked == [#"complete {"prompt":"x"}"#])
        host.service.reply?.progress(Progress(phase: "prompt"))
        #expect(host.told.isEmpty)
    }

    @Test(arguments: [false, true])
    func `a call that is cancelled is answered nothing more`(_ hasText: Bool) throws {
        let host = Host()
        host.service.cancelled = { reply in
            if !hasText { return reply.fail(Fault(.cancelled, "cancelled")) }
            reply.succeed { $0.append(#"{"content":"so far"}"#) }
        }
        try Self.ask(host, .toolsCall, Self.question)
        try #require(host.job).cancel()
        #expect(host.answers.isEmpty && host.dropped == 1)
    }

    @Test func `a request that somebody else cancelled is answered`() throws {
        let host = Host()
        try Self.ask(host, .toolsCall, Self.question)
        host.service.reply?.fail(Fault(.cancelled, "cancelled"))
        #expect(host.result?["isError"] == true && host.dropped == 0)
    }

    @Test func `a host that goes takes its call with it`() throws {
        let host = Host()
        try Self.ask(host, .toolsCall, Self.question)
        let job = try #require(host.job)
        job.drained()
        job.abandon()
        job.abandon()
        #expect(host.service.heard == ["drained", "abandoned"] && host.answers.isEmpty)
    }

    @Test(arguments: [
        (Method.toolsCall, #"{"name":"nothing"}"#, false),
        (.toolsCall, #"{"name":"list_models"}"#, true),
        (.toolsList, #"{"cursor":"x"}"#, false), (.toolsList, "{}", true),
        (.serverDiscover, "{}", true), (.initialize, #"{"protocolVersion":"x"}"#, true),
    ])
    func `a check says what the call would, and asks nobody`(
        _ method: Method, _ params: String, _ isValid: Bool
    ) throws {
        let text = Array(params.utf8)
        let arguments = try Arguments(
            params: JSONRange(0, text.count), of: method, in: text.span, limits: .init())
        let call = Call(method: method, arguments: arguments, canStream: false)
        var fault: Fault?
        do throws(Fault) {
            try MCPDoor.check(call, text.span, limits: .init())
        } catch {
            fault = error
        }
        #expect((fault == nil) == isValid && (fault?.code ?? .invalidParams) == .invalidParams)
    }
}

/// A host's side of one request: the reply that it is answered with, and the service behind.
private final class Host: Reply {
    let peer = Peer(
        connection: 1, credentials: PeerCredentials(pid: 1, uid: 1000, gid: 1000))
    let service = ToolService()
    private(set) var job: (any Job)?
    private(set) var answers: [String] = []
    private(set) var notifications: [String] = []
    private(set) var told: [JSONValue] = []
    private(set) var dropped = 0

    var answer: String? { answers.count == 1 ? answers[0] : nil }
    var result: JSONValue? { answer.flatMap { try? JSONValue(parsing: $0) } }

    func began(_ job: any Job) {
        self.job = job
        whenTestEnds { [self] in self.job = nil }
    }

    func hold(_ bytes: Int) {}
    func fail(_ fault: Fault) { Issue.record("\(fault)") }
    func drop() { dropped += 1 }
    func progress(_ progress: Progress) { Issue.record("progress is told by notifications") }
    var isFull: Bool { false }

    func delta(
        content: Span<UInt8>, reasoning: Span<UInt8>, refusal: Span<UInt8>,
        toolCalls: Span<UInt8>
    ) {
        Issue.record("a tool has no deltas")
    }

    func succeed(_ write: (inout ByteBuffer) -> Void) {
        var out = ByteBuffer()
        write(&out)
        answers.append(out.text)
    }

    func tell(_ notification: StaticString, _ params: (inout ByteBuffer) -> Void) {
        var out = ByteBuffer()
        params(&out)
        notifications.append("\(notification)")
        told.append((try? JSONValue(parsing: out.text)) ?? .null)
    }
}

/// A service that answers at once, or keeps the reply for the test.
private final class ToolService: Service, Job {
    /// Methods and params so far.
    private(set) var asked: [String] = []
    private(set) var reply: (any Reply)?
    private(set) var heard: [String] = []
    var answer: String?
    var fault: Fault?
    var cancelled: (any Reply) -> Void = { _ in }

    func perform(
        _ call: inout Call, _ line: Span<UInt8>, for peer: Peer, reply: any Reply
    ) throws(Fault) {
        let text = line.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        asked.append("\(call.method.name) \(text)")
        if let fault { throw fault }
        if let answer { return reply.succeed { $0.append(utf8: answer) } }
        self.reply = reply
        whenTestEnds { [self] in self.reply = nil }
        reply.began(self)
    }

    func warn(_ sentence: String) {}
    func writeSnapshot(of topic: Topic, to out: inout ByteBuffer) {}

    func cancel() { if let reply { cancelled(reply) } }
    func abandon() { heard.append("abandoned") }
    func drained() { heard.append("drained") }
}
