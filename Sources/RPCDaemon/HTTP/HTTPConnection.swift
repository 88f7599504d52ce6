import CrowdModelsProtocol
import Kernel

/// One connection to a server: connecting, then busy with one transfer at a time, or idle.
///
/// The loop keeps it alive while its descriptor is open; the pool knows the idle ones.
final class HTTPConnection: EventHandler {
    private enum State {
        /// Left when the kernel says that it is connected, or not.
        case connecting
        /// Has no transfer; left when it gets one or the server closes.
        case idle
        /// Left at the end of the answer, or by `close`.
        case busy
        /// Nothing leaves it.
        case closed
    }

    private static let incoming = ReadyEvents.readable.with(.hungUp).with(.failed)

    let pool: ConnectionPool
    private let loop: EventLoop
    private var descriptor: FileDescriptor?
    private let number: Int32
    private var state = State.connecting
    private var transfer: Transfer?
    private var parser = HTTPResponseParser()
    /// Bytes of the answer that wait for more of it.
    private var input = ByteBuffer()
    /// The whole body so far, where it did not come in one piece.
    private var body = ByteBuffer()
    private var sent = 0
    private var hasHead = false
    /// The answer came before all of the request was sent: nobody knows what the server has read.
    private var wasCutShort = false
    /// Whether it served a request before, so that its death may be a mere expiry.
    private var isReused = false
    private var hasAnswerBytes = false
    /// When it became idle, and until when the server promised to keep it.
    private(set) var idleUntil: UInt64 = .max
    private var interest = ReadyEvents.writable
    /// The transfer wants to read nothing for now; what is left of its request goes out.
    private var isPaused = false

    init(_ descriptor: consuming FileDescriptor, of pool: ConnectionPool, loop: EventLoop)
        throws(Errno)
    {
        self.pool = pool
        self.loop = loop
        number = descriptor.number
        self.descriptor = consume descriptor
        try loop.watch(number, for: interest, self)
    }

    /// Gives it its first transfer, to be sent once it is connected.
    func assign(_ transfer: Transfer) {
        self.transfer = transfer
        transfer.connection = self
    }

    /// Sends `transfer` on this idle connection.
    func reuse(for transfer: Transfer) {
        isReused = true
        begin(transfer)
    }

    func ready(_ events: ReadyEvents) {
        switch state {
        case .connecting: finishConnecting()
        case .idle: close()
        case .busy:
            if events.has(.writable) { send() }
            if state == .busy, events.has(Self.incoming) { read() }
        case .closed: break
        }
    }

    // MARK: Sending

    private func finishConnecting() {
        do throws(Errno) {
            try StreamSocket.checkConnected(number)
        } catch {
            return failConnecting(error)
        }
        pool.connected(self)
        if let transfer { begin(transfer) } else { close() }
    }

    private func begin(_ transfer: Transfer) {
        assign(transfer)
        state = .busy
        parser = HTTPResponseParser()
        sent = 0
        hasHead = false
        wasCutShort = false
        hasAnswerBytes = false
        isPaused = false
        transfer.delegate?.transferSent(transfer)
        guard self.transfer === transfer, state == .busy else { return }
        send()
    }

    private func send() {
        guard let transfer, descriptor != nil else { return }
        do throws(Errno) {
            while sent < transfer.request.count {
                sent += try write(transfer.request.span, from: sent)
            }
        } catch .wouldBlock {
        } catch {
            // The server may have answered before it closed: what it said is read first.
            return read()
        }
        watchTransfer()
    }

    private func write(_ bytes: Span<UInt8>, from start: Int) throws(Errno) -> Int {
        guard descriptor != nil else { throw .connectionRefused }
        return try descriptor!.write(bytes.extracting(start...))
    }

    // MARK: Receiving

    private func read() {
        guard descriptor != nil else { return }
        do throws(Errno) {
            if input.isEmpty {
                try loop.read(number) { bytes in
                    let used = take(bytes, ended: bytes.isEmpty)
                    if state == .busy, used < bytes.count { input.append(bytes, from: used) }
                }
            } else {
                // Taken out for the while: what the delegate does may close this connection.
                var bytes = ByteBuffer()
                swap(&bytes, &input)
                defer { if state == .busy { swap(&bytes, &input) } }
                let count = unsafe try bytes.write(room: EventLoop.scratchBytes) {
                    (room) throws(Errno) -> Int in unsafe try descriptor!.read(into: room)
                }
                bytes.consume(take(bytes.span, ended: count == 0))
            }
        } catch .wouldBlock {
            return
        } catch {
            return broke(.broken(error.message))
        }
    }

