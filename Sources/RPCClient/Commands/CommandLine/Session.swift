import CrowdModelsProtocol
import Link

/// One run of a command: what was asked for, and where its output goes.
struct Session {
    let invocation: Invocation
    let output = Output()

    var isJSON: Bool { invocation.isSet("json") }
    var words: [String] { invocation.words }

    /// Connects to the daemon that the options and the environment point to.
    func connect() throws(Failure) -> DaemonConnection {
        try DaemonConnection(to: DaemonSearch(flag: invocation["socket"]).find())
    }

    /// Calls one method and answers its result.
    func call(_ method: Method, _ params: JSONObject = JSONObject()) throws(Failure) -> JSONValue {
        let connection = try connect()
        let id = try connection.send(
            "\(method.name)", params.members.isEmpty ? nil : .object(params))
        return try connection.result(of: id)
    }

    /// Calls a method; prints its result as JSON where that is asked for, else what `lines` makes
    /// of it.
    func show<Shape: JSONReadable>(
        _ method: Method, _ params: JSONObject = JSONObject(), _ lines: (Shape) -> [String]
    ) throws(Failure) {
        try show(try call(method, params), lines)
    }

    /// Prints a result as JSON where that is asked for, else what `lines` makes of it.
    func show<Shape: JSONReadable>(
        _ result: JSONValue, _ lines: (Shape) -> [String]
    ) throws(Failure) {
        if isJSON {
            output.appendLine(json: result)
        } else {
            output.append(lines: lines(try Shape(answer: result)))
        }
        try output.flush()
    }
}

extension JSONReadable {
    /// Reads what the daemon sent.
    init(answer: JSONValue) throws(Failure) {
        do throws(ShapeError) {
            try self.init(json: answer)
        } catch {
            throw Failure(
                .failed, "the daemon's answer is not what this client knows: \(error.sentence)")
        }
    }
}
