import Backends
import Configuration
import CrowdModelsProtocol
import HTTP
import Kernel
package import Metrics
package import Scheduling
import Sessions

/// `models.load` and `models.unload`: what is asked, and for which model.
package final class LoadWork: Work {
    package let method: String
    package let byteCount: Int
    package let wantedModel: String?
    package let tag: String? = nil
    package let wantsProgress: Bool
    package var isStream: Bool { false }
    package let traceparent: String?
    package var operation: Operation? { nil }
    let loads: Bool
    let contextLength: Int?
    let ttl: Int?

    package init(_ call: KeptCall, loads: Bool) {
        method = (loads ? Method.modelsLoad : .modelsUnload).name.description
        byteCount = call.byteCount
        traceparent = call.traceparent
        wantedModel = call.string(ModelsLoadParameter.model.rawValue)
        self.loads = loads
        wantsProgress = call.isTrue(ModelsLoadParameter.progress.rawValue)
        contextLength = call.integer(ModelsLoadParameter.contextLength.rawValue)
        ttl = call.integer(ModelsLoadParameter.ttl.rawValue)
    }

    package func attempt(
        of job: RequestJob, on backend: Backend, _ placement: consuming Placement
    ) -> any Attempt {
        LoadAttempt(of: job, self, on: backend, placement)
    }
}

/// One try to load or unload a model: what is asked of the server, then looks until its list says
/// that it is done, since some servers answer before they have begun.
///
/// A model that is as it is wanted already is not asked for again: LM Studio would load it twice.
/// What others do with it meanwhile is not waited for: a model that was loaded and had to leave
/// again was loaded.
final class LoadAttempt: Attempt, ExchangeDelegate {
    /// Not touched once it is over; by then the job lets go of its try.
    private let job: RequestJob
    private let work: LoadWork
    private let backend: Backend
    private let placement: Placement
    private var exchange: Exchange?
    /// Hears how far the load is, where the server tells and the caller wants to know.
    private var listener: LoadListener?
    /// Whether the model was as it is wanted before anything was asked.
    private var wasDone = false
    /// Whether the server has taken the request: what its list says from then on is of this load.
    private var isTaken = false
    /// Looks that have ended since then; the first may have begun before.
    private var looks = 0
    private var isOver = false
    private lazy var lookTimer = Timer { [weak self] in self?.look() }

    /// How often the list is looked at while a model loads, in nanoseconds: a load takes seconds.
    private static let lookInterval: UInt64 = 200_000_000
    /// Looks after which a server that has said that it unloaded a model, and still lists it as
    /// loaded, is believed the list: 3 seconds, in which a process ends.
    private static let looksMax = 15
    private static let stillLoaded =
        "it unloaded one instance, and still lists the model as loaded"

    init(of job: RequestJob, _ work: LoadWork, on backend: Backend, _ placement: Placement) {
        self.job = job
        self.work = work
        self.backend = backend
        self.placement = placement
    }

    var deltas: Int { 0 }
    var warnings: [CompletionWarning] { [] }
    var contentText: String { "" }
    var numbers: GenerationNumbers { GenerationNumbers() }
    private var loop: EventLoop { backend.dispatcher.loop }

    func begin() {
        let adapter = backend.server.adapter
        let request =
            work.loads
            ? adapter.load(
                model: placement.model, contextLength: work.contextLength, ttl: work.ttl)
            : adapter.unload(model: placement.model)
        guard !isDone, let request else {
            wasDone = true
            return loop.set(lookTimer, after: 0)
        }
        if work.loads, work.wantsProgress, let path = adapter.loadEvents {
            listener = LoadListener(of: placement.model, on: backend.server, path) {
                [unowned job] in job.progressed($0)
            }
        }
        exchange = backend.server.ask(
            request, trace: work.traceparent, key: job.key, delegate: self)
    }

    /// The model, as the server lists it.
    private var listed: Model? { backend.offered.table.named(placement.model) }

    /// Whether the model is as it is wanted, by the server's own list.
    private var isDone: Bool {
        guard let model = listed else { return !work.loads }
        guard work.loads else { return model.state == .notLoaded }
        guard model.state == .loaded else { return false }
        // Once it was asked for, what there is is what the server makes of it: LM Studio loads a
        // model once more for another context, and llama.cpp's router has its own.
        guard !isTaken, let wanted = work.contextLength, let has = model.loadedContextLength
        else { return true }
        return wanted == has
    }

    private func look() {
        guard !isOver else { return }
        if isDone || wasDone {
            stop()
            return job.finished()
        }
        if isTaken, looks > 1, !backend.server.adapter.traits.answersFirst {
            if work.loads {
                stop()
                return job.finished()
            }
            if looks > Self.looksMax {
                return failed(
                    ServerFailure(
                        .refused, status: 500,
                        words: Self.stillLoaded))
            }
        }
        backend.refresh { [weak self] _ in self?.looked() }
    }

    private func looked() {
        guard !isOver else { return }
        if isTaken { looks += 1 }
        if isTaken, work.loads, let model = listed, model.state == .notLoaded,
            let why = model.loadFailure
        {
            return failed(ServerFailure(.refused, status: 500, words: "it cannot load: \(why)"))
        }
        loop.set(lookTimer, after: isDone ? 0 : Self.lookInterval)
    }

    func resume() {}

    func drop() {
        stop()
        exchange?.cancel()
        exchange = nil
    }

    private func stop() {
        isOver = true
        loop.cancel(lookTimer)
        listener?.cancel()
        listener = nil
    }

    func exchangeSent(_ exchange: Exchange) {
        if !isOver { job.sent() }
    }

    func exchange(_ exchange: Exchange, began head: HTTPResponseHead) {}

    func exchange(_ exchange: Exchange, received bytes: Span<UInt8>) {}

    func exchange(_ exchange: Exchange, ended head: HTTPResponseHead, body: Span<UInt8>) {
        self.exchange = nil
        guard !isOver else { return }
        isTaken = true
        let failure = ServerFailure.ofAnswer(status: head.status, retryAfter: nil, body)
        // An answer without an error's words is a success, whatever it says.
        if (200..<300).contains(head.status), failure.reason == .empty { return look() }
        failed(failure)
    }

    func exchange(_ exchange: Exchange, failed error: ExchangeError) {
        self.exchange = nil
        if !isOver { failed(ServerFailure(error)) }
    }

    private func failed(_ failure: ServerFailure) {
        stop()
        if failure.isUnreachable { backend.refused(failure.words ?? "no answer") }
        job.failed(
            backend.words(for: placement.model).fault(of: failure), failure.failureClass)
    }

    func succeed(_ reply: any Reply, isCancelled: Bool) {
        let backend = backend
        reply.succeed { backend.dispatcher.delegate.write(placement.model, of: backend, to: &$0) }
    }
}
