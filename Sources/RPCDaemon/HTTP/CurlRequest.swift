import CCurl
import CrowdModelsProtocol
import Kernel

/// One exchange on a `CurlWire`: libcurl's handle, and the answer as it comes.
///
/// The wire keeps it until the exchange has ended.
///
/// Many properties: libcurl asks for the body and hands over the answer as it pleases, and what it
/// was told has to stand somewhere until then.
@safe
final class CurlRequest: ExchangeCarrier, Continuation {
    /// What became of it, read while libcurl's handle was still there.
    struct Result {
        let code: Int32
        let words: String
        let errno: Int32
    }

    private let wire: CurlWire
    private var exchange: Exchange?
    private var request: OpaquePointer?
    private var head = HTTPResponseHead()
    private var hasHead = false
    /// Lines of the head at hand that were read, and bytes of all heads.
    private var lines = 0
    private var headBytes = 0
    private var interimHeads = 0
    private let body: AnswerBody
    /// Why the answer was given up here.
    private var failure: ExchangeError?
    private var isPaused = false
    /// What came of a compressed body and is not unpacked: that is done turn by turn, so that it
    /// holds nobody up.
    private var packed = ByteBuffer()
    /// libcurl is done, and what came has not all been shown.
    private var result: Result?
    /// libcurl holds a piece of the body back.
    private var isHeld = false
    private var isContinuing = false
    private lazy var lingerTimer = Timer { [unowned self] in giveUp() }

    init?(_ exchange: Exchange, of wire: CurlWire) {
        self.wire = wire
        self.exchange = exchange
        body = AnswerBody(wire.loop.memory)
        unsafe request = nil
        var callbacks = unsafe ccurl_callbacks(
            sent: { unsafe CurlRequest.of($0).sent() },
            line: { owner, bytes, count in
                unsafe CurlRequest.of(owner).read(
                    line: UnsafeRawBufferPointer(start: bytes, count: count))
            },
            body: { owner, bytes, count in
                unsafe CurlRequest.of(owner).take(
                    UnsafeRawBufferPointer(start: bytes, count: count))
            })
        unsafe request = ccurl_request_new(
            Unmanaged.passUnretained(self).toOpaque(), &callbacks)
        if unsafe request == nil { return nil }
    }

    private static func of(_ owner: UnsafeMutableRawPointer?) -> CurlRequest {
        guard let owner = unsafe owner else { preconditionFailure("libcurl lost its owner") }
        return unsafe Unmanaged<CurlRequest>.fromOpaque(owner).takeUnretainedValue()
    }

    /// Hands it to libcurl; what prevented that, if something did.
    @unsafe
    func begin(
        on curl: OpaquePointer, caFile: String, connectMilliseconds: Int
    ) -> ExchangeError? {
        guard let exchange, let request = unsafe request else { return nil }
        let lines = exchange.request.head.lines
        var error = unsafe ccurl_request_set(
            request, lines.method, "https://\(lines.host)\(lines.target)", caFile,
            connectMilliseconds)
        for field in lines.fields { unsafe error |= ccurl_request_add_field(request, field) }
        if lines.hasBody {
            unsafe exchange.request.body.span.withUnsafeBufferPointer {
                unsafe error |= ccurl_request_set_body(request, $0.baseAddress, $0.count)
            }
            // libcurl has a copy, and sends it again where it has to.
            exchange.handOverBody()
        }
        if error == 0 { error = unsafe ccurl_request_start(request, curl) }
        return error == 0 ? nil : ExchangeError(.noMemory)
    }

    /// Frees libcurl's handle. Nothing of it is called after that.
    func free() {
        if let request = unsafe request { unsafe ccurl_request_free(request) }
        unsafe request = nil
        if lingerTimer.isSet { wire.loop.cancel(lingerTimer) }
    }

    /// Its exchange, which then is nobody's.
    func detach() -> Exchange? {
        let exchange = exchange
        self.exchange = nil
        exchange?.carrier = nil
        return exchange
    }

    // MARK: What libcurl says, from within its calls

    private func sent() -> Int32 {
        if let exchange { exchange.delegate?.exchangeSent(exchange) }
        return exchange == nil ? Self.stop : Self.taken
    }

    @unsafe
    private func read(line bytes: UnsafeRawBufferPointer) -> Int32 {
        // After the head come trailers, which nobody asked for.
        guard !hasHead, let exchange else { return Self.taken }
        let bytes = unsafe bytes.bindMemory(to: UInt8.self)
        var line = unsafe Span(_unsafeElements: bytes)
        headBytes += line.count
        while !line.isEmpty, line[line.count - 1] == 10 || line[line.count - 1] == 13 {
            line = line.extracting(first: line.count - 1)
        }
        do throws(HTTPParseError) {
            if headBytes > HTTPLimits.headBytesMax { throw .headTooLarge }
            if lines > HTTPLimits.headerCountMax { throw .tooManyHeaders }
            guard try head.read(line: line, number: lines) else {
                lines += 1
                return Self.taken
            }
            lines = 0
            if head.isInterim {
                interimHeads += 1
                if interimHeads > HTTPLimits.interimAnswersMax { throw .tooManyInterimAnswers }
                return Self.taken
            }
        } catch {
            failure = .answer(error)
            return Self.stop
        }
        hasHead = true
        body.begin(head)
        if let seconds = head.keepAliveTimeout, seconds < Self.promiseMin,
            let request = unsafe request
        {
            unsafe ccurl_request_forbid_reuse(request)
        }
        if exchange.request.delivery == .pieces {
            exchange.delegate?.exchange(exchange, began: head)
        }
        return Self.taken
    }

