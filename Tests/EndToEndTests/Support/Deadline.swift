import Glibc
import TestSupport

/// A moment that a wait may last to; far enough away for a busy machine.
struct Deadline {
    /// Nanoseconds of the monotonic clock.
    private let moment: UInt64

    /// No test waits longer than this for one thing.
    static let seconds = 30.0

    init(seconds: Double = Deadline.seconds) {
        moment = Deadline.now + UInt64(seconds * Patience.factor * 1e9)
    }

    var isOver: Bool { Deadline.now >= moment }

    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// What poll(2) may wait; 0 once the moment has passed.
    var milliseconds: Int32 {
        let now = Deadline.now
        return now >= moment ? 0 : Int32(min((moment - now) / 1_000_000 + 1, 3_600_000))
    }
}
