package import CrowdModelsProtocol

/// What `top` shows, picture after picture: pure, so that any terminal's picture can be looked at.
package struct TopScreen: Sendable {
    /// What the daemon said at one moment.
    package struct Moment: Sendable {
        /// Nanoseconds of some clock that only goes forward.
        package var time: Int
        package var stats: StatsResult
        package var requests: [RequestDescription]
        package var backends: [BackendDescription]

        package init(
            time: Int, stats: StatsResult, requests: [RequestDescription],
            backends: [BackendDescription]
        ) {
            self.time = time
            self.stats = stats
            self.requests = requests
            self.backends = backends
        }
    }

    private var latest: Moment?
    /// Tokens of each running request when it was last seen.
    private var tokensBefore: [String: Int] = [:]
    private var endedBefore: Int?
    private var speeds: [Double] = []
    private var running: [Double] = []
    private var waiting: [Double] = []
    private var selected = 0
    /// A remark that stands until the next moment.
    package var remark: String?

    /// As many moments as the widest row of bars.
    private static let momentsMax = 400

    package init() {}

    /// The key of the request that is chosen; nil for none.
    package var selectedKey: String? {
        guard let requests = latest?.requests, selected < requests.count else { return nil }
        return requests[selected].key
    }

    package mutating func move(by step: Int) {
        let count = latest?.requests.count ?? 0
        selected = max(0, min(selected + step, count - 1))
    }

    package mutating func take(_ moment: Moment) {
        if let latest {
            let seconds = Double(moment.time - latest.time) / 1e9
            speeds.append(seconds > 0 ? Double(produced(moment)) / seconds : 0)
        }
        remember(moment)
        running.append(Double(moment.stats.inFlight))
        waiting.append(Double(moment.stats.queued))
        for index in [\TopScreen.speeds, \.running, \.waiting] {
            self[keyPath: index] = self[keyPath: index].suffix(Self.momentsMax)
        }
        latest = moment
        remark = nil
        move(by: 0)
    }

    /// Tokens since the moment before: what running requests have more, and what those that ended
    /// had at their end. `stats` counts a request when it ends, with all of its tokens.
    private func produced(_ moment: Moment) -> Int {
        let now = moment.requests.reduce(0) { $0 + ($1.tokens ?? 0) }
        let before = tokensBefore.values.reduce(0, +)
        let ended = moment.stats.all.completionTokens - (endedBefore ?? 0)
        return max(0, now + ended - before)
    }

    private mutating func remember(_ moment: Moment) {
        endedBefore = moment.stats.all.completionTokens
        tokensBefore = [:]
        for request in moment.requests { tokensBefore[request.key] = request.tokens ?? 0 }
    }

    /// The picture: exactly `rows` lines of the layout's width, the last one saying what the keys
    /// do; without a number of rows as many as there is to say.
    package func lines(_ layout: Layout, rows: Int? = nil) -> [String] {
        guard let latest else { return ["waiting for the daemon"] }
        let width = layout.width ?? 80
        var lines = heading(latest, layout)
        lines += bars(layout, width)
        lines += [""] + backends(latest.backends, layout)
        lines += ["", layout.style.bold(Units.count(latest.requests.count, "request"))]
        let room = rows.map { max($0 - lines.count - 1, 1) } ?? Int.max / 2
        if latest.requests.isEmpty {
            lines.append(layout.style.dim("nothing is queued or running"))
        } else {
            lines += requests(latest.requests, layout, room)
        }
        guard let rows else { return lines }
        let foot = remark ?? "q quit  ↑ ↓ choose  c cancel the chosen one"
        while lines.count < rows - 1 { lines.append("") }
        let last = Printable.escaping(foot).cut(to: width, layout.marks.ellipsis)
        return Array(lines.prefix(max(rows - 1, 1))) + [layout.style.dim(last)]
    }

    private func heading(_ moment: Moment, _ layout: Layout) -> [String] {
        let stats = moment.stats
        let counts = stats.all.requests
        let text =
            "up \(Units.seconds(stats.uptimeSeconds)) \(layout.marks.dot) "
            + "\(Units.count(counts["total"] ?? 0, "request")), \(counts["failed"] ?? 0) failed "
            + "\(layout.marks.dot) first token \(stats.all.timeToFirstToken.p50.map(Units.seconds) ?? "-") "
            + "\(layout.marks.dot) \(Units.bytes(Double(stats.process.residentBytes)))"
        return Paragraph.lines(Printable.escaping(text), layout)
    }

    private func bars(_ layout: Layout, _ width: Int) -> [String] {
        let rows: [(String, [Double], (Double) -> String)] = [
            ("tokens/s", speeds, { Units.fixed($0, 1) }),
            ("running", running, { Units.fixed($0, 0) }),
            ("queued", waiting, { Units.fixed($0, 0) }),
        ]
        return rows.map { name, values, text in
            let value = values.last.map(text) ?? "-"
            let padding = String(repeating: " ", count: max(0, 8 - value.cells))
            let cells = max(width - 20, 1)
            let bars = Sparkline.line(values, cells: cells, layout.marks)
            return name.padded(to: 8) + " " + padding + value + "  "
                + layout.style.paint(bars, .good)
        }
    }

    private func backends(_ backends: [BackendDescription], _ layout: Layout) -> [String] {
        guard width(layout) < Layout.tableCellsMin else {
            return BackendsView.table(backends, layout)
        }
        return backends.map { backend in
            let text =
                "\(backend.name) \(backend.state), \(backend.inFlight) running, "
                + "\(backend.queued) queued"
            return Printable.escaping(text).cut(to: width(layout), layout.marks.ellipsis)
        }
    }

    private func width(_ layout: Layout) -> Int { layout.width ?? 80 }

    /// The table of requests around the chosen one.
    private func requests(
        _ requests: [RequestDescription], _ layout: Layout, _ room: Int
    ) -> [String] {
        let narrow = layout.width ?? 80 < Layout.tableCellsMin
        let wide = Layout(
            width: max((layout.width ?? 80) - 2, narrow ? 1 : Layout.tableCellsMin),
            style: layout.style, marks: layout.marks)
        let shown =
            narrow ? requests.map { Self.short($0, wide) } : RequestsView.lines(requests, wide)
        let head = narrow ? 0 : 1
        let first = max(0, min(selected - room + head + 1, shown.count - room))
        let body = Array(shown.dropFirst(head).dropFirst(first).prefix(max(room - head, 1)))
        return shown.prefix(head).map { "  " + $0 }
            + body.enumerated().map { index, line in
                first + index == selected ? layout.style.bold("> ") + line : "  " + line
            }
    }

    private static func short(_ request: RequestDescription, _ layout: Layout) -> String {
        let text = "\(request.key) \(request.phase) \(request.model ?? "")"
        return Printable.escaping(text).cut(to: layout.width ?? 80, layout.marks.ellipsis)
    }
}
