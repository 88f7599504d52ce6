/// Names and values, one pair a line; long values go on below themselves.
package struct Listing {
    private var pairs: [(name: String, value: String, isState: Bool)] = []

    package init() {}

    /// Adds a pair; nothing for a value that is not known.
    package mutating func append(_ name: String, _ value: String?, isState: Bool = false) {
        guard let value, !value.isEmpty else { return }
        pairs.append((name, Printable.escaping(value), isState))
    }

    /// The lines, the values below one another.
    package func lines(_ layout: Layout) -> [String] {
        let indent = pairs.reduce(0) { max($0, $1.name.cells) } + 2
        // A terminal too narrow for both is left to wrap by itself.
        let room = layout.width.map { $0 - indent }.flatMap { $0 >= 8 ? $0 : nil }
        return pairs.flatMap { pair in
            let pieces = room.map { Paragraph.wrap(pair.value, to: $0) } ?? [pair.value]
            return pieces.enumerated().map { index, piece in
                let value =
                    pair.isState ? layout.style.paint(piece, Tone(state: pair.value)) : piece
                if index > 0 { return String(repeating: " ", count: indent) + value }
                let padding = String(repeating: " ", count: indent - pair.name.cells)
                return layout.style.bold(pair.name) + padding + value
            }
        }
    }
}
