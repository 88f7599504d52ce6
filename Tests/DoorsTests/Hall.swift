import Configuration
import CrowdModelsProtocol
import Glibc
import Kernel
import Sessions
import TestSupport

@testable import Doors

/// A service that answers as the test says, and remembers what it was asked.
final class FakeService: Service {
    /// The methods of the calls so far, with the parameters that they were given.
    private(set) var asked: [(method: Method, params: [String: String])] = []
    /// What it began and has not answered.
    private(set) var jobs: [FakeJob] = []
    /// What a call is answered with; `complete` is answered later where this is nil.
    var answers: [Method: String] = [.ping: #"{"ok":true}"#]
    var refusals: [Method: Fault] = [:]
    /// What was to be put into the log.
    private(set) var warnings: [String] = []

    func perform(
        _ call: inout Call, _ line: Span<UInt8>, for peer: Peer, reply: any Reply
    ) throws(Fault) {
        var params: [String: String] = [:]
        for (index, parameter) in call.method.parameters.enumerated() {
            let value = call.arguments[index]
            guard value.isPresent else { continue }
            params[parameter.name] = ByteBuffer(line.extracting(value.bounds)).text
        }
        asked.append((call.method, params))
        if let fault = refusals[call.method] { throw fault }
        if let text = answers[call.method] { return reply.succeed { $0.append(utf8: text) } }
        try reply.hold(line.count)
        let job = FakeJob(reply)
        jobs.append(job)
        reply.began(job)
    }

    func warn(_ sentence: String) { warnings.append(sentence) }

    func writeSnapshot(of topic: Topic, to out: inout ByteBuffer) {
        out.append("{}")
    }
}

/// A request that goes on until the test says otherwise.
final class FakeJob: Job {
    let reply: any Reply
    private(set) var events: [String] = []

    init(_ reply: any Reply) {
        self.reply = reply
    }

    func cancel() { events.append("cancelled") }
    func abandon() { events.append("abandoned") }
    func drained() { events.append("drained") }

    var facts: JobFacts? {
        JobFacts(key: 7, model: "qwen3-4b", backend: "lmstudio", overhead: 0.000125)
    }

    /// Says a piece of the answer.
    func say(_ text: String = "", reasoning: String = "", calls: String = "") {
        let (text, reasoning, calls) = (Array(text.utf8), Array(reasoning.utf8), Array(calls.utf8))
        reply.delta(
            content: text.span, reasoning: reasoning.span, refusal: Span(), toolCalls: calls.span)
    }

    func finish(_ result: String = FakeJob.result) {
        reply.succeed { $0.append(utf8: result) }
    }

    static let result =
        #"{"content":"Hello","model":"qwen3-4b","backend":"lmstudio","finish_reason":"stop","#
        + #""usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7},"#
        + #""stats":{"queue_time":0.001,"source":"measured"}}"#
}

/// A reception with a fake service and an HTTP door, and what it told its owner.
final class Hall: ReceptionDelegate {
    let loop: EventLoop
    let service = FakeService()
    let desk: Desk
    private(set) lazy var reception = Reception(desk, delegate: self)
    private(set) var warnings: [String] = []
    private let keeper: HTTPDoorkeeper
    var refused: Fault?

    init(
        _ limits: Limits = Limits(), gate: Gate = .local,
        silenceMax: UInt64 = HTTPDoorkeeper.silenceMax
    ) throws {
        loop = try EventLoop.ofTest()
        desk = Desk(service, on: loop, limits: limits)
        keeper = HTTPDoorkeeper(gate, silenceMax: silenceMax)
        reception.doorkeeper = keeper
        // Clients have gone by then, which their sessions and doors see in these turns.
        whenTestEnds { [self] in withExtendedLifetime(self) { loop.runTurns() } }
    }

    /// A connection of which nobody knows yet what is spoken on it.
    func enter() -> Client {
        let client = Client(self)
        reception.accept(FileDescriptor(owning: client.theirs))
        return client
    }

