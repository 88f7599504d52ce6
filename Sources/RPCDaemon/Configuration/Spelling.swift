/// Finds the known word that someone probably meant.
package enum Spelling {
    /// The nearest of the words and how many edits away it is; the first of equals.
    package static func nearest(
        to word: String, among words: [String]
    ) -> (word: String, edits: Int)? {
        var best: (word: String, edits: Int)?
        for candidate in words {
            let edits = distance(folded(word), folded(candidate))
            if edits < best?.edits ?? .max { best = (candidate, edits) }
        }
        return best
    }

    /// Whether so few edits are a slip of the fingers in a word of this length.
    package static func isSlip(_ edits: Int, in word: String) -> Bool {
        edits <= max(1, word.utf8.count / 3)
    }

    /// A word that lies whole in the other counts as one edit: `rate` means `rate_limit`.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        let (short, long) = a.count < b.count ? (a, b) : (b, a)
        let isPart =
            short.count >= 3
            && (0...long.count - short.count).contains { long[$0...].starts(with: short) }
        return isPart ? min(1, long.count - short.count) : edits(a, b)
    }

    /// Case, and dash or underscore, are not what tells two keys apart.
    private static func folded(_ word: String) -> [UInt8] {
        word.utf8.prefix(64).map { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "-"): UInt8(ascii: "_")
            default: byte
            }
        }
    }

    /// Optimal string alignment: letters inserted, removed, replaced, or two neighbours swapped.
    private static func edits(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var before: [Int] = []
        var above = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var least = min(row[j] + 1, above[j + 1] + 1, above[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    least = min(least, before[j - 1] + 1)
                }
                row.append(least)
            }
            (before, above) = (above, row)
        }
        return above[b.count]
    }
}
