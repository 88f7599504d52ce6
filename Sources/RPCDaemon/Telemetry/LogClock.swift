import CrowdModelsProtocol

/// Tells the time in a line of its own, `-- 2026-11-26 07:20 UTC`, before the first line of every
/// minute that has any: the lines themselves stay as the guide prints them.
struct LogClock {
    private var minute = -1

    /// Whether a new minute has begun since the last time that was asked; seconds since 1970.
    mutating func ticks(at time: Double) -> Bool {
        let now = Int(time / 60)
        defer { minute = now }
        return now != minute
    }

    /// Appends the line of the minute that began last.
    func write(to out: inout ByteBuffer) {
        let (days, rest) = minute.quotientAndRemainder(dividingBy: 1440)
        let (year, month, day) = Self.date(days)
        out.append("-- ")
        out.append(decimal: year)
        Self.write(month, after: "-", to: &out)
        Self.write(day, after: "-", to: &out)
        Self.write(rest / 60, after: " ", to: &out)
        Self.write(rest % 60, after: ":", to: &out)
        out.append(" UTC")
    }

    private static func write(_ value: Int, after mark: StaticString, to out: inout ByteBuffer) {
        out.append(mark)
        if value < 10 { out.append("0") }
        out.append(decimal: value)
    }

    /// Year, month and day of a number of days since 1970; years begin in March here, so that the
    /// leap day is their last.
    static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }
}
