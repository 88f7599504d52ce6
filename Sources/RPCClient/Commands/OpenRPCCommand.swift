import CrowdModelsProtocol

extension Command {
    static let openrpc = Command(
        "openrpc", "print the daemon's OpenRPC document",
        details: "One line of JSON: every method, its parameters, results and errors.",
        examples: ["crowd-models openrpc | jq '.methods[].name'"]
    ) { (session) throws(Failure) in
        let answer = try session.call(.discover)
        session.output.appendLine(json: answer.json)
        try session.output.flush()
    }
}
