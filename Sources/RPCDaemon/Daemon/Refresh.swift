import Backends
import CrowdModelsProtocol
import Requests
import Sessions

/// `models.refresh`: asks the backends now and answers when the last of them has.
final class Refresh: Job {
    private let reply: any Reply
    private let daemon: Daemon
    private let backends: [Backend]
    private var remaining: Int
    private var failures: [ModelsResult.Failure] = []
    private var isSettled = false

    init(_ reply: any Reply, _ backends: [Backend], of daemon: Daemon) {
        self.reply = reply
        self.backends = backends
        self.daemon = daemon
        remaining = backends.count
    }

    func start() {
        reply.began(self)
        daemon.refreshes.append(self)
        if backends.isEmpty { return answer() }
        for backend in backends {
            backend.refresh { [self] outcome in heard(outcome, of: backend) }
        }
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
            failures.append(
                ModelsResult.Failure(
                    backend: backend.name, kind: code.kind,
                    message: failure.message(product: backend.server.productName)))
        }
        remaining -= 1
        if remaining == 0 { answer() }
    }

    private func answer() {
        guard settle() else { return }
        reply.succeed { out in
            ModelsResult.write(failures: failures, to: &out) { array, out in
                daemon.add(ModelFilter(), of: backends, to: &array, &out)
            }
        }
        daemon.endIfIdle()
    }

    private func settle() -> Bool {
        if isSettled { return false }
        isSettled = true
        daemon.refreshes.removeAll { $0 === self }
        return true
    }
}
