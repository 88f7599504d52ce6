/// Counters that are being counted up: a hash table of 16-bit keys, fast to add to.
///
/// It owns 8 bytes for each of at least twice as many slots as keys, none while it is empty, and
/// keeps them from one slice to the next.
struct Tally {
    /// The key with its top bit set in the upper 16 bits, the count in the others; 0 is free.
    private var slots: [UInt64] = []
    private var used = 0
    private static let slotsMin = 64
    static let countBits: UInt64 = 48
    private static let occupied: UInt64 = 1 << 63

    var isEmpty: Bool { used == 0 }

    mutating func add(_ key: UInt16) {
        if used * 2 >= slots.count { grow() }
        add(Self.occupied | UInt64(key) << Self.countBits | 1)
    }

    private mutating func add(_ entry: UInt64) {
        let mask = slots.count &- 1
        var index = Self.hash(entry) & mask
        while true {
            let slot = slots[index]
            if slot >> Self.countBits == entry >> Self.countBits {
                slots[index] = slot &+ (entry & (1 << Self.countBits - 1))
                return
            }
            if slot == 0 {
                slots[index] = entry
                used += 1
                return
            }
            index = (index &+ 1) & mask
        }
    }

    private static func hash(_ entry: UInt64) -> Int {
        // Neighbouring buckets are the likely keys: a multiplication scatters them.
        Int(truncatingIfNeeded: (entry >> countBits) &* 0x9E37_79B9 >> 12)
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: 0, count: max(Self.slotsMin, old.count * 2))
        used = 0
        for slot in old where slot != 0 { add(slot) }
    }

    /// What was counted so far, in order.
    var counts: SparseCounts {
        if used == 0 { return SparseCounts() }
        var entries: [UInt64] = []
        entries.reserveCapacity(used)
        for slot in slots where slot != 0 { entries.append(slot & ~Self.occupied) }
        entries.sort()
        return SparseCounts(entries: entries)
    }

    /// Starts again from nothing in the same memory.
    mutating func reset() {
        for index in slots.indices { slots[index] = 0 }
        used = 0
    }
}
