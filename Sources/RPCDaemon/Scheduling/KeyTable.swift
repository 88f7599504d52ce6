/// Which place belongs to which key, for keys that count up: open addressing by the key itself,
/// which spreads such keys better than any hash, and costs none.
package struct KeyTable: Sendable {
    /// One more than the key; 0 where nothing stands.
    private var marks: [UInt64] = []
    private var places: [Int] = []
    package private(set) var count = 0

    package init() {}

    /// A power of two; a table is at most half full.
    private static let sizeMin = 64

    /// The place of a key that is there.
    package subscript(key: UInt64) -> Int? {
        if marks.isEmpty { return nil }
        var slot = home(key)
        while marks[slot] != 0 {
            if marks[slot] == key &+ 1 { return places[slot] }
            slot = (slot &+ 1) & (marks.count &- 1)
        }
        return nil
    }

    /// Adds a key that is not there.
    package mutating func insert(_ key: UInt64, _ place: Int) {
        precondition(key < .max, "one more than the key is a mark")
        if 2 * (count + 1) > marks.count { resize(to: max(Self.sizeMin, 2 * marks.count)) }
        put(key &+ 1, place)
        count += 1
    }

    /// Takes a key out, if it is there.
    package mutating func remove(_ key: UInt64) {
        if marks.isEmpty { return }
        var slot = home(key)
        while marks[slot] != key &+ 1 {
            if marks[slot] == 0 { return }
            slot = (slot &+ 1) & (marks.count &- 1)
        }
        count -= 1
        close(slot)
        if marks.count > Self.sizeMin, 8 * count < marks.count { resize(to: marks.count / 4) }
    }

    private func home(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: key) & (marks.count &- 1)
    }

    private mutating func put(_ mark: UInt64, _ place: Int) {
        var slot = home(mark &- 1)
        while marks[slot] != 0 { slot = (slot &+ 1) & (marks.count &- 1) }
        marks[slot] = mark
        places[slot] = place
    }

    /// Moves up those behind a free slot that were pushed past it.
    private mutating func close(_ free: Int) {
        let mask = marks.count &- 1
        var hole = free
        var slot = (hole &+ 1) & mask
        while marks[slot] != 0 {
            let distance = (slot &- home(marks[slot] &- 1)) & mask
            if distance >= (slot &- hole) & mask {
                marks[hole] = marks[slot]
                places[hole] = places[slot]
                hole = slot
            }
            slot = (slot &+ 1) & mask
        }
        marks[hole] = 0
    }

    private mutating func resize(to size: Int) {
        let old = (marks, places)
        marks = [UInt64](repeating: 0, count: max(Self.sizeMin, size))
        places = [Int](repeating: 0, count: marks.count)
        for slot in old.0.indices where old.0[slot] != 0 { put(old.0[slot], old.1[slot]) }
    }
}
