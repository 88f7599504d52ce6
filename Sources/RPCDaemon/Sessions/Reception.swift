import Configuration
package import CrowdModelsProtocol
package import Kernel

/// What a reception asks and tells its owner.
package protocol ReceptionDelegate: AnyObject {
    /// Why the owner does not want this peer; nil if it is welcome.
    func refusal(of peer: PeerCredentials) -> Fault?
    /// Something that whoever runs the daemon should know.
    func warn(_ message: String)
    /// A session has come or gone.
    func sessionsChanged(_ peer: Peer, isOpen: Bool)
    /// A session that somebody may wait for has nothing left to do.
    func sessionsMayBeDone()
    /// Much memory is not used any more.
    func memoryFreed()
}

/// Who is connected: lets clients in or says why not, and has them make room where too much is
/// held.
///
/// It owns the sessions and lives as long as the daemon.
package final class Reception {
    /// What counts as much memory: more than the heap keeps by itself for the next requests.
    static let largeBytes = 1 << 20
    /// What a client has to hold to be made to give it up.
    private static let worthwhileBytes = 64 << 10
    package let desk: Desk
    private unowned let delegate: any ReceptionDelegate
    private var sessions: [UInt64: Session] = [:]
    private var sessionsPerUID: [UInt32: Int] = [:]
    private var lastConnection: UInt64 = 0
    private var isMakingRoom = false

    package init(_ desk: Desk, delegate: any ReceptionDelegate) {
        self.desk = desk
        self.delegate = delegate
    }

    /// How many are connected.
    package var count: Int { sessions.count }

    /// Whether all that was read is handled, and all answers are written.
    package var isDone: Bool { sessions.values.allSatisfy(\.isDone) }

    /// Serves a connection, or says in one line why not and closes it.
    package func accept(_ descriptor: consuming FileDescriptor) {
        do throws(Errno) {
            let credentials = try PeerCredentials(of: descriptor.number)
            if let fault = refusal(of: credentials) {
                var line = ByteBuffer()
                line.append(answerTo: Span(), fault: fault)
                line.append(UInt8(ascii: "\n"))
                _ = try? descriptor.write(line.span)
                // Closed with bytes unread, it would look reset to a client that has asked already.
                try? desk.loop.read(descriptor.number) { _ in }
                return
            }
            lastConnection += 1
            let peer = Peer(connection: lastConnection, credentials: credentials)
            sessions[lastConnection] = try Session(descriptor, peer: peer, at: self)
            sessionsPerUID[peer.uid, default: 0] += 1
            delegate.sessionsChanged(peer, isOpen: true)
        } catch {
            delegate.warn("Cannot serve a new connection: \(error.message)")
        }
    }

    private func refusal(of peer: PeerCredentials) -> Fault? {
        if let fault = delegate.refusal(of: peer) { return fault }
        let limits = desk.limits
        if sessions.count >= limits.connectionsMax {
            return Self.tooMany("connections_max", limits.connectionsMax)
        }
        if sessionsPerUID[peer.uid] ?? 0 >= limits.connectionsPerUIDMax {
            return Self.tooMany("connections_per_uid_max", limits.connectionsPerUIDMax)
        }
        return nil
    }

    private static func tooMany(_ name: String, _ value: Int) -> Fault {
        Fault(
            .limitExceeded,
            "there are \(value) connections already, as many as may be (\(name)); close one first",
            data: ["limit": .string(name), "value": .integer(value)])
    }

    /// Reads what clients have sent that nobody has read yet.
    package func readAll() {
        for session in sessions.values { session.ready(.readable) }
    }

    /// Writes what waits for clients, as far as they take it.
    package func flushAll() {
        for session in sessions.values { session.flush() }
    }

    // MARK: What sessions say

    /// A session has closed and forgot all that it asked for.
    func closed(_ session: Session) {
        let peer = session.peer
        guard sessions.removeValue(forKey: peer.connection) != nil else { return }
        let left = (sessionsPerUID[peer.uid] ?? 1) - 1
        sessionsPerUID[peer.uid] = left > 0 ? left : nil
        delegate.sessionsChanged(peer, isOpen: false)
    }

    func mayBeDone() {
        delegate.sessionsMayBeDone()
    }

    func freed() {
        delegate.memoryFreed()
    }

    func drop(_ session: Session, _ why: String) {
        let peer = session.peer
        delegate.warn("Dropped a client (uid \(peer.uid), \(peer.processName)) that \(why)")
        session.close()
    }

    /// More or less is held than before.
    func heldChanged() {
        if desk.memory.isOver { makeRoom() }
    }

    /// Too much is held: the longest line of which nothing is handled yet is skipped, or the client
    /// with the most unread output dropped, whichever is more, until it is not too much any more or
    /// nobody holds what would help. What requests and answers hold is bounded where they grow.
    private func makeRoom() {
        if isMakingRoom { return }
        isMakingRoom = true
        defer { isMakingRoom = false }
        while desk.memory.isOver {
            let longest = sessions.values.max { $0.lineBytes < $1.lineBytes }
            let fullest = sessions.values.max { $0.outputBytes < $1.outputBytes }
            guard let longest, let fullest,
                max(longest.lineBytes, fullest.outputBytes) >= Self.worthwhileBytes
            else { return }
            if longest.lineBytes >= fullest.outputBytes {
                longest.skipLine(Self.noRoom(desk.memory.max))
            } else {
                drop(
                    fullest,
                    "had not read \(fullest.outputBytes) bytes, the most of all, when the "
                        + "daemon held as much as it may (memory_max)")
            }
        }
    }

    private static func noRoom(_ max: Int) -> Fault {
        .unread(
            limit: "memory_max",
            "the line was the longest that waited when the daemon held as much as it may "
                + "(memory_max \(max)); it was skipped")
    }
}
