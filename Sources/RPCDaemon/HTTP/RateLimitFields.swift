import CrowdModelsProtocol

/// How much a server still takes from us, as it says with each answer: `x-ratelimit-remaining` and
/// `x-ratelimit-reset`, of requests, of tokens or of whatever. What is malformed says nothing.
///
/// OpenAI writes when it counts anew as Go writes a duration (`6m0s`, `17ms`), OpenRouter as
/// milliseconds since 1970, others in seconds, from now or since 1970.
package struct RateLimitFields: Equatable, Sendable {
    /// What is counted: its place among the resets.
    enum Counted: Int, Sendable {
        case requests, tokens, any
    }

    /// Bits of what nothing is left of.
    private var spent: UInt8 = 0
    /// Milliseconds until each is counted anew; below zero, the time of that since 1970.
    private var resets = SIMD4<Int64>.zero

    /// How long nothing more is taken, in milliseconds from `now`, which counts from 1970; nil
    /// where something is left of all, or nobody says until when not.
    package func pause(now: @autoclosure () -> Int64) -> Int? {
        if spent == 0 { return nil }
        let now = now()
        var longest: Int64 = 0
        for place in 0..<3 where spent & (1 << UInt8(place)) != 0 {
            let reset = resets[place]
            longest = max(longest, reset < 0 ? -reset - now : reset)
        }
        let most = Int64(HTTPLimits.retryAfterMillisecondsMax)
        return longest > 0 ? Int(min(longest, most)) : nil
    }

    mutating func read(left value: Range<Int>, of input: Span<UInt8>, _ counted: Counted) {
        let bit = UInt8(1) << UInt8(counted.rawValue)
        let isNone = input.decimal(in: value, max: .max) == 0
        spent = isNone ? spent | bit : spent & ~bit
    }

    mutating func read(reset value: Range<Int>, of input: Span<UInt8>, _ counted: Counted) {
        guard let milliseconds = Self.milliseconds(value, of: input) else { return }
        resets[counted.rawValue] = milliseconds
    }

    /// Milliseconds from now, or below zero those since 1970.
    private static func milliseconds(_ value: Range<Int>, of input: Span<UInt8>) -> Int64? {
        var at = value.lowerBound
        var sum = 0.0
        repeat {
            guard let number = number(&at, value.upperBound, of: input) else { return nil }
            if at == value.upperBound {
                // Without a unit it stands alone.
                return sum == 0 ? bare(number) : nil
            }
            guard let worth = unit(&at, value.upperBound, of: input) else { return nil }
            sum += number * worth
        } while at < value.upperBound
        return Int64(min(sum.rounded(.up), Double(HTTPLimits.retryAfterMillisecondsMax)))
    }

    /// A number without a unit: what is no wait of some decades is a moment, in seconds or, where
    /// that were far off, in milliseconds.
    private static func bare(_ number: Double) -> Int64 {
        let milliseconds = min(number < 1e11 ? number * 1000 : number, 1e15)
        return number < 1e9 ? Int64(milliseconds.rounded(.up)) : -Int64(milliseconds)
    }

    private static func number(
        _ at: inout Int, _ end: Int, of input: Span<UInt8>
    ) -> Double? {
        var number = 0.0
        var worth = 0.0
        var hasDigit = false
        while at < end {
            let digit = input[at] &- 48
            if digit <= 9 {
                hasDigit = true
                number = worth == 0 ? number * 10 + Double(digit) : number + Double(digit) * worth
                worth /= 10
            } else if input[at] == UInt8(ascii: "."), worth == 0 {
                worth = 0.1
            } else {
                break
            }
            at &+= 1
        }
        return hasDigit ? number : nil
    }

    /// What one of the unit that stands there is worth in milliseconds.
    private static func unit(_ at: inout Int, _ end: Int, of input: Span<UInt8>) -> Double? {
        let start = at
        while at < end, input[at] &- 48 > 9, input[at] != UInt8(ascii: ".") { at &+= 1 }
        let name = start..<at
        if input.equals("ms", in: name) { return 1 }
        if input.equals("s", in: name) { return 1000 }
        if input.equals("m", in: name) { return 60_000 }
        if input.equals("h", in: name) { return 3_600_000 }
        if input.equals("us", in: name) || input.equals("\u{b5}s", in: name) { return 0.001 }
        return input.equals("ns", in: name) ? 0.000_001 : nil
    }
}
