package import Backends
import Configuration
import CrowdModelsProtocol
package import Kernel
package import Metrics
package import Scheduling
package import Sessions

/// One request that a model server answers, from its arrival to its one answer: queued, tried, and
/// heard out.
///
/// The dispatcher keeps it until it has ended; then it was answered exactly once, or its caller was
/// gone. `CompletionLife` decides what becomes of it, the scheduler where and when; it acts. It is
/// its own time limit. It lets go of its try when it has ended, and the dispatcher of it: until
/// then each holds the other.
///
/// Many properties: half of them are what `requests.list` tells of it.
package final class RequestJob: Deadline, Job, Keyed {
    package let key: UInt64
    package let work: any Work
    package let reply: any Reply
    package let dispatcher: Dispatcher
    /// The dispatcher's, which is held unowned there: to read that is dear.
    private let delegate: any DispatcherDelegate
    package private(set) var times: RequestTimes
    /// The backend it waits for or runs on; nil before the scheduler has spoken.
    package private(set) var backend: Backend?
    /// The model it goes to, as that backend spells it.
    package private(set) var model: String?
    /// The same as its backend lists it.
    package var listedModel: Model? { model.flatMap { backend?.offered.table.named($0) } }
    /// Its place in the queue, where that is known.
    package private(set) var standing: Standing?
    /// How much of a load or of the prompt is done, 0 to 1, where the server tells.
    package private(set) var progress: Double?
    /// Why it waits; nil for one that began at once.
    package private(set) var queueReason: QueueReason?
    /// Why it went where it is; nil for one that was not sent yet.
    package private(set) var advantage: Advantage?
    /// Tries so far; one more after an aborted load counts as none.
    package private(set) var attempts = 0
    /// Whether its server has to load the model for it, and has not answered yet.
    private var awaitsLoad = false
    /// Seconds between the pieces of its stream.
    package private(set) var chunkTimes = BoundedHistogram(.seconds)
    private(set) var life: CompletionLife
    private var attempt: (any Attempt)?
    /// Why the last try failed, for the scheduler, and where.
    private var failure = FailureClass.callersFault
    private var failedAt = ""
    private var told: Progress?
    /// Whether those who watch the requests were told of it: not of one that was refused at once.
    private var isAnnounced = false
    private let expiresAt: UInt64

    /// - Parameter expiresAt: when the caller's own time limit is over, on the loop's clock.
    package init(
        _ work: any Work, key: UInt64, reply: any Reply, arrivedAt: UInt64, expiresAt: UInt64,
        dispatcher: Dispatcher
    ) {
        self.key = key
        self.work = work
        self.reply = reply
        self.dispatcher = dispatcher
        delegate = dispatcher.delegate
        self.expiresAt = expiresAt
        times = RequestTimes(arrivedAt: arrivedAt)
        times.readAt = min(dispatcher.loop.now, arrivedAt)
        life = CompletionLife()
    }

    /// The method it was called by.
    package var method: String { work.method }
    package var peer: Peer { reply.peer }
    /// Whose it is, as statistics and `requests.list` name it.
    package var clientText: String { "uid:\(peer.uid) \(work.tag ?? peer.processName)" }
    package var phase: CompletionLife.Phase { life.phase }
    /// Its place in the queue, the first being 1; nil while it runs.
    package var position: Int? {
        guard phase == .queued else { return nil }
        return standing?.position ?? dispatcher.position(of: self)
    }
    /// Pieces that have come of the answer so far.
    package var tokensSoFar: Int? { attempt?.deltas }
    /// What is not as it was asked.
    package var warnings: [CompletionWarning] { attempt?.warnings ?? [] }
    /// The architecture of the model that answered, where its server told it.
    package var arch: String? { attempt?.arch ?? listedModel?.arch }
    /// What is known of the answer so far: of the last try.
    package var numbers: GenerationNumbers? { attempt?.numbers }

    /// Asks the scheduler for its turn.
    package func begin(_ ticket: consuming Ticket) {
        reply.began(self)
        dispatcher.submit(self, consume ticket)
        // One that started has its backend's limit, too.
        if phase == .queued, !life.isEnded { dispatcher.loop.set(self, at: expiresAt) }
    }

    // MARK: What the scheduler decided

    func start(_ placement: consuming Placement, on backend: Backend) {
        if case .undecided(let fault) = life.state, failure != .contention {
            log("failed at \(failedAt) (\(fault.code.kind)), goes on at \(backend.name)")
        }
        attempts = placement.attempt
        advantage = placement.advantage
        awaitsLoad = placement.loads
        times.predictedStartAt = placement.predictedStart ?? 0
        self.backend = backend
        backend.hasWorked = true
        model = placement.model
        standing = nil
        progress = nil
        announce()
        times.startedAt = max(times.arrivedAt, dispatcher.loop.now)
        times.sentAt = 0
        dispatcher.loop.set(
            self, at: min(expiresAt, times.arrivedAt &+ backend.config.timeout.nanoseconds))
        act(life.take(.started(isLoading: placement.loads)))
        guard !life.isEnded else { return }
        let attempt = work.attempt(of: self, on: backend, consume placement)
        self.attempt = attempt
        attempt.begin()
    }

    func queued(on name: String, model: String, _ reason: QueueReason) {
        backend = dispatcher.backend(named: name)
        self.model = model
        queueReason = reason
        if reason == .contention {
            log("waits, since \(name) stopped loading \(model) for another request")
        }
        if isAnnounced { delegate.changed(self, .changed) } else { announce() }
    }

    /// A line for the log about a failure that its caller does not hear of.
    private func log(_ words: String) {
        delegate.log(BackendNews.Line(.info, "Request \(keyText) \(words)"))
    }

    private var name: String { backend?.name ?? "any backend" }

    private func announce() {
        guard !isAnnounced else { return }
        isAnnounced = true
        delegate.changed(self, .added)
    }

    func moved(_ standing: Standing) {
        self.standing = standing
        tell(.queued)
    }

    func refuse(_ fault: Fault) { act(life.take(.refused(fault))) }

    func giveUp() { act(life.take(.gaveUp)) }

    // MARK: What the try heard

    func sent() {
        times.sentAt = Clock.monotonic()
        act(life.take(.sent))
    }

    /// A piece of the answer has come, whoever wants it.
    func heardDelta(at now: UInt64) {
        if times.firstDeltaAt == 0 {
            times.firstDeltaAt = now
            dispatcher.take(.firstToken(key))
            loaded()
            act(life.take(.firstDelta))
        }
        if times.lastDeltaAt > 0, work.isStream {
            chunkTimes.add(RequestTimes.seconds(from: times.lastDeltaAt, to: now))
        }
        times.lastDeltaAt = now
    }

    func progressed(_ progress: Double) {
        self.progress = progress
        tell(life.phase)
    }

    func finished() {
        loaded()
        act(life.take(.finished))
    }

    private func loaded() {
        guard awaitsLoad else { return }
        awaitsLoad = false
        backend?.hasLoaded()
    }

    func failed(_ fault: Fault, _ failure: FailureClass) {
        self.failure = failure
        let action = life.take(.failed(fault, isFinal: failure.consequences.sequel == .none))
        delegate.failed(self, fault, failure, isOver: life.isEnded)
        let backend = backend
        act(action)
        if case .throttled = failure { backend?.tellPause() }
    }

    // MARK: What its caller wants

    package func cancel() { act(life.take(.cancelled)) }

    /// The caller is gone.
    package func abandon() { act(life.take(.abandoned)) }

    /// The caller has read most of what waited for it.
    package func drained() { attempt?.resume() }

    package var facts: JobFacts? {
        JobFacts(
            key: key, model: model, backend: backend?.name,
            overhead: times.endedAt > 0 ? times.overhead : nil)
    }

    // MARK: Time, and the end of the daemon

    public override func passed() {
        let now = dispatcher.loop.now
        let seconds = RequestTimes.seconds(from: times.arrivedAt, to: now)
        let fault = Fault(
            .timeout,
            "no answer from \(name) within \(Double(Int(seconds * 1000)) / 1000) s (phase: "
                + "\(life.phase.rawValue)); allow more with timeout_ms, or `timeout` of the "
                + "backend",
            data: backend.map { ["backend": .string($0.name)] } ?? [:])
        guard now < expiresAt, attempt != nil else { return act(life.take(.expired(fault))) }
        failed(fault, .transient(retryAfter: nil))
    }

    func stop() { act(life.take(.stopping(RefusalWords.stopping))) }

    func cutShort() { act(life.take(.cutShort(RefusalWords.stopping))) }

    // MARK: Acting

    private func act(_ action: CompletionLife.Action) {
        switch action {
        case .nothing: return
        case .tell(let phase):
            tell(phase)
            delegate.changed(self, .changed)
        case .askAgain:
            failedAt = name
            attempt?.drop()
            attempt = nil
            // That backend's own limit is over: another may do better in what is left.
            dispatcher.loop.set(self, at: expiresAt)
            dispatcher.take(.ended(key, .failed(failure, afterText: false)))
        case .end(let ending): end(ending)
        }
    }

    private func tell(_ phase: CompletionLife.Phase) {
        guard work.wantsProgress, !life.isEnded else { return }
        var news = Progress(phase: phase.rawValue, backend: backend?.name)
        if phase == .queued {
            news.position = standing?.position
            news.etaMilliseconds = standing?.eta.map(RefusalWords.milliseconds)
        } else if phase != .generating {
            // What is told is of a load or of the prompt's reading.
            news.fraction = progress
        }
        guard news != told else { return }
        told = news
        reply.progress(news)
    }

    private func end(_ ending: CompletionLife.Ending) {
        let dispatcher = dispatcher
        dispatcher.loop.cancel(self)
        times.heardAt = dispatcher.loop.now
        times.endedAt = Clock.monotonic()
        if ending.dropsExchange { attempt?.drop() }
        answer(ending)
        delegate.ended(self, ending)
        if isAnnounced { delegate.changed(self, .removed) }
        dispatcher.remove(self)
        switch ending.verdict {
        case .served:
            dispatcher.take(.ended(key, .served(tokens: attempt?.completionTokens ?? 0)))
        case .failed: dispatcher.take(.ended(key, .failed(failure, afterText: life.hasText)))
        case .left: dispatcher.take(.gone(key))
        }
        attempt = nil
    }

    private func answer(_ ending: CompletionLife.Ending) {
        switch ending.answer {
        case .nothing: return
        case .result(let isCancelled):
            attempt?.succeed(reply, isCancelled: isCancelled)
        case .fault(var fault, let withContent):
            if withContent {
                fault.data["content"] = .string(attempt?.contentText ?? "")
            }
            reply.fail(fault)
        }
    }
}
