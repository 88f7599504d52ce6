/// Finds what somebody probably meant to write.
public enum NearestName {
    /// The known name closest to `name`, if it is close enough to be a slip of the pen: at most a
    /// third of its letters wrong, or one a part of the other.
    public static func to(_ name: String, among known: [String]) -> String? {
        let limit = max(1, min(name.utf8.count, lettersCompared) / 3)
        let candidates = known.map { (name: $0, distance: distance(name, $0)) }
        if let best = candidates.min(by: { $0.distance < $1.distance }), best.distance <= limit {
            return best.name
        }
        guard name.utf8.count >= 3 else { return nil }
        let lowered = name.shortened.lowercased()
        return known.first { $0.lowercased().hasPrefix(lowered) || lowered.hasPrefix($0) }
            ?? known.first { $0.lowercased().contains(lowered) }
    }

    /// The `count` known names closest to `name`, closest first; those that are a part of it or
    /// have it as a part come before all others, since models' names have long tails.
    public static func closest(
        to name: String, among known: [String], count: Int
    ) -> [String] {
        let lowered = name.lowercased()
        let sorted = known.map { candidate in
            let other = candidate.lowercased()
            let isPart =
                min(lowered.utf8.count, other.utf8.count) >= 3
                && (other.contains(lowered) || lowered.contains(other))
            return (
                name: candidate, group: isPart ? 0 : 1, distance: distance(name, candidate)
            )
        }.sorted { ($0.group, $0.distance, $0.name) < ($1.group, $1.distance, $1.name) }
        return sorted.prefix(count).map(\.name)
    }

    /// Letters of a name that are compared, so that a hostile one costs no more than a long one.
    private static let lettersCompared = 64

    private static func letters(of name: String) -> [UInt8] {
        name.utf8.prefix(lettersCompared).map { byte in
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
        }
    }

    /// How many letters must be inserted, removed, replaced or swapped with their neighbour, case
    /// aside (Damerau and Levenshtein).
    static func distance(_ first: String, _ second: String) -> Int {
        let first = letters(of: first)
        let second = letters(of: second)
        var older: [Int] = []
        var above = Array(0...second.count)
        for row in first.indices {
            var current = [row + 1]
            for column in second.indices {
                let replaced = above[column] + (first[row] == second[column] ? 0 : 1)
                var best = min(replaced, current[column] + 1, above[column + 1] + 1)
                if row > 0, column > 0, first[row] == second[column - 1],
                    first[row - 1] == second[column]
                {
                    best = min(best, older[column - 1] + 1)
                }
                current.append(best)
            }
            older = above
            above = current
        }
        return above[second.count]
    }
}

extension String {
    /// As much of a name as a message quotes: one from a client may be as long as a line.
    public var shortened: String {
        guard utf8.count > Self.quotedMax else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.prefix(Self.quotedMax))) + "…"
    }

    private static var quotedMax: Int { 200 }
}
