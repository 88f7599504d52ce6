/// Finds what somebody probably meant to write, without an allocation a name: a client may ask as
/// often as it likes, among a hundred thousand names.
public enum NearestName {
    /// The known name closest to `name`, if it is close enough to be a slip of the pen: at most a
    /// third of its letters wrong, or one a part of the other.
    public static func to(_ name: String, among known: some Collection<String>) -> String? {
        let wanted = Letters(name)
        var table = DistanceTable()
        let limit = max(1, wanted.count / 3)
        var best: String?
        var part: String?
        var beginning: String?
        var distanceMax = limit
        for candidate in known {
            let other = Letters(candidate)
            let distance = table.distance(wanted, other, atMost: distanceMax)
            if distance <= distanceMax {
                best = candidate
                if distance == 0 { return best }
                distanceMax = distance - 1
            }
            guard best == nil, wanted.count >= 3 else { continue }
            if beginning == nil, other.begins(with: wanted) || wanted.begins(with: other) {
                beginning = candidate
            }
            if part == nil, other.contains(wanted) { part = candidate }
        }
        return best ?? beginning ?? part
    }

    /// The known name that takes the fewest edits to reach, and how many; the first of equals. One
    /// that is a part of the other is one edit away: `rate` means `rate_limit`.
    public static func nearest(
        to name: String, among known: [String]
    ) -> (name: String, edits: Int)? {
        let wanted = Letters(name)
        var table = DistanceTable()
        var best: (name: String, edits: Int)?
        for candidate in known {
            let other = Letters(candidate)
            let isPart =
                min(wanted.count, other.count) >= 3
                && (other.contains(wanted) || wanted.contains(other))
            let edits =
                isPart
                ? min(1, abs(wanted.count - other.count))
                : table.distance(wanted, other, atMost: Letters.most)
            if edits < best?.edits ?? .max { best = (candidate, edits) }
        }
        return best
    }

    /// Whether so few edits are a slip of the fingers in a name of this length.
    public static func isSlip(_ edits: Int, in name: String) -> Bool {
        edits <= max(1, name.utf8.count / 3)
    }

    /// Names beyond which only beginnings are compared: 2,048 distances of 64 letters, each cut off
    /// early, take some 3 ms.
    static let comparedMax = 2048
    /// Names of which the beginnings are compared: half a microsecond each, 8 ms in all.
    static let beginningsMax = 16_384

    /// The `count` known names closest to `name`, closest first; those that are a part of it or
    /// have it as a part come before all others, since models' names have long tails. Among more
    /// than some thousand, those with the longest common beginning, of the first that are listed.
    public static func closest(
        to name: String, among known: some Collection<String>, count: Int
    ) -> [String] {
        let wanted = Letters(name)
        var table = DistanceTable()
        let comparesWhole = known.count <= comparedMax
        var found = Nearest(count: count)
        for candidate in known.prefix(beginningsMax) {
            guard comparesWhole else {
                let group = Letters.most - wanted.commonBeginning(with: candidate)
                if found.distanceMax(group: group) == nil { continue }
                let length = candidate.utf8.count
                found.offer(candidate, Nearest.Rank(group: group, distance: length))
                continue
            }
            let other = Letters(candidate)
            let isPart =
                min(wanted.count, other.count) >= 3
                && (other.contains(wanted) || wanted.contains(other))
            let group = isPart ? 0 : 1
            guard let most = found.distanceMax(group: group) else { continue }
            let distance = table.distance(wanted, other, atMost: most)
            if distance <= most {
                found.offer(candidate, Nearest.Rank(group: group, distance: distance))
            }
        }
        return found.names
    }
}

/// The best few of many names, in order: by rank, then by name.
private struct Nearest {
    struct Rank: Comparable {
        var group: Int
        var distance: Int

        static func < (left: Rank, right: Rank) -> Bool {
            (left.group, left.distance) < (right.group, right.distance)
        }
    }

    private var kept: [(rank: Rank, name: String)] = []
    private let count: Int

    init(count: Int) {
        self.count = count
    }

    var names: [String] { kept.map(\.name) }

    /// The largest distance with which a name of that group may still come in; nil for none.
    func distanceMax(group: Int) -> Int? {
        guard kept.count == count, let last = kept.last else { return Letters.most }
        if group < last.rank.group { return Letters.most }
        return group > last.rank.group ? nil : last.rank.distance
    }

