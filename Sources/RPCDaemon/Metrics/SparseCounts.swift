/// Counters in the order of their keys, without those that are zero: made to be merged and read.
struct SparseCounts: Equatable {
    /// The key in the upper 16 bits, the count in the lower 48: no bucket overflows in a lifetime.
    private(set) var entries: [UInt64]

    private static let countMask: UInt64 = 1 << Tally.countBits - 1

    init() {
        entries = []
    }

    /// - Parameter entries: in the order of their keys, each key once.
    init(entries: [UInt64]) {
        self.entries = entries
    }

    var isEmpty: Bool { entries.isEmpty }

    static func key(_ entry: UInt64) -> UInt16 {
        UInt16(truncatingIfNeeded: entry >> Tally.countBits)
    }

    static func count(_ entry: UInt64) -> UInt64 {
        entry & countMask
    }

    /// The place of the first entry whose key is not below `key`.
    func place(of key: UInt16) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if Self.key(entries[middle]) < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    subscript(key: UInt16) -> UInt64 {
        let place = place(of: key)
        guard place < entries.count, Self.key(entries[place]) == key else { return 0 }
        return Self.count(entries[place])
    }

    mutating func add(_ other: SparseCounts) {
        if entries.isEmpty {
            entries = other.entries
        } else {
            merge(other) { $0 &+ Self.count($1) }
        }
    }

    /// Takes away what was added before.
    mutating func subtract(_ other: SparseCounts) {
        merge(other) { $0 &- Self.count($1) }
        entries.removeAll { Self.count($0) == 0 }
    }

    private mutating func merge(_ other: SparseCounts, _ join: (UInt64, UInt64) -> UInt64) {
        // Mostly all keys are there already, and nothing has to move.
        var from = 0
        var into = 0
        while from < other.entries.count, into < entries.count {
            let (left, right) = (Self.key(entries[into]), Self.key(other.entries[from]))
            if left < right {
                into += 1
            } else if left == right {
                entries[into] = join(entries[into], other.entries[from])
                from += 1
                into += 1
            } else {
                break
            }
        }
        if from == other.entries.count { return }
        var merged: [UInt64] = []
        merged.reserveCapacity(entries.count + other.entries.count - from)
        merged += entries[..<into]
        while from < other.entries.count || into < entries.count {
            let left = into < entries.count ? Self.key(entries[into]) : .max
            let right = from < other.entries.count ? Self.key(other.entries[from]) : .max
            if left == right {
                merged.append(join(entries[into], other.entries[from]))
            } else {
                merged.append(left < right ? entries[into] : other.entries[from])
            }
            if left <= right { into += 1 }
            if right <= left { from += 1 }
        }
        entries = merged
    }
}
