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
        if desk.feed.isHeard(.requests) { publishRequest(job, change) }
        if log.level >= .debug { debug(job, change) }
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
}
