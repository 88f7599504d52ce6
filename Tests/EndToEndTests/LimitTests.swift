import CrowdModelsProtocol
import Glibc
import Testing

/// Every limit, exceeded: the error names it, the connection goes on, and others are served.
@Suite struct LimitTests {
    private func daemon(
        _ limits: String, _ simulator: SimulatorProcess, backend: String = ""
    ) throws -> DaemonProcess {
        let daemon = try DaemonProcess(simulator, backend: backend, "[limits]\n\(limits)")
        try daemon.waitForLog(containing: "Discovered 2 models from LMStudio")
        return daemon
    }

    /// The error's data says which limit it was.
    private func expect(
        _ answer: JSONValue?, _ limit: String, unread: Bool = false, id: JSONValue = .null,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(answer?["id"] == id, sourceLocation: sourceLocation)
        #expect(
            answer?["error"]?["code"] == (unread ? -32600 : 1013), sourceLocation: sourceLocation)
        let data = answer?["error"]?["data"]
        #expect(data?["kind"] == "limit_exceeded", sourceLocation: sourceLocation)
        #expect(data?["limit"]?.stringValue == limit, sourceLocation: sourceLocation)
        let message = answer?["error"]?["message"]?.stringValue ?? ""
        #expect(message.contains(limit), sourceLocation: sourceLocation)
    }

    @Test func `a line that is too long is refused before it ends, and skipped`() throws {
        let daemon = try daemon("line_bytes_max = 2000", SimulatorProcess())
        let client = try daemon.connect()
        let observer = try daemon.connect()
        // As long as it may be, and one byte more.
        let request = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
        let longest = request + String(repeating: " ", count: 2000 - request.utf8.count)
        client.send(line: longest)
        #expect(try client.readMessage()?["result"] == ["ok": true])
        client.send(line: longest + " ")
        expect(try client.readMessage(), "line_bytes_max", unread: true)
        #expect(try client.result("ping") == ["ok": true])
        // Refused as soon as that is known, its newline yet to come.
        client.send(bytes: Array(repeating: UInt8(ascii: "["), count: 2001))
        expect(try client.readMessage(), "line_bytes_max", unread: true)
        #expect(try observer.result("ping") == ["ok": true])
        client.send(bytes: Array(repeating: UInt8(ascii: "x"), count: 5000))
        client.send("\n")
        #expect(try client.result("ping") == ["ok": true])
        client.send(bytes: Array(repeating: UInt8(ascii: "["), count: 3000))
        client.finishSending()
        expect(try client.readMessage(), "line_bytes_max", unread: true)
        #expect(try client.isAtEnd())
    }

    @Test func `a line of 100 MB costs no memory`() throws {
        let daemon = try daemon("line_bytes_max = 65536", SimulatorProcess())
        let client = try daemon.connect()
        let observer = try daemon.connect()
        let process = daemon.child.identifier
        let before = ProcessFile.status("VmHWM", of: process)
        let piece = [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
        for number in 0..<100 {
            #expect(client.sendUnnoted(piece))
            if number % 25 == 0 { #expect(try observer.result("ping") == ["ok": true]) }
        }
        #expect(client.sendUnnoted([10]))
        expect(try client.readMessage(), "line_bytes_max", unread: true)
        #expect(try client.result("ping") == ["ok": true])
        let grown = ProcessFile.status("VmHWM", of: process) - before
        #expect(grown < 4096 + Sanitizer.notes, "grew by \(grown) KiB")
    }

    @Test func `depth_max itself is accepted, one level more is not`() throws {
        let daemon = try daemon("depth_max = 10", SimulatorProcess())
        let client = try daemon.connect()
        func nested(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        // The request itself is the first level.
        client.send(line: #"{"jsonrpc":"2.0","id":1,"method":"ping","x":\#(nested(9))}"#)
        #expect(try client.readMessage()?["result"] == ["ok": true])
        client.send(line: #"{"jsonrpc":"2.0","id":1,"method":"ping","x":\#(nested(10))}"#)
        expect(try client.readMessage(), "depth_max", unread: true)
        client.send(line: #"[{"jsonrpc":"2.0","id":1,"method":"ping","x":\#(nested(8))}]"#)
        #expect(try client.readMessage()?.arrayValue?.count == 1)
        client.send(line: #"[{"jsonrpc":"2.0","id":1,"method":"ping","x":\#(nested(9))}]"#)
        expect(try client.readMessage(), "depth_max", unread: true)
        client.send(line: nested(10))
        #expect(try client.readMessage()?.arrayValue?.count == 1)
        client.send(line: nested(11))
        expect(try client.readMessage(), "depth_max", unread: true)
        #expect(try client.result("ping") == ["ok": true])
    }

    @Test func `batch_max requests are answered, one more refuses them all`() throws {
        let daemon = try daemon("batch_max = 3", SimulatorProcess())
        let client = try daemon.connect()
        let ping = #"{"jsonrpc":"2.0","id":null,"method":"ping"}"#
        func batch(_ count: Int) -> String {
            "[" + Array(repeating: ping, count: count).joined(separator: ",") + "]"
        }
        client.send(line: batch(3))
        #expect(try client.readMessage()?.arrayValue?.count == 3)
        client.send(line: batch(4))
        expect(try client.readMessage(), "batch_max", unread: true)
        #expect(try client.result("ping") == ["ok": true])
    }

    @Test func `an id or a name that is too long is refused by its limit's name`() throws {
        let daemon = try daemon("id_bytes_max = 64\nname_bytes_max = 64", SimulatorProcess())
        let client = try daemon.connect()
        let long = String(repeating: "x", count: 65)
        client.send(line: #"{"jsonrpc":"2.0","id":"\#(long)","method":"ping"}"#)
        expect(try client.readMessage(), "id_bytes_max", unread: true)
        for parameter in ["model", "backend", "tag"] {
            let fault = try client.error("complete", ["prompt": "x", parameter: .string(long)])
            #expect(fault["code"] == -32602)
            #expect(fault["data"]?["limit"] == "name_bytes_max")
        }
        #expect(try client.error(long)["data"]?["limit"] == "name_bytes_max")
        #expect(try client.result("ping") == ["ok": true])
    }

    @Test(arguments: ["connections_max", "connections_per_uid_max"])
    func `a connection too many gets one line and is closed`(_ limit: String) throws {
        let daemon = try daemon("\(limit) = 2", SimulatorProcess())
        let first = try daemon.connect()
        let second = try daemon.connect()
        #expect(try first.result("ping") == ["ok": true])
        #expect(try second.result("ping") == ["ok": true])
        for asksFirst in [false, true] {
            let third = try daemon.connect()
            if asksFirst { third.send(line: #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#) }
            expect(try third.readMessage(), limit)
            #expect(try third.isAtEnd())
        }
        #expect(try first.result("status")["connections"] == 2)
        second.close()
        try first.wait(untilStatus: "connections", is: 1)
        #expect(try daemon.connect().result("ping") == ["ok": true])
    }

    @Test func `in_flight_per_connection_max holds one connection, not its neighbour`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(
            backend: "max_concurrent = 1", "[limits]\nin_flight_per_connection_max = 2")
        let client = try daemon.connect()
        let ids = (0..<3).map { _ in client.start("complete", ["ready", "x"]) }
        expect(try client.answer(to: ids[2]), "in_flight_per_connection_max", id: ids[2])
        // What is answered at once is never in flight.
        #expect(try client.result("ping") == ["ok": true])
        let refused = client.start("models.refresh")
        expect(try client.answer(to: refused), "in_flight_per_connection_max", id: refused)
        client.send(
            line: #"[{"jsonrpc":"2.0","id":"b","method":"complete","params":["ready","x"]}]"#)
        expect(
            try client.readMessage()?.arrayValue?.first, "in_flight_per_connection_max", id: "b")
        let other = try daemon.connect()
        let theirs = other.start("complete", ["ready", "theirs"])
        // Whose turn it is between the two is a matter of their shares.
        for _ in 0..<3 {
            let connection = try server.acceptRequest()
            connection.answer(connection.body.contains("theirs") ? "theirs" : "mine")
        }
        for id in ids.prefix(2) {
            #expect(try client.answer(to: id)["result"]?["content"] == "mine")
        }
        #expect(try other.answer(to: theirs)["result"]?["content"] == "theirs")
    }

    @Test func `requests that hold memory_max together let no more in, until one has ended`() throws
    {
        let server = ScriptedServer()
        let daemon = try server.daemon(backend: "", "[limits]\nmemory_max = 8388608")
        let client = try daemon.connect()
        let prompt = JSONValue.string(String(repeating: "x", count: 2_500_000))
        let first = client.start("complete", ["ready", prompt])
        let connection = try server.acceptRequest()
        let other = try daemon.connect()
        let second = other.start("complete", ["ready", prompt])
        let refusal = try other.answer(to: second)
        expect(refusal, "memory_max", id: second)
        #expect(refusal["error"]?["data"]?["retryable"] == true)
        // A small one still fits, and so does a large one once the first has ended.
        #expect(try other.result("ping") == ["ok": true])
        connection.answer("mine")
        #expect(try client.answer(to: first)["result"]?["content"] == "mine")
        let third = other.start("complete", ["ready", prompt])
        try server.acceptRequest().answer("theirs")
        #expect(try other.answer(to: third)["result"]?["content"] == "theirs")
    }

    @Test(arguments: [false, true])
    func `an answer that grows over memory_max is given up on its way, and its room is free again`(
        isStream: Bool
    ) throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(backend: "", "[limits]\nmemory_max = 4194304")
        let client = try daemon.connect()
        let params: JSONValue = ["model": "ready", "prompt": "hi", "stream": .bool(isStream)]
        let piece = String(repeating: "x", count: 1000)
        for _ in 0..<2 {
            let id = client.start("complete", params)
            let connection = try server.acceptRequest()
            connection.beginStream()
            // Three times its bytes count: it grows, is read and is written.
            if !isStream { connection.send("{\"padding\":\"") }
            var sent = 0
            while sent < 4_000_000, !connection.isClosed {
                if isStream { connection.sendToken(piece) } else { connection.send(piece) }
                sent += piece.utf8.count
            }
            expect(try client.answer(to: id), "memory_max", id: id)
            _ = try connection.waitForClose()
            #expect(sent > 1_000_000, "\(sent) bytes")
            let small = client.start("complete", params)
            let next = try server.acceptRequest()
            next.answer("ok")
            #expect(try client.answer(to: small)["result"]?["content"] == "ok")
        }
    }

    @Test func `queue_max requests wait for a backend, one more is told to come back`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(
            backend: "max_concurrent = 1", "[limits]\nqueue_max = 2")
        let client = try daemon.connect()
        let ids = (0..<4).map { _ in client.start("complete", ["ready", "x"]) }
        let refusal = try client.answer(to: ids[3])["error"]
        #expect(refusal?["code"] == 1007)
        #expect(refusal?["data"]?["kind"] == "busy")
        #expect(refusal?["data"]?["queued"] == 2)
        #expect(refusal?["data"]?["limit"] == 2)
        #expect(refusal?["data"]?["retry_after_ms"]?.integerValue ?? 0 > 0)
        #expect(refusal?["message"]?.stringValue?.contains("queue_max") == true)
        for id in ids.prefix(3) {
            try server.acceptRequest().answer("served")
            #expect(try client.answer(to: id)["result"]?["content"] == "served")
        }
    }

    @Test func `an answer larger than output_bytes_max is replaced by an error`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try daemon("output_bytes_max = 4096", simulator)
        let client = try daemon.connect()
        let id = client.start("rpc.discover")
        expect(try client.answer(to: id), "output_bytes_max", id: id)
        #expect(try client.result("ping") == ["ok": true])
        client.send(
            line: #"[{"jsonrpc":"2.0","id":1,"method":"ping"},"#
                + #"{"jsonrpc":"2.0","id":2,"method":"rpc.discover"},"#
                + #"{"jsonrpc":"2.0","id":3,"method":"ping"}]"#)
        let answers = try #require(try client.readMessage()?.arrayValue)
        #expect(answers.count == 3)
        #expect(answers[0]["result"] == ["ok": true])
        expect(answers[1], "output_bytes_max", id: 2)
        #expect(answers[2]["result"] == ["ok": true])
        // An answer from a server, too.
        let long = client.start("complete", ["prompt": "tokens:2000"])
        expect(try client.answer(to: long), "output_bytes_max", id: long)
    }
}

extension SocketClient {
    /// Sends bytes that are no request and need not be remembered.
    func sendUnnoted(_ bytes: [UInt8]) -> Bool {
        var at = 0
        while at < bytes.count {
            let sent = bytes[at...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent < 0 && errno == EINTR { continue }
            if sent <= 0 { return false }
            at += sent
        }
        return true
    }

    /// Sends as much as the daemon takes without waiting; how much that was.
    func sendWithoutWaiting(_ bytes: [UInt8], within milliseconds: Int32 = 300) -> Int {
        var at = 0
        while at < bytes.count {
            let sent = bytes[at...].withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if sent > 0 { at += sent }
            if sent < 0 && errno == EINTR { continue }
            if sent < 0 {
                var interest = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                if errno != EAGAIN || poll(&interest, 1, milliseconds) <= 0 { return at }
            }
        }
        return at
    }
}
