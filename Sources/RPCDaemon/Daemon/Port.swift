import Configuration
import CrowdModelsProtocol
import Doors
import Kernel
import Requests
import Sessions
import Telemetry

/// The TCP listener for programs that know no Unix socket: opened where the configuration says, or
/// taken from systemd. It lives as long as the daemon, which serves its socket all the same where
/// there is none.
final class Port {
    private unowned let daemon: Daemon
    /// The listener that systemd passed, until it is served.
    private var passed: FileDescriptor?
    private var entrance: HTTPEntrance?
    /// Why nothing listens, though it should.
    private(set) var problem: String?

    init(_ daemon: Daemon, _ passed: consuming FileDescriptor?) {
        self.daemon = daemon
        self.passed = consume passed
    }

    /// Where it listens; nil for nowhere.
    var endpoint: String? { entrance?.endpoint }

    /// Listens; where that cannot be, says why.
    func open(watchedMax: Int) {
        do throws(Errno) {
            if let passed = passed.take() {
                guard let end = TCPListener.address(of: passed.number) else { return }
                try listen(passed, at: end.host, watchedMax)
                daemon.log.info("Listening on \(end.text) for HTTP, which systemd passed")
            } else if let wanted = daemon.config.http.listen {
                try open(wanted, watchedMax)
            }
        } catch {
            warn("HTTP by TCP cannot be served: \(error.message)")
        }
    }

    private func open(_ wanted: ListenAddress, _ watchedMax: Int) throws(Errno) {
        guard let address = SocketAddress(numeric: wanted.host, port: wanted.port) else { return }
        let descriptor: FileDescriptor
        do throws(Errno) {
            descriptor = try TCPListener.open(address)
        } catch .addressInUse {
            let who = SocketTable.listener(onPort: wanted.port) ?? "another program"
            return warn("\(wanted.text) is taken by \(who)")
        }
        try listen(descriptor, at: wanted.host, watchedMax)
        // A port that the kernel chose is known only now.
        let place = wanted.port == 0 ? endpoint ?? wanted.text : wanted.text
        daemon.log.info("Listening on \(place) for HTTP")
    }

    private func listen(
        _ descriptor: consuming FileDescriptor, at host: String, _ watchedMax: Int
    ) throws(Errno) {
        let http = daemon.config.http
        entrance = try HTTPEntrance(
            descriptor, Gate(at: host, hosts: http.hosts, origins: http.origins),
            at: daemon.reception, watchedMax: watchedMax,
            starved: { [unowned self] error in daemon.starved(error) },
            refusal: { [unowned self] peer in refusal(of: peer) })
    }

    private func warn(_ problem: String) {
        self.problem = problem
        daemon.log.warning(
            "\(problem), so HTTP is served on the socket alone; choose another port in `listen` of "
                + "[http], or stop that program")
    }

    /// Where no list says who may, the socket's file does; a port has none.
    private func refusal(of peer: PeerCredentials) -> Fault? {
        let server = daemon.config.server
        let isOpen = server.allowedUIDs.isEmpty && server.allowedGIDs.isEmpty
        guard isOpen, peer.uid != ThisProcess.uid, peer.uid != 0 else { return nil }
        return Fault(
            .permissionDenied,
            "user \(peer.uid) may not use this daemon by TCP: allowed_uids and allowed_gids are "
                + "empty, so only its own user and root may; use the Unix socket, or name the user")
    }

    /// Lets those in who wait already.
    func acceptWaiting() {
        entrance?.acceptWaiting()
    }

    /// Listens no more.
    func close() {
        entrance?.stop()
        entrance = nil
    }
}
