package import CrowdModelsProtocol

/// What the daemon is and does.
package enum StatusView {
    package static func lines(_ status: StatusResult, _ layout: Layout) -> [String] {
        var listing = Listing()
        listing.append("daemon", "\(status.name) \(status.version)")
        listing.append("pid", "\(status.pid)")
        listing.append("up", Units.seconds(status.uptimeSeconds))
        listing.append("socket", status.socket)
        if let http = status.http ?? status.httpProblem { listing.append("http", http) }
        listing.append("configuration", status.config ?? "none, built-in defaults")
        listing.append("running", Units.count(status.inFlight, "request"))
        listing.append("queued", Units.count(status.queued, "request"))
        listing.append("connections", "\(status.connections)")
        let counts = status.backends.filter { $0.value > 0 }.sorted { $0.key < $1.key }
            .map { "\($0.value) \($0.key)" }
        listing.append("backends", counts.isEmpty ? "none" : counts.joined(separator: ", "))
        // Apart where lines are short: their names are long, and would push all else aside.
        var limits = layout.isNarrow ? Listing() : listing
        for limit in status.limits {
            limits.append(limit.name, limitText(limit.name, limit.value))
        }
        return layout.isNarrow ? listing.lines(layout) + limits.lines(layout) : limits.lines(layout)
    }

    private static func limitText(_ name: String, _ value: Double) -> String {
        if name.contains("bytes") || name == "memory_max" { return Units.bytes(value) }
        return name == "write_stall" ? Units.seconds(value) : Units.fixed(value, 0)
    }
}