    /// Takes the next steps of the answer; how many bytes are done with.
    private func take(_ bytes: Span<UInt8>, ended: Bool) -> Int {
        if !bytes.isEmpty { hasAnswerBytes = true }
        var at = 0
        var whole = 0..<0
        while let transfer {
            let step: HTTPResponseParser.Step
            do throws(HTTPParseError) {
                step = try parser.next(bytes.extracting(at...), ended: ended)
            } catch {
                broke(.answer(error))
                return at
            }
            let start = at
            at += step.consumed
            switch step {
            case .needMore: return at
            case .head:
                hasHead = true
                wasCutShort = sent < transfer.request.count
                // Bytes came: the connection was alive, and the request need not go out again.
                transfer.request.removeAll(keeping: 0)
                if transfer.delivery == .pieces {
                    transfer.delegate?.transfer(transfer, began: parser.head)
                }
            case .body(let range, _):
                let range = (start + range.lowerBound)..<(start + range.upperBound)
                if transfer.delivery == .pieces {
                    transfer.delegate?.transfer(transfer, received: bytes.extracting(range))
                } else if body.isEmpty, range.count == parser.head.contentLength {
                    whole = range
                } else {
                    body.append(bytes.extracting(range))
                    if body.count > HTTPLimits.answerBytesMax {
                        broke(.answerTooLarge)
                        return at
                    }
                }
            case .end:
                finish(transfer, bytes.extracting(whole), hasMore: at < bytes.count, ended: ended)
                return at
            }
        }
        return at
    }

    private func finish(
        _ transfer: Transfer, _ whole: Span<UInt8>, hasMore: Bool, ended: Bool
    ) {
        let head = parser.head
        let delegate = transfer.delegate
        transfer.delegate = nil
        transfer.connection = nil
        self.transfer = nil
        // Bytes after the answer belong to nobody: such a connection is not to be trusted.
        if !head.keepAlive || ended || hasMore || wasCutShort {
            close()
        } else {
            rest(head)
        }
        if body.isEmpty {
            delegate?.transfer(transfer, ended: head, body: whole)
        } else {
            var gathered = ByteBuffer()
            swap(&gathered, &body)
            delegate?.transfer(transfer, ended: head, body: gathered.span)
        }
    }

    private func rest(_ head: HTTPResponseHead) {
        state = .idle
        watch(.readable)
        // A second less than promised: the server's clock started before ours.
        let seconds = max(0, (head.keepAliveTimeout ?? HTTPLimits.idleSecondsMax) - 1)
        idleUntil = loop.now + UInt64(min(seconds, HTTPLimits.idleSecondsMax)) * 1_000_000_000
        pool.becameIdle(self)
    }

    // MARK: Ending

    private func broke(_ error: TransferError) {
        let isStale = isReused && !hasAnswerBytes && !hasHead
        let transfer = detach()
        close()
        guard let transfer else { return }
        if isStale, !transfer.needsFreshConnection {
            transfer.needsFreshConnection = true
            pool.start(transfer)
        } else {
            transfer.fail(error)
        }
    }

    private func detach() -> Transfer? {
        let transfer = transfer
        self.transfer = nil
        transfer?.connection = nil
        return transfer
    }

    /// Its transfer was cancelled: closes at once.
    func abandon() {
        transfer = nil
        close()
    }

    /// The connect took too long.
    func giveUpConnecting() {
        if state == .connecting { failConnecting(.timedOut) }
    }

    private func failConnecting(_ error: Errno) {
        let transfer = detach()
        // Closing ends the attempt, which knows the addresses that are left.
        let attempt = pool.endAttempt(of: self)
        close()
        pool.connectFailed(attempt, error, transfer)
    }

    func close() {
        guard state != .closed else { return }
        let wasIdle = state == .idle
        state = .closed
        loop.forget(number)
        descriptor = nil
        input.removeAll(keeping: 0)
        pool.closed(self, wasIdle: wasIdle)
    }

    func pause() {
        isPaused = true
        if state == .busy { watchTransfer() }
    }

    func resume() {
        isPaused = false
        if state == .busy { watchTransfer() }
    }

    private func watchTransfer() {
        guard let transfer else { return }
        let incoming = isPaused ? ReadyEvents.nothing : .readable
        watch(sent < transfer.request.count ? incoming.with(.writable) : incoming)
    }

    private func watch(_ events: ReadyEvents) {
        if events.rawValue == interest.rawValue { return }
        interest = events
        loop.change(number, to: events)
    }
}
