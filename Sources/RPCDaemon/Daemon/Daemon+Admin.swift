import Configuration
import CrowdModelsProtocol
import Kernel

/// What only those may ask who manage the daemon.
extension Daemon {
    /// Whether the peer may manage the daemon.
    func isAdmin(_ peer: PeerCredentials) -> Bool {
        peer.uid == 0 || peer.uid == ThisProcess.uid || config.server.adminUIDs.contains(peer.uid)
    }

    /// Refuses whoever may not manage the daemon.
    func requireAdmin(_ peer: PeerCredentials, to method: String) throws(Fault) {
        if isAdmin(peer) { return }
        throw Fault(
            .permissionDenied,
            "`\(method)` is for root, the daemon's own user and admin_uids; you are user "
                + "\(peer.uid)")
    }

    /// What `config.reload` is refused with until the daemon can do it.
    func reloadRefusal(askedBy peer: PeerCredentials) throws(Fault) -> Fault {
        try requireAdmin(peer, to: "config.reload")
        return Fault(
            .unsupported,
            "the configuration is read at start only; restart the daemon to change it",
            data: ["what": "config.reload"])
    }
}

/// A `shutdown` that was answered: it is carried out in the next turn, when nothing of the request
/// that asked is on the stack. The loop keeps it until then.
final class ShutdownOrder: Continuation {
    private let daemon: Daemon
    private let uid: UInt32

    init(_ daemon: Daemon, from peer: PeerCredentials) {
        self.daemon = daemon
        uid = peer.uid
    }

    func give() {
        daemon.loop.inNextTurn(self)
    }

    func continueTurn() {
        if !daemon.isStopping { daemon.stop("asked by user \(uid)") }
    }
}
