/// Counters that are being counted up: a hash table of 16-bit keys, fast to add to.
///
/// It owns about 20 bytes for each key, none before the first, and keeps them from one slice to the
/// next.
struct Tally {
    /// The key with its top bit set in the upper 16 bits, the count in the others; 0 is free.
    private var slots: [UInt64] = []
    /// All keys; new ones come to the end, and are sorted in when the counts are asked for.
    private var keys: [UInt16] = []
    private var keysAreSorted = true

    static let countBits: UInt64 = 48
    private static let slotsMin = 64
    private static let occupied: UInt64 = 1 << 63

    var isEmpty: Bool { keys.isEmpty }

    mutating func add(_ key: UInt16) {
        if keys.count * 2 >= slots.count { grow() }
        let place = place(of: key)
        if slots[place] == 0 {
            slots[place] = Self.occupied | UInt64(key) << Self.countBits
            keys.append(key)
            keysAreSorted = false
        }
        slots[place] &+= 1
    }

    /// What was counted so far, in order; most reads find the keys of the one before.
    mutating func counts() -> SparseCounts {
        if !keysAreSorted {
            keys.sort()
            keysAreSorted = true
        }
        return SparseCounts(entries: keys.map { slots[place(of: $0)] & ~Self.occupied })
    }

    /// Starts again from nothing in the same memory.
    mutating func reset() {
        for index in slots.indices { slots[index] = 0 }
        keys.removeAll(keepingCapacity: true)
        keysAreSorted = true
    }

    /// The slot that holds the key, or else the one where it belongs.
    private func place(of key: UInt16) -> Int {
        let mask = slots.count &- 1
        let wanted = (Self.occupied >> Self.countBits) | UInt64(key)
        // Neighbouring buckets are the likely keys: a multiplication scatters them.
        var index = Int(truncatingIfNeeded: wanted &* 0x9E37_79B9 >> 12) & mask
        while slots[index] != 0, slots[index] >> Self.countBits != wanted {
            index = (index &+ 1) & mask
        }
        return index
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: 0, count: max(Self.slotsMin, old.count * 2))
        for slot in old where slot != 0 {
            let key = UInt16(truncatingIfNeeded: (slot & ~Self.occupied) >> Self.countBits)
            slots[place(of: key)] = slot
        }
    }
}
