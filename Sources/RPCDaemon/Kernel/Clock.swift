import Glibc

/// The clocks of the machine; only the loop and the programs' edges look at them.
package enum Clock {
    /// Nanoseconds since some fixed moment, never going back (CLOCK_MONOTONIC).
    @inline(__always)
    package static func monotonic() -> UInt64 {
        read(CLOCK_MONOTONIC)
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z (CLOCK_REALTIME).
    package static func wall() -> UInt64 {
        read(CLOCK_REALTIME)
    }

    @inline(__always)
    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return UInt64(bitPattern: Int64(time.tv_sec)) &* 1_000_000_000
            &+ UInt64(bitPattern: Int64(time.tv_nsec))
    }
}
