import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let explain = Command(
        "explain", "say where a prompt would go, and why", arguments: "[PROMPT…]",
        method: "route.explain", words: 0...Int.max, options: complete.options,
        details: """
            It takes what `complete` takes and asks no model. The first that nothing forbids is
            where the prompt would go; the columns between are what decides, the first one first, and
            in each the higher number wins.
            """,
        examples: ["crowd-models explain -m qwen3-4b hello"],
        exits: "0; 1 for an unknown model; 69 without a daemon."
    ) { (session) throws(Failure) in
        let parameters = try CompletionParameters(session.invocation)
        let connection = try session.connect()
        let result = try ModelChoice.retrying(
            parameters.model, connection, accepting: ModelChoice.canChat
        ) { (name) throws(Failure) in
            let asked = (name.map { parameters.with(model: $0) } ?? parameters).withoutStream()
            let id = try connection.send("route.explain", asked.json)
            return try connection.result(of: id)
        }
        if session.isJSON {
            session.output.appendLine(json: result)
        } else {
            session.output.append(lines: RouteView.lines(result, session.output.layout))
        }
        try session.output.flush()
    }
}
