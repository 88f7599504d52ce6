import Backends
import CrowdModelsProtocol
import Kernel
import Metrics
import Scheduling
import Sessions
import Telemetry

/// How requests are counted: each once, when it ends.
extension Daemon {
    /// Appends the answer to `stats`.
    func writeStats(_ query: StatsQuery, to out: inout ByteBuffer) {
        let load = Load(
            uptimeSeconds: uptimeSeconds,
            backends: lanes.map {
                Load.Backend(
                    name: $0.name, inFlight: $0.queue.inFlight, queued: $0.queue.queued,
                    isUp: $0.server.state == .up)
            })
        statistics.write(query, load, now: loop.now, to: &out)
    }

    /// A request has ended. `startedAt` is 0 for one that never left the queue.
    func count(
        _ completion: Completion, _ outcome: Outcome, _ code: ErrorCode?, startedAt: UInt64
    ) {
        let now = Clock.monotonic()
        let report = completion.report
        var sample = RequestSample(outcome, errorKind: Self.kind(of: code))
        sample.backend = completion.lane.series(in: &statistics.store, now: loop.now)
        sample.model = statistics.store.series(.model, completion.model.id, now: loop.now)
        sample.client = series(of: completion.peer, tag: completion.tag)
        sample.promptTokens = UInt64(clamping: report.promptTokens ?? 0)
        sample.completionTokens = UInt64(clamping: report.completionTokens ?? 0)
        sample.tokensPerSecond = report.tokensPerSecond
        sample.timeToFirstToken = report.timeToFirstToken
        sample.interTokenLatency = report.interTokenLatency
        sample.latency = Completion.seconds(from: completion.arrivedAt, to: now)
        if let sentAt = completion.sentAt {
            sample.queueTime = Completion.seconds(from: completion.arrivedAt, to: sentAt)
            // What the daemon itself took: before the wait, and between its end and the sending.
            let handling = sentAt &- max(startedAt, completion.arrivedAt)
            sample.overhead = Double(handling &+ (now &- min(now, loop.now))) / 1e9
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
