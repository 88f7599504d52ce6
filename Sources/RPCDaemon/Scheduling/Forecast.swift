/// Moving averages of how long one model of one backend takes, in nanoseconds.
///
/// Each new time weighs one eighth: a change shows after a few requests, one outlier hardly.
struct Forecast {
    /// From start to end, of a model that was loaded.
    private(set) var service: UInt64?
    /// From start to the first token, of a model that was loaded.
    private(set) var firstToken: UInt64?
    /// Between two tokens.
    private(set) var perToken: UInt64?
    /// What a load adds to the first token.
    private(set) var load: UInt64?
    /// When the last request ended well.
    private(set) var lastEnd: UInt64 = 0

    /// A request was served.
    mutating func served(
        start: UInt64, firstToken first: UInt64?, end: UInt64, tokens: Int, loaded: Bool
    ) {
        lastEnd = end
        let untilFirst = first.map { $0 > start ? $0 - start : 0 }
        if let first, tokens > 1, end > first {
            Self.learn(&perToken, (end - first) / UInt64(tokens - 1))
        }
        let whole = end > start ? end - start : 0
        guard loaded else {
            // What the load itself took is known only beside an ordinary first token.
            let wait = untilFirst ?? whole
            let usual = firstToken ?? 0
            Self.learn(&load, wait > usual ? wait - usual : 0)
            if service == nil { service = whole - min(whole, load ?? 0) }
            return
        }
        if let untilFirst { Self.learn(&firstToken, untilFirst) }
        Self.learn(&service, whole)
    }

    /// How long a request with at most so many tokens is served; nil where nothing is known.
    func service(tokensMax: Int?) -> UInt64? {
        guard let service else { return nil }
        guard let tokensMax, let perToken, let firstToken else { return service }
        let tokens = UInt64(max(0, min(tokensMax, SchedulingLimits.tokensBelieved)))
        return min(service, firstToken + tokens * perToken)
    }

    private static func learn(_ average: inout UInt64?, _ value: UInt64) {
        average = average.map { $0 - $0 / 8 + value / 8 } ?? value
    }
}
