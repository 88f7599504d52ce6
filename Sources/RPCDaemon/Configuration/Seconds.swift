/// A duration from the configuration, exact to the nanosecond.
package struct Seconds: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, CustomStringConvertible
{
    package let nanoseconds: UInt64

    /// The seconds have to lie between 0 and ten thousand days; what is finer than a nanosecond
    /// is rounded.
    package init(_ seconds: Double) {
        precondition((0...864_000_000).contains(seconds), "a duration is bounded")
        nanoseconds = UInt64(seconds * 1e9 + 0.5)
    }

    package init(integerLiteral seconds: UInt64) { nanoseconds = seconds * 1_000_000_000 }
    package init(floatLiteral seconds: Double) { self.init(seconds) }

    package var value: Double { Double(nanoseconds) / 1e9 }

    package static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

    /// `300`, or `0.5` where it is not whole.
    package var description: String {
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return rest == 0 ? "\(whole)" : "\(value)"
    }
}
