/// Where the daemon is between its start and its end.
///
/// Pure: what happened goes in, what is to be done comes out. `Serving` acts, and tells the time.
struct Lifecycle: Equatable {
    enum Phase: Equatable {
        /// The backends are looked at for the first time; left once they have been, or took long.
        case starting
        /// Clients are let in; left when nobody is connected any more, or a stop is asked for.
        case serving
        /// Nobody is connected, and nobody may come for so long that the daemon ends; left by a
        /// client, or by its end.
        case idle
        /// Nobody is let in any more, and what runs may end; left when all has, or its time is up.
        case draining
        /// Nothing leaves it.
        case ended
    }

    enum Event: Equatable {
        /// Every backend has had its first look, or it took too long.
        case looked
        /// The socket is served, to so many clients already.
        case opened(connected: Int)
        case connected
        /// A client has gone; so many are left.
        case disconnected(left: Int)
        /// Nobody has come for `idle_exit`; so many have since.
        case idledOut(connected: Int)
        /// Somebody wants it to end.
        case asked(reason: String)
        /// Nothing is in flight, and every answer is written.
        case quiet
        /// `shutdown_timeout` is over.
        case outOfTime
    }

    enum Action: Equatable {
        case nothing
        /// Serve the socket.
        case open
        /// Tell when nobody has come for `idle_exit`.
        case awaitClient
        /// A client came: forget that.
        case stopAwaiting
        /// Let nobody in any more, refuse what waits, and tell when all is quiet or time is up.
        case drain(reason: String)
        /// Answer what still runs with what it has, and end.
        case cutShort
        /// End.
        case end
    }

    private(set) var phase = Phase.starting
    /// Whether it ends when nobody has come for a while, since its socket will start it again.
    private let endsIdle: Bool
    /// `idle_exit` as it is told.
    private let idleText: String
    /// Whether its only client came with it, and its going is the end.
    private let servesOne: Bool

    /// - Parameter idleExit: seconds without a client after which it ends, as text; nil for never.
    init(idleExit: String? = nil, servesOne: Bool = false) {
        endsIdle = idleExit != nil
        idleText = idleExit ?? ""
        self.servesOne = servesOne
    }

    /// Whether it will end, or has.
    var isStopping: Bool { phase == .draining || phase == .ended }

    mutating func take(_ event: Event) -> Action {
        switch (phase, event) {
        case (.starting, .looked):
            phase = .serving
            return .open
        case (.serving, .opened(connected: 0)) where servesOne:
            return drain("its connection was refused")
        case (.serving, .disconnected(left: 0)) where servesOne:
            return drain("its connection has closed")
        case (.serving, .opened(connected: 0)), (.serving, .disconnected(left: 0)):
            guard endsIdle else { return .nothing }
            phase = .idle
            return .awaitClient
        case (.idle, .connected):
            phase = .serving
            return .stopAwaiting
        case (.idle, .idledOut(connected: 0)): return drain("idle for \(idleText) s")
        case (.starting, .asked(let reason)), (.serving, .asked(let reason)),
            (.idle, .asked(let reason)):
            return drain(reason)
        // Asked a second time, it ends at once.
        case (.draining, .asked), (.draining, .outOfTime):
            phase = .ended
            return .cutShort
        case (.draining, .quiet):
            phase = .ended
            return .end
        default: return .nothing
        }
    }

    private mutating func drain(_ reason: String) -> Action {
        phase = .draining
        return .drain(reason: reason)
    }
}