    mutating func offer(_ name: String, _ rank: Rank) {
        // Most come too late, and are compared once.
        if kept.count == count, let last = kept.last {
            if last.rank < rank || last.rank == rank && last.name <= name { return }
        }
        let place = kept.firstIndex { rank < $0.rank || rank == $0.rank && name < $0.name }
        guard let place = place ?? (kept.count < count ? kept.count : nil) else { return }
        kept.insert((rank, name), at: place)
        if kept.count > count { kept.removeLast() }
    }
}

/// The first letters of a name, case aside, so that a hostile one costs no more than a long one.
private struct Letters {
    static let most = 64

    fileprivate var bytes = [64 of UInt8](repeating: 0)
    private(set) var count = 0
    /// A bit for each letter that occurs, some sharing one.
    private var kinds: UInt64 = 0

    init(_ name: String) {
        if unsafe name.utf8.withContiguousStorageIfAvailable({ unsafe take($0) }) == nil {
            unsafe Array(name.utf8).withUnsafeBufferPointer { unsafe take($0) }
        }
    }

    private mutating func take(_ name: UnsafeBufferPointer<UInt8>) {
        count = min(name.count, Self.most)
        for index in 0..<count {
            let byte = unsafe Self.folded(name[index])
            unsafe bytes[unchecked: index] = byte
            kinds |= 1 << UInt64(byte & 63)
        }
    }

    /// Case, and dash or underscore, are not what tells two names apart.
    private static func folded(_ byte: UInt8) -> UInt8 {
        if byte == UInt8(ascii: "-") { return UInt8(ascii: "_") }
        return byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }

    /// How many letters `name` begins with as this does.
    func commonBeginning(with name: String) -> Int {
        unsafe name.utf8.withContiguousStorageIfAvailable { other in
            let most = min(count, other.count)
            var index = 0
            while index < most, unsafe bytes[unchecked: index] == Self.folded(other[index]) {
                index &+= 1
            }
            return index
        } ?? 0
    }

    /// Letters that one of them has and the other has not: no fewer must be changed.
    func changes(to other: Letters) -> Int {
        max(
            (kinds & ~other.kinds).nonzeroBitCount, (other.kinds & ~kinds).nonzeroBitCount,
            abs(count - other.count))
    }

    func begins(with other: Letters) -> Bool {
        other.count >= 1 && other.count <= count && stands(other, at: 0)
    }

    func contains(_ other: Letters) -> Bool {
        if other.count > count || other.kinds & ~kinds != 0 { return false }
        for start in 0...(count - other.count) where stands(other, at: start) { return true }
        return false
    }

    private func stands(_ other: Letters, at start: Int) -> Bool {
        for index in 0..<other.count
        where unsafe bytes[unchecked: start &+ index] != other.bytes[unchecked: index] {
            return false
        }
        return true
    }
}

/// The table in which distances are computed; one serves for many names.
private struct DistanceTable {
    /// Two rows above and the one at hand.
    private var older = [65 of UInt8](repeating: 0)
    private var above = [65 of UInt8](repeating: 0)
    private var current = [65 of UInt8](repeating: 0)

    /// How many letters must be inserted, removed, replaced or swapped with their neighbour
    /// (Damerau and Levenshtein); something above `most` where it is more than that.
    mutating func distance(_ first: Letters, _ second: Letters, atMost most: Int) -> Int {
        if first.changes(to: second) > most { return Int.max }
        for column in 0...second.count { above[column] = UInt8(truncatingIfNeeded: column) }
        for row in 0..<first.count {
            let letter = first.bytes[row]
            let last = row > 0 ? first.bytes[row - 1] : 0
            var left = UInt8(truncatingIfNeeded: row + 1)
            current[0] = left
            var least = left
            for column in 0..<second.count {
                let other = unsafe second.bytes[unchecked: column]
                var best = unsafe above[unchecked: column] &+ (letter == other ? 0 : 1)
                best = unsafe min(best, left &+ 1, above[unchecked: column &+ 1] &+ 1)
                if row > 0, column > 0, last == other,
                    unsafe second.bytes[unchecked: column &- 1] == letter
                {
                    best = unsafe min(best, older[unchecked: column &- 1] &+ 1)
                }
                unsafe current[unchecked: column &+ 1] = best
                left = best
                least = min(least, best)
            }
            // A swap reaches back two rows, but costs one more than it finds there.
            if Int(least) > most &+ 1 { return Int.max }
            swap(&older, &above)
            swap(&above, &current)
        }
        return Int(above[second.count])
    }
}

extension String {
    /// As much of a name as a message quotes: one from a client may be as long as a line.
    public var shortened: String {
        guard utf8.count > Self.quotedMax else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.prefix(Self.quotedMax))) + "…"
    }

    static var quotedMax: Int { 200 }
}
