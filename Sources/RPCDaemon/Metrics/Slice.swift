/// What a series counted within a span of time, at rest.
struct Slice {
    /// Its beginning, in slices of its window since the beginning of time.
    let number: UInt64
    private(set) var counts: PackedCounts
    private(set) var sums: Sums
    private(set) var errors: ErrorCounts

    init(number: UInt64) {
        self.number = number
        counts = PackedCounts()
        sums = Sums()
        errors = ErrorCounts()
    }

    /// Takes up what is in `histogram`, which is put together with its own counts there.
    mutating func take(
        _ histogram: inout Histogram, _ other: borrowing Sums, _ otherErrors: ErrorCounts,
        bytesMax: Int?
    ) {
        histogram.add(counts, sums)
        sums.add(other)
        errors.add(otherErrors)
        counts = PackedCounts(histogram, sums, bytesMax: bytesMax, seed: number)
        histogram.removeAll()
    }

    mutating func take(_ other: borrowing Slice, _ histogram: inout Histogram, bytesMax: Int?) {
        histogram.add(other.counts, other.sums)
        take(&histogram, other.sums, other.errors, bytesMax: bytesMax)
    }

    var byteCount: Int { counts.byteCount }

    func unpack(into histogram: inout Histogram) {
        histogram.add(counts, sums)
    }
}

/// How often each kind of error occurred; most of the time there is none.
struct ErrorCounts: Equatable {
    private(set) var counts: [UInt64] = []

    mutating func count(_ kind: ErrorKind) {
        let index = Int(kind.index)
        while counts.count <= index { counts.append(0) }
        counts[index] &+= 1
    }

    mutating func add(_ other: ErrorCounts) {
        while counts.count < other.counts.count { counts.append(0) }
        for index in other.counts.indices { counts[index] &+= other.counts[index] }
    }
}
