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
        if feed.isHeard(.requests) { publishRequest(job, change) }
        if log.level >= .debug { debug(job, change) }
    }

    func ended(_ job: RequestJob, _ ending: CompletionLife.Ending) {
        count(job, ending)
        var level = LogLevel.info
        switch ending.outcome {
        case .succeeded: for warning in job.warnings { log.warning(warning.message) }
        case .failed: level = .warning
        case .cancelled, .rejected: break
        }
        if level <= log.level { log.tell(record(of: job, ending)) }
        workEnded()
        endSoonIfIdle()
    }

    func changed(_ backend: Backend) {
        publishBackend(backend)
    }

    var hearsOfModels: Bool { feed.isHeard(.models) || log.level >= .debug }

    /// Tells subscribers what is different about the models that callers may use.
    func changedModels(of backend: Backend, _ changes: ModelChanges?) {
        modelTexts.changed()
        guard let changes, changes.count > 0 else { return }
        log.debug(.modelsChanged(backend: backend.name, changes.names))
        for (model, kind) in changes.told { publishModel(model, of: backend, kind) }
        if changes.count > changes.told.count { feed.miss(.models) }
    }

    func greeted(_ backend: Backend) {
        firstLookEnded()
    }

    func write(_ model: String, of backend: Backend, to out: inout ByteBuffer) {
        let known = backend.offered.table.named(model) ?? Model(id: model)
        description(of: known, on: backend).write(to: &out)
    }

    func aliases(of lists: [ModelList]) -> [String] {
        config.aliases.map(\.name).filter { name in
            config.chain(for: name).contains { model in
                lists.contains { $0.table.place(meantBy: model) != nil }
            }
        }
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
