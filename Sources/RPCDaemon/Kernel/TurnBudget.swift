/// What one taker may still do in a turn of the loop: work is told to it in bytes, and it says when
/// to stop and go on in the next turn.
///
/// A turn has `turn` for all work that can be cut; each taker gets an equal share of it, so that a
/// round of all who wait is about one turn long. The clock is read only after some microseconds of
/// work: a lone small request never pays for it.
package struct TurnBudget {
    /// Nanoseconds of one turn for work that can be cut. With one step of 2 ms beyond it, and as
    /// much again for what cannot be cut, whoever just comes waits for less than 25 ms.
    package static let turn: UInt64 = 10_000_000
    /// Nanoseconds for one taker, where few wait: the overhead of a turn is a thousandth of it.
    package static let shareMax: UInt64 = 1_000_000
    /// Nanoseconds for one taker, however many wait.
    package static let shareMin: UInt64 = 50_000
    /// Bytes of work between two looks at the clock: 4 KiB are read or copied in 1 to 60 µs.
    package static let bytesPerLook = 4096

    private var bytes = 0
    private var ends: UInt64 = 0

    package init() {}

    /// Notes work that is done; false where the taker should stop.
    @inline(__always)
    package mutating func spend(_ bytes: Int, of loop: EventLoop) -> Bool {
        self.bytes &+= bytes
        return self.bytes < Self.bytesPerLook || look(loop)
    }

    private mutating func look(_ loop: EventLoop) -> Bool {
        bytes = 0
        let time = loop.lookAtClock()
        if ends == 0 { ends = time &+ Self.share(of: loop.waiting) }
        return !loop.isTurnSpent && time < ends
    }

    /// A taker's nanoseconds where so many others wait for the next turn.
    static func share(of waiting: Int) -> UInt64 {
        min(shareMax, max(shareMin, turn / UInt64(waiting + 1)))
    }
}
