import Glibc

/// The time of day as the user's clock shows it.
package enum LocalTime {
    /// `HH:MM:SS` of a moment in seconds since 1970, now if none is given.
    package static func clock(_ seconds: Double? = nil) -> String {
        let parts = unsafe local(seconds)
        let numbers = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec]
        return numbers.map(twoDigits).joined(separator: ":")
    }

    /// Today as `YYYY-MM-DD`.
    package static func date() -> String {
        let parts = unsafe local(nil)
        let numbers = unsafe [parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday]
        return numbers.map(twoDigits).joined(separator: "-")
    }

    private static func twoDigits(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    private static func local(_ seconds: Double?) -> tm {
        var moment: time_t = 0
        if let seconds { moment = time_t(seconds) } else { unsafe time(&moment) }
        var parts = unsafe tm()
        unsafe localtime_r(&moment, &parts)
        return unsafe parts
    }
}
