import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let stats = Command(
        "stats", "show requests, tokens, speed and times",
        options: [
            Option("window", "w", "W", "how far back: 1m, 5m (the default), 15m, 1h or total"),
            Option("prometheus", nil, nil, "the text that Prometheus scrapes"),
        ],
        details: """
            The first table counts requests that ended within the window, and tokens, in all and for
            each backend, model and client; SPEED, FIRST TOKEN and LATENCY are medians.
            The second one shows how times and speeds are distributed over all of them.
            """,
        examples: [
            "crowd-models stats", "crowd-models stats --window 1h", "crowd-models stats --json",
        ],
        run: runStats)

    private static func runStats(_ session: Session) throws(Failure) {
        var params = JSONObject()
        params["window"] = try session.invocation.choice("window", of: windows)
            .map(JSONValue.string)
        if session.invocation.isSet("prometheus") {
            params["format"] = "prometheus"
            return try showText(session, params)
        }
        try session.show(.stats, params) { (stats: StatsResult) in
            StatsView.lines(stats, session.output.layout)
        }
    }

    private static let windows = ["1m", "5m", "15m", "1h", "total"]

    private static func showText(_ session: Session, _ params: JSONObject) throws(Failure) {
        let result = try session.call(.stats, params)
        if session.isJSON {
            session.output.appendLine(json: result)
        } else {
            session.output.append(foreign: result["text"]?.stringValue ?? "")
        }
        try session.output.flush()
    }
}
