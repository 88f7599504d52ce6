import Configuration
import CrowdModelsProtocol
import Kernel
import Sessions
import Telemetry

/// Who may use the daemon.
extension Daemon: ReceptionDelegate {
    /// Why this peer is not served: it is in none of the lists, where there are any. The owner and
    /// root are always let in.
    func refusal(of peer: PeerCredentials) -> Fault? {
        let server = config.server
        if server.allowedUIDs.isEmpty && server.allowedGIDs.isEmpty { return nil }
        let isAllowed =
            server.allowedUIDs.contains(peer.uid) || server.allowedGIDs.contains(peer.gid)
            || peer.uid == ThisProcess.uid || peer.uid == 0
        if isAllowed { return nil }
        return Fault(
            .permissionDenied,
            "user \(peer.uid) may not use this daemon (allowed_uids, allowed_gids)")
    }

    // MARK: What the reception says

    func warn(_ message: String) {
        log.warning(message)
    }

    /// There is no descriptor left to accept with.
    func starved(_ error: Errno) {
        log.warning(
            "Cannot accept connections: \(error.message); waiting for a descriptor to be free "
                + "(\(reception.count) clients are connected)")
    }

    func sessionsMayBeDone() {
        endIfIdle()
    }

    func memoryFreed() {
        workEnded()
    }
}
