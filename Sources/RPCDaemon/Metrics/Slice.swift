/// What a series counted within a span of time, at rest.
struct Slice {
    /// Its beginning, in slices of its window since the beginning of time.
    let number: UInt64
    private let counts: PackedCounts
    private let sums: PackedSums

    /// Takes up what is in `histogram`, which is empty then, and what was summed beside it.
    init(
        number: UInt64, _ histogram: inout Histogram, _ sums: borrowing Sums,
        _ errors: ErrorCounts
    ) {
        self.number = number
        counts = PackedCounts(
            histogram, sums, bytesMax: MetricsLimits.sliceBytesMax, seed: number)
        self.sums = PackedSums(sums, errors)
        histogram.removeAll()
    }

    /// The same under the number that it has in a longer window.
    init(_ slice: Slice, number: UInt64) {
        self.number = number
        (counts, sums) = (slice.counts, slice.sums)
    }

    /// Bytes on the heap.
    var byteCount: Int { counts.byteCount + sums.byteCount }

    func add(
        to histogram: inout Histogram, _ sums: inout Sums, _ errors: inout ErrorCounts
    ) {
        let own = self.sums.sums(&errors)
        histogram.add(counts, own)
        sums.add(own)
    }
}

/// All that is older than the longest window, exactly as it was counted.
struct Remainder {
    private var counts = PackedCounts()
    private var sums = Sums()
    private var errors = ErrorCounts()

    var byteCount: Int { counts.byteCount }

    mutating func take(_ slice: Slice, _ histogram: inout Histogram) {
        histogram.add(counts, sums)
        slice.add(to: &histogram, &sums, &errors)
        pack(&histogram)
    }

    mutating func take(_ other: Remainder, _ histogram: inout Histogram) {
        histogram.add(counts, sums)
        other.add(to: &histogram, &sums, &errors)
        pack(&histogram)
    }

    func add(
        to histogram: inout Histogram, _ sums: inout Sums, _ errors: inout ErrorCounts
    ) {
        histogram.add(counts, self.sums)
        sums.add(self.sums)
        errors.add(self.errors)
    }

    private mutating func pack(_ histogram: inout Histogram) {
        counts = PackedCounts(histogram, sums, bytesMax: nil, seed: 0)
        histogram.removeAll()
    }
}

/// How often each kind of error occurred; most of the time there is none.
struct ErrorCounts: Equatable {
    private(set) var counts: [UInt64] = []

    mutating func count(_ kind: ErrorKind, _ times: UInt64 = 1) {
        let index = Int(kind.index)
        while counts.count <= index { counts.append(0) }
        counts[index] &+= times
    }

    mutating func add(_ other: ErrorCounts) {
        while counts.count < other.counts.count { counts.append(0) }
        for index in other.counts.indices { counts[index] &+= other.counts[index] }
    }
}
