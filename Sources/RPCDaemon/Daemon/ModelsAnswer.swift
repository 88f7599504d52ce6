import Backends
import CrowdModelsProtocol
import Requests
import Sessions

/// A list of models that is not there at once: that of `models.refresh`, which asks the backends
/// first, and one that is too long to be written in one turn.
final class ModelsAnswer: Job {
    private let reply: any Reply
    private let daemon: Daemon
    let filter: ModelFilter
    let backends: [Backend]
    private var remaining = 0
    /// What the backends that were asked have failed by; nil where none was asked.
    private(set) var failures: [ModelsResult.Failure]?
    private(set) var isSettled = false

    init(_ reply: any Reply, _ filter: ModelFilter, of backends: [Backend], _ daemon: Daemon) {
        self.reply = reply
        self.filter = filter
        self.backends = backends
        self.daemon = daemon
    }

    /// Whether it is what `models.list` answers to whoever wants to know all.
    var listsAll: Bool { filter.admitsAll && failures == nil }

    /// Answers with what is known, as soon as it is written.
    func write() {
        begin()
        daemon.modelTexts.write(self)
    }

    /// Asks the backends now, and answers when the last of them has.
    func refresh() {
        begin()
        failures = []
        remaining = backends.count
        if backends.isEmpty { return answer() }
        for backend in backends {
            backend.refresh { [self] outcome in heard(outcome, of: backend) }
        }
    }

    private func begin() {
        reply.began(self)
        daemon.modelsAnswers.append(self)
    }

    func cancel() {
        guard settle() else { return }
        reply.fail(Fault(.cancelled, "the request was cancelled"))
        daemon.endIfIdle()
    }

    func abandon() {
        _ = settle()
    }

    /// The daemon ends before the backends have answered.
    func cutShort() {
        guard settle() else { return }
        reply.fail(RefusalWords.stopping)
    }

    func drained() {}

    private func heard(_ outcome: ModelServer.Outcome, of backend: Backend) {
        if case .failed(let failure) = outcome {
            let code: ErrorCode = backend.isKeyRefused ? .backendAuth : .backendUnavailable
            failures?.append(
                ModelsResult.Failure(
                    backend: backend.name, kind: code.kind,
                    message: failure.message(product: backend.server.productName)))
        }
        remaining -= 1
        if remaining == 0 { answer() }
    }

    private func answer() {
        if isSettled { return }
        if daemon.modelTexts.areLong(backends) {
            return daemon.modelTexts.write(self)
        }
        _ = settle()
        reply.succeed { out in
            ModelsResult.write(failures: failures, to: &out) { array, out in
                daemon.add(filter, of: backends, to: &array, &out)
            }
        }
        daemon.endIfIdle()
    }

    /// The list is written.
    func finish(_ text: Span<UInt8>) {
        guard settle() else { return }
        reply.succeed { $0.append(text) }
        daemon.endIfIdle()
    }

    private func settle() -> Bool {
        if isSettled { return false }
        isSettled = true
        daemon.modelsAnswers.removeAll { $0 === self }
        return true
    }
}
