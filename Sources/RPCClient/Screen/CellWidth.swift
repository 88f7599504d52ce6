extension Character {
    /// How many cells of a terminal it takes: 2 for what East Asia writes wide and for emoji, 0 for
    /// what adds to the letter before it (Unicode's TR 11 and TR 51, by blocks).
    package var cells: Int {
        let scalars = unicodeScalars
        guard let first = scalars.first else { return 0 }
        if first.value < 0x300 { return first.value < 0x20 || first.value == 0xAD ? 0 : 1 }
        if first.properties.isEmojiPresentation { return 2 }
        // The variation selector asks for the picture of what is a letter by default.
        if scalars.count > 1, first.properties.isEmoji, scalars.contains("\u{FE0F}") { return 2 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return Self.isWide(first.value) ? 2 : 1
        }
    }

    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4CF,
            0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x1B2FF,
            0x1F200...0x1F2FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}

extension StringProtocol {
    /// How many cells of a terminal the text takes, on one line and without escape sequences.
    package var cells: Int {
        // Most names are ASCII, one cell a byte.
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return utf8.count }
        return reduce(0) { $0 + $1.cells }
    }

    /// As much of the beginning as fits into that many cells.
    package func fitting(_ cells: Int) -> SubSequence {
        var left = cells
        var end = startIndex
        while end < endIndex {
            left -= self[end].cells
            if left < 0 { break }
            end = index(after: end)
        }
        return self[..<end]
    }

    /// The text with spaces behind it up to that many cells.
    package func padded(to cells: Int) -> String {
        String(self) + String(repeating: " ", count: Swift.max(0, cells - self.cells))
    }

    /// The text cut at its end to that many cells, the mark in place of what is missing.
    package func cut(to cells: Int, _ mark: String = "…") -> String {
        if self.cells <= cells { return String(self) }
        return String(fitting(Swift.max(0, cells - mark.cells))) + (cells > 0 ? mark : "")
    }

    /// The text cut in its middle to that many cells: names differ at both ends.
    package func cutInMiddle(to cells: Int, _ mark: String = "…") -> String {
        if self.cells <= cells { return String(self) }
        let room = cells - mark.cells
        guard room > 1 else { return cut(to: cells, mark) }
        let head = fitting((room + 1) / 2)
        let tail = String(reversed()).fitting(room - head.cells)
        return head + mark + String(tail.reversed())
    }
}
