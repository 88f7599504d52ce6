import CrowdModelsProtocol
import Glibc
import Testing

/// A client that does not read costs little, and nobody else notices; nor does a lack of
/// descriptors.
@Suite struct BackpressureTests {
    static let ping = "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}\n"
    static let discover = "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"rpc.discover\"}\n"

    private func daemon(_ limits: String) throws -> DaemonProcess {
        // Nobody listens on port 9; the backend does not matter here.
        try DaemonProcess(
            """
            [limits]
            \(limits)
            [discovery]
            enabled = false
            [[llm_backends]]
            name = "nobody"
            endpoint = "http://127.0.0.1:9/v1"
            """)
    }

    @Test func `reading stops while answers wait, and nothing is lost`() throws {
        let daemon = try daemon("write_stall = 3600")
        let client = try daemon.connect()
        let observer = try daemon.connect()
        let process = daemon.child.identifier
        let before = ProcessFile.status("VmHWM", of: process)
        // Each answer is a thousand times its request; all of them would be 700 MB.
        let line = Array(Self.discover.utf8)
        let bytes = Array(repeatElement(line, count: 10_000).joined())
        let sent = client.sendWithoutWaiting(bytes)
        #expect(sent < bytes.count, "the daemon reads on without being read")
        #expect(try observer.result("ping") == ["ok": true])
        let grown = ProcessFile.status("VmHWM", of: process) - before
        #expect(grown < 8192 + Sanitizer.notes, "grew by \(grown) KiB")
        // Read at last, it answers each whole line, in order and once.
        let whole = sent / line.count
        var reader = LineReader(client.descriptor)
        let first = try #require(try reader.next())
        for _ in 1..<whole { #expect(try reader.next() == first) }
        shutdown(client.descriptor, Int32(SHUT_WR))
        if sent % line.count != 0 { #expect(try reader.next()?.contains("-32700") == true) }
        #expect(try reader.next() == nil)
    }

    @Test func `a client that takes nothing is dropped after write_stall`() throws {
        let daemon = try daemon("write_stall = 0.3")
        let client = try daemon.connect()
        let observer = try daemon.connect()
        _ = client.sendWithoutWaiting(
            Array(repeatElement(Array(Self.discover.utf8), count: 5000).joined()))
        try observer.wait(untilStatus: "connections", is: 1)
        let line = try daemon.waitForLog(containing: "write_stall")
        #expect(line.hasPrefix("WARN: Dropped a client (uid \(getuid()), "))
        #expect(try observer.result("ping") == ["ok": true])
    }

    @Test func `a client that reads slowly is not dropped`() throws {
        let daemon = try daemon("write_stall = 2")
        let client = try daemon.connect()
        let count = 60
        client.send(
            bytes: Array(repeatElement(Array(Self.discover.utf8), count: count).joined()))
        var seen = 0
        var space = [UInt8](repeating: 0, count: 32 << 10)
        while seen < count {
            // Longer than write_stall in all, and a hundredth of it each time.
            _ = poll(nil, 0, 20)
            let got = recv(client.descriptor, &space, space.count, 0)
            try #require(got > 0)
            seen += space[..<got].count { $0 == 10 }
        }
        #expect(daemon.readLog().allSatisfy { !$0.contains("write_stall") })
    }

    @Test func `a stream waits for its slow reader and loses nothing`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(backend: "", "[limits]\nwrite_stall = 3600")
        let client = try daemon.connect()
        let id = client.start(
            "complete", ["model": "ready", "prompt": "x", "stream": true, "timeout_ms": 600_000])
        let connection = try server.acceptRequest()
        connection.beginStream()
        // The daemon stops reading from the server, and so the server cannot send any more.
        let token = String(repeating: "word ", count: 200)
        let frame = Array(
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\(token)\"}}]}\n\n".utf8)
        let flags = fcntl(connection.descriptor, F_GETFL)
        _ = fcntl(connection.descriptor, F_SETFL, flags | O_NONBLOCK)
        var whole = 0
        var left: [UInt8] = []
        sending: while whole < 100_000 {
            left = frame
            while !left.isEmpty {
                let sent = left.withUnsafeBytes {
                    send(connection.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if sent > 0 {
                    left.removeFirst(sent)
                    continue
                }
                var interest = pollfd(
                    fd: connection.descriptor, events: Int16(POLLOUT), revents: 0)
                if poll(&interest, 1, 300) <= 0 { break sending }
            }
            whole += 1
        }
        #expect(whole < 100_000, "the daemon takes a stream that nobody reads")
        _ = fcntl(connection.descriptor, F_SETFL, flags)
        // Read again, all of it comes, in its order; there is room for the rest then, too.
        var text = 0
        var sequence = 0
        var isEnded = false
        while let message = try client.readMessage() {
            var interest = pollfd(fd: connection.descriptor, events: Int16(POLLOUT), revents: 0)
            if !isEnded, poll(&interest, 1, 0) > 0 {
                connection.send(String(decoding: left, as: UTF8.self))
                connection.endStream()
                isEnded = true
            }
            if let params = message["params"] {
                #expect(params["seq"]?.integerValue == sequence)
                sequence += 1
                text += params["content"]?.stringValue?.utf8.count ?? 0
            } else {
                #expect(message["id"] == id)
                #expect(message["result"]?["content"]?.stringValue?.utf8.count == text)
                break
            }
        }
        #expect(text == (whole + (left.isEmpty ? 0 : 1)) * token.utf8.count)
    }

    @Test func `without descriptors the listener waits, and goes on when there are some`() throws {
        let folder = TestFolder()
        let file = folder.write(
            "config.toml",
            """
            [discovery]
            enabled = false
            [[llm_backends]]
            name = "nobody"
            endpoint = "http://127.0.0.1:9/v1"
            """)
        let shell = try ChildProcess(
            "/bin/sh",
            [
                "-c", "ulimit -n 24; exec \"$0\" --config \"$1\" --socket \"$2\"",
                BuiltProducts.path("crowd-models-executor"), file, "\(folder.path)/s",
            ], errorsToOutput: true, environment: DaemonProcess.environment(home: folder.path))
        while try !shell.readLine().contains("Listening on ") {}
        let clients = try (0..<40).map { _ in try SocketClient("\(folder.path)/s") }
        while try !shell.readLine().contains("Cannot accept connections") {}
        #expect(try clients[0].result("ping") == ["ok": true])
        // Nothing spins: in a second and more, a pause is ended ten times and found useless.
        let before = ProcessFile.ticks(of: shell.identifier)
        _ = poll(nil, 0, 1200)
        let ticks = ProcessFile.ticks(of: shell.identifier) - before
        #expect(ticks < 20, "\(ticks) ticks of 10 ms in 1.2 s")
        // It says so once, and serves those who wait as soon as others go.
        #expect(shell.output.nextIfAny(within: 0)?.contains("Cannot accept") != true)
        for client in clients.prefix(38) { client.close() }
        #expect(try clients[39].result("ping") == ["ok": true])
        #expect(try clients[38].result("ping") == ["ok": true])
    }
}
