/// Rows of cells in aligned columns, two spaces apart.
package struct Table {
    /// A column's heading and whether its cells are numbers, which stand to the right.
    package struct Column {
        package let heading: String
        package let isNumeric: Bool

        package static func text(_ heading: String) -> Column {
            Column(heading: heading, isNumeric: false)
        }
        package static func number(_ heading: String) -> Column {
            Column(heading: heading, isNumeric: true)
        }
    }

    package let columns: [Column]
    private var rows: [[String]] = []

    package init(_ columns: Column...) {
        self.columns = columns
    }

    /// Adds a row, one cell for each column; nil and empty ones are shown as `-`.
    package mutating func append(_ cells: String?...) {
        precondition(cells.count == columns.count)
        rows.append(
            cells.map { cell in
                guard let cell, !cell.isEmpty else { return "-" }
                return Printable.escaping(cell)
            })
    }

    /// The lines, headings first; the headings in bold where the style has it.
    package func lines(_ style: Style) -> [String] {
        let widths = columns.indices.map { column in
            rows.reduce(columns[column].heading.count) { max($0, $1[column].count) }
        }
        let headings = line(columns.map(\.heading), widths)
        return [style.bold(headings)] + rows.map { line($0, widths) }
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var text = ""
        for (column, cell) in cells.enumerated() {
            let padding = String(repeating: " ", count: widths[column] - cell.count)
            if columns[column].isNumeric {
                text += padding + cell
            } else {
                text += cell
                if column < columns.count - 1 { text += padding }
            }
            if column < columns.count - 1 { text += "  " }
        }
        return text
    }
}

/// Names and values, one pair a line.
package struct Listing {
    private var pairs: [(name: String, value: String)] = []

    package init() {}

    /// Adds a pair; nothing for a value that is not known.
    package mutating func append(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        pairs.append((name, Printable.escaping(value)))
    }

    /// The lines, the values below one another.
    package func lines(_ style: Style) -> [String] {
        let width = pairs.reduce(0) { max($0, $1.name.count) }
        return pairs.map { pair in
            let padding = String(repeating: " ", count: width - pair.name.count)
            return "\(style.bold(pair.name))\(padding)  \(pair.value)"
        }
    }
}
