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

    /// The `count` known names closest to `name`, closest first.
    public static func closest(
        to name: String, among known: [String], count: Int
    ) -> [String] {
        let sorted = known.map { (name: $0, distance: distance(name, $0)) }.sorted {
            ($0.distance, $0.name) < ($1.distance, $1.name)
        }
        return sorted.prefix(count).map(\.name)
    }

    /// Letters of a name that are compared, so that a hostile one costs no more than a long one.
    private static let lettersCompared = 64

    private static func letters(of name: String) -> [UInt8] {
        name.utf8.prefix(lettersCompared).map { byte in
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
        }
    }

    /// How many letters must be inserted, removed or replaced, case aside (Levenshtein).
    static func distance(_ first: String, _ second: String) -> Int {
        let first = letters(of: first)
        let second = letters(of: second)
        var row = Array(0...second.count)
        for (index, letter) in first.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in second.indices {
                let replaced = diagonal + (letter == second[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[second.count]
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
