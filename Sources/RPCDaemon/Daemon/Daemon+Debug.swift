import Backends
import Configuration
import CrowdModelsProtocol
import Requests
import Scheduling
import Telemetry

/// What only `--log-level debug` tells: why each request goes where it goes, and what is said to
/// servers on its way.
extension Daemon: ExchangeWatcher {
    var wantsExchanges: Bool { log.level >= .debug }

    func exchanged(_ note: ExchangeNote) {
        let trouble: String? =
            switch note.end {
            case .ended, .concluded: nil
            case .closed: "closed by the daemon"
            case .failed(let words): words
            }
        log.debug(
            .exchange(
                ExchangeEvent(
                    key: note.key, backend: note.backend, method: note.method, path: note.path,
                    status: note.status, bytes: note.bytes,
                    seconds: Double(note.nanoseconds) / 1e9, trouble: trouble)))
    }

    func failed(_ job: RequestJob, _ fault: Fault, _ failure: FailureClass, isOver: Bool) {
        guard log.level >= .debug else { return }
        let next = isOver ? "that is its answer" : Self.words(failure.consequences.sequel)
        log.debug(
            .tryFailed(
                key: job.key, attempt: job.attempts, backend: job.backend?.name ?? "none",
                failure: Self.words(failure), kind: fault.code.kind,
                next: [next, Self.words(failure.consequences.mark)].compactMap(\.self)
                    .joined(separator: ", ")))
    }

    private static func words(_ failure: FailureClass) -> String {
        switch failure {
        case .callersFault: "any server would say so"
        case .transient: "it may go better the next time"
        case .crash: "the server, or what it ran, died"
        case .throttled: "the server has had enough for now"
        case .unreachable: "nobody listens there"
        case .hardDown: "it refuses the key"
        case .modelMissing: "it has no such model"
        case .contextTooLong: "the prompt does not fit"
        case .contention: "another request made its load stop"
        }
    }

    private static func words(_ sequel: FailureClass.Sequel) -> String {
        switch sequel {
        case .none: "that is its answer"
        case .next: "the next candidate is sought"
        case .larger: "a candidate with a larger context is sought"
        case .again: "it waits for the same one"
        }
    }

    private static func words(_ mark: FailureClass.Mark) -> String? {
        switch mark {
        case .none: nil
        case .counted: "its breaker counts it"
        case .held(let wait):
            wait.map { "nothing is sent there for \(RefusalWords.milliseconds($0)) ms" }
                ?? "nothing is sent there for a while"
        case .down: "nothing is sent there until a look sees it up"
        }
    }

    func refused(_ job: RequestJob, _ refusal: Refusal) {
        log.debug(
            .decision(
                key: job.key, backend: job.backend?.name ?? "none",
                reason: "refused, since " + Self.words(refusal)))
    }

    /// Never what a server said of it: that may quote anything.
    private static func words(_ refusal: Refusal) -> String {
        switch refusal {
        case .noBackend: "there is no backend"
        case .unknownBackend(let name): "there is no backend \(DebugEvent.short(name))"
        case .unknownModel(let name): "no backend has \(DebugEvent.short(name))"
        case .noChoice(let models): "none of \(models.count) models stands out"
        case .unavailable(let name, nil): "\(name) does not answer"
        case .unavailable(let name, let wait?):
            "the breaker of \(name) is open for \(milliseconds(wait))"
        case .authFailed(let name): "\(name) refuses its key"
        case .unsupported(_, let model, _): "\(DebugEvent.short(model)) cannot do that"
        case .contextTooLong(_, let model, let length):
            "it takes more than the \(length) tokens of \(DebugEvent.short(model))"
        case .rateLimited(let name, let wait):
            "\(name) takes nothing for \(milliseconds(wait)), past its time"
        case .busy(let name, let queued, _, _): "\(queued) wait for \(name), and no more may"
        case .deadlineUnreachable(_, let predicted, _):
            "it would end after its deadline, in \(milliseconds(predicted))"
        case .timedOut: "its time was over before its turn came"
        case .stopping: "the daemon stops"
        }
    }

    /// A step of a request on its way, and what was decided of it.
    func debug(_ job: RequestJob, _ change: ChangeKind) {
        guard log.level >= .debug else { return }
        switch change {
        case .added:
            log.debug(
                .requestArrived(
                    key: job.key, client: job.clientText, method: job.method,
                    model: job.work.wantedModel, bytes: job.work.byteCount))
        case .changed:
            log.debug(
                .requestPhase(
                    key: job.key, phase: job.phase.rawValue, backend: job.backend?.name ?? "none"))
        case .removed: return
        }
        var reason: String?
        switch job.phase {
        case .queued: reason = job.queueReason.map { words($0, job.backend) }
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

    private func words(_ reason: QueueReason, _ backend: Backend?) -> String {
        let pause = backend.flatMap { dispatcher.view(of: $0) }?.pause
        return Self.words(reason) + ": " + Self.words(pause)
    }

    private static func words(_ pause: Scheduler.Pause?) -> String {
        switch pause {
        case .held(let wait): "the server wants no more for \(milliseconds(wait))"
        case .rateLimit(let wait): "its rate limit is used up for \(milliseconds(wait))"
        case .breaker(let wait): "its breaker is open for \(milliseconds(wait))"
        case .full: "as many run there as may"
        case nil: "others are before it, or its model has to come"
        }
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        "\(RefusalWords.milliseconds(nanoseconds)) ms"
    }

    private static func words(_ reason: QueueReason) -> String {
        switch reason {
        case .arrived: "waits for its turn"
        case .failover: "waits for another backend, since the try before failed"
        case .contention: "waits, since another request made its model's load stop"
        case .moved: "waits for another backend, since the one before is gone"
        }
    }
}
