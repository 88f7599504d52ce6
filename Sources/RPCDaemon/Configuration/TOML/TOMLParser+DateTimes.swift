/// Dates, times, and both with or without an offset from UTC.
extension TOMLParser {
    /// The date, time or date-time that the token is.
    static func dateTime(_ token: ArraySlice<UInt8>) throws(ScalarProblem) -> TOMLValue {
        var reader = DigitReader(rest: token)
        guard token.count > 4, token[token.startIndex + 4] == UInt8(ascii: "-") else {
            let time = try readTime(&reader)
            guard reader.rest.isEmpty else { throw malformed }
            return .localTime(time)
        }
        let date = try readDate(&reader)
        if reader.rest.isEmpty { return .localDate(date) }
        guard reader.take("T") || reader.take("t") || reader.take(" ") else {
            throw malformed
        }
        let time = try readTime(&reader)
        if reader.rest.isEmpty { return .localDateTime(date, time) }
        let offset = try readOffset(&reader)
        guard reader.rest.isEmpty else { throw malformed }
        guard time.second < 60 || isLeapSecond(date, time, offset) else {
            throw ScalarProblem(
                message: "a second 60 is the last of a month in UTC")
        }
        return .offsetDateTime(date, time, offset)
    }

    private static func readDate(
        _ reader: inout DigitReader
    ) throws(ScalarProblem) -> TOMLDate {
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2),
            reader.take("-"), let day = reader.number(2)
        else { throw malformed }
        guard let date = TOMLDate(year: year, month: month, day: day) else {
            throw ScalarProblem(message: "there is no such day in the calendar")
        }
        return date
    }

    private static func readTime(
        _ reader: inout DigitReader
    ) throws(ScalarProblem) -> TOMLTime {
        guard let hour = reader.number(2), reader.take(":"), let minute = reader.number(2) else {
            throw malformed
        }
        var second = 0
        var nanosecond = 0
        if reader.take(":") {
            guard let given = reader.number(2) else { throw malformed }
            second = given
            if reader.take(".") {
                guard let given = reader.nanoseconds() else { throw malformed }
                nanosecond = given
            }
        }
        guard hour < 24, minute < 60, second <= 60 else {
            throw ScalarProblem(message: "there is no such time of day")
        }
        return TOMLTime(hour: hour, minute: minute, second: second, nanosecond: nanosecond)
    }

    private static func readOffset(
        _ reader: inout DigitReader
    ) throws(ScalarProblem) -> TOMLOffset {
        if reader.take("Z") || reader.take("z") { return TOMLOffset(minutes: 0) }
        let isWest = reader.take("-")
        guard isWest || reader.take("+"), let hour = reader.number(2), reader.take(":"),
            let minute = reader.number(2)
        else { throw malformed }
        guard hour < 24, minute < 60 else {
            throw ScalarProblem(
                message: "an offset from UTC is less than 24:00 hours")
        }
        let minutes = hour * 60 + minute
        return TOMLOffset(minutes: isWest ? -minutes : minutes)
    }

    /// RFC 3339, section 5.7: leap seconds are inserted at 23:59:60 UTC at the end of a month.
    private static func isLeapSecond(
        _ date: TOMLDate, _ time: TOMLTime, _ offset: TOMLOffset
    ) -> Bool {
        switch time.minuteOfDay - offset.minutes {
        case 1439: date.isLastOfMonth
        case -1: date.day == 1
        case 1439 + 1440:
            TOMLDate(year: date.year, month: date.month, day: date.day + 1)?.isLastOfMonth == true
        default: false
        }
    }

    private static var malformed: ScalarProblem {
        ScalarProblem(
            message: "not a date or time; they look like 1979-05-27, "
                + "07:32:00, 1979-05-27T07:32:00 or 1979-05-27T07:32:00+02:00")
    }
}

/// Takes numbers of fixed width from the front of a token.
private struct DigitReader {
    var rest: ArraySlice<UInt8>

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: scalar) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(_ width: Int) -> Int? {
        let digits = rest.prefix(width)
        guard digits.count == width, digits.allSatisfy(TOMLParser.isDigit) else { return nil }
        rest.removeFirst(width)
        return digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }

    /// Takes a fraction of any length and cuts it at nine digits, as the specification asks.
    mutating func nanoseconds() -> Int? {
        let digits = rest.prefix(while: TOMLParser.isDigit)
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        let kept = digits.prefix(9)
        let value = kept.reduce(0) { $0 * 10 + Int($1) - 0x30 }
        return repeatElement(10, count: 9 - kept.count).reduce(value, *)
    }
}
