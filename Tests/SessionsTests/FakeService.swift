import Configuration
import CrowdModelsProtocol
import Glibc
import Kernel
import Sessions
import TestSupport

/// A service that answers as the test says, and remembers what it was asked.
final class FakeService: Service {
    /// Calls so far.
    private(set) var asked: [Method] = []
    /// What it began and has not answered.
    private(set) var jobs: [FakeJob] = []
    /// What a call is answered with; by default `{}` at once, and `complete` later.
    var answers: (Call, any Reply) throws(Fault) -> Void = { _, reply in
        reply.succeed { $0.append("{}") }
    }
    var snapshot = "{}"

    func perform(
        _ call: inout Call, _ line: Span<UInt8>, for peer: Peer, reply: any Reply
    ) throws(Fault) {
        asked.append(call.method)
        guard call.method == .complete else { return try answers(call, reply) }
        try reply.hold(line.count)
        let job = FakeJob(reply)
        jobs.append(job)
        reply.began(job)
    }

    func warn(_ sentence: String) {}

    func writeSnapshot(of topic: Topic, to out: inout ByteBuffer) {
        out.append(utf8: snapshot)
    }
}

/// A request that goes on until the test says otherwise.
final class FakeJob: Job {
    let reply: any Reply
    private(set) var events: [String] = []

    init(_ reply: any Reply) {
        self.reply = reply
    }

    func cancel() {
        events.append("cancelled")
        reply.fail(Fault(.cancelled, "the request was cancelled"))
    }

    func abandon() {
        events.append("abandoned")
    }

    func drained() {
        events.append("drained")
    }

    func finish(_ text: String = "done") {
        reply.succeed { $0.append(string: text) }
    }
}

/// Remembers what a conversation told its owner.
final class FakeOutlet: Outlet {
    private(set) var grew = 0

    func outputGrew() {
        grew += 1
    }

    func flush() {}

    func hangUp() {}
}

/// A desk with a fake service behind it, and who stands before it.
final class Counter {
    let loop: EventLoop
    let service = FakeService()
    let desk: Desk
    let outlet = FakeOutlet()

    init(_ limits: Limits = Limits()) throws {
        loop = try EventLoop.ofTest()
        desk = Desk(service, on: loop, limits: limits)
    }

    func conversation(_ number: UInt64 = 1, canNotify: Bool = true) -> Conversation {
        let credentials = PeerCredentials(pid: getpid(), uid: 1000, gid: 1000)
        let conversation = Conversation(
            Peer(connection: number, credentials: credentials), at: desk, canNotify: canNotify)
        conversation.outlet = outlet
        whenTestEnds { [self] in withExtendedLifetime(self) { conversation.end() } }
        return conversation
    }
}

extension Conversation {
    /// Takes a line to its end; how many turns that took.
    @discardableResult
    func say(_ line: String) -> Int {
        let bytes = Array(line.utf8)
        for turn in 1...1_000_000 {
            var budget = TurnBudget()
            if take(bytes.span, &budget) { return turn }
        }
        return 0
    }

    /// The lines that wait, taken.
    func heard() -> [JSONValue] {
        takeOutput().split(separator: 10).compactMap { try? JSONValue(parsing: Array($0).span) }
    }

    /// Says a line and answers what came of it.
    func ask(_ line: String) -> [JSONValue] {
        say(line)
        return heard()
    }
}

extension Conversation {
    /// The text that waits, taken.
    func takeText() -> String { String(decoding: takeOutput(), as: UTF8.self) }
}
