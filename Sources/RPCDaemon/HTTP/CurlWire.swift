import CCurl
package import Kernel

/// The way to a server behind TLS: libcurl's multi interface on the loop, HTTP/2 where the server
/// offers it.
///
/// libcurl is loaded with the first wire of this kind, and never where none is configured. It calls
/// back from within its own calls, in which nothing of it may be called: whatever a delegate starts
/// or ends there is done when libcurl has returned.
@safe
package final class CurlWire: Wire {
    let loop: EventLoop
    private let caFile: String
    private let connectTimeout: UInt64
    /// libcurl's side; made with the first request, and given up where no request was for a while,
    /// with all its connections.
    private var curl: OpaquePointer?
    private var sockets: [Int32: CurlSocket] = [:]
    /// What is under way, and keeps itself alive so.
    private var requests: [ObjectIdentifier: CurlRequest] = [:]
    private lazy var timer = Timer { [unowned self] in ready(-1, 0) }
    private lazy var idleTimer = Timer { [unowned self] in closeIdle() }
    /// Whether libcurl is at work, so that nothing of it may be called.
    private var isInside = false
    private var starting: [CurlRequest] = []
    private var ending: [CurlRequest] = []

    /// What this system lacks, and what to install; nil where it has a libcurl that will do, which
    /// is loaded then, for good.
    package static var lack: String? {
        switch Int(ccurl_load()) {
        case CCURL_LOADED: nil
        case CCURL_TOO_OLD:
            "https needs libcurl 7.88 or newer, and this system's is older: upgrade the package "
                + "libcurl4"
        default: "https needs libcurl, which this system lacks: install the package libcurl4"
        }
    }

    /// A wire without connections that trusts the certificates in `caFile`, or the system's where
    /// that is empty. `connectTimeout` is in nanoseconds, for the name, the connection and TLS.
    package init(caFile: String, on loop: EventLoop, connectTimeout: UInt64) {
        self.caFile = caFile
        self.loop = loop
        self.connectTimeout = connectTimeout
    }

    deinit {
        for socket in sockets.values { socket.forget() }
        guard let curl = unsafe curl else { return }
        unsafe ccurl_wire_free(curl)
        loop.cancel(timer)
        loop.cancel(idleTimer)
    }

    package func start(
        _ request: consuming HTTPRequest, _ delegate: any ExchangeDelegate
    ) -> Exchange {
        let exchange = Exchange(request, delegate, in: loop.memory)
        if let refusal = exchange.refusal { return fail(exchange, refusal) }
        if let lack = Self.lack { return fail(exchange, .tls(lack)) }
        guard open(), let started = CurlRequest(exchange, of: self) else {
            return fail(exchange, ExchangeError(.noMemory))
        }
        exchange.carrier = started
        requests[ObjectIdentifier(started)] = started
        if isInside { starting.append(started) } else { begin(started) }
        return exchange
    }

    /// Gives up all connections if nothing is under way on them.
    package func closeIdle() {
        guard requests.isEmpty, !isInside, let curl = unsafe curl else { return }
        for socket in sockets.values { socket.forget() }
        sockets.removeAll()
        unsafe self.curl = nil
        unsafe ccurl_wire_free(curl)
        loop.cancel(timer)
        loop.cancel(idleTimer)
    }

    private func fail(_ exchange: Exchange, _ error: ExchangeError) -> Exchange {
        loop.inNextTurn(FailedStart(exchange, error))
        return exchange
    }

    private func open() -> Bool {
        if unsafe curl != nil { return true }
        unsafe curl = ccurl_wire_new(
            Unmanaged.passUnretained(self).toOpaque(),
            { owner, fd, what in unsafe CurlWire.of(owner).watch(fd, what) },
            { owner, milliseconds in unsafe CurlWire.of(owner).setTimer(milliseconds) })
        return unsafe curl != nil
    }

    private static func of(_ owner: UnsafeMutableRawPointer?) -> CurlWire {
        guard let owner = unsafe owner else { preconditionFailure("libcurl lost its owner") }
        return unsafe Unmanaged<CurlWire>.fromOpaque(owner).takeUnretainedValue()
    }

    // MARK: Requests

    private func begin(_ request: CurlRequest) {
        guard let curl = unsafe curl else { return }
        let milliseconds = Int(clamping: (connectTimeout + 999_999) / 1_000_000)
        if let error = unsafe request.begin(
            on: curl, caFile: caFile, connectMilliseconds: max(1, milliseconds))
        {
            forget(request)
            request.detach().map { _ = fail($0, error) }
        }
    }

    /// Ends a request that nobody wants to hear of any more; its connection or stream closes.
    func end(_ request: CurlRequest) {
        if isInside { ending.append(request) } else { forget(request) }
    }

    /// Shows a request what it held back.
    func unpause(_ request: CurlRequest) {
        guard requests[ObjectIdentifier(request)] != nil else { return }
        inside { request.unpause() }
        ready(-1, 0)
    }

    private func forget(_ request: CurlRequest) {
        guard requests.removeValue(forKey: ObjectIdentifier(request)) != nil else { return }
        inside { request.free() }
        if requests.isEmpty {
            loop.set(idleTimer, after: UInt64(HTTPLimits.idleSecondsMax) * 1_000_000_000)
        }
    }

    private func inside(_ work: () -> Void) {
        let wasInside = isInside
        isInside = true
        work()
        isInside = wasInside
    }

    // MARK: Readiness

    /// Lets libcurl go on with one descriptor, or with what its time has come for (-1).
    func ready(_ fd: Int32, _ what: Int32) {
        guard !isInside, let curl = unsafe curl else { return }
        inside { unsafe ccurl_ready(curl, fd, what) }
        while let request = nextEnded() { request.0.ended(request.result) }
        settle()
    }

    /// The next request that has ended, already forgotten here.
    private func nextEnded() -> (CurlRequest, result: CurlRequest.Result)? {
        guard let curl = unsafe curl else { return nil }
        var code: Int32 = 0
        guard let owner = unsafe ccurl_next_ended(curl, &code) else { return nil }
        let request = unsafe Unmanaged<CurlRequest>.fromOpaque(owner).takeUnretainedValue()
        let result = request.result(code)
        forget(request)
        return (request, result)
    }

    /// Does what was asked for while libcurl was at work.
    private func settle() {
        while !starting.isEmpty || !ending.isEmpty {
            let ended = ending
            ending.removeAll()
            for request in ended { forget(request) }
            let started = starting
            starting.removeAll()
            for request in started where requests[ObjectIdentifier(request)] != nil {
                begin(request)
            }
        }
    }

    private func watch(_ fd: Int32, _ what: Int32) {
        if Int(what) == CCURL_FORGET {
            sockets.removeValue(forKey: fd)?.forget()
            return
        }
        var events = ReadyEvents.nothing
        if what & Int32(CCURL_WATCH_IN) != 0 { events = events.with(.readable) }
        if what & Int32(CCURL_WATCH_OUT) != 0 { events = events.with(.writable) }
        if let socket = sockets[fd] {
            socket.watch(events)
        } else if let socket = try? CurlSocket(fd, of: self, for: events) {
            sockets[fd] = socket
        }
    }

    private func setTimer(_ milliseconds: Int) {
        if milliseconds < 0 {
            loop.cancel(timer)
        } else {
            loop.set(timer, after: UInt64(milliseconds) * 1_000_000)
        }
    }
}

/// One of libcurl's sockets as the loop watches it; libcurl owns the descriptor.
private final class CurlSocket: EventHandler {
    private let number: Int32
    private unowned let wire: CurlWire
    private var interest: ReadyEvents

    init(_ number: Int32, of wire: CurlWire, for events: ReadyEvents) throws(Errno) {
        self.number = number
        self.wire = wire
        interest = events
        try wire.loop.watch(number, for: events, self)
    }

    func ready(_ events: ReadyEvents) {
        var what: Int32 = 0
        if events.has(.readable) { what |= Int32(CCURL_READY_IN) }
        if events.has(.writable) { what |= Int32(CCURL_READY_OUT) }
        if events.has(.hungUp.with(.failed)) { what |= Int32(CCURL_READY_ERROR) }
        wire.ready(number, what)
    }

    func watch(_ events: ReadyEvents) {
        if events.rawValue == interest.rawValue { return }
        interest = events
        wire.loop.change(number, to: events)
    }

    func forget() {
        wire.loop.forget(number)
    }
}
