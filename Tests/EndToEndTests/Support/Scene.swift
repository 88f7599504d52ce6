import CrowdModelsProtocol
import Testing

/// A simulator, a daemon that has found it, and a client of that daemon.
struct Scene {
    let simulator: SimulatorProcess
    let daemon: DaemonProcess
    let client: SocketClient

    /// `arguments` are the simulator's, `backend` keys of the backend, `config` what stands above.
    init(
        _ arguments: String..., backend: String = "", config: String = "",
        environment: [String: String] = [:]
    ) throws {
        simulator = try SimulatorProcess(arguments)
        daemon = try DaemonProcess(
            simulator, backend: backend, config, environment: environment)
        try daemon.waitForLog(containing: "Initialized LLM client for backend: lmstudio")
        client = try daemon.connect()
    }

    /// Lets chat requests, whole ones or streams, meet this fault (`NAME` or `NAME=ARG`), so many
    /// times or always; lists of models are spared.
    func fail(_ fault: String, stream: Bool, times: Int? = nil) throws {
        let parts = fault.split(separator: "=", maxSplits: 1).map { JSONValue.string(String($0)) }
        var object: JSONValue = [
            "fault": parts[0],
            "path": stream ? "/v1/chat/completions" : "/api/v0/chat/completions",
        ]
        if parts.count > 1 { object = object.adding("arg", parts[1]) }
        if let times { object = object.adding("times", .integer(times)) }
        try simulator.setFaults(JSONValue.array([object]).text)
    }

    /// The daemon's numbers of all time.
    func totals() throws -> JSONValue { try client.result("stats", ["window": "total"]) }
}

extension SimulatorProcess {
    /// A request as the simulator logged it.
    struct Logged {
        let path: String
        let body: JSONValue
        let connection: Int
        let status: Int?
    }

    func json(_ path: String) throws -> JSONValue {
        try JSONValue(parsing: try ask("GET", path).body)
    }

    /// The chat requests that it got, in their order.
    func chats() throws -> [Logged] {
        let log = try json("/simulator/log")
        return (log["requests"]?.arrayValue ?? []).compactMap { entry in
            guard let path = entry["path"]?.stringValue, path.hasSuffix("/chat/completions") else {
                return nil
            }
            return Logged(
                path: path,
                body: (try? JSONValue(parsing: entry["body"]?.stringValue ?? "")) ?? .null,
                connection: entry["connection"]?.integerValue ?? 0,
                status: entry["status"]?.integerValue)
        }
    }

    func setModels(_ list: String) throws {
        let answer = try ask("POST", "/simulator/models", list)
        guard answer.status == 200 else { throw ChildProcess.Failure(message: answer.body) }
    }
}
