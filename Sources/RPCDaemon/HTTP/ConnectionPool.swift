package import Kernel

/// Where a server listens.
package enum ServerAddress: Equatable, Sendable {
    /// A host name or numeric address, and a port.
    case host(String, port: UInt16)
    /// The path of a Unix socket.
    case unix(String)
}

/// The connections to one server: kept alive between requests, the youngest used first.
///
/// It opens as many as there are requests under way; how many those are is the scheduler's affair.
package final class ConnectionPool {
    private let address: ServerAddress
    private let loop: EventLoop
    private let connectTimeout: UInt64
    private var idle: [HTTPConnection] = []
    /// Found addresses, the one that answered last first; empty until asked for.
    private var addresses: [SocketAddress] = []
    private var addressesUntil: UInt64 = 0
    private var lookup: NameLookup?
    /// Transfers that wait for the addresses.
    private var waiting: [Transfer] = []
    private var attempts: [ObjectIdentifier: Attempt] = [:]

    /// A transfer on its way to a connection.
    struct Attempt {
        let connection: HTTPConnection
        let address: SocketAddress
        /// The addresses that are left to try: the pool's own list may change its order meanwhile.
        let left: ArraySlice<SocketAddress>
        let timer: Timer
    }

    /// A pool without connections. `connectTimeout` is in nanoseconds, for all addresses together.
    package init(_ address: ServerAddress, on loop: EventLoop, connectTimeout: UInt64) {
        self.address = address
        self.loop = loop
        self.connectTimeout = connectTimeout
    }

    /// Sends the transfer's request on an idle connection, or on a new one.
    package func start(_ transfer: Transfer) {
        while !transfer.needsFreshConnection, let connection = idle.popLast() {
            if connection.idleUntil > loop.now { return connection.reuse(for: transfer) }
            connection.close()
        }
        switch address {
        case .unix(let path): connectUnix(path, transfer)
        case .host(let host, let port):
            resolve(host, port)
            if lookup != nil {
                waiting.append(transfer)
            } else if !addresses.isEmpty {
                connect(transfer, to: addresses[...], deadline: loop.now &+ connectTimeout)
            } else {
                transfer.fail(.connect("the name \(host) cannot be looked up"))
            }
        }
    }

    /// Closes the idle connections; those at work end with their transfers.
    package func closeIdle() {
        for connection in idle { connection.close() }
        idle.removeAll()
    }

    // MARK: Names

    private func resolve(_ host: String, _ port: UInt16) {
        if !addresses.isEmpty, loop.now < addressesUntil { return }
        if let numeric = SocketAddress(numeric: host, port: port) {
            addresses = [numeric]
            addressesUntil = .max
        } else if host == "localhost" {
            // May be either of both, and needs no resolver (RFC 6761 section 6.3).
            addresses = SocketAddress.loopback(port: port)
            addressesUntil = .max
        } else if lookup == nil {
            lookup = try? NameLookup(host: host, port: port, on: loop) { [weak self] outcome in
                self?.resolved(outcome)
            }
        }
    }

    private func resolved(_ outcome: NameLookup.Outcome) {
        lookup = nil
        let transfers = waiting.filter { $0.delegate != nil }
        waiting.removeAll()
        switch outcome {
        case .found(let found):
            addresses = found
            addressesUntil = loop.now &+ HTTPLimits.addressSeconds * 1_000_000_000
            for transfer in transfers {
                connect(transfer, to: addresses[...], deadline: loop.now &+ connectTimeout)
            }
        case .failed(let words):
            for transfer in transfers { transfer.fail(.connect(words)) }
        }
    }

    // MARK: Connecting

    private func connectUnix(_ path: String, _ transfer: Transfer) {
        do throws(Errno) {
            let connection = try HTTPConnection(
                StreamSocket.connect(toUnix: path), of: self, loop: loop)
            connection.assign(transfer)
        } catch {
            transfer.fail(.connect(error.message))
        }
    }

    private func connect(
        _ transfer: Transfer, to candidates: ArraySlice<SocketAddress>, deadline: UInt64
    ) {
        var failure = Errno.connectionRefused
        var candidates = candidates
        while let address = candidates.popFirst() {
            do throws(Errno) {
                let connection = try HTTPConnection(
                    StreamSocket.connect(to: address), of: self, loop: loop)
                connection.assign(transfer)
                let timer = Timer { [weak connection] in connection?.giveUpConnecting() }
                attempts[ObjectIdentifier(connection)] = Attempt(
                    connection: connection, address: address, left: candidates, timer: timer)
                loop.set(timer, at: deadline)
                return
            } catch {
                failure = error
            }
        }
        transfer.fail(.connect(failure.message))
    }

    func connected(_ connection: HTTPConnection) {
        guard let attempt = endAttempt(of: connection) else { return }
        if let index = addresses.firstIndex(of: attempt.address), index > 0 {
            addresses.swapAt(0, index)
        }
    }

    /// Goes on with the next address. `attempt` is what failed, ended by then.
    func connectFailed(_ attempt: Attempt?, _ error: Errno, _ transfer: Transfer?) {
        guard let transfer, transfer.delegate != nil else { return }
        if error == .timedOut { return transfer.fail(.connectTimeout) }
        if let attempt, !attempt.left.isEmpty {
            connect(transfer, to: attempt.left, deadline: attempt.timer.deadline)
        } else {
            transfer.fail(.connect(error.message))
        }
    }

    func endAttempt(of connection: HTTPConnection) -> Attempt? {
        guard let attempt = attempts.removeValue(forKey: ObjectIdentifier(connection)) else {
            return nil
        }
        loop.cancel(attempt.timer)
        return attempt
    }

    // MARK: Idle connections

    func becameIdle(_ connection: HTTPConnection) {
        idle.append(connection)
    }

    func closed(_ connection: HTTPConnection, wasIdle: Bool) {
        _ = endAttempt(of: connection)
        if wasIdle { idle.removeAll { $0 === connection } }
    }
}
