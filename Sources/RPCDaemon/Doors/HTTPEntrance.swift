package import CrowdModelsProtocol
package import Kernel
package import Sessions

/// The TCP listener: lets in whom the kernel names and the daemon wants, each to a door of his own.
///
/// The daemon keeps it until it stops.
package final class HTTPEntrance {
    /// Where it listens.
    package let endpoint: String
    private let keeper: HTTPDoorkeeper
    private let reception: Reception
    /// Why somebody is not wanted; nil for one who is.
    private let refusal: (PeerCredentials) -> Fault?
    private var listener: Listener?

    /// Listens on `descriptor`. `starved` is told when there is no descriptor left to accept with.
    package init(
        _ descriptor: consuming FileDescriptor, _ gate: Gate, at reception: Reception,
        watchedMax: Int, starved: @escaping (Errno) -> Void,
        refusal: @escaping (PeerCredentials) -> Fault?
    ) throws(Errno) {
        endpoint = TCPListener.address(of: descriptor.number)?.text ?? "a TCP port"
        keeper = HTTPDoorkeeper(gate)
        self.reception = reception
        self.refusal = refusal
        listener = try Listener(
            descriptor, on: reception.desk.loop, watchedMax: watchedMax, starved: starved,
            accepted: { [unowned self] descriptor in accept(descriptor) })
    }

    /// Lets those in who wait already.
    package func acceptWaiting() {
        listener?.ready(.readable)
    }

    /// Accepts no more; who is there stays.
    package func stop() {
        listener?.stop()
        listener = nil
    }

    /// Which process asks the kernel does not say here, and its groups are those of its user.
    private func accept(_ descriptor: consuming FileDescriptor) {
        guard let uid = SocketTable.owner(ofPeer: descriptor.number) else {
            return reception.turnAway(
                descriptor,
                Fault(
                    .permissionDenied,
                    "no user of this machine owns the other end of this connection, so nobody "
                        + "can be let in; use the Unix socket"), keeper)
        }
        let credentials = PeerCredentials(
            pid: 0, uid: uid, gid: UserList.primaryGroup(of: uid) ?? .max)
        if let fault = refusal(credentials) {
            return reception.turnAway(descriptor, fault, keeper)
        }
        reception.accept(descriptor, from: credentials, by: keeper)
    }
}
