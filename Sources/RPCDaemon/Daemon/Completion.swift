import Backends
import Configuration
import CrowdModelsProtocol
import HTTP
import Kernel
import Metrics
import Scheduling
import Sessions
import Telemetry

/// One `complete` from its arrival to its answer: queued, sent, and heard out.
///
/// The lane and the reply keep it until it is settled; then exactly one answer was given, or
/// the caller was gone. A cancelled one is never sent again.
final class Completion: Job, TransferDelegate {
    /// How far it is, as `requests.list`, `complete.progress` and a timeout name it.
    enum Phase: String {
        /// Waits for its turn; left by `start`.
        case queued
        /// The server loads the model first; left by the first token.
        case loading
        /// Connecting, sent, and the prompt being read; left by the first token.
        case prompt
        /// Tokens come.
        case generating
    }

    let reply: any Reply
    let key: UInt64
    let request: ChatRequest
    let lane: BackendLane
    let found: FoundModel
    let tag: String?
    let isProgressWanted: Bool
    let arrivedAt: UInt64
    let expiresAt: UInt64
    private(set) var phase = Phase.queued
    private(set) var isSettled = false
    var report = GenerationReport()
    /// Where the parts of a whole answer stand in its body.
    var wholeFrame: ChatFrame?
    /// What has come of a stream so far.
    var stream: StreamState?
    private(set) var sentAt: UInt64?
    private var startedAt: UInt64 = 0
    private var transfer: Transfer?
    private var isRepeated = false
    private var toldPosition = 0
    private lazy var expiry = Timer { [unowned self] in expire() }

    var daemon: Daemon { lane.daemon }
    var peer: Peer { reply.peer }
    /// The model that was asked for, as its backend listed it then.
    var model: Model { found.model }

    init(_ reply: any Reply, _ request: ChatRequest, _ found: FoundModel, key: UInt64) {
        let daemon = found.lane.daemon
        self.reply = reply
        self.request = request
        self.key = key
        self.found = found
        lane = found.lane
        tag = request.string(.tag)
        isProgressWanted = request.isTrue(.progress)
        arrivedAt = Clock.monotonic()
        let timeout = request.integer(.timeoutMilliseconds) ?? 300_000
        expiresAt =
            daemon.loop.now
            &+ min(UInt64(timeout) * 1_000_000, found.lane.server.config.timeout.nanoseconds)
    }

    /// Asks for its turn. Throws if the backend cannot take it.
    func begin() throws(Fault) {
        let deadline = request.integer(.deadlineMilliseconds).map {
            daemon.loop.now &+ UInt64($0) * 1_000_000
        }
        let ticket = QueueTicket(
            key: key, model: model.id,
            priority: request.string(.priority) == "batch" ? .batch : .interactive,
            expiresAt: expiresAt, deadline: deadline)
        let admission = try lane.admit(self, ticket)
        reply.began(self)
        daemon.publishRequest(self, "added")
        daemon.loop.set(expiry, at: expiresAt)
        switch admission {
        case .started: start()
        case .queued(let position): tellProgress(position: position)
        case .refused: preconditionFailure("the lane throws what the queue refuses")
        }
    }

    /// Its turn has come: it is sent.
    func start() {
        startedAt = Clock.monotonic()
        enter(model.state == .notLoaded || model.state == .loading ? .loading : .prompt)
        if lane.server.streams(request) { stream = StreamState() }
        transfer = lane.server.complete(request, model: model.id, delegate: self)
    }

    private func enter(_ phase: Phase) {
        guard phase != self.phase else { return }
        self.phase = phase
        tellProgress(position: nil)
        daemon.publishRequest(self, "changed")
    }

    /// The first token has come.
    func beganGenerating() {
        enter(.generating)
    }

    // MARK: What the server says

    func transferSent(_ transfer: Transfer) {
        sentAt = Clock.monotonic()
    }

    func transfer(_ transfer: Transfer, began head: HTTPResponseHead) {
        stream?.isEventStream = head.status == 200 && head.isEventStream
    }

    func transfer(_ transfer: Transfer, received bytes: Span<UInt8>) {
        receivedPiece(bytes)
        holdBackIfNeeded()
    }

    func transfer(_ transfer: Transfer, ended head: HTTPResponseHead, body: Span<UInt8>) {
        self.transfer = nil
        if stream != nil { endStream(head) } else { endWhole(head, body) }
    }

    func transfer(_ transfer: Transfer, failed error: TransferError) {
        self.transfer = nil
        if case .connect(let words) = error { return refused(words, error) }
        fail(failure.fault(of: error), sent: true)
    }

    private func refused(_ words: String, _ error: TransferError) {
        fail(failure.fault(of: error), sent: true)
        lane.refused(words)
    }

