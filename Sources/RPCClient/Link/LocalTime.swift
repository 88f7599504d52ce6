import Glibc

/// The time of day as the user's clock shows it.
package enum LocalTime {
    /// `HH:MM:SS` of a moment in seconds since 1970, now if none is given.
    package static func clock(_ seconds: Double? = nil) -> String {
        var moment: time_t = 0
        if let seconds { moment = time_t(seconds) } else { unsafe time(&moment) }
        var parts = unsafe tm()
        unsafe localtime_r(&moment, &parts)
        let numbers = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec]
        return numbers.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
