import CrowdModelsProtocol
import Link

extension Command {
    static let openrpc = Command(
        "openrpc", "print the daemon's OpenRPC document",
        details: "One line of JSON: every method, its parameters, results and errors.",
        examples: ["crowd-models openrpc | jq '.methods[].name'"]
    ) { (session) throws(Failure) in
        session.output.appendLine(json: try session.call(.discover))
        try session.output.flush()
    }
}
