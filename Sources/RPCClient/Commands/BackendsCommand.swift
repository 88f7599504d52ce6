import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let backends = Command(
        "backends", "list the model servers and how they fare",
        examples: ["crowd-models backends"]
    ) { (session) throws(Failure) in
        try session.show(.backendsList) { (result: BackendsResult) in
            backendLines(result.backends, session.output.style)
        }
    }

    private static func backendLines(_ backends: [BackendDescription], _ style: Style) -> [String] {
        if backends.isEmpty {
            ErrorOutput.note("no backends: none is configured and none was found")
            return []
        }
        var table = Table(
            .text("BACKEND"), .text("KIND"), .text("STATE"), .number("MODELS"), .number("RUNNING"),
            .number("QUEUED"), .text("ENDPOINT"), .text("LAST ERROR"))
        for backend in backends {
            var state = backend.state
            if let breaker = backend.breaker, breaker != "closed" {
                state += ", breaker \(breaker)"
            }
            table.append(
                backend.name, backend.kind, state, "\(backend.models)", "\(backend.inFlight)",
                "\(backend.queued)", backend.endpoint, backend.lastError)
        }
        return table.lines(style)
    }
}
