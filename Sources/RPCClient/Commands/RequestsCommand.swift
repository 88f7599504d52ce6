import CrowdModelsProtocol

extension Command {
    static let requests = Command(
        "requests", "list what is queued and running",
        details: "KEY is what `crowd-models cancel` takes; PLACE is the place in the queue.",
        examples: ["crowd-models requests"]
    ) { (session) throws(Failure) in
        try session.show(.requestsList) { result in
            requestLines(result["requests"]?.arrayValue ?? [], session.output.style)
        }
    }

    private static func requestLines(_ requests: [JSONValue], _ style: Style) -> [String] {
        if requests.isEmpty {
            ErrorOutput.note("nothing is queued or running")
            return []
        }
        var table = Table(
            .text("KEY"), .text("CLIENT"), .text("METHOD"), .text("MODEL"), .text("BACKEND"),
            .text("PHASE"), .number("PLACE"), .number("AGE"), .number("TOKENS"), .number("SPEED"))
        for request in requests {
            table.append(
                request.text("key"), request.text("client"), request.text("method"),
                request.text("model"), request.text("backend"), request.text("phase"),
                request.text("position"), request["age_seconds"]?.doubleValue.map(Units.seconds),
                request.text("tokens"),
                request["tokens_per_second"]?.doubleValue.map { "\(Units.fixed($0, 1)) tok/s" })
        }
        return table.lines(style)
    }
}
