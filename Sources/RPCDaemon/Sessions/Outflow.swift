import Configuration
package import Kernel

/// How what waits for a client goes out: at the end of a turn, until the kernel takes no more, and
/// for as long as its client reads any of it (`write_stall`); and what the connection holds, in the
/// account of memory.
///
/// A part of the connection whose bytes they are; it writes none itself, and calls nobody.
package struct Outflow {
    /// What an idle connection may keep allocated for its next answers.
    package static let kept = 4096

    /// The kernel takes no more for now.
    package private(set) var isBlocked = false
    private var isScheduled = false
    /// What the kernel held for the client when it was last looked at.
    private var unread = 0
    /// Made for a client that does not read, which most never are.
    private var stall: Timer?
    private var counted = 0

    package init() {}

    /// Output has come that is to be sent before the loop waits again.
    package mutating func grew(_ connection: any TurnWork, on loop: EventLoop) {
        if isScheduled { return }
        isScheduled = true
        loop.atEndOfTurn(connection)
    }

    /// The end of the turn has come.
    package mutating func turnEnds() { isScheduled = false }

    /// All is written; whether that had to wait for the client.
    package mutating func went(on loop: EventLoop) -> Bool {
        let waited = isBlocked
        isBlocked = false
        if let stall, stall.isSet { loop.cancel(stall) }
        return waited
    }

    /// The kernel takes no more, and holds `unread` bytes; `wrote`: it took some before. The client
    /// has a while to read any of them.
    package mutating func blocked(
        wrote: Bool, unread: @autoclosure () -> Int, at desk: Desk,
        whenStalled: @escaping () -> Void
    ) {
        if wrote || !isBlocked {
            self.unread = unread()
            let timer = stall ?? Timer(whenStalled)
            stall = timer
            desk.loop.set(timer, after: desk.limits.writeStall.nanoseconds)
        }
        isBlocked = true
    }

    /// That while has passed. A slow reader is not a stalled one: where the kernel holds less than
    /// before, it has another.
    package mutating func isStalled(unread left: Int, at desk: Desk) -> Bool {
        guard let stall, left < unread else { return true }
        unread = left
        desk.loop.set(stall, after: desk.limits.writeStall.nanoseconds)
        return false
    }

    /// Why a client is dropped that has stalled.
    package static func words(_ bytes: Int, at desk: Desk) -> String {
        "took none of \(bytes) bytes for \(desk.limits.writeStall.value) s (write_stall)"
    }

    /// The connection holds so many bytes: what the reception is to be told.
    package mutating func count(_ bytes: Int, at desk: Desk) -> Reception.Held {
        if bytes == counted { return .same }
        let isMuchLess = bytes + Reception.largeBytes <= counted
        desk.memory.change(&counted, to: bytes)
        return isMuchLess ? .muchLess : .other
    }

    /// The connection is closed, and holds nothing.
    package mutating func close(at desk: Desk) -> Reception.Held {
        if let stall { desk.loop.cancel(stall) }
        let isLarge = counted >= Reception.largeBytes
        desk.memory.change(&counted, to: 0)
        return isLarge ? .muchLess : .other
    }
}
