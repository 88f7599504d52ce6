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
/// It owns the connections, sessions and others, and lives as long as the daemon.
package final class Reception {
    /// What counts as much memory: more than the heap keeps by itself for the next requests.
    package static let largeBytes = 1 << 20
    /// What a client has to hold to be made to give it up.
    private static let worthwhileBytes = 64 << 10

    package let desk: Desk
    private unowned let delegate: any ReceptionDelegate
    /// Who goes on where HTTP is spoken; nil where nobody does.
    package var doorkeeper: (any Doorkeeper)?
    private var guests: [UInt64: any Guest] = [:]
    private var guestsPerUID: [UInt32: Int] = [:]
    private var lastConnection: UInt64 = 0
    private var isMakingRoom = false

    package init(_ desk: Desk, delegate: any ReceptionDelegate) {
        self.desk = desk
        self.delegate = delegate
    }

    /// How many are connected.
    package var count: Int { guests.count }

    /// Whether all that was read is handled, and all answers are written.
    package var isDone: Bool { guests.values.allSatisfy(\.isDone) }

    /// Serves a connection, or says in one line why not and closes it.
    package func accept(_ descriptor: consuming FileDescriptor) {
        do throws(Errno) {
            let credentials = try PeerCredentials(of: descriptor.number)
            if let fault = refusal(of: credentials) {
                return turnAway(descriptor, fault, nil)
            }
            let peer = newcomer(credentials)
            welcome(try Session(descriptor, peer: peer, at: self))
        } catch {
            delegate.warn("Cannot serve a new connection: \(error.message)")
        }
    }

    /// Serves a connection on which nothing but HTTP is spoken, of somebody whom the kernel told.
    package func accept(
        _ descriptor: consuming FileDescriptor, from credentials: PeerCredentials,
        by doorkeeper: any Doorkeeper
    ) {
        if let fault = refusal(of: credentials) { return turnAway(descriptor, fault, doorkeeper) }
        do throws(Errno) {
            let peer = newcomer(credentials)
            welcome(
                try doorkeeper.serve(descriptor, Span(), hasEnded: false, peer: peer, at: self))
        } catch {
            delegate.warn("Cannot serve a new connection: \(error.message)")
        }
    }

    /// Says why a connection is not served, in the words of those who speak there, and closes it.
    package func turnAway(
        _ descriptor: consuming FileDescriptor, _ fault: Fault, _ doorkeeper: (any Doorkeeper)?
    ) {
        var doorkeeper = doorkeeper
        // Closed with bytes unread, it would look reset to a client that has asked already.
        try? desk.loop.read(descriptor.number) { bytes in
            if doorkeeper == nil, Greeting(bytes) == .http { doorkeeper = self.doorkeeper }
        }
        var words = ByteBuffer()
        if let doorkeeper {
            doorkeeper.refuse(fault, to: &words)
        } else {
            words.append(answerTo: Span(), fault: fault)
            words.append(UInt8(ascii: "\n"))
        }
        _ = try? descriptor.write(words.span)
    }

    private func newcomer(_ credentials: PeerCredentials) -> Peer {
        lastConnection += 1
        return Peer(connection: lastConnection, credentials: credentials)
    }

    private func welcome(_ guest: any Guest) {
        guests[guest.peer.connection] = guest
        guestsPerUID[guest.peer.uid, default: 0] += 1
        delegate.sessionsChanged(guest.peer, isOpen: true)
    }

    private func refusal(of peer: PeerCredentials) -> Fault? {
        if let fault = delegate.refusal(of: peer) { return fault }
        let limits = desk.limits
        if guests.count >= limits.connectionsMax {
            return Self.tooMany("connections_max", limits.connectionsMax)
        }
        if guestsPerUID[peer.uid] ?? 0 >= limits.connectionsPerUIDMax {
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
        for guest in guests.values { guest.read() }
    }

    /// Writes what waits for clients, as far as they take it.
    package func flushAll() {
        for guest in guests.values { guest.flush() }
    }

    // MARK: What guests say

    /// HTTP is spoken on the connection of a session: somebody else goes on with it.
    func handOver(
        _ descriptor: consuming FileDescriptor, _ bytes: Span<UInt8>, hasEnded: Bool,
        from peer: Peer
    ) {
        guard let doorkeeper else { return }
        do throws(Errno) {
            guests[peer.connection] = try doorkeeper.serve(
                descriptor, bytes, hasEnded: hasEnded, peer: peer, at: self)
        } catch {
            delegate.warn("Cannot serve a connection: \(error.message)")
            forget(peer)
        }
    }

    /// A guest has closed and forgot all that it asked for.
    package func closed(_ guest: any Guest) {
        forget(guest.peer)
    }

    private func forget(_ peer: Peer) {
        guard guests.removeValue(forKey: peer.connection) != nil else { return }
        let left = (guestsPerUID[peer.uid] ?? 1) - 1
        guestsPerUID[peer.uid] = left > 0 ? left : nil
        delegate.sessionsChanged(peer, isOpen: false)
    }

    package func mayBeDone() {
        delegate.sessionsMayBeDone()
    }

    /// How what a guest holds has changed.
    package enum Held {
        case same, other, muchLess
    }

    package func drop(_ guest: any Guest, _ why: String) {
        let peer = guest.peer
        delegate.warn("Dropped a client (uid \(peer.uid), \(peer.processName)) that \(why)")
        guest.close()
    }

    /// A guest holds more or less than before; where all hold too much, one has to give up some.
    package func changed(_ held: Held) {
        if held == .same { return }
        if held == .muchLess { delegate.memoryFreed() }
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
            let longest = guests.values.max { $0.inputBytes < $1.inputBytes }
            let fullest = guests.values.max { $0.outputBytes < $1.outputBytes }
            guard let longest, let fullest,
                max(longest.inputBytes, fullest.outputBytes) >= Self.worthwhileBytes
            else { return }
            if longest.inputBytes >= fullest.outputBytes {
                longest.skipInput(Self.noRoom(desk.memory.max))
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
