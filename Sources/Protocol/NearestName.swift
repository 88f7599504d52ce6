/// Finds what somebody probably meant to write.
public enum NearestName {
    /// The known name closest to `name`, if it is close enough to be a slip of the pen: at most a
    /// third of its letters wrong, or one a part of the other.
    public static func to(_ name: String, among known: [String]) -> String? {
        let limit = max(1, name.utf8.count / 3)
        let candidates = known.map { (name: $0, distance: distance(name, $0)) }
        if let best = candidates.min(by: { $0.distance < $1.distance }), best.distance <= limit {
            return best.name
        }
        guard name.utf8.count >= 3 else { return nil }
        let lowered = name.lowercased()
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

    /// How many letters must be inserted, removed, replaced or swapped with their neighbour, case
    /// aside (Damerau and Levenshtein). Only the first 64 letters count, so that a hostile name
    /// costs no more than a long one.
    static func distance(_ first: String, _ second: String) -> Int {
        let first = Array(first.lowercased().utf8.prefix(64))
        let second = Array(second.lowercased().utf8.prefix(64))
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
