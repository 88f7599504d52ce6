import CrowdModelsProtocol
import Metrics

extension StatsResult {
    /// The figures of a snapshot; the load and the process are not in it.
    init(_ snapshot: Snapshot, errorKinds: [String]) {
        self.init(
            window: "\(snapshot.window.name)", uptimeSeconds: 0, inFlight: 0, queued: 0,
            process: StatsProcess(
                residentBytes: 0, openFiles: 0,
                eventLoopDelay: StatsDistribution(snapshot.loopDelay)))
        func scopes(_ named: [Snapshot.Named]) -> [(name: String, value: StatsFigures)] {
            named.map { ($0.name, StatsFigures($0.figures, errorKinds: errorKinds)) }
        }
        all = StatsFigures(snapshot.all, errorKinds: errorKinds)
        backends = scopes(snapshot.backends)
        models = scopes(snapshot.models)
        clients = scopes(snapshot.clients)
    }
}

extension StatsFigures {
    init(_ figures: Figures, errorKinds: [String]) {
        self.init()
        requests = [
            "total": Int(clamping: figures.total), "succeeded": Int(clamping: figures.succeeded),
            "failed": Int(clamping: figures.failed), "cancelled": Int(clamping: figures.cancelled),
            "rejected": Int(clamping: figures.rejected),
        ]
        promptTokens = Int(clamping: figures.promptTokens)
        completionTokens = Int(clamping: figures.completionTokens)
        cachedTokens = Int(clamping: figures.cachedTokens)
        for measure in Measure.all {
            let distribution = StatsDistribution(figures[measure])
            switch Self.places[measure.rawValue] {
            case .figure(let row): self[keyPath: Self.measures[row].path] = distribution
            case .part(let row):
                overheadParts[keyPath: StatsOverheadParts.measures[row].path] = distribution
            }
        }
        for error in figures.errors {
            errors[errorKinds[Int(error.kind.index)]] = Int(clamping: error.count)
        }
    }

    /// Where a measure is told: the row of that name.
    private enum Place {
        case figure(Int)
        case part(Int)
    }

    /// By measure.
    private static let places = Measure.all.map { measure in
        if let row = measures.firstIndex(where: { $0.isNamed(measure.name) }) {
            return Place.figure(row)
        }
        guard
            let row = StatsOverheadParts.measures.firstIndex(where: { $0.isNamed(measure.name) })
        else { preconditionFailure("stats has no row for \(measure.name)") }
        return Place.part(row)
    }
}

extension StatsDistribution {
    init(_ distribution: Distribution) {
        self.init()
        guard distribution.count > 0 else { return }
        count = Int(clamping: distribution.count)
        mean = distribution.mean
        max = distribution.max
        p50 = min(Self.rounded(distribution.p50), distribution.max)
        p90 = min(Self.rounded(distribution.p90), distribution.max)
        p99 = min(Self.rounded(distribution.p99), distribution.max)
    }

    /// A number to five digits, of which two are true: further ones say nothing, and are a third of
    /// what an answer of `stats` would hold.
    static func rounded(_ value: Double) -> Double {
        var scale = 1.0
        while value * scale < 10_000, scale < Self.scaleMax { scale *= 10 }
        return (value * scale).rounded() / scale
    }

    /// A nanosecond has five digits by then.
    private static let scaleMax = 1e13
}