    /// Sends it once more where an API of the same server turned out to be missing; false if that
    /// was tried before.
    func sendElsewhere() -> Bool {
        guard !isRepeated, lane.server.chooseOtherAPI(stream: request.isStream) else {
            return false
        }
        isRepeated = true
        if lane.server.streams(request) { stream = StreamState() }
        transfer = lane.server.complete(request, model: model.id, delegate: self)
        return true
    }

    /// How failures of this backend are worded.
    var failure: BackendFailure {
        BackendFailure(
            backend: lane.name, product: lane.server.productName,
            endpoint: lane.server.config.endpoint.original, model: model.id,
            others: lane.offers.filter { $0.model.purpose.canChat && $0.model.id != model.id }
                .map(\.model.id),
            retryAfter: daemon.lookMilliseconds, keyStart: lane.server.keyStart)
    }

    // MARK: Flow

    private func holdBackIfNeeded() {
        if reply.isFull { transfer?.pause() }
    }

    func drained() {
        transfer?.resume()
    }

    // MARK: Endings

    /// Its server is not to be heard any more: the connection closes at once.
    func dropTransfer() {
        transfer?.cancel()
        transfer = nil
    }

    func cancel() {
        dropTransfer()
        if let stream, stream.hasText {
            report.finishReason = .cancelled
            return succeed(as: .cancelled)
        }
        settle(.cancelled, .cancelled) {
            reply.fail(Fault(.cancelled, "the request was cancelled before it produced any text"))
        }
    }

    func abandon() {
        dropTransfer()
        settle(.cancelled, nil) {}
    }

    private func expire() {
        let phase = phase.rawValue
        dropTransfer()
        let seconds = Double((expiresAt &- arrivedAt &+ 999_999) / 1_000_000) / 1000
        let fault = Fault(
            .timeout,
            "no answer from \(lane.name) within \(seconds) s (phase: \(phase)); allow more with "
                + "timeout_ms, or `timeout` of the backend",
            data: ["phase": .string(phase), "backend": .string(lane.name)])
        fail(fault, sent: startedAt != 0)
    }

    /// The daemon ends before it does: it is told so, with the text so far.
    func cutShort() {
        var fault = Daemon.stopping
        if let stream, stream.hasText { fault.data["content"] = .string(stream.contentText) }
        dropTransfer()
        settle(.cancelled, fault.code) { reply.fail(fault) }
    }

    /// Answers with an error, or with 1014 and the text so far if there is any.
    func fail(_ fault: Fault, sent: Bool) {
        dropTransfer()
        var fault = fault
        // What is too much for its caller alone is not sent along.
        if let stream, stream.hasText, fault.code != .limitExceeded {
            var data = fault.data
            data["kind"] = nil
            data["content"] = .string(stream.contentText)
            data["cause"] = .string(fault.code.kind)
            fault = Fault(
                .streamInterrupted, "the stream broke off: \(fault.message)", data: data)
        }
        settle(sent ? .failed : .rejected, fault.code) {
            if fault.code != .cancelled {
                // Not the message: a server's words may quote the prompt.
                let status = fault.data["status"]?.integerValue.map { ", status \($0)" } ?? ""
                daemon.log.warning(
                    "LLM request failed: \(fault.code.kind), backend \(lane.name)\(status), "
                        + "model \(model.id)")
            }
            reply.fail(fault)
        }
    }

    /// Answers with what has come.
    func succeed(as outcome: Outcome = .succeeded, body: Span<UInt8> = Span()) {
        let now = Clock.monotonic()
        let queueTime = (sentAt ?? now) &- arrivedAt
        let totalTime = now &- arrivedAt
        measure()
        settle(outcome, nil) {
            reply.succeed { out in
                writeResult(
                    body: body, queueTime: queueTime, totalTime: totalTime, to: &out)
            }
            if outcome == .succeeded { logCompletion(body) }
        }
    }

    /// The end of it, once: `answer` answers, then it is counted, then others go on.
    private func settle(_ outcome: Outcome, _ code: ErrorCode?, _ answer: () -> Void) {
        guard !isSettled else { return }
        isSettled = true
        daemon.loop.cancel(expiry)
        answer()
        daemon.count(self, outcome, code, startedAt: startedAt)
        daemon.publishRequest(self, "removed")
        lane.left(self, served: outcome == .succeeded)
        if daemon.isStopping { daemon.endIfIdle() }
    }

    static func seconds(from start: UInt64, to end: UInt64) -> Double {
        end > start ? Double(end - start) / 1e9 : 0
    }

    // MARK: Progress

    func positionMayHaveChanged() {
        guard isProgressWanted, phase == .queued else { return }
        tellProgress(position: lane.queue.position(of: key))
    }

    private func tellProgress(position: Int?) {
        guard isProgressWanted, position == nil || position != toldPosition else { return }
        toldPosition = position ?? 0
        reply.progress(
            Progress(phase: phase.rawValue, position: position, backend: lane.name))
    }
}
