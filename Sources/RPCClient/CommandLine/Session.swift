import CrowdModelsProtocol

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
    func call(_ method: Method, _ params: JSONObject = JSONObject()) throws(Failure) -> Answer {
        let connection = try connect()
        return try connection.call("\(method.name)", params)
    }

    /// Calls a method; prints its result as JSON where that is asked for, else what `lines` makes
    /// of it.
    func show(
        _ method: Method, _ params: JSONObject = JSONObject(),
        _ lines: (JSONValue) throws(Failure) -> [String]
    ) throws(Failure) {
        let answer = try call(method, params)
        if isJSON {
            output.appendLine(json: answer.json)
        } else {
            output.append(lines: try lines(answer.value))
        }
        try output.flush()
    }
}
