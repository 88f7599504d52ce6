import Glibc

/// Nanoseconds of the machine's monotonic clock: the same for every process on it.
enum Clock {
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Seconds since 1970, for `created`.
    static var date: Int { time(nil) }

    static func nanoseconds(_ seconds: Double) -> UInt64 {
        UInt64(max(0, min(seconds, 1e9)) * 1e9)
    }

    /// When `count` steps are over that begin at `start`; never, when that is too far away.
    static func moment(_ count: Int, _ step: UInt64, after start: UInt64) -> UInt64 {
        let (time, tooLong) = UInt64(count).multipliedReportingOverflow(by: step)
        let (moment, tooLate) = start.addingReportingOverflow(time)
        return tooLong || tooLate ? .max : moment
    }

    static func milliseconds(_ nanoseconds: UInt64) -> JSON {
        .double(Double(nanoseconds / 1000) / 1000)
    }

    /// Today in the form of HTTP's `Date`.
    static var httpDate: String {
        var seconds = time(nil)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            let count = strftime(buffer.baseAddress!, 64, "%a, %d %b %Y %H:%M:%S GMT", &parts)
            return String(
                decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    static func sleep(until deadline: UInt64) {
        let now = Clock.now
        if deadline > now { usleep(UInt32(clamping: (deadline - now) / 1000)) }
    }
}
