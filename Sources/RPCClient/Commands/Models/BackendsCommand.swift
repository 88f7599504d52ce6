import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let backends = Command(
        "backends", "list the model servers and how they fare",
        options: [Option("names", nil, nil, "only the names, one a line, for scripts")],
        examples: ["crowd-models backends"]
    ) { (session) throws(Failure) in
        try session.show(.backendsList) { (result: BackendsResult) in
            if result.backends.isEmpty {
                ErrorOutput.note("no backends: none is configured and none was found")
            }
            if session.invocation.isSet("names") { return names(result.backends.map(\.name)) }
            return BackendsView.lines(result.backends, session.output.layout)
        }
    }
}
