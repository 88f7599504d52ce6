package import Backends
import Configuration
package import CrowdModelsProtocol
package import Kernel
package import Scheduling

/// Who hears of what the dispatcher does: the daemon counts it, logs it and tells subscribers.
package protocol DispatcherDelegate: AnyObject {
    /// A request came, is in another phase, or left.
    func changed(_ job: RequestJob, _ change: ChangeKind)
    /// A request was answered, or its caller is gone; told once, before it leaves.
    func ended(_ job: RequestJob, _ ending: CompletionLife.Ending)
    /// A try has failed; the request ends with that if it `isOver`.
    func failed(_ job: RequestJob, _ fault: Fault, _ failure: FailureClass, isOver: Bool)
    /// The scheduler sends it nowhere; its answer follows.
    func refused(_ job: RequestJob, _ refusal: Refusal)
    /// A backend's breaker opened or closed, or the failure that counts there.
    func changed(_ backend: Backend)
    /// Whether anybody wants to know what is different about the models that callers may use.
    var hearsOfModels: Bool { get }
    /// The models that callers may use are others; nil where nobody wants to know how.
    func changedModels(of backend: Backend, _ changes: ModelChanges?)
    /// A backend's first look has ended, well or not.
    func greeted(_ backend: Backend)
    /// A discovered backend refuses connections, or breaks them.
    func unreachable(_ backend: Backend)
    /// A backend came, or went.
    func changedBackends(_ backend: Backend, isThere: Bool)
    /// Appends the Model object of the protocol; nothing known of it leaves its name.
    func write(_ model: String, of backend: Backend, to out: inout ByteBuffer)
    /// The aliases that lead to any of these models.
    func aliases(of lists: [ModelList]) -> [String]
    /// Where servers are searched for, for who has none.
    var probed: [String] { get }
    /// A line for the log.
    func log(_ line: BackendNews.Line)
}

