/// Text broken into lines at its spaces.
package enum Paragraph {
    /// The text in lines that the layout has room for; as it is, spaces and all, where it fits.
    package static func lines(_ text: String, _ layout: Layout) -> [String] {
        guard let width = layout.width, text.cells > width else { return [text] }
        return wrap(text, to: width)
    }

    /// The text in lines of at most that many cells; a word that is longer is broken.
    package static func wrap(_ text: String, to room: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            var word = word
            if !line.isEmpty, line.cells + 1 + word.cells <= room {
                line += " " + word
                continue
            }
            if !line.isEmpty { lines.append(line) }
            while word.cells > room {
                let piece = word.fitting(room)
                // A letter wider than the room is nobody's line.
                if piece.isEmpty { break }
                lines.append(String(piece))
                word = word[piece.endIndex...]
            }
            line = String(word)
        }
        if !line.isEmpty || lines.isEmpty { lines.append(line) }
        return lines
    }
}
