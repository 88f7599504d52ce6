/// The numbers of one backend, model or client, or of everything, in all windows.
///
/// What happens within a second is counted in a tally and goes to the windows when the second is
/// over: what they cost is paid once a second, not once a request.
struct Series {
    private var open = Tally()
    private var openSums = Sums()
    /// The second that `open` counts; of the last sample, or of the beginning, where it is empty.
    private(set) var second: UInt64
    /// Goes up with each sample.
    private var version: UInt64 = 0
    private(set) var windows = StatsWindow.rolling.map {
        RollingWindow(sliceSeconds: $0.sliceSeconds)
    }
    private var totalCounts = SparseCounts()
    private var totalSums = Sums()
    /// One for each window that was asked for since this began.
    private var cache: [Cached] = []

    private struct Cached {
        let window: StatsWindow
        var version: UInt64
        var validUntil: UInt64
        var figures: Figures
    }

    init(second: UInt64 = 0) {
        self.second = second
    }

    mutating func add(_ contribution: borrowing Contribution, second now: UInt64) {
        if now > second {
            close()
            second = now
        }
        for index in 0..<contribution.keyCount { open.add(contribution.keys[index]) }
        openSums.add(contribution)
        version &+= 1
    }

    /// Brings the windows up to date and frees what has left them.
    mutating func advance(to now: UInt64) {
        if now > second { close() }
        for index in windows.indices { windows[index].expire(second: now) }
        if now >= second + StatsWindow.slicesMax, open.isEmpty {
            open = Tally()
            cache = []
        }
    }

    private mutating func close() {
        if open.isEmpty { return }
        let counts = open.counts()
        for index in windows.indices {
            windows[index].expire(second: second)
            windows[index].add(counts, openSums, second: second)
        }
        totalCounts.add(counts)
        totalSums.add(openSums)
        open.reset()
        openSums = Sums()
    }

    /// What the window holds, and until which second that stays so if no sample comes.
    mutating func figures(
        _ window: StatsWindow, second now: UInt64
    ) -> (figures: Figures, validUntil: UInt64) {
        let place = cache.firstIndex { $0.window == window }
        if let place, cache[place].version == version, now < cache[place].validUntil {
            return (cache[place].figures, cache[place].validUntil)
        }
        advance(to: now)
        var (counts, sums, validUntil) = (totalCounts, totalSums, UInt64.max)
        if window != .total {
            let rolling = windows[window.rawValue]
            (counts, sums) = (rolling.counts, rolling.sums)
            validUntil = rolling.nextExpiry ?? (open.isEmpty ? .max : rolling.end(of: second))
        }
        counts.add(open.counts())
        sums.add(openSums)
        let figures = Figures(counts: counts, sums: sums)
        let fresh = Cached(
            window: window, version: version, validUntil: validUntil, figures: figures)
        if let place = cache.firstIndex(where: { $0.window == window }) {
            cache[place] = fresh
        } else {
            cache.append(fresh)
        }
        return (figures, validUntil)
    }

    /// Adds the whole life of another series to this one's total; its windows must be empty.
    mutating func inherit(_ other: Series) {
        totalCounts.add(other.totalCounts)
        totalSums.add(other.totalSums)
        version &+= 1
    }
}
