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
        tokensPerSecond = StatsDistribution(figures.tokensPerSecond)
        timeToFirstToken = StatsDistribution(figures.timeToFirstToken)
        interTokenLatency = StatsDistribution(figures.interTokenLatency)
        latency = StatsDistribution(figures.latency)
        queueTime = StatsDistribution(figures.queueTime)
        predictionError = StatsDistribution(figures.predictionError)
        overhead = StatsDistribution(figures.overhead)
        overheadParts.parse = StatsDistribution(figures.parse)
        overheadParts.queue = StatsDistribution(figures.queue)
        overheadParts.connect = StatsDistribution(figures.connect)
        overheadParts.backend = StatsDistribution(figures.backend)
        overheadParts.relay = StatsDistribution(figures.relay)
        for error in figures.errors {
            errors[errorKinds[Int(error.kind.index)]] = Int(clamping: error.count)
        }
    }
}

extension StatsDistribution {
    init(_ distribution: Distribution) {
        self.init()
        guard distribution.count > 0 else { return }
        count = Int(clamping: distribution.count)
        mean = distribution.mean
        p50 = distribution.p50
        p90 = distribution.p90
        p99 = distribution.p99
        max = distribution.max
    }
}
