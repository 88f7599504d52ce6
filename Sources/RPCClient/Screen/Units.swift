/// Numbers as people read them.
package enum Units {
    /// A duration in seconds, with the unit that suits it.
    package static func seconds(_ value: Double) -> String {
        switch value {
        case ..<0.000_000_5: "0 s"
        case ..<0.000_999_5: "\(fixed(value * 1_000_000, 0)) µs"
        case ..<0.009_995: "\(fixed(value * 1000, 2)) ms"
        case ..<0.099_95: "\(fixed(value * 1000, 1)) ms"
        case ..<0.999_5: "\(fixed(value * 1000, 0)) ms"
        case ..<59.995: "\(withoutZeros(fixed(value, 2))) s"
        case ..<3599.5: split(value, 60, "min", "s")
        case ..<86_370: split(value / 60, 60, "h", "min")
        default: split(min(value, 1e12) / 3600, 24, "d", "h")
        }
    }

    /// How long to wait, in seconds, rounded up: nobody waits by the millisecond.
    package static func wait(_ value: Double) -> String {
        if value < 1 { return "less than 1 s" }
        if value >= 60 { return seconds(value.rounded(.up)) }
        let text = fixed(value < 10 ? (value * 10).rounded(.up) / 10 : value.rounded(.up), 1)
        return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + " s"
    }

    /// So many of something, such as `1 request` and `2 requests`.
    package static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// A speed in tokens per second.
    package static func speed(_ value: Double) -> String {
        "\(fixed(value, value < 999.95 ? 1 : 0)) tok/s"
    }

    /// A size in bytes, with the unit that suits it.
    package static func bytes(_ value: Double) -> String {
        var value = value
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if value < 1023.5 { return "\(fixed(value, unit == "B" ? 0 : 1)) \(unit)" }
            value /= 1024
        }
        return "\(fixed(value, 1)) TiB"
    }

    /// A number with that many decimals, rounded.
    package static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int((value.magnitude * Double(scale)).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        let (whole, rest) = scaled.quotientAndRemainder(dividingBy: scale)
        guard decimals > 0 else { return sign + String(whole) }
        let digits = String(rest)
        let zeros = String(repeating: "0", count: decimals - digits.utf8.count)
        return "\(sign)\(whole).\(zeros)\(digits)"
    }

    /// `10` for `10.00`; what was measured keeps its digits.
    private static func withoutZeros(_ text: String) -> String {
        text.hasSuffix(".00") ? String(text.dropLast(3)) : text
    }

    private static func split(
        _ value: Double, _ size: Int, _ large: String, _ small: String
    ) -> String {
        let (whole, rest) = Int(value.rounded()).quotientAndRemainder(dividingBy: size)
        return rest == 0 ? "\(whole) \(large)" : "\(whole) \(large) \(rest) \(small)"
    }
}
