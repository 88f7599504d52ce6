import Configuration
import CrowdModelsProtocol
import Kernel
import Sessions
import Telemetry

/// One client: its lines come in, its answers go out, and what it asked for dies with it.
///
/// The loop and the daemon keep it alive until it is closed. At most `linesPerTurn` lines or
/// `turnNanoseconds` are handled in one turn, so that nobody starves the others; reading stops
/// while more than `outputPauseBytes` wait to be written.
final class Connection: EventHandler, TurnWork, Continuation {
    /// Lines handled in one turn, and the time spent on them at most (Core Lightning's numbers).
    static let linesPerTurn = 100
    static let turnNanoseconds: UInt64 = 250_000_000
    private static let incoming = ReadyEvents.readable.with(.readClosed)
    private static let readable = incoming.with(.hungUp)
    private static let gone = ReadyEvents.hungUp.with(.failed)
    /// What an idle connection may keep allocated for its next answers.
    static let outputKept = 4096

    /// It lives as long as the process.
    let daemon: Daemon
    let serial: UInt64
    let peer: Peer
    var output = ByteBuffer()
    /// What it asked for and is not answered yet.
    var inFlight: [PendingReply] = []
    var subscriptions: [Subscription] = []
    private var subscriptionsMade = 0

    private let number: Int32
    private var descriptor: FileDescriptor?
    private var input = ByteBuffer()
    private var framer: LineFramer
    private var interest = Connection.incoming
    /// Lines are there that this turn had no room for.
    private var isBacklogged = false
    private var isFlushScheduled = false
    private var isWriteBlocked = false
    /// A stream's server is not read from until this client has read what waits for it.
    var isHoldingBack = false
    /// The client will send no more; it still gets its answers.
    private var isReadClosed = false
    private var lastLineTaken = false
    private(set) var isClosed = false
    private lazy var stallTimer = Timer { [unowned self] in dropStalled() }

    init(
        _ descriptor: consuming FileDescriptor, serial: UInt64, peer: PeerCredentials,
        of daemon: Daemon
    ) throws(Errno) {
        self.daemon = daemon
        self.serial = serial
        self.peer = Peer(connection: serial, credentials: peer)
        number = descriptor.number
        framer = LineFramer(lineBytesMax: daemon.limits.lineBytesMax)
        self.descriptor = consume descriptor
        try daemon.loop.watch(number, for: interest, self)
    }

    func ready(_ events: ReadyEvents) {
        if events.has(.writable) { flush() }
        if !isClosed, canRead, events.has(Self.readable) { read() }
        // What came before the end was still handled above; nobody is left to hear of it.
        if !isClosed, events.has(Self.gone) { close() }
    }

    // MARK: Reading

    private var canRead: Bool {
        !isReadClosed && !isBacklogged && output.count <= daemon.limits.outputPauseBytes
    }

