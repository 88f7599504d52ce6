import CrowdModelsProtocol
import Glibc
import TestSupport
import Testing

/// A cancelled request ends at once, in every phase and by every way: the connection to its server
/// is closed within 10 ms, it is answered exactly once, never sent again, and others go on.
@Suite(.serialized) struct CancellationTests {
    /// How a request can be ended by whoever asked for it.
    enum Way: String, CaseIterable {
        case request, notification, languageServer, close, kill

        /// Whether the one who asked is still there to be answered.
        var isAnswered: Bool { self != .close && self != .kill }
    }

    /// How far a request got that has a connection.
    enum Phase: String, CaseIterable {
        case headers, loading, prompt, streaming

        var listed: String {
            switch self {
            case .headers, .prompt: "prompt"
            case .loading: "loading"
            case .streaming: "generating"
            }
        }
    }

    static let trials = 20
    static let closeNanoseconds = UInt64(10_000_000 * Patience.factor)

    @Test(arguments: Phase.allCases)
    func `a request with a connection loses it within 10 ms, by the median`(_ phase: Phase) throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(backend: "max_concurrent = 8")
        let observer = try daemon.connect()
        let other = observer.start(
            "complete", ["model": "ready", "prompt": "other", "stream": true])
        let otherConnection = try server.acceptRequest()
        otherConnection.beginStream()
        otherConnection.sendToken("one ")
        #expect(try observer.nextNotification("complete.delta")["content"] == "one ")
        for way in Way.allCases {
            var times: [UInt64] = []
            for number in 0..<Self.trials {
                times.append(
                    try trial(phase, way, number, server, daemon, observer))
            }
            times.sort()
            let figures = """
                \(phase.rawValue) by \(way.rawValue): fastest \(times[0] / 1000) µs, median \
                \(times[Self.trials / 2] / 1000) µs, slowest \(times[Self.trials - 1] / 1000) µs
                """
            if getenv("CANCEL_FIGURES") != nil { print(figures) }
            #expect(times[Self.trials / 2] <= Self.closeNanoseconds, "\(figures)")
        }
        #expect(!server.isCalled, "a cancelled request was sent again")
        otherConnection.sendToken("two")
        otherConnection.endStream()
        #expect(try observer.answer(to: other)["result"]?["content"] == "one two")
    }

    private func trial(
        _ phase: Phase, _ way: Way, _ number: Int, _ server: ScriptedServer,
        _ daemon: DaemonProcess, _ observer: SocketClient
    ) throws -> UInt64 {
        let client = try daemon.connect()
        let id = client.start(
            "complete",
            [
                "model": phase == .loading ? "cold" : "ready", "stream": true,
                "prompt": .string("number \(number) by \(way.rawValue)"),
            ])
        let connection = try server.acceptRequest()
        #expect(connection.body.contains("number \(number) by \(way.rawValue)"))
        if phase == .prompt || phase == .streaming { connection.beginStream() }
        if phase == .streaming {
            for token in ["a", "b"] {
                connection.sendToken(token)
                #expect(try client.nextNotification("complete.delta")["content"]?.text != nil)
            }
        }
        if number == 0 {
            let listed = try observer.result("requests.list")["requests"]?.arrayValue ?? []
            #expect(listed.map { $0["phase"]?.stringValue } == ["generating", phase.listed])
        }
        let (start, cancel) = try end(client, id, way)
        let end = try connection.waitForClose()
        if way.isAnswered { try expectOneAnswer(client, id, cancel, phase) }
        return end - start
    }

    /// Ends the request; when, and the id of the cancel if it was a request.
    private func end(
        _ client: SocketClient, _ id: JSONValue, _ way: Way
    ) throws -> (UInt64, JSONValue?) {
        switch way {
        case .request:
            let start = Deadline.now
            return (start, client.start("cancel", ["id": id]))
        case .notification:
            let start = Deadline.now
            client.notify("cancel", ["id": id])
            return (start, nil)
        case .languageServer:
            let start = Deadline.now
            client.notify("$/cancelRequest", ["id": id])
            return (start, nil)
        case .close:
            let start = Deadline.now
            client.close()
            return (start, nil)
        case .kill:
            // A program that holds the only end of the connection, and dies with it.
            let holder = try ChildProcess("/bin/sleep", ["600"], passing: [client.descriptor])
            client.close()
            let start = Deadline.now
            holder.signal(SIGKILL)
            _ = holder.wait()
            return (start, nil)
        }
    }

    private func expectOneAnswer(
        _ client: SocketClient, _ id: JSONValue, _ cancel: JSONValue?, _ phase: Phase
    ) throws {
        let answer = try client.answer(to: id)
        if phase == .streaming {
            #expect(answer["result"]?["finish_reason"] == "cancelled")
            #expect(answer["result"]?["content"] == "ab")
        } else {
            #expect(answer["error"]?["code"] == -32800)
            #expect(answer["error"]?["data"]?["kind"] == "cancelled")
        }
        if let cancel {
            #expect(try client.answer(to: cancel)["result"] == ["cancelled": true])
        }
        // Nothing more comes of it, and it is not there any more to be cancelled.
        #expect(try client.result("cancel", ["id": id]) == ["cancelled": false])
        client.finishSending()
        #expect(try client.isAtEnd())
    }

    @Test(arguments: Way.allCases)
    func `a queued request goes without having been sent`(_ way: Way) throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(backend: "max_concurrent = 1")
        let observer = try daemon.connect()
        let first = observer.start("complete", ["model": "ready", "prompt": "first"])
        let connection = try server.acceptRequest()
        let client = try daemon.connect()
        let id = client.start("complete", ["model": "ready", "prompt": "second"])
        try observer.wait(untilStatus: "queued", is: 1)
        let third = observer.start("complete", ["model": "ready", "prompt": "third"])
        let listed = try observer.result("requests.list")["requests"]?.arrayValue ?? []
        #expect(listed.map { $0["phase"]?.stringValue } == ["prompt", "queued", "queued"])
        #expect(listed.map { $0["position"]?.integerValue } == [nil, 1, 2])
        let (_, cancel) = try end(client, id, way)
        if way.isAnswered { try expectOneAnswer(client, id, cancel, .prompt) }
        try observer.wait(untilStatus: "queued", is: 1)
        connection.answer("1")
        #expect(try observer.answer(to: first)["result"]?["content"] == "1")
        let next = try server.acceptRequest()
        #expect(next.body.contains("third"))
        next.answer("3")
        #expect(try observer.answer(to: third)["result"]?["content"] == "3")
        #expect(!server.isCalled)
    }

    @Test func `another connection of the same user can end a request by its key`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(backend: "max_concurrent = 8")
        let client = try daemon.connect()
        let observer = try daemon.connect()
        let ids = try (0..<2).map { number in
            let id = client.start(
                "complete",
                ["model": "ready", "prompt": "x", "tag": .string("number \(number)")])
            return (id, try server.acceptRequest())
        }
        let listed = try observer.result("requests.list")["requests"]?.arrayValue ?? []
        #expect(
            listed.map { $0["client"]?.stringValue } == [
                "uid:\(getuid()) number 0", "uid:\(getuid()) number 1",
            ])
        let key = try #require(listed.last?["key"])
        #expect(try observer.result("requests.cancel", ["key": key]) == ["cancelled": true])
        _ = try ids[1].1.waitForClose()
        #expect(try client.answer(to: ids[1].0)["error"]?["code"] == -32800)
        #expect(try observer.result("requests.cancel", ["key": key]) == ["cancelled": false])
        // The id of another connection's request means nothing here.
        #expect(try observer.result("cancel", ["id": ids[0].0]) == ["cancelled": false])
        #expect(!ids[0].1.isClosed)
        ids[0].1.answer("whole")
        #expect(try client.answer(to: ids[0].0)["result"]?["content"] == "whole")
    }

    @Test func `a load that nobody waits for any more is ended at the server`() throws {
        let simulator = try SimulatorProcess(
            "--model", "heavy,state=not-loaded", "--load-time", "600")
        let daemon = try DaemonProcess(simulator)
        try daemon.waitForLog(containing: "Discovered 1 models")
        let client = try daemon.connect()
        let id = client.start(
            "complete", ["model": "heavy", "prompt": "x", "progress": true])
        #expect(try client.nextNotification("complete.progress")["phase"] == "loading")
        // One to look at it, one to load, and the one that asks.
        try waitForConnections(3, simulator)
        #expect(try client.result("cancel", ["id": id]) == ["cancelled": true])
        #expect(try client.answer(to: id)["error"]?["code"] == -32800)
        try waitForConnections(2, simulator)
    }

    private func waitForConnections(_ count: Int, _ simulator: SimulatorProcess) throws {
        let deadline = Deadline()
        var open = 0
        while deadline.milliseconds > 0 {
            let stats = try JSONValue(parsing: simulator.ask("GET", "/simulator/stats").body)
            open = stats["connections_open"]?.integerValue ?? 0
            if open == count { return }
        }
        Issue.record("\(open) connections are open instead of \(count)")
    }

    @Test func `a refresh that hangs can be cancelled`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let client = try daemon.connect()
        let id = client.start("models.refresh")
        let connection = try server.acceptRequest()
        #expect(try client.result("cancel", ["id": id]) == ["cancelled": true])
        #expect(try client.answer(to: id)["error"]?["code"] == -32800)
        #expect(try client.result("ping") == ["ok": true])
        _ = connection
    }

    @Test(arguments: Way.allCases)
    func `a request that is connecting gives its socket back`(_ way: Way) throws {
        let server = ScriptedServer(backlog: 0)
        let daemon = try server.daemon(backend: "connect_timeout = 60")
        // Fills the backlog, so that the kernel lets the daemon's connect wait.
        var waiting: [Int32] = []
        defer { waiting.forEach { close($0) } }
        while Connecting.count(to: server.port) == 0 && waiting.count < 10 {
            waiting.append(Connecting.start(to: server.port))
        }
        try #require(Connecting.count(to: server.port) > 0)
        let observer = try daemon.connect()
        var times: [UInt64] = []
        var during = 0
        for number in 0..<Self.trials {
            let client = try daemon.connect()
            let id = client.start("complete", ["model": "ready", "prompt": "x"])
            let deadline = Deadline()
            try observer.wait(untilStatus: "in_flight", is: 1)
            // The kernel's table of connections takes 10 ms to read, the daemon's own none.
            if number == 0 { during = Connecting.count(to: server.port) }
            let open = ProcessFile.openFiles(of: daemon.child.identifier)
            let left = way.isAnswered ? open - 1 : open - 2
            let (start, cancel) = try end(client, id, way)
            while ProcessFile.openFiles(of: daemon.child.identifier) > left,
                deadline.milliseconds > 0
            {}
            times.append(Deadline.now - start)
            if way.isAnswered { try expectOneAnswer(client, id, cancel, .prompt) }
        }
        // One of the test's own at least, and the daemon's.
        #expect(during >= 2)
        #expect(Connecting.count(to: server.port) < during)
        times.sort()
        let figures = """
            connecting by \(way.rawValue): fastest \(times[0] / 1000) µs, median \
            \(times[Self.trials / 2] / 1000) µs, slowest \(times[Self.trials - 1] / 1000) µs
            """
        if getenv("CANCEL_FIGURES") != nil { print(figures) }
        #expect(times[Self.trials / 2] <= Self.closeNanoseconds, "\(figures)")
    }
}

/// Looks at connections of this machine that are not made yet.
enum Connecting {
    /// Starts to connect to a port of this machine and waits a little for it to succeed.
    static func start(to port: UInt16) -> Int32 {
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = socket(AF_INET, Int32(kind), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        withUnsafeBytes(of: &name) {
            _ = connect(
                descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t($0.count))
        }
        var interest = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&interest, 1, 50)
        return descriptor
    }

    /// How many wait for an answer from that port (state SYN_SENT in /proc/net/tcp).
    static func count(to port: UInt16) -> Int {
        let digits = String(port, radix: 16, uppercase: true)
        let address = "0100007F:" + String(repeating: "0", count: 4 - digits.count) + digits
        return ProcessFile.read("/proc/net/tcp").split(separator: "\n").count { line in
            let words = line.split(separator: " ")
            return words.count > 3 && words[2] == address && words[3] == "02"
        }
    }
}
