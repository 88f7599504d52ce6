import CrowdModelsProtocol
import Glibc
import Testing

/// The daemon under systemd, or under something that behaves like it.
@Suite struct SystemdTests {
    private static let config = "llm_backends = []\n[discovery]\nenabled = false\n"

    /// The shell knows its process id, which the daemon keeps when it replaces the shell.
    private static func activated(
        _ folder: TestFolder, passing: [Int32], count: Int = 1, variables: [String: String] = [:],
        pid: String = "$$"
    ) throws -> ChildProcess {
        let file = folder.write("config.toml", config)
        return try ChildProcess(
            "/bin/sh",
            [
                "-c", "LISTEN_PID=\(pid) LISTEN_FDS=\(count) exec \"$0\" \"$@\"",
                BuiltProducts.path("crowd-models-executor"), "--config", file, "--socket",
                "\(folder.path)/own",
            ], errorsToOutput: true,
            environment: DaemonProcess.environment(home: folder.path, variables),
            passing: passing)
    }

    @Test func `a socket that was passed is served and never unlinked`() throws {
        let folder = TestFolder()
        let path = "\(folder.path)/passed"
        let socket = BoundSocket(path)
        // A client that came before the daemon was there is answered by it.
        let early = try SocketClient(path)
        let id = early.start("ping")
        let child = try SystemdTests.activated(folder, passing: [socket.descriptor])
        #expect(try early.answer(to: id)["result"] == ["ok": true])
        #expect(try SocketClient(path).result("ping") == ["ok": true])
        #expect(!folder.names.contains("own"), "the one passed counts, not --socket")
        child.signal(SIGTERM)
        _ = try child.readToEnd()
        #expect(child.wait() == 0)
        #expect(folder.names.contains("passed"))
        // The next one is handed the same socket.
        let next = try SystemdTests.activated(folder, passing: [socket.descriptor])
        #expect(try SocketClient(path).result("ping") == ["ok": true])
        next.signal(SIGTERM)
        _ = try next.readToEnd()
        #expect(next.wait() == 0)
    }

    @Test func `a connection that was passed is served, and variables for others are not`() throws {
        let folder = TestFolder()
        let socket = BoundSocket("\(folder.path)/x")
        // LISTEN_PID names somebody else: the daemon makes its own socket.
        let child = try SystemdTests.activated(folder, passing: [socket.descriptor], pid: "1")
        while true {
            let line = try child.readLine()
            if line.isEmpty || line.contains("Listening on \(folder.path)/own") { break }
        }
        #expect(try SocketClient("\(folder.path)/own").result("ping") == ["ok": true])
        child.signal(SIGTERM)
        _ = try child.readToEnd()
        #expect(child.wait() == 0)
        #expect(!folder.names.contains("own"))
    }

    @Test func `one connection that was passed is served until it closes`() throws {
        var ends: [Int32] = [-1, -1]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let folder = TestFolder()
        let child = try SystemdTests.activated(folder, passing: [ends[1]])
        close(ends[1])
        let client = SocketClient(adopting: ends[0])
        #expect(try client.result("ping") == ["ok": true])
        client.finishSending()
        #expect(try client.isAtEnd())
        _ = try child.readToEnd()
        #expect(child.wait() == 0)
        #expect(folder.names == ["config.toml"])
    }

    @Test func `a daemon that was passed its socket is not unlinked by one started by hand`()
        throws
    {
        let folder = TestFolder()
        let path = "\(folder.path)/passed"
        let socket = BoundSocket(path)
        let file = folder.write("config.toml", SystemdTests.config)
        let arguments = ["--config", file, "--socket", path]
        // Before the first client systemd listens alone, then its daemon holds the lock.
        let early = try CommandLineTests.run(arguments)
        #expect(early.status == 73)
        #expect(early.errors.contains("Somebody listens on \(path)"), "\(early.errors)")
        let child = try SystemdTests.activated(folder, passing: [socket.descriptor])
        #expect(try SocketClient(path).result("ping") == ["ok": true])
        let late = try CommandLineTests.run(arguments)
        #expect(late.status == 73)
        #expect(late.errors.contains("Another crowd-models-executor"), "\(late.errors)")
        #expect(try SocketClient(path).result("ping") == ["ok": true])
        child.signal(SIGTERM)
        _ = try child.readToEnd()
        #expect(child.wait() == 0)
        #expect(folder.names.contains("passed"))
    }

