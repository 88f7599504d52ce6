/// Counters for every bucket of every measure: where counts are put together, sorted and read.
///
/// 129 KiB, one for a whole store: series keep their counts packed, and only one of them at a time
/// is laid out here.
struct Histogram {
    /// The counters, and behind them a bit for each that is not zero: one array, so that a loop
    /// over many checks once that nobody shares it.
    private var cells = [UInt64](repeating: 0, count: Self.bitsStart + Measure.keyCount / 64)

    private static let bitsStart = Measure.keyCount
    private static let wordsPerMeasure = Bucket.count / 64

    subscript(key: Int) -> UInt64 { cells[key] }

    /// Adds a group's samples: the one at `last` and all that it leads to.
    mutating func add(_ samples: [PendingSamples.Sample], last: Int32) {
        var cells = cells.mutableSpan
        let samples = samples.span
        var index = Int(last)
        while index >= 0 {
            let sample = samples[index]
            let keys = sample.keys.keys.span
            for place in 0..<Int(sample.keys.count) {
                unsafe Self.add(Int(keys[unchecked: place]), 1, to: &cells)
            }
            index = Int(sample.previous)
        }
    }

    /// Appends every bucket that has a count and what it counts, which is no more than a group may
    /// have; empty then.
    mutating func list(into entries: inout [Entry]) {
        var cells = cells.mutableSpan
        for word in 0..<(cells.count - Self.bitsStart) {
            var bits = cells[Self.bitsStart &+ word]
            cells[Self.bitsStart &+ word] = 0
            while bits != 0 {
                let key = word &* 64 &+ bits.trailingZeroBitCount
                bits &= bits &- 1
                entries.append(
                    Entry(
                        key: UInt16(truncatingIfNeeded: key),
                        count: UInt16(truncatingIfNeeded: cells[key])))
                cells[key] = 0
            }
        }
    }

    mutating func add(_ entries: ArraySlice<Entry>) {
        var cells = cells.mutableSpan
        let entries = entries.span
        for index in entries.indices {
            Self.add(Int(entries[index].key), UInt64(entries[index].count), to: &cells)
        }
    }

    /// A bucket of a group's.
    struct Entry {
        let key: UInt16
        let count: UInt16
    }

    /// Adds what was packed; `sums` are those that it was packed with.
    mutating func add(_ packed: PackedCounts, _ sums: borrowing Sums) {
        var cells = cells.mutableSpan
        packed.forEach(sums) { key, count in Self.add(key, count, to: &cells) }
    }

    private static func add(_ key: Int, _ count: UInt64, to cells: inout MutableSpan<UInt64>) {
        precondition(key < Measure.keyCount && key >= 0)
        // The hottest place of all; the line above is the check of both.
        unsafe cells[unchecked: key] &+= count
        unsafe cells[unchecked: bitsStart &+ key &>> 6] |=
            1 &<< UInt64(truncatingIfNeeded: key & 63)
    }

    mutating func removeAll() {
        var cells = cells.mutableSpan
        for word in 0..<(cells.count - Self.bitsStart) {
            var bits = cells[Self.bitsStart &+ word]
            while bits != 0 {
                cells[word &* 64 &+ bits.trailingZeroBitCount] = 0
                bits &= bits &- 1
            }
            cells[Self.bitsStart &+ word] = 0
        }
    }

    func total(of measure: Measure) -> UInt64 {
        var total: UInt64 = 0
        for key in measure.firstKey..<(measure.firstKey + Bucket.count) { total &+= cells[key] }
        return total
    }

    /// Writes each bucket of a measure that has any units, and how many.
    ///
    /// - Parameter begin: the part of a unit that is there before the first.
    func pack(
        _ measure: Int, shift: UInt64, from begin: UInt64, into writer: inout PackedWriter
    ) {
        let cells = cells.span
        var passed = begin
        let first = measure * Self.wordsPerMeasure
        for word in first..<(first + Self.wordsPerMeasure) {
            let bits = cells[Self.bitsStart &+ word]
            if bits == 0 { continue }
            writer.append(bits, from: word &* 64, cells, shift: shift, &passed)
        }
    }
}
