import Configuration
import CrowdModelsProtocol
import Glibc
import Kernel
import Sessions
import TestSupport
import Testing

/// Clients on sockets: who waits for whom, what is held for them, and who is let go.
@Suite(.tidy) struct SessionTests {
    /// A reception with a fake service, and what it told its owner.
    private final class Hall: ReceptionDelegate {
        let counter: Counter
        private(set) lazy var reception = Reception(counter.desk, delegate: self)
        private(set) var warnings: [String] = []
        private(set) var freed = 0
        var refused: Fault?

        init(_ limits: Limits = Limits()) throws {
            counter = try Counter(limits)
            // Clients have gone by then, which their sessions see in these turns.
            whenTestEnds { [self] in withExtendedLifetime(self) { loop.runTurns() } }
        }

        var loop: EventLoop { counter.loop }

        func enter() -> Client {
            let client = Client()
            reception.accept(FileDescriptor(owning: client.theirs))
            return client
        }

        func refusal(of peer: PeerCredentials) -> Fault? { refused }
        func warn(_ message: String) { warnings.append(message) }
        func sessionsChanged(_ peer: Peer, isOpen: Bool) {}
        func sessionsMayBeDone() {}
        func memoryFreed() { freed += 1 }
    }

    /// The client's end of a connection.
    private final class Client {
        let ours: Int32
        let theirs: Int32
        private var isOpen = true

