import Configuration
package import CrowdModelsProtocol
package import Kernel

/// One client on a Unix socket: its lines come in, its answers go out, and what it asked for dies
/// with it.
///
/// The loop and the reception keep it alive until it is closed. In one turn it handles at most
/// `linesPerTurn` lines and what its share of the turn lets it; reading stops while more than
/// `outputPauseBytes` wait to be written.
///
/// Many properties: a connection is read, written, stalled and counted by the same events, and
/// each of these needs to know how the others stand.
package final class Session: EventHandler, TurnWork, Continuation, Outlet, Guest {
    /// Lines handled in one turn at most: some 0.2 ms of pings.
    static let linesPerTurn = 100
    /// Bytes of input that are read at once where much is there: a tenth of a millisecond.
    private static let readMax = 1 << 20
    private static let incoming = ReadyEvents.readable.with(.readClosed)
    private static let readable = incoming.with(.hungUp)
    private static let gone = ReadyEvents.hungUp.with(.failed)

    /// It lives as long as the process.
    private unowned let reception: Reception
    private let desk: Desk
    package let peer: Peer
    let conversation: Conversation
    private let number: Int32
    private var descriptor: FileDescriptor?
    private var input = ByteBuffer()
    private var framer: LineFramer
    /// Whether its first bytes have not said yet that it speaks lines.
    private var isNew = true
    private var interest = Session.incoming
    /// Lines are there that this turn had no room for.
    private var isBacklogged = false
    /// The loop calls `continueTurn` in the next turn.
    private var isContinuing = false
    /// The loop calls `continueTurn` to close it.
    private var isLeaving = false
    /// The client will send no more; it still gets its answers.
    private var isReadClosed = false
    private var lastLineTaken = false
    private(set) var isClosed = false
    private var outflow = Outflow()

    init(
        _ descriptor: consuming FileDescriptor, peer: Peer, at reception: Reception
    ) throws(Errno) {
        self.reception = reception
        desk = reception.desk
        self.peer = peer
        conversation = Conversation(peer, at: desk, canNotify: true)
        number = descriptor.number
        framer = LineFramer(lineBytesMax: desk.limits.lineBytesMax)
        self.descriptor = consume descriptor
        conversation.outlet = self
        try desk.loop.watch(number, for: interest, isStream: true, self)
    }

    package func ready(_ events: ReadyEvents) {
        if events.has(.writable) { flush() }
        if events.has(Self.readable) { read() }
        // What came before the end was still handled above; nobody is left to hear of it.
        if !isClosed, events.has(Self.gone) { leave() }
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

    private var canRead: Bool { !isReadClosed && !isBacklogged && !conversation.isFull }

    package func read() {
        guard !isClosed, canRead else { return }
        do throws(Errno) {
            if input.isEmpty {
                try desk.loop.read(number) { bytes in
                    let used = bytes.isEmpty ? endOfInput(bytes) : takeLines(bytes)
                    if !isClosed, used < bytes.count { input.append(bytes, from: used) }
                }
            } else {
                var room = EventLoop.scratchBytes
                if desk.loop.isTurnSpent {
                    // To grow is to copy: that can wait for a turn that has time for it.
                    if input.room < room { return }
                } else {
                    // A long line is read in long pieces, a short rest in short ones.
                    room = max(room, min(input.count, Self.readMax))
                }
                var bytes = ByteBuffer()
                swap(&bytes, &input)
                defer { if !isClosed { swap(&bytes, &input) } }
                let count = unsafe try bytes.write(room: room) { (room) throws(Errno) -> Int in
                    unsafe try descriptor!.read(into: room)
                }
                bytes.consume(count == 0 ? endOfInput(bytes.span) : takeLines(bytes.span))
                if bytes.isEmpty { bytes.removeAll(keeping: 0) }
                _ = desk.loop.lookAtClock()
            }
        } catch .wouldBlock {
            return
        } catch {
            return close()
        }
        flush()
    }

    /// Handles the whole lines at the front of `bytes`; how many bytes are done with.
    private func takeLines(_ bytes: Span<UInt8>) -> Int {
        if isNew, !speaksLines(bytes) { return 0 }
        var at = 0
        var lines = 0
        var budget = TurnBudget()
        while !isClosed {
            if conversation.isFull || lines >= Self.linesPerTurn {
                postpone()
                break
            }
            let unread = bytes.extracting(at...)
            switch isReadClosed ? framer.last(unread) : framer.next(unread) {
            case .line(let length, let consumed):
                let before = conversation.output.count
                guard conversation.take(unread.extracting(0..<length), &budget) else {
                    postpone()
                    return at
                }
                at &+= consumed
                lines &+= 1
                let work = length &+ max(0, conversation.output.count &- before) &+ 512
                if !budget.spend(work, of: desk.loop) {
                    postpone()
                    return at
                }
            case .tooLong(let consumed):
                refuseLongLine()
                at &+= consumed
            case .skipped(let consumed): at &+= consumed
            case .incomplete:
                lastLineTaken = isReadClosed
                return at
            }
        }
        return at
    }

    /// Whether it is known by now that lines are spoken; where HTTP is, somebody else goes on with
    /// the connection, and this session is over.
    private func speaksLines(_ bytes: Span<UInt8>) -> Bool {
        switch Greeting(bytes) {
        case .unclear where !isReadClosed: return false
        case .http where reception.doorkeeper != nil:
            guard let descriptor = descriptor.take() else { return false }
            letGo()
            reception.handOver(descriptor, bytes, hasEnded: isReadClosed, from: peer)
            return false
        default:
            isNew = false
            return true
        }
    }

    /// The client will send no more: a last line may lack its newline.
    private func endOfInput(_ bytes: Span<UInt8>) -> Int {
        isReadClosed = true
        return takeLines(bytes)
    }

    private func refuseLongLine() {
        let limit = desk.limits.lineBytesMax
        conversation.skip(
            .unread(
                limit: "line_bytes_max",
                "the line is longer than \(limit) bytes (line_bytes_max); it was skipped"))
    }

    private func postpone() {
        isBacklogged = true
        continueSoon()
    }

    private func continueSoon() {
        guard isBacklogged, !isContinuing, !conversation.isFull else { return }
        isContinuing = true
        desk.loop.inNextTurn(self)
    }

    package func continueTurn() {
        if isLeaving { return close() }
        isContinuing = false
        guard isBacklogged, !isClosed, !conversation.isFull else { return }
        isBacklogged = false
        var bytes = ByteBuffer()
        swap(&bytes, &input)
        bytes.consume(takeLines(bytes.span))
        if isClosed { return }
        if bytes.isEmpty { bytes.removeAll(keeping: 0) }
        swap(&bytes, &input)
        flush()
        reception.mayBeDone()
    }

    /// Whether all that was read is handled, and all answers are written.
    package var isDone: Bool { conversation.output.isEmpty && !isBacklogged }

    // MARK: Writing

    package func outputGrew() {
        if !isClosed { outflow.grew(self, on: desk.loop) }
    }

    package func hangUp() {
        close()
    }

    package func endOfTurn() {
        outflow.turnEnds()
        flush()
    }

    package func flush() {
        if isClosed { return }
        var wrote = false
        var wasWaitedFor = false
        do throws(Errno) {
            try conversation.send(&wrote) { (bytes) throws(Errno) -> Int in
                try Self.write(bytes, to: &descriptor)
            }
            wasWaitedFor = outflow.went(on: desk.loop)
            conversation.output.removeAll(keeping: Outflow.kept)
        } catch .wouldBlock {
            outflow.blocked(wrote: wrote, unread: Self.unread(&descriptor), at: desk) {
                [unowned self] in lookWhetherStalled()
            }
        } catch {
            return close()
        }
        afterFlush()
        // A daemon that stops was waiting for this client to read.
        if wasWaitedFor { reception.mayBeDone() }
    }

    private static func write(
        _ bytes: Span<UInt8>, to descriptor: inout FileDescriptor?
    ) throws(Errno) -> Int {
        try descriptor!.write(bytes)
    }

    private static func unread(_ descriptor: inout FileDescriptor?) -> Int {
        descriptor!.unread()
    }

    private func afterFlush() {
        continueSoon()
        if isReadClosed, lastLineTaken, conversation.isIdle { return close() }
        conversation.drained()
        if isClosed { return }
        watch()
        count()
    }

    @inline(__always) private func watch() {
        var wanted = canRead ? Self.incoming : .nothing
        if outflow.isBlocked { wanted = wanted.with(.writable) }
        if wanted.rawValue == interest.rawValue { return }
        interest = wanted
        desk.loop.change(number, to: wanted)
    }

    private func lookWhetherStalled() {
        guard outflow.isStalled(unread: Self.unread(&descriptor), at: desk) else { return }
        reception.drop(self, Outflow.words(conversation.output.count, at: desk))
    }

    // MARK: Memory

    package var outputBytes: Int { conversation.output.allocated }
    package var inputBytes: Int { conversation.isInLine ? 0 : input.allocated }

    /// Keeps the account of memory true; where too much is held, somebody has to give up something.
    @inline(__always) private func count() {
        let held = outflow.count(input.allocated &+ conversation.output.allocated, at: desk)
        if held != .same { reception.changed(held) }
    }

    /// Forgets its first line, up to its newline.
    package func skipInput(_ fault: Fault) {
        input.consume(framer.skip(input.span))
        if input.isEmpty { input.removeAll(keeping: 0) }
        conversation.skip(fault)
        flush()
    }

    // MARK: Ending

    package func close() {
        guard !isClosed else { return }
        reception.changed(letGo())
        reception.closed(self)
    }

    /// Is told nothing more, says nothing more, and holds nothing more.
    @discardableResult private func letGo() -> Reception.Held {
        isClosed = true
        desk.loop.forget(number)
        descriptor = nil
        conversation.end()
        input.removeAll(keeping: 0)
        return outflow.close(at: desk)
    }
}
