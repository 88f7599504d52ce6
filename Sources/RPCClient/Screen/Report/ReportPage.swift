package import CrowdModelsProtocol

/// The daemon's numbers as one page of HTML that needs nothing from elsewhere: no script, no font,
/// no picture. Pure: what it shows of time is told to it.
package struct ReportPage: Sendable {
    /// One measure of the plots.
    private struct Measure {
        let title: String
        let remark: String
        let of: @Sendable (StatsFigures) -> StatsDistribution
        let text: @Sendable (Double) -> String
    }

    /// The window that the page is about.
    private let main: StatsResult
    /// All windows, the shortest first.
    private let windows: [StatsResult]
    private let title: String
    private let written: String

    private static let measures = [
        Measure(
            title: "Tokens per second", remark: "of each answer; more is better",
            of: { $0.tokensPerSecond }, text: { Units.fixed($0, $0 < 10 ? 1 : 0) }),
        Measure(
            title: "Time to first token", remark: "from sending to the first text; less is better",
            of: { $0.timeToFirstToken }, text: Units.seconds),
        Measure(
            title: "Latency", remark: "from arrival to the answer; less is better",
            of: { $0.latency }, text: Units.seconds),
        Measure(
            title: "Time in the queue", remark: "from arrival to sending; less is better",
            of: { $0.queueTime }, text: Units.seconds),
    ]

    /// - Parameters:
    ///   - windows: what `stats` says of each, the shortest first.
    ///   - main: the index of the one that is shown in full.
    ///   - daemon: who is asked, such as a socket's path.
    ///   - written: when, as the reader is to see it.
    package init(windows: [StatsResult], main: Int, daemon: String, written: String) {
        self.windows = windows
        self.main = windows[main]
        title = daemon
        self.written = written
    }

    package var text: String {
        var page = HTMLText()
        page.raw(ReportStyle.head)
        page.element("h1", "Crowd Models Executor")
        let past = main.window == "total" ? "since the start" : "the last \(main.window)"
        page.element(
            "p", "\(title), \(past), up \(Units.seconds(main.uptimeSeconds)); written \(written)",
            style: "note")
        cards(&page)
        for measure in Self.measures { plots(measure, &page) }
        table(&page)
        errors(&page)
        page.raw("</main></body></html>\n")
        return page.text
    }

    private func cards(_ page: inout HTMLText) {
        let all = main.all
        let cards = [
            ("requests", "\(all.requests["total"] ?? 0)"),
            ("failed", "\(all.requests["failed"] ?? 0)"),
            ("tokens read", "\(all.promptTokens)"), ("tokens written", "\(all.completionTokens)"),
            ("running", "\(main.inFlight)"), ("queued", "\(main.queued)"),
            ("memory", Units.bytes(Double(main.process.residentBytes))),
        ]
        page.raw("<div class=\"cards\">")
        for (name, value) in cards {
            page.raw("<div>")
            page.element("b", value)
            page.element("span", name)
            page.raw("</div>")
        }
        page.raw("</div>\n")
    }

    /// The rows of a plot, group by group.
    private var groups: [(title: String, rows: [(name: String, value: StatsFigures)])] {
        [
            ("all, by window", windows.map { ($0.window, $0.all) }),
            ("by backend", main.backends), ("by model", main.models), ("by client", main.clients),
        ]
    }

    private func plots(_ measure: Measure, _ page: inout HTMLText) {
        page.raw("<section>")
        page.element("h2", measure.title)
        page.element(
            "p", measure.remark + "; the dot is the median, the bar ends at p90, the line at p99",
            style: "note")
        var plot = RangePlot(text: measure.text)
        for group in groups {
            let rows = group.rows.filter { measure.of($0.value).count > 0 }
            if !rows.isEmpty { plot.append(heading: group.title) }
            for row in rows { plot.append(row.name, measure.of(row.value)) }
        }
        if plot.isEmpty {
            page.element("p", "nothing was measured")
        } else {
            plot.write(to: &page)
        }
        page.raw("</section>\n")
    }

    private func table(_ page: inout HTMLText) {
        page.raw("<section>")
        page.element("h2", "Requests and tokens")
        page.raw("<div class=\"wide\"><table><thead><tr>")
        let headings = [
            "", "total", "ok", "failed", "cancelled", "rejected", "tokens read", "tokens written",
        ]
        for heading in headings { page.element("th", heading) }
        page.raw("</tr></thead><tbody>")
        for group in groups {
            for row in group.rows {
                page.raw("<tr>")
                page.element("th", row.name)
                for kind in ["total", "succeeded", "failed", "cancelled", "rejected"] {
                    page.element("td", "\(row.value.requests[kind] ?? 0)")
                }
                page.element("td", "\(row.value.promptTokens)")
                page.element("td", "\(row.value.completionTokens)")
                page.raw("</tr>")
            }
        }
        page.raw("</tbody></table></div></section>\n")
    }

    private func errors(_ page: inout HTMLText) {
        if main.all.errors.isEmpty { return }
        page.raw("<section>")
        page.element("h2", "Errors")
        page.raw("<ul>")
        for error in main.all.errors.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            page.element("li", "\(error.key): \(error.value)")
        }
        page.raw("</ul></section>\n")
    }
}