    @Test func `what is no socket of ours is refused with 73`() throws {
        let folder = TestFolder()
        let datagram = BoundSocket("\(folder.path)/d", datagram: true)
        let stream = BoundSocket("\(folder.path)/x")
        for (passed, count) in [
            ([datagram.descriptor], 1), ([stream.descriptor, datagram.descriptor], 2),
        ] {
            let child = try SystemdTests.activated(folder, passing: passed, count: count)
            let said = try child.readToEnd()
            #expect(child.wait() == 73)
            #expect(said.contains("ERROR: "), "\(said)")
            #expect(said.contains("ListenStream="))
        }
    }

    @Test(
        .enabled(
            if: access("/usr/bin/systemd-socket-activate", X_OK) == 0,
            "systemd-socket-activate is not installed"))
    func `systemd's own activation starts it with the first client`() throws {
        let folder = TestFolder()
        let file = folder.write("config.toml", SystemdTests.config)
        let path = "\(folder.path)/a"
        let watch = FolderWatch(folder.path)
        // It gives its child nothing of its own environment but what it is told to.
        let passed = Sanitizer.variables.flatMap { ["-E", "\($0.key)=\($0.value)"] }
        let child = try ChildProcess(
            "/usr/bin/systemd-socket-activate",
            passed + ["-l", path, BuiltProducts.path("crowd-models-executor"), "--config", file],
            errorsToOutput: true, environment: DaemonProcess.environment(home: folder.path))
        while !folder.names.contains("a") { try watch.wait() }
        // It says so once it listens.
        while !(try child.readLine()).contains("Listening on") {}
        let client = try SocketClient(path)
        #expect(try client.result("ping") == ["ok": true])
        #expect(try client.result("status")["socket"] == .string(path))
        child.signal(SIGTERM)
        _ = try child.readToEnd()
        #expect(child.wait() == 0)
        #expect(folder.names.contains("a"))
    }

    @Test(arguments: [false, true])
    func `systemd is told when it is ready and when it stops`(isAbstract: Bool) throws {
        let folder = TestFolder()
        let name = isAbstract ? "@\(folder.path)/notify" : "\(folder.path)/notify"
        let words = BoundSocket(name, datagram: true)
        let daemon = try DaemonProcess(
            SystemdTests.config, environment: ["NOTIFY_SOCKET": name], folder: folder)
        let ready = try words.receive()
        #expect(ready.split(separator: "\n").contains("READY=1"), "\(ready)")
        // Ready means that a client is served.
        #expect(try daemon.connect().result("ping") == ["ok": true])
        #expect(try daemon.stop() == 0)
        var last = try words.receive()
        while !last.contains("STOPPING=1") { last = try words.receive() }
    }

    @Test func `under the journal a line begins with its priority`() throws {
        let folder = TestFolder()
        let file = folder.write(
            "config.toml", SystemdTests.config + "[server]\nidle_exit = 1\n")
        // Only where the variable names our standard error: else somebody else's journal is meant.
        for (stream, isJournal) in [("$(stat -L -c %d:%i /proc/self/fd/2)", true), ("1:1", false)] {
            let child = try ChildProcess(
                "/bin/sh",
                [
                    "-c", "JOURNAL_STREAM=\(stream) exec \"$0\" \"$@\"",
                    BuiltProducts.path("crowd-models-executor"), "--config", file, "--socket",
                    "\(folder.path)/s",
                ], errorsToOutput: true,
                environment: DaemonProcess.environment(home: folder.path))
            let lines = try (0..<3).map { _ in try child.readLine() }
            #expect(
                lines == [
                    (isJournal ? "<6>" : "") + "🚀 Starting Crowd Models Executor...",
                    (isJournal ? "<4>" : "WARN: ")
                        + "idle_exit counts only where systemd passed the socket; it is ignored",
                    (isJournal ? "<6>" : "INFO: ") + "Listening on \(folder.path)/s",
                ])
            child.signal(SIGTERM)
            _ = try child.readToEnd()
            #expect(child.wait() == 0)
        }
    }
}
