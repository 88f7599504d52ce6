import Backends
import Configuration
import CrowdModelsProtocol
import Kernel
import Metrics
import Requests
import Scheduling
import Sessions
import Telemetry

/// What the daemon makes of what its dispatcher does: figures, log lines and events.
extension Daemon: DispatcherDelegate {
    func changed(_ job: RequestJob, _ change: ChangeKind) {
        publishRequest(job, change)
        debug(job, change)
    }

    func ended(_ job: RequestJob, _ ending: CompletionLife.Ending) {
        count(job, ending)
        if ending.outcome == .succeeded {
            for warning in job.warnings { log.warning(warning.message) }
        }
        let level = ending.outcome == .failed ? LogLevel.warning : .info
        if level <= log.level { log.tell(record(of: job, ending)) }
        workEnded()
        endSoonIfIdle()
    }

    func changed(_ backend: Backend) {
        publishBackend(backend)
    }

    /// Tells subscribers what is different about the models that callers may use.
    func changedModels(of backend: Backend, before: [Model]) {
        let now = backend.offered
        modelsText = []
        guard before != now else { return }
        log.debug(.modelsChanged(backend: backend.name, NameDifference(before, now, name: \.id)))
        guard desk.feed.isHeard(.models) else { return }
        // By name: a list of many thousands is not searched through for each of them.
        let known = Dictionary(before.map { ($0.id, $0) }) { first, _ in first }
        let names = Set(now.map(\.id))
        for model in now {
            let old = known[model.id]
            if old == model { continue }
            publishModel(model, of: backend, old == nil ? .added : .changed)
        }
        for model in before where !names.contains(model.id) {
            publishModel(model, of: backend, .removed)
        }
    }

    func greeted(_ backend: Backend) {
        firstLookEnded()
    }

    func write(_ model: String, of backend: Backend, to out: inout ByteBuffer) {
        let known = backend.offered(named: model) ?? Model(id: model)
        description(of: known, on: backend).write(to: &out)
    }

    func aliases(of models: [Model]) -> [String] {
        guard !config.aliases.isEmpty else { return [] }
        let known = Set(models.map(\.id))
        return config.aliases.map(\.name).filter { known.contains(config.model(named: $0)) }
    }

    func log(_ line: BackendNews.Line) {
        switch line.level {
        case .error: log.error(line.text)
        case .warning: log.warning(line.text)
        case .info: log.info(line.text)
        case .debug: log.debug(line.text)
        }
    }

    /// What only `--log-level debug` says of a request on its way.
    private func debug(_ job: RequestJob, _ change: ChangeKind) {
        guard log.level >= .debug else { return }
        switch change {
        case .added:
            log.debug(
                .requestArrived(
                    key: job.key, client: job.clientText, method: job.method, model: job.model,
                    bytes: job.work.byteCount))
        case .changed:
            log.debug(
                .requestPhase(
                    key: job.key, phase: job.phase.rawValue, backend: job.backend?.name ?? "none"))
        case .removed: return
        }
        var reason: String?
        switch job.phase {
        case .queued: reason = job.queueReason.map(Self.words)
        case .connecting, .loading: reason = job.advantage.map(Self.words)
        case .prompt, .generating: break
        }
        guard let reason else { return }
        log.debug(
            .decision(key: job.key, backend: job.backend?.name ?? "none", reason: reason))
    }

    private static func words(_ advantage: Advantage) -> String {
        switch advantage {
        case .only: "goes where nothing forbids it; no other backend can take it"
        case .name: "goes where the earlier of its names is served"
        case .loaded: "goes where its model is loaded"
        case .session: "goes where its conversation was served last"
        case .priority: "goes where the configured priority is the best"
        case .failures: "goes where fewer failed of late"
        case .firstToken: "goes where the first token is predicted the soonest"
        case .crowd: "goes where fewer run and wait"
        case .order: "goes where the configuration says first; nothing else tells them apart"
        case .free: "goes where a place came free before the one that it waited for"
        }
    }

    private static func words(_ reason: QueueReason) -> String {
        switch reason {
        case .arrived: "waits, since others are before it"
        case .failover: "waits for another backend, since the try before failed"
        case .contention: "waits, since another request made its model's load stop"
        case .moved: "waits for another backend, since the one before is gone"
        }
    }
}
