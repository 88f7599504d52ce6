import Backends
import Configuration
import CrowdModelsProtocol
import HTTP
import Kernel
import Scheduling
import Sessions

/// One try of a `complete` on one server.
///
/// Pieces of the answer go through `Generation` to the job's reply as they come; a caller who does
/// not read is not read for. After the job has ended, a server that lingers gets `lingerMax` to end
/// its answer, so that its connection can be used again; then it is closed.
///
/// Many properties: a try is paused, repeated and lingers, each with what it needs to go on.
final class ChatAttempt: Attempt, ExchangeDelegate {
    /// Not touched once it is over; by then the job lets go of its try.
    private let job: RequestJob
    private let request: ChatRequest
    private let backend: Backend
    private var generation: Generation
    private var exchange: Exchange?
    /// What came while the caller was full, not read yet.
    private var unread = ByteBuffer()
    /// How many steps of memory were said to be held for the answer.
    private var heldSteps = 0
    /// The exchange has ended while something was unread.
    private var end: End?
    private var isOver = false
    private var isPaused = false
    /// Whether its answer comes in pieces, whatever its caller wants.
    private let isStreamed: Bool
    /// How it is asked for; in another way once the server turned out not to take that.
    private var call: ChatCall
    /// Why it was asked by chat or by text completion instead of the other, if it was.
    private var firstRefusal: Refusal?
    /// Pieces that came one by one. Counted here: who asks while a piece is passed on must not look
    /// into the generation, which is at work then.
    private(set) var deltas = 0
    /// Set while a server that has said why it stopped may still end its answer; the exchange keeps
    /// this attempt so long.
    private var lingerTimer: Timer?
    /// Deltas that had come when it was set: some servers say why they stop with each of them, and
    /// whoever still sends text does not linger.
    private var lingerDeltas = 0
    /// What was found when it was over: statistics, log and result ask for it.
    private var finalWarnings: [CompletionWarning]?

    private enum End {
        case complete
        case broken(ExchangeError)
    }

    /// Kept apart, since few have one: a try is allocated for each request, and up to 1,032 bytes
    /// (a test says so) are had from the allocator's own list of what was just freed.
    private indirect enum Refusal {
        case chatOrText(ServerFailure)
    }

    private var loop: EventLoop { job.dispatcher.loop }
    private var keptMax: Int { job.dispatcher.keptMax }

    /// How long a server that has said why it stopped may take to end its answer (protocol, 11).
    private static let lingerMax: UInt64 = 2_000_000_000

    @inline(__always)
    init(
        of job: RequestJob, _ request: ChatRequest, on backend: Backend,
        _ placement: consuming Placement
    ) {
        self.job = job
        self.request = request
        self.backend = backend
        isStreamed = backend.server.adapter.streams(request)
        call = ChatCall(model: placement.model, slot: placement.slot, isRaw: request.isRaw)
        generation = Generation(
            keptMax: job.dispatcher.keptMax, isRaw: request.isRaw,
            tokensMax: request.integer(.maxTokens), like: backend.server.answers)
    }

    func begin() {
        exchange = backend.server.complete(request, call, key: job.key, delegate: self)
    }

    func drop() {
        isOver = true
        leave()
    }

    /// Closes the connection, if it is there.
    private func leave() {
        stopLingering()
        exchange?.cancel()
        exchange = nil
    }

    private func linger() {
        if lingerTimer != nil {
            if generation.deltas == lingerDeltas { return }
            stopLingering()
        }
        lingerDeltas = generation.deltas
        let timer = Timer { [unowned self] in lingered() }
        lingerTimer = timer
        loop.set(timer, after: Self.lingerMax)
    }

    private func stopLingering() {
        guard let timer = lingerTimer.take() else { return }
        loop.cancel(timer)
    }

    // MARK: What the server says

    func exchangeSent(_ exchange: Exchange) {
        if !isOver { job.sent() }
    }

    func exchange(_ exchange: Exchange, began head: HTTPResponseHead) {
        backend.heard(head)
        generation.begin(
            status: head.status,
            retryAfter: head.retryAfterMilliseconds(now: Int(Clock.wall() / 1_000_000_000)),
            location: head.location)
    }

