import Glibc
import Testing

/// A running `crowd-models-executor` with a folder, a configuration and a socket of its own.
///
/// It hears of nothing but what it is given: no variable and no server of this machine reaches it.
/// It is killed and its folder removed, at the latest, when the last reference goes.
final class DaemonProcess {
    let folder: TestFolder
    let child: ChildProcess
    /// Where it listens, unless the arguments or the configuration said something else.
    let socketPath: String
    /// Its log so far, without newlines.
    private(set) var log: [String] = []

    /// Starts it with this configuration, written to `config.toml` in its folder, and with
    /// `--config` and `--socket` unless told not to; returns once it listens.
    init(
        _ config: String, arguments: [String] = [], environment: [String: String] = [:],
        folder: TestFolder = TestFolder(), namesSocket: Bool = true, passing: [Int32] = [],
        waits: Bool = true
    ) throws {
        self.folder = folder
        let file = folder.write("config.toml", config)
        socketPath = "\(folder.path)/s"
        child = try ChildProcess(
            BuiltProducts.path("crowd-models-executor"),
            ["--config", file] + (namesSocket ? ["--socket", socketPath] : []) + arguments,
            errorsToOutput: true,
            environment: DaemonProcess.environment(home: folder.path, environment),
            passing: passing)
        if waits { try waitForLog(containing: "Listening on ") }
    }

    /// Starts it with the simulator as its LM Studio; see `config(_:)`.
    convenience init(
        _ simulator: SimulatorProcess, backend: String = "", _ rest: String = "",
        environment: [String: String] = [:]
    ) throws {
        try self.init(
            DaemonProcess.config(simulator, backend: backend, rest), environment: environment)
    }

    /// A configuration with the simulator as the backend `lmstudio`; `backend` are further keys of
    /// it, `rest` further tables (with the keys of the top level before them).
    static func config(
        _ simulator: SimulatorProcess, backend: String = "", _ rest: String = ""
    ) -> String {
        """
        \(rest)
        [discovery]
        enabled = false
        interval = 0.1
        [[llm_backends]]
        name = "lmstudio"
        endpoint = "\(simulator.url)/api/v0"
        \(backend)

        """
    }

    /// What a program under test may know of this machine.
    static func environment(
        home: String, _ added: [String: String] = [:]
    ) -> [String: String] {
        var variables = ["HOME": home, "LANG": "C.UTF-8"]
        for name in ["PATH", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE"] {
            if let value = getenv(name) { variables[name] = String(cString: value) }
        }
        return variables.merging(Sanitizer.variables) { $1 }.merging(added) { $1 }
    }

    deinit { child.signal(SIGKILL) }

    func connect() throws -> SocketClient { try SocketClient(socketPath) }

    /// Waits until so many lines of its log hold the text, and answers the last of them.
    @discardableResult
    func waitForLog(
        containing text: String, times: Int = 1,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        var seen = 0
        for line in log where line.contains(text) {
            seen += 1
            if seen == times { return line }
        }
        let deadline = Deadline()
        do {
            while let line = try child.output.next(until: deadline) {
                log.append(line)
                if line.contains(text) { seen += 1 }
                if seen == times { return line }
            }
        } catch {}
        Issue.record(
            "the log never said \(text.debugDescription) \(times) times, but:\n\(logText)",
            sourceLocation: sourceLocation)
        throw ChildProcess.Failure(message: "not in the log: \(text)")
    }

    /// All that it has said so far.
    func readLog() -> [String] {
        while let line = child.output.nextIfAny(within: 0) { log.append(line) }
        return log
    }

    var logText: String { log.joined(separator: "\n") }

    /// Sends SIGTERM and answers the exit status; its whole log is read then.
    func stop() throws -> Int32 {
        child.signal(SIGTERM)
        return try waitForExit()
    }

    /// The exit status, once it ends by itself; its whole log is read then.
    func waitForExit() throws -> Int32 {
        let deadline = Deadline()
        while let line = try child.output.next(until: deadline) { log.append(line) }
        return child.wait()
    }
}
