import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let explain = Command(
        "explain", "say where a prompt would go, and why", arguments: "[PROMPT…]",
        method: "route.explain", words: 0...Int.max, options: complete.options,
        details: """
            It takes what `complete` takes and asks no model. The first that nothing forbids is
            where the prompt would go. The first column in which two of them differ decides:

             CHOICE       its place in the list that an alias stands for
             LOADED       whether the model is loaded
             SESSION      whether the conversation's prompt is still cached there
             PRIORITY     the backend's `priority`; the lower is tried first
             FAILURES     how often it failed in a row
             FIRST TOKEN  when it is expected, the wait included
             BUSY         requests there, for each that may run at once
            """,
        examples: ["crowd-models explain -m qwen3-4b hello"],
        exits: "0; 1 for an unknown model; 69 without a daemon."
    ) { (session) throws(Failure) in
        let parameters = try CompletionParameters(session.invocation)
        let connection = try session.connect()
        let result = try ModelChoice.run(
            .routeExplain, parameters.model, connection, accepting: ModelChoice.canChat
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