        init() {
            var ends: [Int32] = [-1, -1]
            let type = Int32(
                SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
            precondition(socketpair(AF_UNIX, type, 0, &ends) == 0)
            (ours, theirs) = (ends[0], ends[1])
        }

        deinit { leave() }

        func leave() {
            if isOpen { close(ours) }
            isOpen = false
        }

        /// Sends all of it, letting the daemon read in between.
        func send(_ text: String, _ loop: EventLoop) {
            let bytes = Array(text.utf8)
            var at = 0
            while at < bytes.count {
                let count = bytes[at...].withUnsafeBytes { write(ours, $0.baseAddress, $0.count) }
                if count > 0 { at += count } else { loop.runTurns(1) }
            }
            loop.runTurns(1)
        }

        /// What came so far; nil at the end.
        func read(_ most: Int = 1 << 20) -> String? {
            var bytes = [UInt8](repeating: 0, count: most)
            let count = Glibc.read(ours, &bytes, most)
            if count == 0 || (count < 0 && errno == ECONNRESET) { return nil }
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
    }

    private static let ping = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n"
    private static let pong = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"ok\":true}}\n"

    @Test func `a ping is answered while another client's long line is read`() throws {
        let hall = try Hall()
        let busy = hall.enter()
        let innocent = hall.enter()
        let elements = Array(repeating: "[]", count: 300_000).joined(separator: ",")
        busy.send(#"{"jsonrpc":"2.0","id":2,"method":"ping","x":[\#(elements)]}"#, hall.loop)
        busy.send("\n", hall.loop)
        #expect(busy.read() == "", "it is being read")
        innocent.send(Self.ping, hall.loop)
        #expect(innocent.read() == Self.pong)
        #expect(busy.read() == "", "it is still being read")
        #expect(hall.loop.run { hall.loop.waiting == 0 })
        #expect(busy.read()?.contains("\"id\":2,\"result\"") == true)
    }

    @Test func `lines are counted while they are held, and given back when they are not`() throws {
        let hall = try Hall()
        let client = hall.enter()
        client.send(String(repeating: "x", count: 3_000_000), hall.loop)
        #expect(hall.counter.desk.memory.held >= 3_000_000)
        #expect(hall.freed == 0)
        client.send("\n", hall.loop)
        hall.loop.runTurns()
        #expect(hall.counter.desk.memory.held < 10_000)
        #expect(hall.freed == 1)
        client.send(String(repeating: "x", count: 3_000_000), hall.loop)
        client.leave()
        hall.loop.runTurns()
        #expect(hall.counter.desk.memory.held == 0 && hall.freed == 2)
    }

    @Test func `over memory_max the longest unfinished line is skipped, and only that`() throws {
        var limits = Limits()
        limits.memoryMax = 4 << 20
        let hall = try Hall(limits)
        let short = hall.enter()
        let long = hall.enter()
        short.send(String(Self.ping.dropLast(20)), hall.loop)
        long.send(#"{"jsonrpc":"2.0","id":7,"x":""#, hall.loop)
        for _ in 0..<6 { long.send(String(repeating: "x", count: 1 << 20), hall.loop) }
        let refusal = try JSONValue(parsing: Array((long.read() ?? "").utf8).span)
        #expect(refusal["id"] == .null && refusal["error"]?["code"] == -32600)
        #expect(refusal["error"]?["data"]?["limit"] == "memory_max")
        #expect(hall.counter.desk.memory.held <= limits.memoryMax)
        // The rest of the line is passed over, and what follows it is read.
        long.send("\"}\n" + Self.ping, hall.loop)
        hall.loop.runTurns(50)
        #expect(long.read() == Self.pong)
        short.send(String(Self.ping.suffix(20)), hall.loop)
        #expect(short.read() == Self.pong)
    }

    @Test func `over memory_max the client with the most unread output is dropped`() throws {
        var limits = Limits()
        limits.memoryMax = 4 << 20
        let hall = try Hall(limits)
        let text = String(repeating: "x", count: 700_000)
        hall.counter.service.answers = { _, reply in reply.succeed { $0.append(string: text) } }
        let status = #"{"jsonrpc":"2.0","id":1,"method":"status"}"# + "\n"
        let some = hall.enter()
        some.send(status, hall.loop)
        let greedy = hall.enter()
        for _ in 0..<8 where hall.warnings.isEmpty { greedy.send(status, hall.loop) }
        let more = (0..<4).map { _ in hall.enter() }
        for client in more where hall.warnings.isEmpty { client.send(status + status, hall.loop) }
        #expect(hall.warnings.count == 1)
        #expect(hall.warnings.first?.contains("(memory_max)") == true)
        #expect(hall.reception.count == 5)
        #expect(hall.counter.desk.memory.held <= limits.memoryMax)
        // The one that held little is there still.
        #expect(some.read() != nil)
    }

    @Test func `a client that reads slowly is kept, one that reads nothing is not`() throws {
        var limits = Limits()
        limits.writeStall = 1
        let hall = try Hall(limits)
        let text = Array(("\"" + String(repeating: "x", count: 3_000_000) + "\"").utf8)
        hall.counter.service.answers = { _, reply in reply.succeed { $0.append(text.span) } }
        let status = #"{"jsonrpc":"2.0","id":1,"method":"status"}"# + "\n"
        let slow = hall.enter()
        let stopped = hall.enter()
        slow.send(status, hall.loop)
        stopped.send(status, hall.loop)
        // What the kernel takes as a piece each time, which never makes the socket writable.
        var reads = 0
        var readOn: (() -> Void)?
        let reading = Timer { readOn?() }
        readOn = {
            reads += 1
            _ = slow.read(16_384)
            hall.loop.set(reading, after: 25_000_000)
        }
        hall.loop.set(reading, after: 0)
        #expect(hall.loop.run { reads > 60 && !hall.warnings.isEmpty })
        #expect(hall.warnings.count == 1, "\(hall.warnings) after \(reads) reads")
        #expect(hall.warnings.first?.contains("took none of") == true)
        #expect(hall.reception.count == 1)
        hall.loop.cancel(reading)
        readOn = nil
        slow.leave()
        hall.loop.runTurns()
    }

    @Test func `who sends no more still gets its answers, and is then let go`() throws {
        let hall = try Hall()
        let client = hall.enter()
        let complete = #"{"jsonrpc":"2.0","id":5,"method":"complete","params":{"prompt":"x"}}"#
        // The last line lacks its newline.
        client.send(Self.ping + complete, hall.loop)
        shutdown(client.ours, Int32(SHUT_WR))
        hall.loop.runTurns()
        #expect(client.read() == Self.pong)
        #expect(hall.reception.count == 1)
        hall.counter.service.jobs[0].finish()
        hall.loop.runTurns()
        #expect(client.read() == "{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":\"done\"}\n")
        #expect(client.read() == nil && hall.reception.count == 0)
    }

    @Test func `who is gone is waited for no more`() throws {
        let hall = try Hall()
        let client = hall.enter()
        client.send(
            #"{"jsonrpc":"2.0","id":5,"method":"complete","params":{"prompt":"x"}}"# + "\n",
            hall.loop)
        client.leave()
        hall.loop.runTurns()
        #expect(hall.counter.service.jobs.map(\.events) == [["abandoned"]])
        #expect(hall.reception.count == 0)
    }

    @Test func `one too many, and one who may not, get one line and the end`() throws {
        var limits = Limits()
        limits.connectionsMax = 2
        let hall = try Hall(limits)
        let clients = (0..<3).map { _ in hall.enter() }
        let line = try JSONValue(parsing: Array((clients[2].read() ?? "").utf8).span)
        #expect(line["id"] == .null && line["error"]?["data"]?["limit"] == "connections_max")
        #expect(clients[2].read() == nil && hall.reception.count == 2)
        clients[0].leave()
        hall.loop.runTurns()
        hall.refused = Fault(.permissionDenied, "no")
        let stranger = hall.enter()
        #expect(stranger.read()?.contains("\"code\":1011") == true)
        #expect(stranger.read() == nil && hall.reception.count == 1)
    }
}
