import Backends
import Configuration
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
        let numbers = job.numbers
        if let numbers {
            sample.promptTokens = UInt64(clamping: numbers.promptTokens ?? 0)
            sample.completionTokens = UInt64(clamping: numbers.completionTokens ?? 0)
            sample.cachedTokens = UInt64(clamping: numbers.cachedTokens ?? 0)
            sample[.tokensPerSecond] = numbers.tokensPerSecond
            sample[.timeToFirstToken] = numbers.timeToFirstToken
            sample[.interTokenLatency] = numbers.interTokenLatency
        }
        job.times.fill(&sample)
        statistics.store.finished(sample, now: loop.now)
        countOperation(job, numbers, ending)
        countMemory()
    }

    /// Statistics count in what may be held; no more of them than a quarter of it, since they are
    /// not given up.
    private func countMemory() {
        guard loop.now >= nextMemoryCount else { return }
        nextMemoryCount = loop.now &+ 10_000_000_000
        loop.memory.change(
            &statisticsHeld, to: min(statistics.store.byteCount, loop.memory.max / 4))
    }

    /// The same for Prometheus; what no backend was chosen for is no operation.
    private func countOperation(
        _ job: RequestJob, _ numbers: GenerationNumbers?, _ ending: CompletionLife.Ending
    ) {
        guard let operation = job.work.operation, let backend = job.backend, let model = job.model
        else { return }
        var errorKind: ErrorKind?
        var sample = OperationSample()
        let isStream = job.work.isStream
        job.times.fill(&sample, isStream: isStream)
        switch ending.outcome {
        case .failed, .rejected: errorKind = Self.kind(of: ending.code)
        case .succeeded, .cancelled:
            guard let numbers else { break }
            sample.inputTokens = numbers.promptTokens.map { UInt64(clamping: $0) }
            sample.outputTokens = numbers.completionTokens.map { UInt64(clamping: $0) }
            sample.timePerToken = numbers.interTokenLatency
        }
        let address = backend.server.address
        let labels = OperationLabels(
            operation, provider: backend.server.kind.rawValue, address: address.name,
            port: address.port, model: model, errorKind: errorKind?.index)
        if isStream {
            statistics.operations.finished(labels, sample, job.chunkTimes)
        } else {
            statistics.operations.finished(labels, sample)
        }
    }

    /// What the log says of a request that has ended.
    func record(of job: RequestJob, _ ending: CompletionLife.Ending) -> RequestRecord {
        var record = RequestRecord(Self.word(ending.outcome), client: job.clientText)
        record.method = job.method
        record.isGeneration = job.work.operation != nil
        record.key = job.key
        record.model = job.model ?? job.work.wantedModel
        record.backend = job.backend?.name
        record.kind = ending.code?.kind
        if case .fault(let fault, _) = ending.answer {
            record.status = fault.data["status"]?.integerValue
        }
        if let numbers = job.numbers {
            record.promptTokens = numbers.promptTokens
            record.completionTokens = numbers.completionTokens
            record.totalTokens = numbers.totalTokens
            record.tokensPerSecond = numbers.tokensPerSecond
            record.timeToFirstToken = numbers.timeToFirstToken
            record.architecture = job.arch
        }
        record.queueTime = Double(job.times.queueNanoseconds) / 1e9
        record.totalTime = Double(job.times.totalNanoseconds) / 1e9
        record.attempts = job.attempts
        record.traceparent = job.work.traceparent
        return record
    }

    private static func word(_ outcome: Outcome) -> RequestRecord.Ending {
        switch outcome {
        case .succeeded: .completed
        case .failed: .failed
        case .cancelled: .cancelled
        case .rejected: .rejected
        }
    }

    /// A request was refused before any backend took it.
    func countRejected(_ fault: Fault, _ work: any Work, by peer: Peer) {
        var sample = RequestSample(.rejected, errorKind: Self.kind(of: fault.code))
        sample.client = series(of: peer, tag: work.tag)
        statistics.store.finished(sample, now: loop.now)
        var record = RequestRecord(
            .rejected, client: "uid:\(peer.uid) \(work.tag ?? peer.processName)")
        record.method = work.method
        record.model = work.wantedModel
        record.traceparent = work.traceparent
        record.kind = fault.code.kind
        log.tell(record)
    }

    private func series(of peer: Peer, tag: String?) -> SeriesID {
        let uid = peer.uid
        if let tag { return statistics.store.series(.client, "uid:\(uid) \(tag)", now: loop.now) }
        let series = statistics.store.series(
            .client, known: peer.series, "uid:\(uid) \(peer.processName)", now: loop.now)
        peer.series = series
        return series
    }

    private static func kind(of code: ErrorCode?) -> ErrorKind? {
        code.flatMap(Statistics.errorKind)
    }
}