    /// A connection as TCP's are: HTTP from its first byte.
    func enterByTCP() -> Client {
        let client = Client(self)
        reception.accept(
            FileDescriptor(owning: client.theirs),
            from: PeerCredentials(pid: 0, uid: 1000, gid: 1000), by: keeper)
        return client
    }

    /// Sends `text` on a connection of its own and answers what comes back.
    func ask(_ text: String) -> String {
        let client = enter()
        client.send(text)
        return client.read() ?? ""
    }

    func refusal(of peer: PeerCredentials) -> Fault? { refused }
    func warn(_ message: String) { warnings.append(message) }
    func sessionsChanged(_ peer: Peer, isOpen: Bool) {}
    func sessionsMayBeDone() {}
    func memoryFreed() {}
}

/// The client's end of a connection.
final class Client {
    private let hall: Hall
    private let ours: Int32
    let theirs: Int32
    private var isOpen = true

    init(_ hall: Hall) {
        self.hall = hall
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        precondition(socketpair(AF_UNIX, type, 0, &ends) == 0)
        (ours, theirs) = (ends[0], ends[1])
    }

    deinit { leave() }

    func leave() {
        if isOpen { close(ours) }
        isOpen = false
    }

    /// Sends no more, and goes on to read.
    func endInput() {
        shutdown(ours, Int32(SHUT_WR))
        hall.loop.runTurns()
    }

    /// Sends all of it, letting the daemon read in between.
    func send(_ text: String) { send(Array(text.utf8)[...]) }

    func send(_ bytes: ArraySlice<UInt8>) {
        let bytes = Array(bytes)
        var at = 0
        while at < bytes.count {
            let count = bytes[at...].withUnsafeBytes { write(ours, $0.baseAddress, $0.count) }
            if count > 0 { at += count } else { hall.loop.runTurns(1) }
        }
        hall.loop.runTurns()
    }

    /// Waits until something has come, or so long.
    func waitForMore(milliseconds: Int32) {
        var wanted = pollfd(fd: ours, events: Int16(POLLIN), revents: 0)
        poll(&wanted, 1, milliseconds)
    }

    /// What came so far, `most` bytes at once; nil at the end.
    func read(running: Bool = true, most: Int = 4 << 20) -> String? {
        if running { hall.loop.runTurns() }
        var bytes = [UInt8](repeating: 0, count: most)
        let count = Glibc.read(ours, &bytes, bytes.count)
        if count == 0 || (count < 0 && errno == ECONNRESET) { return nil }
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}

/// Texts of requests.
enum Ask {
    static func get(_ target: String, _ fields: [String] = []) -> String {
        "GET \(target) HTTP/1.1\r\nHost: localhost\r\n"
            + fields.map { $0 + "\r\n" }.joined() + "\r\n"
    }

    static func post(_ target: String, _ body: String, _ fields: [String] = []) -> String {
        "POST \(target) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n"
            + fields.map { $0 + "\r\n" }.joined() + "\r\n" + body
    }
}

/// One answer taken apart.
struct Answer {
    let status: Int
    let fields: [String]
    let body: String

    init?(_ text: String?) {
        guard let text, let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        guard let code = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        status = code
        fields = lines.dropFirst().map(String.init)
        body = String(text[end.upperBound...])
    }

    subscript(name: String) -> String? {
        fields.first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }
            .map { String($0.dropFirst(name.count + 2)) }
    }

    /// The body of a chunked answer, put together.
    var unchunked: String {
        var rest = body[...]
        var whole = ""
        while let end = rest.range(of: "\r\n"),
            let size = Int(rest[..<end.lowerBound], radix: 16), size > 0
        {
            let bytes = rest[end.upperBound...].utf8
            whole += String(decoding: bytes.prefix(size), as: UTF8.self)
            rest = Substring(decoding: Array(bytes.dropFirst(size + 2)), as: UTF8.self)
        }
        return whole
    }

    var json: JSONValue? { try? JSONValue(parsing: Array(body.utf8).span) }
}

extension StringProtocol {
    fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }

    fileprivate func components(separatedBy text: String) -> [SubSequence] {
        var parts: [SubSequence] = []
        var rest = self[startIndex...]
        while let range = rest.firstRange(of: text) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return parts + [rest]
    }
}