    func exchange(_ exchange: Exchange, received bytes: Span<UInt8>) {
        if isOver { return }
        if isPaused { return unread.append(bytes) }
        feed(bytes)
    }

    func exchange(_ exchange: Exchange, ended head: HTTPResponseHead, body: Span<UInt8>) {
        self.exchange = nil
        stopLingering()
        if isOver { return }
        if isPaused {
            end = .complete
        } else {
            endBody(nil)
        }
    }

    func exchange(_ exchange: Exchange, failed error: ExchangeError) {
        self.exchange = nil
        stopLingering()
        if isOver { return }
        if isPaused {
            end = .broken(error)
        } else {
            endBody(error)
        }
    }

    // MARK: Reading

    private func feed(_ bytes: Span<UInt8>) {
        let isBeginning = deltas == 0
        let used = hearing { generation, hear in generation.feed(bytes, hear) }
        if isOver || !holds() { return }
        if isPaused {
            unread.append(bytes.extracting(used...))
        } else if isBeginning, deltas == 1 {
            // Not while the generation is at work: that a caller is gone may turn out here.
            job.reply.flush()
            if isOver { return }
            if used < bytes.count { return feed(bytes.extracting(used...)) }
        }
        concludeIfDone()
    }

    /// Lets the generation read, and passes on what it hears; how many bytes it has read.
    private func hearing(
        _ read: (inout Generation, (borrowing GenerationEvent) -> Bool) -> Int
    ) -> Int {
        let job = job
        let isStream = request.isStream
        let isStreamed = isStreamed
        // Several pieces may be read in one turn, and how far apart they came is measured.
        let now = isStreamed ? Clock.monotonic() : loop.now
        var mustPause = false
        let used = read(&generation) { event in
            if let progress = event.promptProgress {
                job.progressed(progress)
                return true
            }
            let isFirst = isStreamed && self.deltas == 0
            if isStreamed {
                self.deltas += 1
                job.heardDelta(at: now)
            }
            guard isStream else { return true }
            job.reply.delta(
                content: event.content, reasoning: event.reasoning, refusal: event.refusal,
                toolCalls: event.toolCalls)
            mustPause = job.reply.isFull
            // The first words go out before the rest is read.
            return !mustPause && !isFirst
        }
        if mustPause { pause() }
        return used
    }

    /// Says what is held for the request now, in steps that small answers stay below; false where
    /// that was too much, and it has failed.
    private func holds() -> Bool {
        let steps = (generation.allocated &+ unread.allocated) / Self.heldStep
        if steps == heldSteps { return true }
        do throws(Fault) {
            try job.reply.hold(request.byteCount + (steps + 1) * Self.heldStep)
            heldSteps = steps
            return true
        } catch {
            isOver = true
            leave()
            job.failed(error, .callersFault)
            return false
        }
    }

    /// Bytes of an answer that are counted at once: a few hundred tokens.
    private static let heldStep = 4096

    private func pause() {
        isPaused = true
        exchange?.pause()
    }

    func resume() {
        guard isPaused, !isOver else { return }
        isPaused = false
        exchange?.resume()
        var bytes = ByteBuffer()
        swap(&bytes, &unread)
        if !bytes.isEmpty { feed(bytes.span) }
        guard !isOver, !isPaused, let end else { return }
        self.end = nil
        switch end {
        case .complete: endBody(nil)
        case .broken(let error): endBody(error)
        }
    }

    /// The body has ended, or broke off.
    private func endBody(_ error: ExchangeError?) {
        _ = hearing { generation, hear in
            generation.end(broken: error.map { ServerFailure($0) }, hear)
            return 0
        }
        if !isOver { concludeIfDone() }
    }

    private func concludeIfDone() {
        if generation.isOpen { return }
        switch generation.phase {
        case .open: return
        case .finished: if exchange?.isEnding == false { linger() }
        case .done:
            isOver = true
            stopLingering()
            // The rest of it, which comes with its last word or soon, is read for the connection.
            exchange?.conclude()
            exchange = nil
            job.finished()
        case .failed(let failure): failed(failure)
        }
    }

