import CrowdModelsProtocol
import Glibc
import Testing

/// The daemon's own socket: whose it is, who may use it, and what becomes of it.
@Suite struct SocketFileTests {
    private static let config = "llm_backends = []\n[discovery]\nenabled = false\n"

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    @Test func `the socket is ours alone, or has the mode that was asked for`() throws {
        for (line, mode) in [("", 0o600), ("[server]\nmode = \"0660\"\n", 0o660)]
            as [(String, mode_t)]
        {
            // A generous umask, and a strict one, change nothing.
            let daemon = try DaemonProcess(SocketFileTests.config + line)
            let status = try #require(SocketFileTests.status(daemon.socketPath))
            #expect(status.st_mode & S_IFMT == S_IFSOCK)
            #expect(status.st_mode & 0o777 == mode)
            #expect(status.st_uid == geteuid())
            #expect(try daemon.stop() == 0)
            #expect(SocketFileTests.status(daemon.socketPath) == nil)
        }
    }

    @Test func `a second daemon is refused with 73, and the first goes on`() throws {
        let folder = TestFolder()
        let first = try DaemonProcess(SocketFileTests.config, folder: folder)
        let client = try first.connect()
        #expect(try client.result("ping") == ["ok": true])
        let before = SocketFileTests.status(first.socketPath)?.st_ino
        let second = try DaemonProcess(SocketFileTests.config, folder: folder, waits: false)
        #expect(try second.waitForExit() == 73)
        let line = try #require(second.log.last { $0.hasPrefix("ERROR: ") })
        #expect(line.contains(first.socketPath))
        #expect(line.contains("Another crowd-models-executor is running"))
        #expect(line.contains("--socket"))
        #expect(SocketFileTests.status(first.socketPath)?.st_ino == before)
        #expect(try client.result("ping") == ["ok": true])
        #expect(try first.connect().result("ping") == ["ok": true])
        #expect(try first.stop() == 0)
        let third = try DaemonProcess(SocketFileTests.config, folder: folder)
        #expect(try third.connect().result("ping") == ["ok": true])
    }

    @Test func `the socket of a daemon that was killed is taken over`() throws {
        let folder = TestFolder()
        let first = try DaemonProcess(SocketFileTests.config, folder: folder)
        first.child.signal(SIGKILL)
        #expect(try first.waitForExit() == -SIGKILL)
        #expect(SocketFileTests.status(first.socketPath) != nil, "it was left behind")
        #expect(throws: SocketClient.Refused.self) { try first.connect() }
        let second = try DaemonProcess(SocketFileTests.config, folder: folder)
        #expect(try second.connect().result("ping") == ["ok": true])
    }

    @Test func `a file that is no socket is not ours to delete`() throws {
        let folder = TestFolder()
        folder.write("s", "precious")
        let daemon = try DaemonProcess(SocketFileTests.config, folder: folder, waits: false)
        #expect(try daemon.waitForExit() == 73)
        let line = try #require(daemon.log.last { $0.hasPrefix("ERROR: ") })
        #expect(line.contains("\(folder.path)/s exists and is no socket"))
        #expect(SocketFileTests.status("\(folder.path)/s")?.st_size == 8)
    }

    @Test func `another daemon's new socket is left alone at the end`() throws {
        let folder = TestFolder()
        let daemon = try DaemonProcess(SocketFileTests.config, folder: folder)
        unlink(daemon.socketPath)
        folder.write("s", "somebody else's")
        #expect(try daemon.stop() == 0)
        #expect(folder.names.contains("s"))
    }

    @Test func `a socket that cannot be is refused with 73 and a reason`() throws {
        let folder = TestFolder()
        let file = folder.write("config.toml", SocketFileTests.config)
        let long = "\(folder.path)/" + String(repeating: "x", count: 110)
        folder.write("file", "")
        for (path, part) in [
            (long, "107"), ("\(folder.path)/file/s", "\(folder.path)/file"),
            ("/proc/no-such/s", "/proc"),
        ] {
            let run = try CommandLineTests.run(["--config", file, "--socket", path])
            #expect(run.status == 73, "\(path)")
            #expect(run.errors.contains(part), "\(run.errors)")
        }
    }

    @Test func `the socket is where flag, configuration and variables say, in this order`() throws {
        let folder = TestFolder()
        let configured = "\(SocketFileTests.config)[server]\nsocket = \"\(folder.path)/c\"\n"
        let variables = [
            "CROWD_MODELS_SOCKET": "\(folder.path)/v", "XDG_RUNTIME_DIR": "\(folder.path)/r",
        ]
        mkdir("\(folder.path)/r", 0o700)
        let rows:
            [(config: String, arguments: [String], variables: [String: String], path: String)] =
                [
                    (configured, ["--socket", "\(folder.path)/f"], variables, "f"),
                    (configured, [], variables, "c"),
                    (SocketFileTests.config, [], variables, "v"),
                    (
                        SocketFileTests.config, [], ["XDG_RUNTIME_DIR": "\(folder.path)/r"],
                        "r/crowd-models/executor.sock"
                    ),
                ]
        for row in rows {
            let daemon = try DaemonProcess(
                row.config, arguments: row.arguments, environment: row.variables, folder: folder,
                namesSocket: false)
            let path = "\(folder.path)/\(row.path)"
            #expect(daemon.log.contains("INFO: Listening on \(path)"))
            let client = try SocketClient(path)
            #expect(try client.result("status")["socket"] == .string(path))
            #expect(try daemon.stop() == 0)
        }
    }
}
