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
            let style = session.output.style
            return [heading(stats), ""] + scopes(stats, style) + [""]
                + distributions(stats.all, style) + remarks(stats)
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

    private static func heading(_ stats: StatsResult) -> String {
        let past = stats.window == "total" ? "since the start" : "the last \(stats.window)"
        return Printable.escaping(
            "\(past); up \(Units.seconds(stats.uptimeSeconds)); "
                + "\(stats.inFlight) running, \(stats.queued) queued")
    }

    private static func scopes(_ stats: StatsResult, _ style: Style) -> [String] {
        var table = Table(
            .text("REQUESTS"), .number("TOTAL"), .number("OK"), .number("FAILED"),
            .number("CANCELLED"), .number("REJECTED"), .number("TOKENS IN"), .number("TOKENS OUT"),
            .number("SPEED"), .number("FIRST TOKEN"), .number("LATENCY"))
        func append(_ name: String, _ figures: StatsFigures) {
            func count(_ name: String) -> String { "\(figures.requests[name] ?? 0)" }
            table.append(
                name, count("total"), count("succeeded"), count("failed"), count("cancelled"),
                count("rejected"), "\(figures.promptTokens)", "\(figures.completionTokens)",
                figures.tokensPerSecond.p50.map(Units.speed),
                figures.timeToFirstToken.p50.map(Units.seconds),
                figures.latency.p50.map(Units.seconds))
        }
        append("all", stats.all)
        for scope in stats.backends { append("backend \(scope.name)", scope.value) }
        for scope in stats.models { append("model \(scope.name)", scope.value) }
        for scope in stats.clients { append("client \(scope.name)", scope.value) }
        return table.lines(style)
    }

    private static func distributions(_ all: StatsFigures, _ style: Style) -> [String] {
        var table = Table(
            .text("MEASURE"), .number("COUNT"), .number("MEAN"), .number("P50"), .number("P90"),
            .number("P99"), .number("MAX"))
        func append(
            _ name: String, _ measure: StatsDistribution, _ text: (Double) -> String = Units.seconds
        ) {
            table.append(
                name, "\(measure.count)", measure.mean.map(text), measure.p50.map(text),
                measure.p90.map(text), measure.p99.map(text), measure.max.map(text))
        }
        append("speed", all.tokensPerSecond, Units.speed)
        append("time to first token", all.timeToFirstToken)
        append("time between tokens", all.interTokenLatency)
        append("latency", all.latency)
        append("time in the queue", all.queueTime)
        append("added by the daemon", all.overhead)
        return table.lines(style)
    }

    private static func remarks(_ stats: StatsResult) -> [String] {
        var lines = [""]
        if !stats.all.errors.isEmpty {
            let counts = stats.all.errors.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .map { "\($0.key) \($0.value)" }
            lines.append("errors: " + Printable.escaping(counts.joined(separator: ", ")))
        }
        let memory = Units.bytes(Double(stats.process.residentBytes))
        lines.append("the daemon: \(memory) of memory, \(stats.process.openFiles) open files")
        return lines
    }
}
