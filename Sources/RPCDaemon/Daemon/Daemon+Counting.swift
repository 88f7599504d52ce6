import CrowdModelsProtocol
import Kernel
import Metrics
import Requests
import Scheduling
import Sessions
import Telemetry

/// How requests are counted: each once, when it ends.
extension Daemon {
    /// Appends the answer to `stats`.
    func writeStats(_ query: StatsQuery, to out: inout ByteBuffer) {
        let load = Load(
            uptimeSeconds: uptimeSeconds,
            backends: dispatcher.backends.map { backend in
                let view = dispatcher.view(of: backend)
                return Load.Backend(
                    name: backend.name, inFlight: view?.inFlight ?? 0, queued: view?.queued ?? 0,
                    isUp: backend.isUp)
            })
        statistics.write(query, load, now: loop.now, to: &out)
    }

    /// A request has ended.
    func count(_ job: RequestJob, _ ending: CompletionLife.Ending) {
        var sample = RequestSample(ending.outcome, errorKind: Self.kind(of: ending.code))
        if let backend = job.backend {
            sample.backend = statistics.store.series(.backend, backend.name, now: loop.now)
        }
        if let model = job.model {
            sample.model = statistics.store.series(.model, model, now: loop.now)
        }
        sample.client = series(of: job.peer, tag: job.work.tag)
        if let numbers = job.numbers {
            sample.promptTokens = UInt64(clamping: numbers.promptTokens ?? 0)
            sample.completionTokens = UInt64(clamping: numbers.completionTokens ?? 0)
            sample.tokensPerSecond = numbers.tokensPerSecond
            sample.timeToFirstToken = numbers.timeToFirstToken
            sample.interTokenLatency = numbers.interTokenLatency
        }
        let times = job.times
        sample.latency = Double(times.totalNanoseconds) / 1e9
        if times.sentAt > 0 {
            sample.queueTime = Double(times.queueNanoseconds) / 1e9
            // What the daemon itself took: before the wait, and between its end and the sending.
            let handling = times.sentAt &- max(times.startedAt, times.arrivedAt)
            sample.overhead =
                Double(handling &+ (times.endedAt &- min(times.endedAt, loop.now))) / 1e9
        }
        statistics.store.finished(sample, now: loop.now)
    }

    /// A request was refused before any backend took it.
    func countRejected(_ fault: Fault, by peer: Peer, tag: String?) {
        var sample = RequestSample(.rejected, errorKind: Self.kind(of: fault.code))
        sample.client = series(of: peer, tag: tag)
        statistics.store.finished(sample, now: loop.now)
    }

    private func series(of peer: Peer, tag: String?) -> SeriesID {
        let uid = peer.uid
        if let tag { return statistics.store.series(.client, "uid:\(uid) \(tag)", now: loop.now) }
        if let known = peer.series, statistics.store.isCurrent(known) { return known }
        let fresh = statistics.store.series(
            .client, "uid:\(uid) \(peer.processName)", now: loop.now)
        peer.series = fresh
        return fresh
    }

    private static func kind(of code: ErrorCode?) -> ErrorKind? {
        code.flatMap(Statistics.errorKind)
    }
}
