import Backends
import Configuration
import CrowdModelsProtocol
import Kernel
import Metrics
import Requests
import Sessions
import Telemetry

/// What the daemon makes of what its dispatcher does: figures, log lines and events.
extension Daemon: DispatcherDelegate {
    func changed(_ job: RequestJob, _ change: RequestChange) {
        publishRequest(job, change)
    }

    func ended(_ job: RequestJob, _ ending: CompletionLife.Ending) {
        count(job, ending)
        tell(job, ending)
        workEnded()
        if isStopping { loop.atEndOfTurn(self) }
    }

    func changed(_ backend: Backend) {
        publishBackend(backend)
    }

    /// Tells subscribers what is different about the models that callers may use.
    func changedModels(of backend: Backend, before: [Model]) {
        let now = backend.offered
        modelsText = []
        guard desk.feed.isHeard(.models), before != now else { return }
        // By name: a list of many thousands is not searched through for each of them.
        let known = Dictionary(before.map { ($0.id, $0) }) { first, _ in first }
        let names = Set(now.map(\.id))
        for model in now {
            let old = known[model.id]
            if old == model { continue }
            publishModel(model, of: backend, old == nil ? "added" : "changed")
        }
        for model in before where !names.contains(model.id) {
            publishModel(model, of: backend, "removed")
        }
    }

    func greeted(_ backend: Backend) {
        firstLookEnded()
    }

    func write(_ model: String, of backend: Backend, to out: inout ByteBuffer) {
        let known = backend.offered.first { $0.id == model } ?? Model(id: model)
        write(known, of: backend, to: &out)
    }

    func aliases(of models: [Model]) -> [String] {
        guard !config.aliases.isEmpty else { return [] }
        let known = Set(models.map(\.id))
        return config.aliases.map(\.name).filter { known.contains(config.model(named: $0)) }
    }

    var probed: [String] { [] }

    func log(_ line: BackendNews.Line) {
        switch line.level {
        case .error: log.error(line.text)
        case .warning: log.warning(line.text)
        case .info: log.info(line.text)
        case .debug: log.debug(line.text)
        }
    }

    /// What the log says of a request that has ended.
    private func tell(_ job: RequestJob, _ ending: CompletionLife.Ending) {
        switch ending.outcome {
        case .succeeded:
            for warning in job.warnings { log.warning(warning.message) }
            if let line = job.completionLine { log.info(line) }
        case .failed:
            // Not the message: a server's words may quote the prompt.
            var status = ""
            if case .fault(let fault, _) = ending.answer, let code = fault.data["status"] {
                status = code.integerValue.map { ", status \($0)" } ?? ""
            }
            log.warning(
                "LLM request failed: \(ending.code?.kind ?? ""), backend "
                    + "\(job.backend?.name ?? "none")\(status), model \(job.model ?? "none")")
        case .cancelled, .rejected: return
        }
    }
}
