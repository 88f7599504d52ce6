import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let requests = Command(
        "requests", "list what is queued and running",
        options: [Option("keys", nil, nil, "only the keys, one a line, for scripts")],
        details: "KEY is what `crowd-models cancel` takes; PLACE is the place in the queue.",
        examples: ["crowd-models requests"]
    ) { (session) throws(Failure) in
        try session.show(.requestsList) { (result: RequestsResult) in
            if result.requests.isEmpty { ErrorOutput.note("nothing is queued or running") }
            if session.invocation.isSet("keys") { return names(result.requests.map(\.key)) }
            return RequestsView.lines(result.requests, session.output.layout)
        }
    }
}
