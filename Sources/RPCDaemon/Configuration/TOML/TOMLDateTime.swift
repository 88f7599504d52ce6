/// A day of the Gregorian calendar, year 0 to 9999, that exists.
package struct TOMLDate: Hashable, Sendable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// Nil if there is no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (0...9999).contains(year), (1...12).contains(month),
            (1...TOMLDate.days(in: month, of: year)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    package var isLastOfMonth: Bool { day == TOMLDate.days(in: month, of: year) }

    package var description: String {
        "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// A time of day; what is finer than a nanosecond has been cut off.
package struct TOMLTime: Hashable, Sendable, CustomStringConvertible {
    package let hour: Int
    package let minute: Int
    /// 60 in a leap second.
    package let second: Int
    package let nanosecond: Int

    package var minuteOfDay: Int { hour * 60 + minute }

    /// `07:32:00`, with as many decimals as it needs.
    package var description: String {
        let whole = "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
        guard nanosecond > 0 else { return whole }
        var fraction = padded(nanosecond, 9)
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return whole + "." + fraction
    }
}

/// How far a clock is ahead of UTC.
package struct TOMLOffset: Hashable, Sendable, CustomStringConvertible {
    /// From −1439 to 1439.
    package let minutes: Int

    /// `Z`, or `+02:00`.
    package var description: String {
        guard minutes != 0 else { return "Z" }
        let (hour, minute) = abs(minutes).quotientAndRemainder(dividingBy: 60)
        return "\(minutes < 0 ? "-" : "+")\(padded(hour, 2)):\(padded(minute, 2))"
    }
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
