import Configuration
import CrowdModelsProtocol
import Kernel
import Telemetry
import Testing

@Suite struct LogEventTests {
    private static func text(_ shape: LogLine.Shape, _ event: some LogEvent) -> String {
        var out = ByteBuffer()
        LogLine(event, time: 5).write(shape, to: &out)
        return out.text
    }

    private static func details(_ event: some LogEvent) -> String {
        var out = ByteBuffer()
        event.write(details: &out)
        return out.text
    }

    private static let completed: RequestRecord = {
        var record = RequestRecord(.completed, client: "uid:1000 nightly")
        (record.key, record.model, record.backend) = (17, "llama-2-7b-chat", "lmstudio")
        (record.promptTokens, record.completionTokens, record.totalTokens) = (24, 132, 156)
        (record.tokensPerSecond, record.timeToFirstToken) = (12.34, 0.245)
        (record.queueTime, record.totalTime) = (0.0004, 11.2)
        record.architecture = "llama"
        record.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        return record
    }()

    @Test func `a success is told in the guide's words, and who asked what in a line behind it`() {
        #expect(
            Self.text(.plain, Self.completed)
                == "INFO: LLM request completed: 156 tokens used, 12.34 tokens/sec, 0.245s to first "
                + "token, architecture: llama")
        #expect(
            Self.details(Self.completed)
                == "Request r17 completed: complete, client uid:1000 nightly, model llama-2-7b-chat, "
                + "backend lmstudio, tokens 24+132, queued 0.000s, took 11.200s, traceparent "
                + "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    }

    @Test func `programs get all of it as members of one object`() throws {
        let line = try JSONValue(parsing: Array(Self.text(.json, Self.completed).utf8).span)
        #expect(line["event"] == "request_completed" && line["level"] == "info")
        #expect(line["message"]?.stringValue?.hasPrefix("LLM request completed: 156") == true)
        for (name, value) in [
            ("key", "r17"), ("client", "uid:1000 nightly"), ("model", "llama-2-7b-chat"),
            ("backend", "lmstudio"), ("tokens", 156), ("tokens_per_second", 12.34),
            ("ttft", 0.245), ("queue", 0.0004), ("total", 11.2), ("attempts", 1),
            ("outcome", "completed"), ("architecture", "llama"),
        ] as [(String, JSONValue)] {
            #expect(line[name] == value, "\(name)")
        }
        #expect(line["traceparent"]?.stringValue?.hasPrefix("00-0af7") == true)
        #expect(line["kind"] == nil, "what is not known is not there")
    }

    @Test func `a failure names its kind and never a server's words`() {
        var record = RequestRecord(.failed, client: "uid:1000 python3")
        (record.key, record.model, record.backend) = (3, "big", "ollama")
        (record.kind, record.status, record.attempts) = ("backend_error", 500, 2)
        #expect(
            Self.text(.plain, record)
                == "WARN: LLM request failed: backend_error, backend ollama, status 500, model big")
        #expect(
            Self.details(record)
                == "Request r3 failed (backend_error): complete, client uid:1000 python3, model big, "
                + "backend ollama, attempts 2")
    }

    @Test func `a request that was refused or cancelled is one line`() {
        var record = RequestRecord(.rejected, client: "uid:0 crowd-models")
        (record.kind, record.model) = ("model_not_found", "mistrall")
        #expect(
            Self.text(.plain, record)
                == "INFO: Request rejected (model_not_found): complete, client uid:0 crowd-models, "
                + "model mistrall")
        #expect(Self.details(record) == "")
        record.ending = .cancelled
        #expect(Self.text(.journal, record).hasPrefix("<6>Request cancelled"))
    }

    @Test func `names that others made up are cut`() {
        let long = String(repeating: "é", count: 5_000)
        var record = RequestRecord(.rejected, client: long)
        (record.model, record.backend) = (long, long)
        #expect(Self.text(.plain, record).count < 600)
        #expect(Self.text(.json, record).count < 1_200)
    }

    private static let events: [DebugEvent] = [
        .connection(4, isOpen: true, client: "uid:1000 python3", pid: 77),
        .connection(4, isOpen: false, client: "uid:1000 python3", pid: 77),
        .requestArrived(
            key: 9, client: "uid:1000 x", method: "complete", model: "small", bytes: 300),
        .requestPhase(key: 9, phase: "generating", backend: "lmstudio"),
        .requestCancelled(key: 9, by: "uid:0", phase: "queued"),
        .modelsChanged(backend: "ollama", difference),
        .decision(key: 9, backend: "lmstudio", reason: "waits for a slot, 4 of 4 are taken"),
        .tryFailed(
            key: 9, attempt: 1, backend: "lmstudio", failure: "nobody listens there",
            kind: "backend_unavailable", next: "the next candidate is sought"),
        .exchange(
            ExchangeEvent(
                key: 9, backend: "lmstudio", method: "POST", path: "/v1/chat/completions",
                status: 200, bytes: 1234, seconds: 0.0123456, trouble: "closed by the daemon")),
        .exchange(
            ExchangeEvent(
                key: nil, backend: "lmstudio", method: "GET", path: "/v1/models", status: nil,
                bytes: 0, seconds: 0.0002, trouble: "connection refused")),
    ]

    private static var difference: NameDifference {
        var names = NameDifference()
        for number in 2..<5_000 { names.added.add("model \(number)") }
        names.removed.add("model 1")
        return names
    }

    @Test(arguments: events)
    func `each event for debugging is one short line and one object with its name`(
        event: DebugEvent
    ) throws {
        let text = Self.text(.plain, event)
        #expect(text.hasPrefix("DEBUG: ") && text.count < 500 && text.count > 20)
        let line = try JSONValue(parsing: Array(Self.text(.json, event).utf8).span)
        #expect(line["event"]?.stringValue == "\(event.name)")
        #expect(line["level"] == "debug")
        #expect(line.objectValue?.members.count ?? 0 > 4, "nothing but words: \(line)")
    }

    @Test func `phrases are as people say them`() {
        #expect(
            Self.events.map { Self.text(.plain, $0) }.prefix(5) == [
                "DEBUG: Connection 4 of uid:1000 python3 (pid 77) opened",
                "DEBUG: Connection 4 of uid:1000 python3 (pid 77) closed",
                "DEBUG: Request r9 arrived: complete, client uid:1000 x, model small, 300 bytes",
                "DEBUG: Request r9: generating (backend lmstudio)",
                "DEBUG: Request r9 cancelled by uid:0 (phase queued)",
            ])
        #expect(
            Self.events.map { Self.text(.plain, $0) }.suffix(3) == [
                "DEBUG: Request r9: try 1 at lmstudio failed: nobody listens there "
                    + "(backend_unavailable); the next candidate is sought",
                "DEBUG: Request r9: POST /v1/chat/completions at lmstudio: HTTP 200, 1234 bytes "
                    + "in 12.35 ms, closed by the daemon",
                "DEBUG: GET /v1/models at lmstudio: no answer in 0.2 ms, connection refused",
            ])
    }
}
