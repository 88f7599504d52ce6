/// The three date forms of RFC 9110, 5.6.7, read in place.
enum HTTPDate {
    /// Seconds since 1970 UTC; nil for anything that is no such date. Day names are not compared
    /// with the date, and a two-digit year means 1970 to 2069.
    static func seconds(_ range: Range<Int>, of input: Span<UInt8>) -> Int? {
        var cursor = Cursor(rest: range)
        guard cursor.word(of: input) != nil else { return nil }
        let day: Int
        let month: Int
        let year: Int
        let clock: Int
        if let first = cursor.number(of: input) {
            guard let second = cursor.month(of: input), var third = cursor.number(of: input),
                let time = cursor.clock(of: input), cursor.isGMT(of: input)
            else { return nil }
            if third < 100 { third += third < 70 ? 2000 : 1900 }
            (day, month, year, clock) = (first, second, third, time)
        } else {
            guard let first = cursor.month(of: input), let second = cursor.number(of: input),
                let time = cursor.clock(of: input), let third = cursor.number(of: input)
            else { return nil }
            (day, month, year, clock) = (second, first, third, time)
        }
        guard cursor.rest.isEmpty, (1...31).contains(day), (1970...9999).contains(year) else {
            return nil
        }
        return days(year: year, month: month, day: day) * 86_400 + clock
    }

    /// Days from 1970-01-01 to a date of the Gregorian calendar, years counted from March.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let march = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return march * 365 + march / 4 - march / 100 + march / 400 + dayOfYear - 719_468
    }

    /// What is left of a date; every read also drops the blanks, commas and dashes before it.
    private struct Cursor {
        var rest: Range<Int>

        mutating func skip(_ input: Span<UInt8>) {
            while let at = rest.first, [32, 44, 45].contains(input[at]) { rest.removeFirst() }
        }

        mutating func word(of input: Span<UInt8>) -> Range<Int>? {
            skip(input)
            let start = rest.lowerBound
            while let at = rest.first, (input[at] | 0x20) &- 97 < 26 { rest.removeFirst() }
            return rest.lowerBound == start ? nil : start..<rest.lowerBound
        }

        mutating func number(of input: Span<UInt8>) -> Int? {
            skip(input)
            let start = rest.lowerBound
            while let at = rest.first, input[at] &- 48 < 10 { rest.removeFirst() }
            return input.decimal(in: start..<rest.lowerBound, max: 10_000)
        }

        mutating func month(of input: Span<UInt8>) -> Int? {
            guard let name = word(of: input) else { return nil }
            let names: [StaticString] = [
                "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
            ]
            return names.firstIndex { input.equalsIgnoringCase($0, in: name) }.map { $0 + 1 }
        }

        /// `08:49:37`, as seconds of the day; 60 is a leap second.
        mutating func clock(of input: Span<UInt8>) -> Int? {
            skip(input)
            let start = rest.lowerBound
            guard rest.count >= 8, input[start + 2] == 58, input[start + 5] == 58,
                let hour = input.decimal(in: start..<start + 2, max: 99), hour < 24,
                let minute = input.decimal(in: start + 3..<start + 5, max: 99), minute < 60,
                let second = input.decimal(in: start + 6..<start + 8, max: 99), second < 61
            else { return nil }
            rest.removeFirst(8)
            return hour * 3600 + minute * 60 + second
        }

        mutating func isGMT(of input: Span<UInt8>) -> Bool {
            guard let zone = word(of: input) else { return false }
            return input.equalsIgnoringCase("gmt", in: zone)
                || input.equalsIgnoringCase("utc", in: zone)
        }
    }
}
