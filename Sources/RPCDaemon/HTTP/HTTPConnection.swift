import CrowdModelsProtocol
import Kernel

/// One connection to a server: connecting, then busy with one exchange at a time, or idle.
///
/// The loop keeps it alive while its descriptor is open; the wire knows the idle ones.
///
/// Many properties: both directions of one socket, its times, and whose exchange it carries.
final class HTTPConnection: EventHandler, Continuation {
    enum State {
        /// Left when the kernel says that it is connected, or not.
        case connecting
        /// Has no exchange; left when it gets one or the server closes.
        case idle
        /// Left at the end of the answer, or by `close`.
        case busy
        /// Nothing leaves it.
        case closed
    }

    private static let incoming = ReadyEvents.readable.with(.hungUp).with(.failed)

    let wire: PlainWire
    let loop: EventLoop
    private let number: Int32
    var stream: SocketStream?
    var state = State.connecting
    private var exchange: Exchange?
    private var parser = HTTPResponseParser()
    let body: AnswerBody
    /// The request's head as it goes out.
    private var head = ByteBuffer()
    /// Bytes of head and body together, and how many of them are sent.
    private var length = 0
    private var sent = 0
    /// Why no more of the request can be sent.
    private var sendFailure: Errno?
    /// The answer came before all of the request was sent: nobody knows what the server has read.
    private var wasCutShort = false
    /// Whether it served a request before, so that its death may be a mere expiry.
    private var isReused = false
    private var hasAnswerBytes = false
    private var hasHead = false
    /// When it became idle, and until when the server promised to keep it.
    private(set) var idleUntil: UInt64 = .max
    /// The exchange wants to hear nothing for now; what is left of its request goes out.
    var isPaused = false
    private var isContinuing = false
    /// What came was not read yet, since its turn was spent.
    private var isReadPutOff = false
    /// Set while the rest of an answer is read that nobody hears.
    var lingerTimer: Timer?

    init(_ descriptor: consuming FileDescriptor, of wire: PlainWire, loop: EventLoop)
        throws(Errno)
    {
        self.wire = wire
        self.loop = loop
        body = AnswerBody(loop.memory)
        number = descriptor.number
        stream = try SocketStream(descriptor, on: loop, for: .writable, self)
    }

    /// Gives it its first exchange, to be sent once it is connected.
    func assign(_ exchange: Exchange) {
        self.exchange = exchange
        exchange.carrier = self
    }

    /// Sends the request of `exchange` on this idle connection.
    func reuse(for exchange: Exchange) {
        isReused = true
        begin(exchange)
    }

    func ready(_ events: ReadyEvents) {
        switch state {
        case .connecting: finishConnecting()
        case .idle: close()
        case .busy:
            if events.has(.writable) { send() }
            guard state == .busy, events.has(Self.incoming) else { return }
            // An end is told for ever: whoever does not want to hear it now hears nothing.
            if isPaused {
                stream?.ignore()
            } else if !isContinuing {
                // Many servers' answers at once are read over many turns.
                if loop.isSpentByNow {
                    isReadPutOff = true
                    continueNextTurn()
                } else {
                    read()
                }
            }
        case .closed: break
        }
    }

    func continueTurn() {
        isContinuing = false
        let mustRead = isReadPutOff
        isReadPutOff = false
        guard state == .busy, !isPaused else { return }
        if mustRead, sendFailure == nil {
            read()
        } else if let error = sendFailure {
            // A server that closed has an end to be read; where nothing is, nothing will come.
            if !read(), state == .busy { broke(.broken(error.message)) }
        } else {
            stream?.takeAgain { take($0, ended: false) }
            giveUpIfCrowded()
        }
    }

    func continueNextTurn() {
        guard !isContinuing else { return }
        isContinuing = true
        loop.inNextTurn(self)
    }

    // MARK: Sending

    private func finishConnecting() {
        do throws(Errno) {
            try StreamSocket.checkConnected(number)
        } catch {
            return failConnecting(error)
        }
        wire.connected(self)
        if let exchange { begin(exchange) } else { close() }
    }

    private func begin(_ exchange: Exchange) {
        assign(exchange)
        state = .busy
        parser.beginNext()
        body.begin()
        hasHead = false
        head.removeAll(keeping: Self.headKept)
        let bodyLength = exchange.request.body.count
        exchange.request.head.append(to: &head, contentLength: bodyLength)
        length = head.count + bodyLength
        sent = 0
        sendFailure = nil
        wasCutShort = false
        hasAnswerBytes = false
        isPaused = false
        exchange.delegate?.exchangeSent(exchange)
        guard self.exchange === exchange, state == .busy else { return }
        send()
    }

    /// What a connection keeps for the head of its next request.
    private static let headKept = 1024

    private var isSent: Bool { sent >= length }

    private func send() {
        guard let exchange, let stream else { return }
        do throws(Errno) {
            while !isSent {
                if sent < head.count {
                    sent += try stream.write(
                        head.span.extracting(sent...), exchange.request.body.span)
                } else {
                    sent += try stream.write(
                        exchange.request.body.span, from: sent - head.count)
                }
            }
            // A connection that is new is not stale: the request will not go out again.
            if !isReused { exchange.forgetBody() }
        } catch .wouldBlock {
        } catch {
            // The server may have answered before it closed: what it said is read first, and not
            // within the call that started the exchange.
            sendFailure = error
            continueNextTurn()
        }
        watch()
    }

    // MARK: Receiving

    /// Reads once; false if nothing was there, not even an end.
    @discardableResult
    private func read() -> Bool {
        do throws(Errno) {
            try stream?.read { take($0, ended: $1) }
            giveUpIfCrowded()
        } catch .wouldBlock {
            return false
        } catch {
            broke(.broken(error.message))
        }
        return true
    }

