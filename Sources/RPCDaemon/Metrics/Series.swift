/// The numbers of one backend, model or client, or of everything, in all windows.
///
/// What is counted is only noted; when a slice of two seconds is over, or so much waits that it is
/// worth it, it is sorted into buckets and packed. A slice that has left a window goes into one of
/// the next longer window, so that each second is kept once, the older the coarser: 30, 40, 34 and
/// 38 slices of at most `sliceBytesMax`.
struct Series {
    /// The keys of the newest slice that are not packed yet.
    private var pending: [SampleKeys] = []
    private var pendingSums = Sums()
    private var pendingErrors = ErrorCounts()
    /// The second of the last sample, or of the beginning.
    private(set) var second: UInt64
    /// Goes up with each sample.
    private var version: UInt64 = 0
    /// By rolling window, what is in it and in no shorter one, oldest first.
    private(set) var slices = [[Slice]](repeating: [], count: StatsWindow.rolling.count)
    /// What is counted into; in no window's slices and not in the total yet.
    private var newest: Slice?
    private var total = Slice(number: 0)
    /// One for each window that was asked for since it last went silent.
    private var cache: [Cached] = []

    private struct Cached {
        let window: StatsWindow
        var version: UInt64
        var validUntil: UInt64
        var figures: Figures
    }

    /// Bytes of memory that grow with what is counted.
    var byteCount: Int {
        slices.joined().reduce(pending.capacity * MemoryLayout<SampleKeys>.stride) {
            $0 + $1.byteCount
        } + total.byteCount + (newest?.byteCount ?? 0)
    }

    init(second: UInt64 = 0) {
        self.second = second
    }

    mutating func add(
        _ contribution: borrowing Contribution, second now: UInt64, _ histogram: inout Histogram
    ) {
        if now > second {
            let slice = StatsWindow.oneMinute.sliceSeconds
            if now / slice > second / slice { close(&histogram) }
            second = now
        }
        pending.append(contribution.keys)
        pendingSums.add(contribution)
        if let kind = contribution.errorKind { pendingErrors.count(kind) }
        version &+= 1
        if pending.count >= MetricsLimits.pendingMax { close(&histogram) }
    }

    /// Brings the windows up to date and frees what has left them.
    mutating func advance(to now: UInt64, _ histogram: inout Histogram) {
        close(&histogram)
        if let newest, newest.number < now / StatsWindow.oneMinute.sliceSeconds {
            retire(&histogram)
        }
        moveSlices(second: now, &histogram)
        if newest == nil, slices.allSatisfy(\.isEmpty) {
            pending = []
            cache = []
        }
    }

    /// Packs what waits into the newest slice, which begins now if there is none of this time.
    private mutating func close(_ histogram: inout Histogram) {
        if pendingSums.isEmpty { return }
        let number = second / StatsWindow.oneMinute.sliceSeconds
        if newest?.number != number {
            retire(&histogram)
            newest = Slice(number: number)
        }
        histogram.add(pending)
        newest?.take(
            &histogram, pendingSums, pendingErrors, bytesMax: MetricsLimits.sliceBytesMax)
        pending.removeAll(keepingCapacity: true)
        pendingSums = Sums()
        pendingErrors = ErrorCounts()
    }

    /// The newest slice is complete: it belongs to the total and to the shortest window.
    private mutating func retire(_ histogram: inout Histogram) {
        guard let complete = newest.take() else { return }
        total.take(complete, &histogram, bytesMax: nil)
        slices[0].append(complete)
        moveSlices(second: second, &histogram)
    }

    /// Slices that are out of their window go on to the next longer one.
    private mutating func moveSlices(second now: UInt64, _ histogram: inout Histogram) {
        for window in StatsWindow.rolling {
            let length = window.sliceSeconds
            let slices = slices[window.rawValue]
            let gone = slices.prefix { ($0.number + 1) * length + window.seconds <= now }
            if gone.isEmpty { continue }
            self.slices[window.rawValue].removeFirst(gone.count)
            guard let next = StatsWindow.rolling.first(where: { $0.rawValue > window.rawValue })
            else { continue }
            for slice in gone {
                let begin = slice.number * length
                // What has been silent long enough is out of that one too.
                if next.end(of: begin) <= now, next == .oneHour { continue }
                append(slice, begin / next.sliceSeconds, to: next, &histogram)
            }
        }
    }

    private mutating func append(
        _ slice: Slice, _ number: UInt64, to window: StatsWindow, _ histogram: inout Histogram
    ) {
        let index = window.rawValue
        if slices[index].last?.number != number { slices[index].append(Slice(number: number)) }
        slices[index][slices[index].count - 1].take(
            slice, &histogram, bytesMax: MetricsLimits.sliceBytesMax)
    }

    /// What the window holds, and until which second that stays so if no sample comes.
    mutating func figures(
        _ window: StatsWindow, second now: UInt64, _ histogram: inout Histogram
    ) -> (figures: Figures, validUntil: UInt64) {
        let place = cache.firstIndex { $0.window == window }
        if let place, cache[place].version == version, now < cache[place].validUntil {
            return (cache[place].figures, cache[place].validUntil)
        }
        advance(to: now, &histogram)
        var sums = Sums()
        var errors = ErrorCounts()
        var validUntil = UInt64.max
        func count(_ slice: Slice) {
            slice.unpack(into: &histogram)
            sums.add(slice.sums)
            errors.add(slice.errors)
        }
        if let newest {
            count(newest)
            if window != .total {
                validUntil = window.end(of: newest.number * StatsWindow.oneMinute.sliceSeconds)
            }
        }
        if window == .total { count(total) }
        for part in StatsWindow.rolling where part.rawValue <= window.rawValue && window != .total {
            for slice in slices[part.rawValue] { count(slice) }
            guard let oldest = slices[part.rawValue].first else { continue }
            validUntil = window.end(of: oldest.number * part.sliceSeconds)
        }
        let fresh = Cached(
            window: window, version: version, validUntil: validUntil,
            figures: Figures(histogram, sums, errors))
        histogram.removeAll()
        cache.removeAll { $0.window == window }
        cache.append(fresh)
        return (fresh.figures, validUntil)
    }

    /// Adds all that another series counted to this one.
    mutating func absorb(_ other: Series, second now: UInt64, _ histogram: inout Histogram) {
        var other = other
        other.close(&histogram)
        other.retire(&histogram)
        close(&histogram)
        retire(&histogram)
        other.moveSlices(second: now, &histogram)
        moveSlices(second: now, &histogram)
        for index in slices.indices {
            for slice in other.slices[index] { merge(slice, into: index, &histogram) }
        }
        total.take(other.total, &histogram, bytesMax: nil)
        second = max(second, other.second)
        version &+= 1
    }

    private mutating func merge(_ slice: Slice, into index: Int, _ histogram: inout Histogram) {
        let place = slices[index].firstIndex { $0.number >= slice.number } ?? slices[index].count
        if place == slices[index].count || slices[index][place].number != slice.number {
            slices[index].insert(slice, at: place)
        } else {
            slices[index][place].take(
                slice, &histogram, bytesMax: MetricsLimits.sliceBytesMax)
        }
    }
}
