import Configuration
package import CrowdModelsProtocol
import HTTP
package import Kernel
package import Sessions

/// One client that speaks HTTP: its requests come in one after the other, their answers go out in
/// that order, and what it asked for dies with it.
///
/// The loop and the reception keep it until it is closed. It reads a request whole, lets its
/// exchange answer, and only then looks at the next: what was sent ahead waits with the kernel. On
/// the Unix socket a client that sends no more still gets its answers; on TCP it is gone.
///
/// Many properties: a connection is read, written, stalled and counted by the same events, and each
/// of these needs to know how the others stand.
package final class HTTPDoor: EventHandler, TurnWork, Continuation, Guest {
    /// Requests handled in one turn at most.
    static let requestsPerTurn = 100
    private static let incoming = ReadyEvents.readable.with(.readClosed)
    private static let readable = incoming.with(.hungUp)
    private static let gone = ReadyEvents.hungUp.with(.failed)

    private enum Stage {
        /// A request's bytes are awaited; left when all of them are there.
        case reading
        /// The request at hand is understood, done and answered; left when it is.
        case answering
        /// The last answer is written, and what comes is thrown away, until the client has closed
        /// or `lingerSeconds` have passed: closed with bytes unread, the answer would look reset.
        case leaving
    }

    /// It lives as long as the process.
    private unowned let reception: Reception
    let desk: Desk
    package let peer: Peer
    let gate: Gate
    /// How long an event stream may be silent before a comment says that somebody is there.
    let silenceMax: UInt64
    private var stream: SocketStream?
    private var stage = Stage.reading
    private var parser: HTTPRequestParser
    /// The request whose head has come; nil between two.
    private var exchange: DoorExchange?
    private var exchangesBegun = 0
    /// Answers that are not sent yet.
    var output = ByteBuffer()
    /// The client will send no more.
    private var hasInputEnded: Bool
    /// Something is left to do that this turn had no room for.
    private var isBacklogged = false
    /// The loop calls `continueTurn` in the next turn.
    private var isContinuing = false
    /// The loop calls `continueTurn` to close it.
    private var isLeaving = false
    /// Requests are being handled now, one after the other.
    private var isTaking = false
    /// Something came while nothing could be read: what comes is not listened for until it can.
    private var isHushed = false
    /// A job waits for the client to read.
    private var isHoldingBack = false
    private var outflow = Outflow()
    private lazy var lingerTimer = Timer { [unowned self] in close() }

    /// A door for a connection of which `bytes` have come, and its end where it `hasEnded`; it
    /// looks at them in the next turn.
    init(
        _ descriptor: consuming FileDescriptor, _ bytes: Span<UInt8>, hasEnded: Bool, peer: Peer,
        at reception: Reception, gate: Gate, silenceMax: UInt64
    ) throws(Errno) {
        self.reception = reception
        desk = reception.desk
        self.peer = peer
        self.gate = gate
        self.silenceMax = silenceMax
        hasInputEnded = hasEnded
        parser = HTTPRequestParser(bodyBytesMax: desk.limits.lineBytesMax)
        stream = try SocketStream(
            descriptor, unread: bytes, on: desk.loop, for: Self.incoming, self)
        if !bytes.isEmpty || hasEnded { postpone() }
    }

    var isClosed: Bool { stream == nil }

    package func ready(_ events: ReadyEvents) {
        if events.has(.writable) { flush() }
        if events.has(Self.readable) { read() }
        if isClosed { return }
        // What came before the end was still handled above; nobody is left to hear of it.
        let isGoing = gate.isRemote && stage != .leaving && events.has(.readClosed)
        if isGoing || events.has(Self.gone) { leave() }
    }

    /// The client is gone; to give up what thousands asked for takes more than one turn.
    private func leave() {
        if isLeaving { return }
        _ = desk.loop.lookAtClock()
        guard desk.loop.isTurnSpent else { return close() }
        isLeaving = true
        desk.loop.inNextTurn(self)
    }

    // MARK: Reading

    private var canRead: Bool {
        !isClosed && !hasInputEnded && !isBacklogged && !isFull && stage != .answering
    }

    package func read() {
        guard let stream else { return }
        guard canRead else {
            isHushed = true
            return watch(stream)
        }
        do throws(Errno) {
            try stream.read { bytes, hasEnded in
                hasInputEnded = hasEnded
                return take(bytes)
            }
        } catch .wouldBlock {
            return
        } catch {
            return close()
        }
        flush()
    }

    /// Handles what stands at the front of `bytes`; how many of them are done with.
    private func take(_ bytes: Span<UInt8>) -> Int {
        var at = 0
        var count = 0
        var budget = TurnBudget()
        isTaking = true
        defer { isTaking = false }
        while stage == .reading, !isClosed {
            if isFull || count >= Self.requestsPerTurn {
                postpone()
                break
            }
            let unread = bytes.extracting(at...)
            let step: HTTPRequestParser.Step
            do throws(RequestParseError) {
                step = try parser.next(unread)
            } catch {
                refuse(error)
                break
            }
            at &+= step.consumed
            switch step {
            case .needMore: return at
            case .head: if let head = parser.takeHead() { begin(head) }
            case .body(let range, _): exchange?.add(unread.extracting(range))
            case .end:
                count &+= 1
                stage = .answering
                understand(&budget)
            }
            if stage == .reading, !budget.spend(step.consumed &+ 512, of: desk.loop) {
                postpone()
                break
            }
        }
        return stage == .leaving ? bytes.count : at
    }

    /// A head has come: whoever may not ask is told at once, and so is who waits for leave to send
    /// a body that nobody wants.
    private func begin(_ head: consuming IncomingRequestHead) {
        exchangesBegun &+= 1
        let expectsContinue = head.expectsContinue
        let refusal = gate.refusal(of: head)
        let exchange = DoorExchange(head, key: key, at: self)
        self.exchange = exchange
        if let refusal {
            exchange.refuse(refusal.fault, status: refusal.status, closes: true)
        } else if expectsContinue {
            if exchange.isExpected {
                HTTPResponseWriter.writeContinue(to: &output)
            } else {
                exchange.refuseUnexpected(closes: true)
            }
        }
    }

    /// A name for the request at hand: whose it is, and which of them.
    private var key: String {
        var text = ByteBuffer(capacity: 41)
        text.append(decimal: Int(peer.connection))
        text.append("-")
        text.append(decimal: exchangesBegun)
        return text.text
    }

    /// Bytes came that are no request: where the next one begins nobody knows.
    private func refuse(_ error: RequestParseError) {
        let exchange = exchange ?? DoorExchange(nil, key: "\(peer.connection)-0", at: self)
        self.exchange = exchange
        exchange.refuse(
            Fault(.invalidRequest, "not an HTTP request: \(error)"), status: error.status,
            closes: true)
    }

    /// Goes on with the request at hand, which has come whole.
    private func understand(_ budget: inout TurnBudget) {
        guard let exchange, !exchange.isIdle else { return }
        if !exchange.goOn(&budget) { postpone() }
    }

    private func postpone() {
        isBacklogged = true
        continueSoon()
    }

    private func continueSoon() {
        guard isBacklogged, !isContinuing, !isFull else { return }
        isContinuing = true
        desk.loop.inNextTurn(self)
    }

    package func continueTurn() {
        if isLeaving { return close() }
        isContinuing = false
        guard isBacklogged, !isClosed, !isFull else { return }
        isBacklogged = false
        var budget = TurnBudget()
        if stage == .answering { understand(&budget) }
        if stage != .answering { stream?.takeAgain { bytes in take(bytes) } }
        flush()
        reception.mayBeDone()
    }

    // MARK: What the exchange says

    /// All of its answer stands in `output`.
    func ended(_ exchange: DoorExchange, closes: Bool) {
        guard !isClosed, exchange === self.exchange else { return }
        self.exchange = nil
        isHoldingBack = false
        if closes {
            stage = .leaving
        } else {
            stage = .reading
            parser = HTTPRequestParser(bodyBytesMax: desk.limits.lineBytesMax)
            // What was sent ahead has its turn.
            if !isTaking, let stream, stream.unread > 0 { postpone() }
        }
        outputGrew()
    }

    /// The exchange has more to do for its answer.
    func answerGoesOn() { postpone() }

    /// Output has come that is to be sent before the loop waits again.
    func outputGrew() {
        if isFull { isHoldingBack = true }
        if !isClosed { outflow.grew(self, on: desk.loop) }
    }

    /// Whether so much waits for the client that nothing more should be made for it.
    var isFull: Bool { output.count > desk.limits.outputPauseBytes }

    /// Whether all that was read is handled, and all answers are written.
    package var isDone: Bool { output.isEmpty && !isBacklogged }

    // MARK: Writing

    package func endOfTurn() {
        outflow.turnEnds()
        flush()
    }

    package func flush() {
        guard let stream else { return }
        var wrote = false
        var wasWaitedFor = false
        do throws(Errno) {
            while !output.isEmpty {
                let count = try stream.write(output.span)
                output.consume(count)
                wrote = true
            }
            wasWaitedFor = outflow.went(on: desk.loop)
            output.removeAll(keeping: Outflow.kept)
        } catch .wouldBlock {
            outflow.blocked(wrote: wrote, unread: stream.unsent, at: desk) {
                [unowned self] in lookWhetherStalled()
            }
        } catch {
            return close()
        }
        afterFlush(stream)
        // A daemon that stops was waiting for this client to read.
        if wasWaitedFor { reception.mayBeDone() }
    }

    private func afterFlush(_ stream: SocketStream) {
        continueSoon()
        if output.isEmpty {
            if stage == .leaving {
                if hasInputEnded { return close() }
                if !lingerTimer.isSet {
                    stream.endOutput()
                    desk.loop.set(lingerTimer, after: HTTPLimits.lingerSeconds * 1_000_000_000)
                }
            } else if hasInputEnded, stage == .reading, !isBacklogged {
                return close()
            }
        }
        if isHoldingBack, output.count <= desk.limits.outputPauseBytes / 2 {
            isHoldingBack = false
            exchange?.drained()
        }
        if isClosed { return }
        watch(stream)
        count()
    }

    /// Says what to listen for. A client that waits for its answer sends nothing, and to stop
    /// listening for that would cost two calls of the kernel a request.
    private func watch(_ stream: SocketStream) {
        var wanted = ReadyEvents.nothing
        if canRead { isHushed = false }
        if !hasInputEnded {
            if !isHushed {
                wanted = Self.incoming
            } else if gate.isRemote {
                wanted = .readClosed
            }
        }
        if outflow.isBlocked { wanted = wanted.with(.writable) }
        stream.watch(wanted)
    }

    private func lookWhetherStalled() {
        guard let left = stream?.unsent, outflow.isStalled(unread: left, at: desk) else { return }
        reception.drop(self, Outflow.words(output.count, at: desk))
    }

    // MARK: Memory

    package var outputBytes: Int { output.allocated }
    package var inputBytes: Int {
        stage == .reading ? (exchange?.heldBytes ?? 0) + (stream?.allocated ?? 0) : 0
    }

    /// Keeps the account of memory true, but for what the stream counts itself; where too much is
    /// held, somebody has to give up something.
    private func count() {
        let held = outflow.count(output.allocated &+ (exchange?.heldBytes ?? 0), at: desk)
        if held != .same { reception.changed(held) }
    }

    package func skipInput(_ fault: Fault) {
        guard stage == .reading else { return close() }
        let exchange = exchange ?? DoorExchange(nil, key: "\(peer.connection)-0", at: self)
        self.exchange = exchange
        exchange.refuse(fault, status: 429, closes: true)
        stream?.takeAgain { bytes in bytes.count }
        flush()
    }

    // MARK: Ending

    package func close() {
        guard let stream = stream.take() else { return }
        desk.loop.cancel(lingerTimer)
        stream.close()
        let exchange = exchange.take()
        exchange?.abandon()
        output.removeAll(keeping: 0)
        reception.changed(outflow.close(at: desk))
        reception.closed(self)
    }
}
