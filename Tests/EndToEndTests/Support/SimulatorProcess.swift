/// A running `lmstudio-simulator` on a free port; it ends with the last reference.
final class SimulatorProcess {
    let child: ChildProcess
    let port: UInt16

    convenience init(_ arguments: String...) throws { try self.init(arguments) }

    init(_ arguments: [String]) throws {
        child = try ChildProcess(
            BuiltProducts.path("lmstudio-simulator"),
            ["--port", "0", "--exit-with-parent"] + arguments)
        let line = try child.readLine()
        guard line.hasPrefix("listening on http://127.0.0.1:"),
            let port = UInt16(line.split(separator: ":").last ?? "")
        else { throw ChildProcess.Failure(message: "the simulator said: \(line)") }
        self.port = port
    }

    var url: String { "http://127.0.0.1:\(port)" }

    func connect() throws -> HTTPSocket { try HTTPSocket(port: port) }

    /// One request on a connection of its own.
    func ask(_ method: String, _ path: String, _ body: String = "") throws -> HTTPSocket.Answer {
        try connect().ask(method, path, body)
    }

    /// All bytes that one request is answered with until the connection ends.
    func raw(_ method: String, _ path: String, _ body: String = "") throws -> String {
        let socket = try connect()
        socket.request(method, path, body, headers: "Connection: close\r\n")
        return socket.readToEnd()
    }

    func setFaults(_ faults: String) throws {
        let answer = try ask("POST", "/simulator/faults", faults)
        guard answer.status == 200 else { throw ChildProcess.Failure(message: answer.body) }
    }
}
