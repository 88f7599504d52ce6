package import CrowdModelsProtocol

/// The daemon's numbers of a window of time.
package enum StatsView {
    package static func lines(_ stats: StatsResult, _ layout: Layout) -> [String] {
        Paragraph.lines(heading(stats), layout) + [""] + scopes(stats, layout) + [""]
            + distributions(stats.all, layout) + [""]
            + remarks(stats).flatMap { Paragraph.lines($0, layout) }
    }

    private static func heading(_ stats: StatsResult) -> String {
        let past = stats.window == "total" ? "since the start" : "the last \(stats.window)"
        return Printable.escaping(
            "\(past); up \(Units.seconds(stats.uptimeSeconds)); "
                + "\(stats.inFlight) running, \(stats.queued) queued")
    }

    private static func scopes(_ stats: StatsResult, _ layout: Layout) -> [String] {
        var table = Table(
            .text("REQUESTS", isCuttable: true), .number("TOTAL"), .number("OK", surplus: 4),
            .number("FAILED", surplus: 3), .number("CANCELLED", surplus: 7),
            .number("REJECTED", surplus: 8), .number("TOKENS IN", surplus: 6),
            .number("TOKENS OUT", surplus: 2), .number("SPEED"),
            .number("FIRST TOKEN", surplus: 5), .number("LATENCY", surplus: 1))
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
        return table.lines(layout)
    }

    private static func distributions(_ all: StatsFigures, _ layout: Layout) -> [String] {
        var table = Table(
            .text("MEASURE", isCuttable: true), .number("COUNT", surplus: 2),
            .number("MEAN", surplus: 3), .number("P50"), .number("P90"), .number("P99"),
            .number("MAX", surplus: 1))
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
        return table.lines(layout)
    }

    private static func remarks(_ stats: StatsResult) -> [String] {
        var lines: [String] = []
        if !stats.all.errors.isEmpty {
            let counts = stats.all.errors.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .map { "\($0.key) \($0.value)" }
            lines.append("errors: " + Printable.escaping(counts.joined(separator: ", ")))
        }
        let memory = Units.bytes(Double(stats.process.residentBytes))
        let files = Units.count(stats.process.openFiles, "open file")
        lines.append("the daemon: \(memory) of memory, \(files)")
        return lines
    }
}
