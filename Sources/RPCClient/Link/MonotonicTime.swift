import Glibc

/// A moment of the monotonic clock.
package struct MonotonicTime {
    private let nanoseconds: Int

    /// The moment of that many nanoseconds, as `now` counts them.
    package init(nanoseconds: Int) {
        self.nanoseconds = nanoseconds
    }

    /// The moment that many milliseconds from now.
    package init(millisecondsFromNow milliseconds: Int) {
        nanoseconds = Self.now + milliseconds * 1_000_000
    }

    /// How long until then, rounded up, and 0 for what has passed.
    package var millisecondsFromNow: Int32 {
        Int32(clamping: max(0, (nanoseconds - Self.now + 999_999) / 1_000_000))
    }

    /// Nanoseconds since some moment in the past.
    package static var now: Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
