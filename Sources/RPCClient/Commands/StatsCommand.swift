import CrowdModelsProtocol

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
        let isText = session.invocation.isSet("prometheus")
        if isText { params["format"] = "prometheus" }
        try session.show(.stats, params) { stats in
            if isText { return textLines(stats.text("text") ?? "") }
            let style = session.output.style
            return [heading(stats), ""] + scopes(stats, style) + [""]
                + distributions(stats, style) + remarks(stats)
        }
    }

    private static let windows = ["1m", "5m", "15m", "1h", "total"]

    private static func textLines(_ text: String) -> [String] {
        let text = text.hasSuffix("\n") ? text.dropLast() : text[...]
        return Printable.escapingControls(String(text))
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private static func heading(_ stats: JSONValue) -> String {
        let window = stats.text("window") ?? "?"
        let past = window == "total" ? "since the start" : "the last \(window)"
        let uptime = Units.seconds(stats["uptime_seconds"]?.doubleValue ?? 0)
        return Printable.escaping(
            "\(past); up \(uptime); \(stats.text("in_flight") ?? "0") running, "
                + "\(stats.text("queued") ?? "0") queued")
    }

    private static func scopes(_ stats: JSONValue, _ style: Style) -> [String] {
        var table = Table(
            .text("REQUESTS"), .number("TOTAL"), .number("OK"), .number("FAILED"),
            .number("CANCELLED"), .number("REJECTED"), .number("TOKENS IN"), .number("TOKENS OUT"),
            .number("SPEED"), .number("FIRST TOKEN"), .number("LATENCY"))
        func append(_ name: String, _ scope: JSONValue) {
            let requests = scope["requests"] ?? [:]
            let tokens = scope["tokens"] ?? [:]
            table.append(
                name, requests.text("total"), requests.text("succeeded"), requests.text("failed"),
                requests.text("cancelled"), requests.text("rejected"), tokens.text("prompt"),
                tokens.text("completion"),
                scope["tokens_per_second"]?["p50"]?.doubleValue.map(speed),
                scope["time_to_first_token"]?["p50"]?.doubleValue.map(Units.seconds),
                scope["latency"]?["p50"]?.doubleValue.map(Units.seconds))
        }
        append("all", stats)
        for (group, label) in [("backends", "backend"), ("models", "model"), ("clients", "client")]
        {
            for scope in stats[group]?.objectValue?.members ?? [] {
                append("\(label) \(scope.name)", scope.value)
            }
        }
        return table.lines(style)
    }

    private static func distributions(_ stats: JSONValue, _ style: Style) -> [String] {
        var table = Table(
            .text("MEASURE"), .number("COUNT"), .number("MEAN"), .number("P50"), .number("P90"),
            .number("P99"), .number("MAX"))
        let measures: [(String, String, (Double) -> String)] = [
            ("speed", "tokens_per_second", speed),
            ("time to first token", "time_to_first_token", Units.seconds),
            ("time between tokens", "inter_token_latency", Units.seconds),
            ("latency", "latency", Units.seconds),
            ("time in the queue", "queue_time", Units.seconds),
            ("added by the daemon", "overhead", Units.seconds),
        ]
        for (name, member, text) in measures {
            guard let measure = stats[member] else { continue }
            func value(_ name: String) -> String? { measure[name]?.doubleValue.map(text) }
            table.append(
                name, measure.text("count"), value("mean"), value("p50"), value("p90"),
                value("p99"), value("max"))
        }
        return table.lines(style)
    }

    private static func remarks(_ stats: JSONValue) -> [String] {
        var lines: [String] = []
        let errors = stats["errors"]?.objectValue?.members ?? []
        if !errors.isEmpty {
            let counts = errors.map { "\($0.name) \($0.value.integerValue ?? 0)" }
            lines.append("errors: " + Printable.escaping(counts.joined(separator: ", ")))
        }
        if let memory = stats["process"]?["resident_bytes"]?.doubleValue {
            let files = stats["process"]?.text("open_files") ?? "?"
            lines.append("the daemon: \(Units.bytes(memory)) of memory, \(files) open files")
        }
        return lines.isEmpty ? [] : [""] + lines
    }

    private static func speed(_ tokensPerSecond: Double) -> String {
        "\(Units.fixed(tokensPerSecond, 1)) tok/s"
    }
}
