extension MetricsStore {
    /// Everything that is known of a window now. Only series with new samples, or whose slices have
    /// left the window, are computed again; a caller who keeps what it rendered need not even ask
    /// while `holds` says so.
    package mutating func snapshot(_ window: StatsWindow, now: UInt64) -> Snapshot {
        let second = now / 1_000_000_000
        sortAll()
        var snapshot = Snapshot(window: window, version: version)
        var validUntil: UInt64 = .max
        for index in places.indices {
            let (figures, until) = places[index].series.figures(
                window, second: second, &histogram)
            validUntil = min(validUntil, until)
            if index == Self.allIndex { snapshot.all = figures }
            if index == Self.loopIndex {
                snapshot.loopDelay = figures[.latency]
                // More delays of this second may follow, and they do not change the version.
                if places[index].second == second {
                    validUntil = min(validUntil, second + 1)
                }
            }
            guard let kind = places[index].kind, figures.total > 0 else { continue }
            let named = Snapshot.Named(name: places[index].name, figures: figures)
            switch kind {
            case .backend: snapshot.backends.append(named)
            case .model: snapshot.models.append(named)
            case .client: snapshot.clients.append(named)
            }
        }
        snapshot.backends.sort { $0.name < $1.name }
        snapshot.models.sort { $0.name < $1.name }
        snapshot.clients.sort { $0.name < $1.name }
        let (end, overflow) = validUntil.multipliedReportingOverflow(by: 1_000_000_000)
        snapshot.validUntil = overflow ? .max : end
        return snapshot
    }

    /// Whether a snapshot is still what `snapshot` would answer.
    package func holds(_ snapshot: borrowing Snapshot, now: UInt64) -> Bool {
        snapshot.version == version && now < snapshot.validUntil
    }
}
