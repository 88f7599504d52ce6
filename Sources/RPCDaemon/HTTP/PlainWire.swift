package import Kernel

/// Where a server listens.
package enum ServerAddress: Equatable, Sendable {
    /// A host name or numeric address, and a port.
    case host(String, port: UInt16)
    /// The path of a Unix socket.
    case unix(String)
}

/// The way to a server without encryption: HTTP/1.1 on connections that are kept alive between
/// requests, the youngest used first.
package final class PlainWire: Wire {
    private let address: ServerAddress
    private let loop: EventLoop
    private let connectTimeout: UInt64
    private var idle: [HTTPConnection] = []
    /// Found addresses, the one that answered last first; empty until asked for.
    private var addresses: [SocketAddress] = []
    private var addressesUntil: UInt64 = 0
    private var lookup: NameLookup?
    /// Exchanges that wait for the addresses.
    private var waiting: [Exchange] = []
    private var dials: [ObjectIdentifier: Dial] = [:]
    /// One for all idle connections, set to when the first of them is to be closed.
    private var idleTimer: Timer?

    /// An exchange on its way to a connection.
    struct Dial {
        let connection: HTTPConnection
        let address: SocketAddress
        /// The addresses that are left to try: the wire's own list may change its order meanwhile.
        let left: ArraySlice<SocketAddress>
        /// What the first of the addresses that were tried before said.
        let failure: Errno?
        let timer: Timer
    }

    /// A wire without connections. `connectTimeout` is in nanoseconds, for all addresses together.
    package init(_ address: ServerAddress, on loop: EventLoop, connectTimeout: UInt64) {
        self.address = address
        self.loop = loop
        self.connectTimeout = connectTimeout
    }

    deinit {
        if let idleTimer { loop.cancel(idleTimer) }
    }

    package func start(
        _ request: consuming HTTPRequest, _ delegate: any ExchangeDelegate
    ) -> Exchange {
        let exchange = Exchange(request, delegate, in: loop.memory)
        if let refusal = exchange.refusal {
            failNextTurn(exchange, refusal)
        } else {
            send(exchange)
        }
        return exchange
    }

    /// Sends the request on an idle connection, or on a new one.
    func send(_ exchange: Exchange) {
        while !exchange.needsFreshConnection, let connection = idle.popLast() {
            if connection.idleUntil > loop.now { return connection.reuse(for: exchange) }
            connection.close()
        }
        switch address {
        case .unix(let path): connectUnix(path, exchange, deadline: loop.now &+ connectTimeout)
        case .host(let host, let port):
            do throws(Errno) {
                try resolve(host, port)
            } catch {
                // A lookup takes a thread and two descriptors, all of them ours.
                return failNextTurn(exchange, .lacking(error.message))
            }
            if lookup != nil {
                waiting.append(exchange)
            } else {
                connect(exchange, to: addresses[...], deadline: loop.now &+ connectTimeout)
            }
        }
    }

    package func closeIdle() {
        for connection in idle { connection.close() }
        idle.removeAll()
    }

    // MARK: Names

    /// Makes `addresses` known, or has them looked up.
    private func resolve(_ host: String, _ port: UInt16) throws(Errno) {
        if !addresses.isEmpty, loop.now < addressesUntil { return }
        if let numeric = SocketAddress(numeric: host, port: port) {
            addresses = [numeric]
            addressesUntil = .max
        } else if host == "localhost" {
            // May be either of both, and needs no resolver (RFC 6761 section 6.3).
            addresses = SocketAddress.loopback(port: port)
            addressesUntil = .max
        } else if lookup == nil {
            lookup = try NameLookup(host: host, port: port, on: loop) { [weak self] outcome in
                self?.resolved(outcome)
            }
        }
    }

    private func resolved(_ outcome: NameLookup.Outcome) {
        lookup = nil
        let exchanges = waiting.filter { !$0.isOver }
        waiting.removeAll()
        switch outcome {
        case .found(let found):
            addresses = found
            addressesUntil = loop.now &+ HTTPLimits.addressSeconds * 1_000_000_000
            for exchange in exchanges {
                connect(exchange, to: addresses[...], deadline: loop.now &+ connectTimeout)
            }
        case .failed(let words):
            for exchange in exchanges { exchange.fail(.connect(words)) }
        case .broke(let error):
            for exchange in exchanges { exchange.fail(ExchangeError(error)) }
        }
    }

    // MARK: Connecting

    private func connectUnix(_ path: String, _ exchange: Exchange, deadline: UInt64) {
        if exchange.isOver { return }
        do throws(Errno) {
            let connection = try HTTPConnection(
                StreamSocket.connect(toUnix: path), of: self, loop: loop)
            connection.assign(exchange)
        } catch .wouldBlock {
            // Its queue of connections is full, and nothing tells when that is over.
            if loop.now >= deadline { return failNextTurn(exchange, .connectTimeout) }
            let again = Timer { [weak self] in
                self?.connectUnix(path, exchange, deadline: deadline)
            }
            loop.set(again, after: Self.fullQueuePause)
        } catch {
            failNextTurn(exchange, ExchangeError(error))
        }
    }

    /// How long a full Unix server is left alone, in nanoseconds: short beside any answer, and a
    /// hundred knocks a second cost nothing to speak of.
    private static let fullQueuePause: UInt64 = 10_000_000

    private func failNextTurn(_ exchange: Exchange, _ error: ExchangeError) {
        loop.inNextTurn(FailedStart(exchange, error))
    }

    private func connect(
        _ exchange: Exchange, to candidates: ArraySlice<SocketAddress>, deadline: UInt64,
        after earlier: Errno? = nil
    ) {
        // Of several addresses the first tells most: the last may be of a family that is not here.
        var failure = earlier
        var candidates = candidates
        while let address = candidates.popFirst() {
            do throws(Errno) {
                let connection = try HTTPConnection(
                    StreamSocket.connect(to: address), of: self, loop: loop)
                connection.assign(exchange)
                let timer = Timer { [unowned connection] in connection.giveUpConnecting() }
                dials[ObjectIdentifier(connection)] = Dial(
                    connection: connection, address: address, left: candidates,
                    failure: failure, timer: timer)
                loop.set(timer, at: deadline)
                return
            } catch {
                failure = failure ?? error
            }
        }
        failNextTurn(exchange, ExchangeError(failure ?? .notFound))
    }

    func connected(_ connection: HTTPConnection) {
        guard let dial = endDial(of: connection) else { return }
        if let index = addresses.firstIndex(of: dial.address), index > 0 {
            addresses.swapAt(0, index)
        }
    }

    /// Goes on with the next address. `dial` is what failed, ended by then.
    func connectFailed(_ dial: Dial?, _ error: Errno, _ exchange: Exchange?) {
        guard let exchange, !exchange.isOver else { return }
        if error == .timedOut { return exchange.fail(.connectTimeout) }
        if let dial, !dial.left.isEmpty {
            connect(
                exchange, to: dial.left, deadline: dial.timer.deadline,
                after: dial.failure ?? error)
        } else {
            exchange.fail(ExchangeError(dial?.failure ?? error))
        }
    }

    func endDial(of connection: HTTPConnection) -> Dial? {
        guard let dial = dials.removeValue(forKey: ObjectIdentifier(connection)) else {
            return nil
        }
        loop.cancel(dial.timer)
        return dial
    }

    // MARK: Idle connections

    func becameIdle(_ connection: HTTPConnection) {
        idle.append(connection)
        if let idleTimer, idleTimer.isSet { return }
        let timer = idleTimer ?? Timer { [unowned self] in closeExpired() }
        idleTimer = timer
        loop.set(timer, at: connection.idleUntil)
    }

    /// Closes what rests longer than it will be used again: a server of few threads is not kept
    /// busy by silent connections.
    private func closeExpired() {
        let expired = idle.filter { $0.idleUntil <= loop.now }
        for connection in expired { connection.close() }
        if let next = idle.map(\.idleUntil).min(), let idleTimer { loop.set(idleTimer, at: next) }
    }

    func closed(_ connection: HTTPConnection, wasIdle: Bool) {
        _ = endDial(of: connection)
        if wasIdle { idle.removeAll { $0 === connection } }
    }
}