    /// Where too much is held, what came and was not taken is given up.
    private func giveUpIfCrowded() {
        let memory = loop.memory
        guard memory.isOver, state == .busy, let stream, stream.unread > 0 else { return }
        broke(.crowdedOut(max: memory.max))
    }

    /// Takes the next steps of the answer; how many bytes are done with.
    private func take(_ bytes: Span<UInt8>, ended: Bool) -> Int {
        if !bytes.isEmpty { hasAnswerBytes = true }
        var at = 0
        var whole = 0..<0
        var step = Self.packedStep
        guard let exchange else { return 0 }
        while self.exchange === exchange, !isPaused {
            let next: HTTPResponseParser.Step
            // What is compressed is unpacked in small steps, each in a turn of its own.
            let end =
                mayBePacked(bytes.extracting(at...))
                ? min(at + step, bytes.count) : bytes.count
            do throws(HTTPParseError) {
                next = try parser.next(
                    bytes.extracting(at..<end), ended: ended && end == bytes.count)
            } catch {
                broke(.answer(error))
                return at
            }
            let start = at
            at += next.consumed
            switch next {
            case .needMore:
                if end == bytes.count { return at }
                // A line of framing is longer than the step.
                step = Self.packedStepMax
            case .head:
                hasHead = true
                body.begin(parser.head)
                wasCutShort = !isSent
                // Bytes came: the connection was alive, and the request need not go out again.
                exchange.forgetBody()
                sent = length
                if exchange.request.delivery == .pieces {
                    exchange.delegate?.exchange(exchange, began: parser.head)
                }
            case .body(let range, _):
                let range = start + range.lowerBound..<start + range.upperBound
                let piece = bytes.extracting(range)
                if body.isWhole(piece, for: exchange) {
                    whole = range
                    continue
                }
                exchange.isEnding = parser.hasWholeBody
                do throws(ExchangeError) {
                    try body.take(piece, for: exchange)
                } catch {
                    broke(error)
                    return at
                }
                guard self.exchange === exchange else { return at }
                if body.isCut {
                    finish(exchange, Span(), hasMore: true, ended: ended)
                    return at
                }
                if body.isPacked, at < bytes.count {
                    continueNextTurn()
                    return at
                }
            case .end:
                finish(exchange, bytes.extracting(whole), hasMore: at < bytes.count, ended: ended)
                return at
            }
        }
        return at
    }

    /// Whether what comes next is compressed, or may turn out to be.
    private func mayBePacked(_ bytes: Span<UInt8>) -> Bool {
        if body.hasBegun || !hasHead { return body.isPacked }
        return parser.head.isChunked || parser.head.encoding != .none
            || (!bytes.isEmpty && bytes[0] == 0x1F)
    }

    /// Bytes that are unpacked in one step: they may become a thousand times as many, which takes
    /// some milliseconds.
    private static let packedStep = 2048
    /// The same where framing needs more to be seen: more than it may have.
    private static let packedStepMax = HTTPLimits.trailerBytesMax + HTTPLimits.chunkLineBytesMax

    private func finish(
        _ exchange: Exchange, _ whole: Span<UInt8>, hasMore: Bool, ended: Bool
    ) {
        let head = parser.head
        let delegate = exchange.delegate
        exchange.delegate = nil
        exchange.carrier = nil
        self.exchange = nil
        if let timer = lingerTimer.take() { loop.cancel(timer) }
        // Bytes after the answer belong to nobody: such a connection is not to be trusted.
        if !head.keepAlive || ended || hasMore || wasCutShort {
            close()
        } else {
            rest(head.keepAliveTimeout)
        }
        if body.hasGathered {
            let gathered = body.takeGathered()
            delegate?.exchange(exchange, ended: head, body: gathered.span)
        } else {
            delegate?.exchange(exchange, ended: head, body: whole)
        }
    }

    /// - Parameter promised: seconds that the server keeps it for, where it said so.
    private func rest(_ promised: Int?) {
        state = .idle
        stream?.watch(.readable)
        // A second less than promised: the server's clock started before ours.
        let seconds = max(0, (promised ?? HTTPLimits.idleSecondsMax) - 1)
        idleUntil = loop.now + UInt64(min(seconds, HTTPLimits.idleSecondsMax)) * 1_000_000_000
        wire.becameIdle(self)
    }

    // MARK: Ending

    private func broke(_ error: ExchangeError) {
        let isStale = isReused && !hasAnswerBytes && !hasHead
        let exchange = detach()
        close()
        guard let exchange else { return }
        if isStale, !exchange.needsFreshConnection, !exchange.isOver {
            exchange.needsFreshConnection = true
            wire.send(exchange)
        } else {
            exchange.fail(error)
        }
    }

    func detach() -> Exchange? {
        let exchange = exchange
        self.exchange = nil
        exchange?.carrier = nil
        return exchange
    }

    /// The connect took too long.
    func giveUpConnecting() {
        if state == .connecting { failConnecting(.timedOut) }
    }

    private func failConnecting(_ error: Errno) {
        let exchange = detach()
        // Closing ends the dial, which knows the addresses that are left.
        let dial = wire.endDial(of: self)
        close()
        wire.connectFailed(dial, error, exchange)
    }

    func close() {
        guard state != .closed else { return }
        let wasIdle = state == .idle
        state = .closed
        if let timer = lingerTimer.take() { loop.cancel(timer) }
        stream?.close()
        _ = detach()
        wire.closed(self, wasIdle: wasIdle)
    }

    func watch() {
        guard exchange != nil, let stream else { return }
        let incoming = isPaused ? ReadyEvents.nothing : .readable
        let isSending = sendFailure == nil && !isSent
        stream.watch(isSending ? incoming.with(.writable) : incoming)
    }
}