    private func read() {
        do throws(Errno) {
            if input.isEmpty {
                try daemon.loop.read(number) { bytes in
                    let used = bytes.isEmpty ? endOfInput(bytes) : takeLines(bytes)
                    if !isClosed, used < bytes.count { input.append(bytes, from: used) }
                }
            } else {
                var bytes = ByteBuffer()
                swap(&bytes, &input)
                defer { if !isClosed { swap(&bytes, &input) } }
                // A long line is read in long pieces, a short rest in short ones.
                let room = max(EventLoop.scratchBytes, min(bytes.count, 1 << 20))
                let count = unsafe try bytes.write(room: room) { (room) throws(Errno) -> Int in
                    unsafe try descriptor!.read(into: room)
                }
                bytes.consume(count == 0 ? endOfInput(bytes.span) : takeLines(bytes.span))
                if bytes.isEmpty { bytes.removeAll(keeping: 0) }
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
        var at = 0
        var lines = 0
        let started = daemon.loop.now
        while !isClosed {
            let isFull = output.count > daemon.limits.outputPauseBytes
            if isFull || lines >= Self.linesPerTurn
                || (lines & 7 == 7 && Clock.monotonic() &- started > Self.turnNanoseconds)
            {
                postpone()
                break
            }
            let unread = bytes.extracting(at...)
            switch isReadClosed ? framer.last(unread) : framer.next(unread) {
            case .line(let length, let consumed):
                handle(line: unread.extracting(0..<length))
                at &+= consumed
                lines &+= 1
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

    /// The client will send no more: a last line may lack its newline.
    private func endOfInput(_ bytes: Span<UInt8>) -> Int {
        isReadClosed = true
        return takeLines(bytes)
    }

    private func refuseLongLine() {
        let limit = daemon.limits.lineBytesMax
        refuse(
            Span(), nil,
            .unread(
                limit: "line_bytes_max",
                "the line is longer than \(limit) bytes (line_bytes_max); it was skipped"))
    }

    private func postpone() {
        isBacklogged = true
        if output.count <= daemon.limits.outputPauseBytes { daemon.loop.inNextTurn(self) }
    }

    func continueTurn() {
        guard isBacklogged, !isClosed, output.count <= daemon.limits.outputPauseBytes else {
            return
        }
        isBacklogged = false
        var bytes = ByteBuffer()
        swap(&bytes, &input)
        bytes.consume(takeLines(bytes.span))
        if isClosed { return }
        if bytes.isEmpty { bytes.removeAll(keeping: 0) }
        swap(&bytes, &input)
        flush()
        if daemon.isStopping { daemon.endIfIdle() }
    }

    /// Whether all that was read is handled, and all answers are written.
    var isDone: Bool { output.isEmpty && !isBacklogged }

    // MARK: Writing

    /// Makes sure that what waits is written before the loop waits again.
    func scheduleFlush() {
        guard !isFlushScheduled, !isClosed else { return }
        isFlushScheduled = true
        daemon.loop.atEndOfTurn(self)
    }

    func endOfTurn() {
        isFlushScheduled = false
        flush()
    }

    func flush() {
        if isClosed { return }
        var wrote = false
        let wasBlocked = isWriteBlocked
        do throws(Errno) {
            while !output.isEmpty {
                output.consume(try Self.write(output.span, to: &descriptor))
                wrote = true
            }
            isWriteBlocked = false
            if stallTimer.isSet { daemon.loop.cancel(stallTimer) }
            output.removeAll(keeping: Self.outputKept)
        } catch .wouldBlock {
            if wrote || !isWriteBlocked {
                daemon.loop.set(stallTimer, after: daemon.limits.writeStall.nanoseconds)
            }
            isWriteBlocked = true
        } catch {
            return close()
        }
        afterFlush()
        // A daemon that stops was waiting for this client to read.
        if wasBlocked, !isWriteBlocked, daemon.isStopping { daemon.endIfIdle() }
    }

    private static func write(
        _ bytes: Span<UInt8>, to descriptor: inout FileDescriptor?
    ) throws(Errno) -> Int {
        try descriptor!.write(bytes)
    }

    private func afterFlush() {
        if isBacklogged, output.count <= daemon.limits.outputPauseBytes {
            daemon.loop.inNextTurn(self)
        }
        if isReadClosed, lastLineTaken, output.isEmpty, inFlight.isEmpty, subscriptions.isEmpty {
            return close()
        }
        if isHoldingBack, output.count <= daemon.limits.outputPauseBytes / 2 {
            isHoldingBack = false
            for reply in inFlight { reply.job?.drained() }
        }
        watch()
    }

    private func watch() {
        var wanted = canRead ? Self.incoming : .nothing
        if isWriteBlocked { wanted = wanted.with(.writable) }
        if wanted.rawValue == interest.rawValue { return }
        interest = wanted
        daemon.loop.change(number, to: wanted)
    }

    private func dropStalled() {
        daemon.log.warning(
            "Dropped a client (uid \(peer.uid), \(peer.processName)) that took none of \(output.count) "
                + "bytes for \(daemon.limits.writeStall.value) s (write_stall)")
        close()
    }

    /// Output of a request that goes on has come.
    func noteOutput(of reply: PendingReply) {
        if reply.isFull { isHoldingBack = true }
        scheduleFlush()
    }

    /// A name for the next subscription, unique on this connection.
    func nextSubscriptionName() -> String {
        subscriptionsMade += 1
        return "s\(subscriptionsMade)"
    }

    // MARK: Ending

    /// Closes it and abandons all that it asked for.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        daemon.loop.cancel(stallTimer)
        daemon.loop.forget(number)
        descriptor = nil
        let replies = inFlight
        inFlight.removeAll()
        for reply in replies { reply.abandon() }
        for subscription in subscriptions { drop(subscription) }
        output.removeAll(keeping: 0)
        input.removeAll(keeping: 0)
        daemon.closed(self)
    }
}
