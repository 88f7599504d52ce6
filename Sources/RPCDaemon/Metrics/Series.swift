/// The numbers of one backend, model or client, or of everything, in all windows.
///
/// What was counted in two seconds is a slice. Slices that have left a window become one of the
/// next longer window, so that each second is kept once, the older the coarser: at most 34, 44, 38
/// and 40 of them, of `sliceBytesMax` and 384 bytes of sums each. With what is older, 4 bytes for
/// each bucket, a series takes 590 KiB at most. All slices are there after an hour; from then on a
/// busy series takes as much as it ever will.
struct Series {
    /// Goes up with each slice that is taken up.
    private var version: UInt64 = 0
    /// By rolling window, what is in no shorter one, oldest first.
    private(set) var slices = [[Slice]](repeating: [], count: StatsWindow.rolling.count)
    /// What the time of which is not over.
    private var newest: Slice?
    /// What has left the longest window.
    private var remainder = Remainder()
    /// One for each window that was asked for since it last went silent.
    private var cache: [Cached] = []

    private struct Cached {
        let window: StatsWindow
        var version: UInt64
        var validUntil: UInt64
        var figures: Figures
    }

    /// Bytes on the heap.
    var byteCount: Int {
        slices.reduce(remainder.byteCount + (newest?.byteCount ?? 0)) { bytes, slices in
            slices.reduce(bytes + HeapBlock.bytes(slices.capacity * MemoryLayout<Slice>.stride)) {
                $0 + $1.byteCount
            }
        }
    }

    /// Takes up what was counted in the slice of the shortest window that is `number`: its buckets
    /// from `histogram`, which is empty then, and what was summed beside them.
    mutating func take(
        _ histogram: inout Histogram, _ sums: inout Sums, _ errors: inout ErrorCounts,
        number: UInt64
    ) {
        if let newest, newest.number == number { newest.add(to: &histogram, &sums, &errors) }
        let taken = Slice(number: number, &histogram, sums, errors)
        if let newest, newest.number != number { slices[0].append(newest) }
        newest = taken
        moveSlices(second: number * StatsWindow.oneMinute.sliceSeconds, &histogram)
        version &+= 1
    }

    /// Brings the windows up to date and frees what has left them.
    mutating func advance(to now: UInt64, _ histogram: inout Histogram) {
        if newest == nil, slices.allSatisfy(\.isEmpty) { return }
        if let newest, newest.number < now / StatsWindow.oneMinute.sliceSeconds {
            slices[0].append(newest)
            self.newest = nil
        }
        moveSlices(second: now, &histogram)
        if newest == nil, slices.allSatisfy(\.isEmpty) { cache = [] }
    }

    /// Slices of which all that make up one of the next longer window are out of their own become
    /// that one. Done for all of them at once, each is unpacked once.
    private mutating func moveSlices(second now: UInt64, _ histogram: inout Histogram) {
        for window in StatsWindow.rolling {
            let index = window.rawValue
            let isLongest = index == slices.count - 1
            let length =
                isLongest ? window.sliceSeconds : StatsWindow.rolling[index + 1].sliceSeconds
            let each = length / window.sliceSeconds
            var moved = 0
            while moved < slices[index].count {
                let first = slices[index][moved]
                let number = first.number / each
                if (number + 1) * length + window.seconds > now { break }
                var end = moved + 1
                while end < slices[index].count, slices[index][end].number / each == number {
                    end += 1
                }
                if isLongest {
                    remainder.take(first, &histogram)
                } else if end == moved + 1 {
                    slices[index + 1].append(Slice(first, number: number))
                } else {
                    slices[index + 1].append(
                        Self.joined(slices[index][moved..<end], number: number, &histogram))
                }
                moved = end
            }
            if moved > 0 { slices[index].removeFirst(moved) }
        }
    }

    private static func joined(
        _ slices: ArraySlice<Slice>, number: UInt64, _ histogram: inout Histogram
    ) -> Slice {
        var sums = Sums()
        var errors = ErrorCounts()
        for slice in slices { slice.add(to: &histogram, &sums, &errors) }
        return Slice(number: number, &histogram, sums, errors)
    }

    /// What the window holds, and until which second that stays so if no sample comes.
    mutating func figures(
        _ window: StatsWindow, second now: UInt64, _ histogram: inout Histogram
    ) -> (figures: Figures, validUntil: UInt64) {
        advance(to: now, &histogram)
        let place = cache.firstIndex { $0.window == window }
        if let place, cache[place].version == version, now < cache[place].validUntil {
            return (cache[place].figures, cache[place].validUntil)
        }
        var sums = Sums()
        var errors = ErrorCounts()
        var validUntil = UInt64.max
        if let newest {
            newest.add(to: &histogram, &sums, &errors)
            if window != .total {
                validUntil = window.end(of: newest.number * StatsWindow.oneMinute.sliceSeconds)
            }
        }
        if window == .total { remainder.add(to: &histogram, &sums, &errors) }
        for part in StatsWindow.rolling where part.rawValue <= window.rawValue {
            let length = part.sliceSeconds
            // Some that are out of this window wait for those that they become one with.
            let inside = slices[part.rawValue].drop {
                window != .total && ($0.number + 1) * length + window.seconds <= now
            }
            for slice in inside { slice.add(to: &histogram, &sums, &errors) }
            if window != .total, let oldest = inside.first {
                validUntil = window.end(of: oldest.number * length)
            }
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
        other.settle(second: now, &histogram)
        settle(second: now, &histogram)
        for index in slices.indices {
            for slice in other.slices[index] { merge(slice, into: index, &histogram) }
        }
        remainder.take(other.remainder, &histogram)
        version &+= 1
    }

    /// Nothing is newest any more.
    private mutating func settle(second now: UInt64, _ histogram: inout Histogram) {
        if let last = newest.take() { slices[0].append(last) }
        moveSlices(second: now, &histogram)
    }

    private mutating func merge(_ slice: Slice, into index: Int, _ histogram: inout Histogram) {
        let place = slices[index].firstIndex { $0.number >= slice.number } ?? slices[index].count
        if place == slices[index].count || slices[index][place].number != slice.number {
            slices[index].insert(slice, at: place)
        } else {
            slices[index][place] = Self.joined(
                [slices[index][place], slice], number: slice.number, &histogram)
        }
    }
}