/// The scheduler's hands: it keeps every request from its arrival to its answer, tells the
/// scheduler what happened, and does what the scheduler decides.
///
/// Decisions are carried out one after the other, never inside another's stack: what an action
/// causes is told to the scheduler and waits for its turn. It lives as long as the daemon; backends
/// hold it unowned, and jobs until they have ended.
package final class Dispatcher: Continuation {
    package let loop: EventLoop
    package unowned let delegate: any DispatcherDelegate
    /// Bytes of a result that may be kept for its caller.
    let keptMax: Int
    private var scheduler = Scheduler()
    /// Queued and running requests by their key.
    private var jobs = JobTable<RequestJob>()
    /// In the order in which they are tried.
    package private(set) var backends: [Backend] = []
    private var lastKey: UInt64 = 0
    /// Kept until a backend changes: wrong names may come by the hundred.
    private var names: Names?
    private var isDraining = false
    private var isPostponed = false
    package private(set) var isStopping = false
    private lazy var wakeTimer = Timer { [unowned self] in drain() }

    /// What carrying out one action counts against the turn, in bytes read: some 2 to 20 µs.
    private static var actionBytes: Int { TurnBudget.bytesPerLook / 8 }

    package init(on loop: EventLoop, keptMax: Int, delegate: any DispatcherDelegate) {
        self.loop = loop
        self.keptMax = keptMax
        self.delegate = delegate
    }

    // MARK: Requests

    /// A key for the next request, unique as long as the daemon runs.
    package func nextKey() -> UInt64 {
        lastKey += 1
        return lastKey
    }

    /// What is queued and running, oldest first.
    package var jobsByAge: [RequestJob] { jobs.byAge }

    /// The one of that key.
    package func job(_ key: UInt64) -> RequestJob? { jobs[key] }

    /// Whether nothing is queued or running.
    package var isIdle: Bool { jobs.isEmpty }

    /// Takes a request in; it is answered when it is answered, which may be at once.
    package func submit(_ job: RequestJob, _ ticket: consuming Ticket) {
        jobs.insert(job)
        scheduler.arrived(ticket, now: loop.now)
        drain()
    }

    /// Tells the scheduler what happened, and does what follows.
    package func take(_ event: consuming Event) {
        scheduler.take(event, now: loop.now)
        drain()
    }

    /// The job has answered and is done with.
    func remove(_ job: RequestJob) {
        jobs.remove(job.key)
    }

    /// Does what is decided, as much as the turn has time for; the rest, and whatever is decided
    /// meanwhile, in the next turn: a queue of thousands whose server goes is answered in slices.
    private func drain() {
        guard !isDraining, !isPostponed else { return }
        isDraining = true
        defer { isDraining = false }
        var budget = TurnBudget()
        while let action = scheduler.next(now: loop.now) {
            perform(action)
            if !budget.spend(Self.actionBytes, of: loop) {
                isPostponed = true
                return loop.inNextTurn(self)
            }
        }
    }

    package func continueTurn() {
        isPostponed = false
        drain()
    }

    private func perform(_ action: consuming Action) {
        switch consume action {
        case .start(let key, let placement):
            guard let job = jobs[key], let backend = backend(named: placement.backend) else {
                // Its backend went in the same turn: the scheduler hears of it as of any failure.
                return scheduler.take(
                    .ended(key, .failed(.unreachable, afterText: false)), now: loop.now)
            }
            job.start(placement, on: backend)
        case .queue(let key, let backend, let model, let reason):
            jobs[key]?.queued(on: backend, model: model, reason)
        case .refuse(let key, .stopping): jobs[key]?.stop()
        case .refuse(let key, let refusal):
            guard let job = jobs[key] else { return }
            delegate.refused(job, refusal)
            job.refuse(words.fault(of: refusal, method: job.method))
        case .giveUp(let key): jobs[key]?.giveUp()
        case .tell(let key, let standing): jobs[key]?.moved(standing)
        case .breaker(let name, let state, let wait): breakerChanged(name, state, wait)
        case .wake(let moment):
            if let moment { loop.set(wakeTimer, at: moment) } else { loop.cancel(wakeTimer) }
        case .goOn: return
        }
    }

    private func breakerChanged(_ name: String, _ state: BreakerState, _ retryAfter: UInt64) {
        guard let backend = backend(named: name) else { return }
        switch state {
        case .open:
            let seconds = Double(RefusalWords.milliseconds(retryAfter)) / 1000
            delegate.log(
                BackendNews.Line(
                    .warning,
                    "Breaker of backend \(name) opened after repeated failures; it is tried again "
                        + "in \(seconds) s"))
        case .halfOpen:
            delegate.log(
                BackendNews.Line(.debug, "Breaker of backend \(name): one request tries it"))
        case .closed:
            delegate.log(BackendNews.Line(.info, "Breaker of backend \(name) closed again"))
        }
        delegate.changed(backend)
    }

    // MARK: What is asked of it

    /// How the requests of a backend stand.
    package func view(of backend: Backend) -> Scheduler.BackendView? {
        inPlace { $0.view(of: backend.name, now: loop.now) }
    }

    /// What callers are told where the scheduler refuses.
    package var words: RefusalWords {
        let names = names ?? listNames()
        return RefusalWords(
            backends: backends.map { backend in
                RefusalWords.Backend(
                    name: backend.name, product: backend.server.productName,
                    endpoint: backend.config.endpoint.original,
                    lastError: backend.server.lastError, rateLimit: backend.config.rateLimit,
                    isDiscovered: backend.origin == .discovered)
            },
            names: names.all, chatModels: names.chat,
            probed: delegate.probed,
            lookMilliseconds: backends.first?.retryMilliseconds ?? 1000)
    }

    private func listNames() -> Names {
        let lists = backends.filter(\.isUp).map(\.offered)
        let chat = lists.lazy.flatMap(\.all).filter(\.purpose.canChat).map(\.id)
        let names = Names(
            all: ModelNames(lists.map(\.table), delegate.aliases(of: lists)),
            chat: Array(chat.prefix(RefusalWords.choicesMax)))
        self.names = names
        return names
    }

    /// How a request that came now would be routed; nothing is changed.
    package func explain(_ ticket: Ticket) -> Explanation {
        scheduler.explain(ticket, now: loop.now)
    }

    /// The place of a request that waits, the first being 1.
    func position(of job: RequestJob) -> Int? {
        inPlace { $0.position(of: job.key, now: loop.now) }
    }

    /// All backends in the order in which they are tried, or the one of that name.
    package func backends(named name: String?) throws(Fault) -> [Backend] {
        guard let name else { return backends }
        guard let backend = backend(named: name) else { throw words.unknownBackend(name) }
        return [backend]
    }

    /// What `models.get` answers for a model that no backend has.
    package func missing(_ model: String) -> Fault { words.unknownModel(model) }

    /// How many run, and how many wait, everywhere.
    package var totals: (inFlight: Int, queued: Int) { inPlace { $0.totals } }

    /// Asks the scheduler where it lies: a method that changes nothing is given a copy of all that
    /// it holds otherwise, which costs more than most answers.
    private func inPlace<Answer>(_ ask: (inout Scheduler) -> Answer) -> Answer { ask(&scheduler) }

    // MARK: Backends

    /// A backend is new; it was not looked at yet.
    package func add(_ backend: Backend) {
        let place =
            backends.firstIndex { $0.config.priority > backend.config.priority }
            ?? backends.endIndex
        backends.insert(backend, at: place)
        names = nil
        take(.backend(backend.facts))
        delegate.changedBackends(backend, isThere: true)
    }

    /// A discovered backend went. What waits for it goes elsewhere, or is refused; what runs there
    /// ends as its connection does.
    package func remove(_ backend: Backend) {
        guard knows(backend) else { return }
        let before = backend.offered
        backends.removeAll { $0 === backend }
        names = nil
        backend.close()
        delegate.changedModels(of: backend, backend.changed(from: before))
        delegate.changedBackends(backend, isThere: false)
        take(.backendGone(backend.name))
    }

    /// Something about a backend is different.
    package func updated(_ backend: Backend) {
        guard knows(backend) else { return }
        names = nil
        take(.backend(backend.facts))
    }

    /// The backend of that name; among some tens, looking is faster than hashing.
    package func backend(named name: String) -> Backend? {
        backends.first { $0.name == name }
    }

    private func knows(_ backend: Backend) -> Bool { backends.contains { $0 === backend } }

    // MARK: Ending

    /// Takes no more, and answers what waits.
    package func stop() {
        isStopping = true
        take(.stopping)
    }

    /// Answers what still runs with what it has.
    package func cutShort() {
        for job in jobsByAge { job.cutShort() }
    }

    package func close() {
        loop.cancel(wakeTimer)
        for backend in backends { backend.close() }
    }
}

/// What a request can name: the models of backends that are up, with the aliases that lead to them,
/// and the first chat models among them.
private struct Names {
    let all: ModelNames
    let chat: [String]
}
