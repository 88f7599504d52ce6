import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let requests = Command(
        "requests", "list what is queued and running",
        details: "KEY is what `crowd-models cancel` takes; PLACE is the place in the queue.",
        examples: ["crowd-models requests"]
    ) { (session) throws(Failure) in
        try session.show(.requestsList) { (result: RequestsResult) in
            requestLines(result.requests, session.output.style)
        }
    }

    private static func requestLines(_ requests: [RequestDescription], _ style: Style) -> [String] {
        if requests.isEmpty {
            ErrorOutput.note("nothing is queued or running")
            return []
        }
        var table = Table(
            .text("KEY"), .text("CLIENT"), .text("METHOD"), .text("MODEL"), .text("BACKEND"),
            .text("PHASE"), .number("PLACE"), .number("AGE"), .number("TOKENS"), .number("SPEED"))
        for request in requests {
            table.append(
                request.key, request.client, request.method, request.model, request.backend,
                request.phase, request.position.map(String.init), Units.seconds(request.ageSeconds),
                request.tokens.map(String.init), request.tokensPerSecond.map(Units.speed))
        }
        return table.lines(style)
    }
}