    private func lingered() {
        lingerTimer = nil
        leave()
        endBody(nil)
    }

    private func failed(_ latest: ServerFailure) {
        if askOtherwise(after: latest) { return }
        // Where the other API is missing, what was said of the first one is what matters.
        var failure = latest
        if latest.reason == .unknownRoute, case .chatOrText(let first)? = firstRefusal {
            failure = first
        }
        isOver = true
        leave()
        if case .overKept(let size) = failure.reason {
            return job.failed(tooLarge(size), .callersFault)
        }
        if failure.isUnreachable { backend.refused(failure.words ?? "no answer") }
        job.failed(
            backend.words(for: call.model).fault(of: failure), failure.failureClass)
    }

    /// Sends it once more where the server turned out to take it in another way; false if not.
    private func askOtherwise(after failure: ServerFailure) -> Bool {
        guard generation.deltas == 0,
            let next = backend.server.otherCall(than: call, for: request, after: failure)
        else { return false }
        if let words = next.words(after: call) {
            job.dispatcher.delegate.log(
                BackendNews.Line(
                    .warning,
                    "\(backend.server.productName) (backend \(backend.name)) \(words)"))
        }
        if next.isRaw != call.isRaw { firstRefusal = .chatOrText(failure) }
        call = next
        leave()
        generation = Generation(
            keptMax: keptMax, isRaw: call.isRaw, tokensMax: request.integer(.maxTokens),
            like: backend.server.answers)
        begin()
        return true
    }

    private func tooLarge(_ size: Int) -> Fault {
        Fault(
            .limitExceeded,
            "the answer of over \(size) bytes does not fit into the \(keptMax) that may wait for "
                + "a client (output_bytes_max); ask for less at once",
            data: ["limit": "output_bytes_max", "value": .integer(keptMax)])
    }

    // MARK: What was heard

    var numbers: GenerationNumbers { generation.numbers(deltas: deltas, job.times) }

    var completionTokens: Int? { generation.completionTokens ?? (deltas > 0 ? deltas : nil) }
    var arch: String? { generation.arch }
    var contentText: String { isStreamed ? generation.contentText : "" }

    func succeed(_ reply: any Reply, isCancelled: Bool) {
        let job = job
        let numbers = numbers
        let finishReason = isCancelled ? FinishReason.cancelled : generation.finishReason
        var result = CompleteResult(
            content: "", model: call.model, backend: backend.name,
            finishReason: finishReason.rawValue,
            stats: numbers.stats(job.times, stopReason: generation.report.stopReason))
        result.attempts = job.attempts
        let warnings = warnings
        if !warnings.isEmpty { result.warnings = warnings.map(\.shape) }
        result.usage = numbers.usage
        var tokens = CompleteResult.Tokens()
        tokens.toolCalls = generation.toolCalls()
        if generation.hasTold(speed: numbers.tokensPerSecond) {
            tokens.speed = generation.report.speedText
        }
        generation.swapTokens(&tokens)
        if tokens.modelInfo.isEmpty {
            result.modelInfo = backend.offered.table.named(call.model)
                .flatMap { CompleteResult.modelInfo($0) }
        }
        reply.succeed(&result, &tokens)
        generation.swapTokens(&tokens)
    }

    var warnings: [CompletionWarning] {
        if let finalWarnings { return finalWarnings }
        let warnings = findWarnings()
        if isOver { finalWarnings = warnings }
        return warnings
    }

    private func findWarnings() -> [CompletionWarning] {
        let findings = generation.findings(
            request, model: call.model,
            loadedContext: backend.loadedContext(of: call.model))
        if findings.isEmpty { return [] }
        let product = backend.server.productName
        var warnings = findings.untruths.map { CompletionWarning($0, by: product) }
        if let served = findings.otherModel {
            warnings.append(
                CompletionWarning(
                    .modelSubstituted,
                    "\(product) answered with model \(served) instead of \(call.model)"))
        }
        if let word = findings.unknownFinish {
            warnings.append(
                CompletionWarning(
                    .finishUnknown,
                    "\(product) ended the answer with \"\(word)\", which counts as stop"))
        }
        return warnings
    }
}
