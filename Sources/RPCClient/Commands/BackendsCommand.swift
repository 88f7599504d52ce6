import CrowdModelsProtocol

extension Command {
    static let backends = Command(
        "backends", "list the model servers and how they fare",
        examples: ["crowd-models backends"]
    ) { (session) throws(Failure) in
        try session.show(.backendsList) { result in
            backendLines(result["backends"]?.arrayValue ?? [], session.output.style)
        }
    }

    private static func backendLines(_ backends: [JSONValue], _ style: Style) -> [String] {
        if backends.isEmpty {
            ErrorOutput.note("no backends: none is configured and none was found")
            return []
        }
        var table = Table(
            .text("BACKEND"), .text("KIND"), .text("STATE"), .number("MODELS"), .number("RUNNING"),
            .number("QUEUED"), .text("ENDPOINT"), .text("LAST ERROR"))
        for backend in backends {
            var state = backend.text("state") ?? ""
            if let breaker = backend.text("breaker"), breaker != "closed" {
                state += ", breaker \(breaker)"
            }
            table.append(
                backend.text("name"), backend.text("kind"), state, backend.text("models"),
                backend.text("in_flight"), backend.text("queued"), backend.text("endpoint"),
                backend.text("last_error"))
        }
        return table.lines(style)
    }
}
