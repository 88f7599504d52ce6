/// The exact sliding window of a rate limit: a ring of the last `limit` start times.
///
/// It owns 8 bytes for each start, up to `limit` of them, allocated as they come.
struct RateWindow {
    /// How many may start in any window; nil for no limit, and then nothing is remembered.
    private(set) var limit: Int?
    private var starts: [UInt64] = []
    /// Where the oldest start is, once the ring is full.
    private var oldest = 0

    init(limit: Int?) {
        precondition(limit ?? 1 >= 1, "a rate limit lets at least one request start")
        self.limit = limit
    }

    /// Sets another limit; what started already still counts, as far as the old limit remembers it.
    mutating func limitChanged(to limit: Int?) {
        precondition(limit ?? 1 >= 1, "a rate limit lets at least one request start")
        let inOrder = starts[oldest...] + starts[..<oldest]
        starts = Array(inOrder.suffix(limit ?? 0))
        oldest = 0
        self.limit = limit
    }

    /// Whether one more may start now.
    func isOpen(now: UInt64) -> Bool {
        guard let limit, starts.count >= limit else { return true }
        return starts[oldest] + SchedulingLimits.rateWindow <= now
    }

    /// Counts a start; `isOpen` must have been true.
    mutating func started(now: UInt64) {
        guard let limit else { return }
        if starts.count < limit {
            starts.append(now)
        } else {
            starts[oldest] = now
            oldest = oldest + 1 == limit ? 0 : oldest + 1
        }
    }

    /// How long the request that starts `position`th from now (1 is the next) has to wait.
    func wait(position: Int, now: UInt64) -> UInt64 {
        guard let limit else { return 0 }
        let (round, place) = (position - 1).quotientAndRemainder(dividingBy: limit)
        let rounds = UInt64(round) * SchedulingLimits.rateWindow
        let unused = limit - starts.count
        if place < unused { return rounds }
        let index = oldest + place - unused
        let start = starts[index < starts.count ? index : index - starts.count]
        let opens = start + SchedulingLimits.rateWindow
        return rounds + (opens > now ? opens - now : 0)
    }
}