    @unsafe
    private func take(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        guard let exchange, !exchange.isOver else { return Self.stop }
        if isPaused || !packed.isEmpty {
            isHeld = true
            return Int32(CCURL_HOLD)
        }
        let piece = unsafe Span(_unsafeElements: bytes.bindMemory(to: UInt8.self))
        if mayBePacked(piece) {
            packed.append(piece)
            goOn()
            return Self.taken
        }
        return take(piece, exchange) ? Self.taken : Self.stop
    }

    /// Takes a piece of the body; false if that was enough.
    private func take(_ piece: Span<UInt8>, _ exchange: Exchange) -> Bool {
        do throws(ExchangeError) {
            try body.take(piece, for: exchange)
        } catch {
            failure = error
        }
        return failure == nil && !body.isCut
    }

    /// Whether the body is compressed, or may turn out to be.
    private func mayBePacked(_ piece: Span<UInt8>) -> Bool {
        if body.hasBegun { return body.isPacked }
        return head.encoding != .none || (!piece.isEmpty && piece[0] == 0x1F)
    }

    /// Seconds that a server has to promise, or its connection is not used again: less than this
    /// may be over when a request gets there.
    private static let promiseMin = 2

    private static let taken = Int32(CCURL_TAKEN)
    private static let stop = Int32(CCURL_GIVE_UP)

    // MARK: The end

    func result(_ code: Int32) -> Result {
        guard let request = unsafe request else { return Result(code: code, words: "", errno: 0) }
        return unsafe Result(
            code: code, words: String(cString: ccurl_request_words(request, code)),
            errno: ccurl_request_errno(request))
    }

    /// Tells what became of it, once all that came is shown; not from within libcurl.
    func ended(_ result: Result) {
        if isPaused || !packed.isEmpty, failure == nil, !body.isCut {
            self.result = result
            return
        }
        guard let exchange = detach() else { return }
        if let failure { return exchange.fail(failure) }
        if !body.isCut, let error = error(result) { return exchange.fail(error) }
        let delegate = exchange.delegate
        exchange.delegate = nil
        exchange.forgetBody()
        let gathered = body.takeGathered()
        delegate?.exchange(exchange, ended: head, body: gathered.span)
    }

    private func error(_ result: Result) -> ExchangeError? {
        switch Int(result.code) {
        // An answer whose head was cut is none, whatever libcurl makes of it.
        case CCURL_OK: return hasHead ? nil : .answer(.truncated)
        case CCURL_NO_MEMORY: return ExchangeError(.noMemory)
        case CCURL_TIMED_OUT: return .connectTimeout
        case CCURL_NO_CONNECTION:
            return result.errno == 0
                ? .connect(result.words) : ExchangeError(Errno(code: result.errno))
        case CCURL_NO_NAME: return .connect(result.words)
        case CCURL_TLS_FAILED, CCURL_CERTIFICATE_TROUBLE,
            CCURL_CIPHER_TROUBLE, CCURL_NOT_TRUSTED, CCURL_BAD_CA_FILE,
            CCURL_BAD_ISSUER, CCURL_BAD_STATUS:
            return .tls(TLSTrouble.explained(result.words))
        case CCURL_UNSUPPORTED, CCURL_NOT_HTTP: return .answer(.notHTTP)
        case CCURL_NO_ANSWER: return .answer(.closedWithoutAnswer)
        case CCURL_CUT: return .answer(.truncated)
        case CCURL_RECEIVE_FAILED where result.words.contains("chunk"):
            return .answer(.badChunk)
        default: return .broken(result.words)
        }
    }

    // MARK: What the exchange asks for

    func abandon(_ exchange: Exchange) {
        self.exchange = nil
        packed.removeAll(keeping: 0)
        wire.end(self)
    }

    func conclude(_ exchange: Exchange) {
        body.concluded()
        wire.loop.set(lingerTimer, after: HTTPLimits.lingerSeconds * 1_000_000_000)
        resume(exchange)
    }

    private func giveUp() {
        _ = detach()
        wire.end(self)
    }

    func pause(_ exchange: Exchange) {
        isPaused = exchange.request.delivery == .pieces && !exchange.isConcluded
    }

    func resume(_ exchange: Exchange) {
        guard isPaused else { return }
        isPaused = false
        goOn()
    }

    private func goOn() {
        guard !isContinuing else { return }
        isContinuing = true
        wire.loop.inNextTurn(self)
    }

    func continueTurn() {
        isContinuing = false
        guard !isPaused, let exchange else { return }
        if !packed.isEmpty {
            let step = min(packed.count, Self.packedStep)
            var bytes = ByteBuffer()
            swap(&bytes, &packed)
            let goesOn = take(bytes.span.extracting(first: step), exchange)
            if self.exchange == nil { return }
            if !goesOn { return giveUp(exchange) }
            bytes.consume(step)
            swap(&bytes, &packed)
            if !packed.isEmpty { return goOn() }
        }
        if let result {
            ended(result)
        } else if isHeld {
            isHeld = false
            wire.unpause(self)
        }
    }

    /// Bytes that are unpacked in one turn.
    private static let packedStep = 2048

    /// The rest is not wanted, or cannot be read.
    private func giveUp(_ exchange: Exchange) {
        wire.end(self)
        ended(Result(code: Int32(CCURL_OK), words: "", errno: 0))
    }

    func unpause() {
        if let request = unsafe request { unsafe ccurl_unpause(request) }
    }
}
