/// The last 60 slices of a series, and what they come to.
///
/// A slice exists only where something was counted in it, and is freed when it leaves the window.
struct RollingWindow {
    let sliceSeconds: UInt64
    private(set) var slices: [Slice] = []
    /// The sum of all slices.
    private(set) var counts = SparseCounts()
    private(set) var sums = Sums()

    struct Slice {
        /// Its beginning, in slices since the beginning of time.
        let number: UInt64
        var counts: PackedCounts
        var sums: Sums
    }

    init(sliceSeconds: UInt64) {
        self.sliceSeconds = sliceSeconds
    }

    var isEmpty: Bool { slices.isEmpty }

    /// The second from which something counted at `second` is out of the window.
    func end(of second: UInt64) -> UInt64 {
        (second / sliceSeconds + StatsWindow.slicesMax) * sliceSeconds
    }

    /// The second at which the oldest slice leaves; nil where there is none.
    var nextExpiry: UInt64? {
        slices.first.map { ($0.number + StatsWindow.slicesMax) * sliceSeconds }
    }

    /// Takes up what was counted in one second; seconds come in order.
    mutating func add(_ newCounts: SparseCounts, _ newSums: Sums, second: UInt64) {
        let number = second / sliceSeconds
        if let last = slices.indices.last, slices[last].number == number {
            var joined = slices[last].counts.unpacked
            joined.add(newCounts)
            slices[last].counts = PackedCounts(joined)
            slices[last].sums.add(newSums)
        } else {
            slices.append(Slice(number: number, counts: PackedCounts(newCounts), sums: newSums))
        }
        counts.add(newCounts)
        sums.add(newSums)
    }

    /// Forgets the slices that are out of the window at `second`.
    mutating func expire(second: UInt64) {
        guard let nextExpiry, nextExpiry <= second else { return }
        let current = second / sliceSeconds
        let kept = slices.firstIndex { $0.number + StatsWindow.slicesMax > current }
        guard let kept else {
            self = RollingWindow(sliceSeconds: sliceSeconds)
            return
        }
        for slice in slices[..<kept] { counts.subtract(slice.counts.unpacked) }
        slices.removeFirst(kept)
        // Sums and maxima cannot be taken back, or not exactly: they are made anew.
        sums = Sums()
        for slice in slices { sums.add(slice.sums) }
    }
}
