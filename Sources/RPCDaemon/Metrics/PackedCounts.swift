/// `SparseCounts` at rest in half the memory: what the hundreds of closed slices are made of.
struct PackedCounts {
    /// 15 bits of key and 17 of count; a larger count takes several entries.
    private var entries: [UInt32]

    private static let countBits: UInt32 = 17
    private static let countMax: UInt64 = 1 << countBits - 1

    init(_ counts: SparseCounts) {
        entries = []
        entries.reserveCapacity(counts.entries.count)
        for entry in counts.entries {
            var rest = SparseCounts.count(entry)
            let key = UInt32(SparseCounts.key(entry)) << Self.countBits
            while rest > 0 {
                let part = min(rest, Self.countMax)
                entries.append(key | UInt32(part))
                rest -= part
            }
        }
    }

    var unpacked: SparseCounts {
        var wide: [UInt64] = []
        wide.reserveCapacity(entries.count)
        var lastKey: UInt32 = .max
        for entry in entries {
            let key = entry >> Self.countBits
            let count = UInt64(entry) & Self.countMax
            if key == lastKey {
                wide[wide.count - 1] += count
            } else {
                wide.append(UInt64(key) << Tally.countBits | count)
            }
            lastKey = key
        }
        return SparseCounts(entries: wide)
    }
}
