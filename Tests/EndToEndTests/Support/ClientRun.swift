import CrowdModelsProtocol
import Glibc

/// One finished run of `crowd-models`: what it printed and how it ended.
///
/// It knows nothing of this machine but the socket that it is given.
struct ClientRun {
    let status: Int32
    let output: String
    let errors: String

    /// Runs the client with `--socket`, unless there is none, and waits for its end.
    init(
        _ arguments: [String], socket: String? = nil, input: String = "", home: String = "/",
        environment: [String: String] = [:]
    ) throws {
        let child = try ClientRun.start(
            arguments, socket: socket, home: home, environment: environment)
        child.write(input)
        child.closeInput()
        self = try ClientRun(finishing: child)
    }

    /// Runs a line of the shell in which `$C` is the client.
    init(shell line: String, environment: [String: String] = [:]) throws {
        let child = try ChildProcess(
            "/bin/sh", ["-c", line],
            environment: DaemonProcess.environment(
                home: "/", environment.merging(["C": ClientRun.path]) { $1 }))
        child.closeInput()
        self = try ClientRun(finishing: child)
    }

    private init(finishing child: ChildProcess) throws {
        output = try child.readToEnd()
        errors = try child.errors.toEnd()
        status = child.wait()
    }

    static let path = BuiltProducts.path("crowd-models")

    /// Starts the client without waiting for it.
    static func start(
        _ arguments: [String], socket: String? = nil, home: String = "/",
        environment: [String: String] = [:]
    ) throws -> ChildProcess {
        try ChildProcess(
            path, (socket.map { ["--socket", $0] } ?? []) + arguments,
            environment: DaemonProcess.environment(home: home, environment))
    }

    /// The lines of its output.
    var lines: [String] {
        output.split(separator: "\n").map(String.init)
    }

    /// The lines of its output as JSON; null for what is none.
    var json: [JSONValue] {
        lines.map { (try? JSONValue(parsing: $0)) ?? .null }
    }
}
