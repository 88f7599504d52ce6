/// Rows of cells in aligned columns, two spaces apart, which fit the terminal they are made for.
///
/// Too wide, it leaves out columns that say the same in each row, then those of least use, and cuts
/// names in their middle; on a very narrow terminal its rows are written below one another.
package struct Table {
    /// A column: its heading, and what may become of it where there is no room.
    package struct Column: Sendable {
        package let heading: String
        /// Numbers stand to the right.
        package let isNumeric: Bool
        /// 0 stays; of the others the highest goes first.
        package let surplus: Int
        /// Whether its cells may be cut in their middle.
        package let isCuttable: Bool
        /// Whether its words have a colour.
        package let isState: Bool

        package static func text(
            _ heading: String, surplus: Int = 0, isCuttable: Bool = false
        ) -> Column {
            Column(
                heading: heading, isNumeric: false, surplus: surplus, isCuttable: isCuttable,
                isState: false)
        }

        package static func number(_ heading: String, surplus: Int = 0) -> Column {
            Column(
                heading: heading, isNumeric: true, surplus: surplus, isCuttable: false,
                isState: false)
        }

        package static func state(_ heading: String, surplus: Int = 0) -> Column {
            Column(
                heading: heading, isNumeric: false, surplus: surplus, isCuttable: false,
                isState: true)
        }
    }

    package let columns: [Column]
    private var rows: [[String]] = []

    /// Names are not cut below this before a column goes, nor ever below the smaller one.
    private static let comfortableCells = 28
    private static let cutCellsMin = 8

    package init(_ columns: Column...) {
        self.columns = columns
    }

    package init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row, one cell for each column; nil and empty ones are shown as `-`.
    package mutating func append(_ cells: String?...) { append(cells) }

    package mutating func append(_ cells: [String?]) {
        precondition(cells.count == columns.count)
        rows.append(
            cells.map { cell in
                guard let cell, !cell.isEmpty else { return "-" }
                return Printable.escaping(cell)
            })
    }

    /// The lines, headings first.
    package func lines(_ layout: Layout) -> [String] {
        var widths = columns.indices.map { widest($0) }
        var shown = Array(columns.indices)
        if layout.width != nil {
            // What no row knows needs no column where somebody reads it.
            shown.removeAll { columns[$0].surplus > 0 && isUnknown($0) }
        }
        if let room = layout.width, Self.total(shown, widths) > room {
            if room < Layout.tableCellsMin { return blocks(layout, room) }
            fit(into: room, &shown, &widths)
        }
        let headings = shown.map { columns[$0].heading.padded(to: 0) }
        let first = line(headings, shown, widths, layout, isHeading: true)
        return [layout.style.bold(first)]
            + rows.map { row in line(shown.map { row[$0] }, shown, widths, layout) }
    }

    /// The lines with nothing left out or cut, whatever there is room for.
    func wholeLines(_ layout: Layout) -> [String] {
        let widths = columns.indices.map { widest($0) }
        let room = layout.width ?? Int.max
        let isFitting = Self.total(Array(columns.indices), widths) <= room
        return isFitting
            ? lines(Layout(style: layout.style, marks: layout.marks)) : blocks(layout, room)
    }

    private func widest(_ column: Int) -> Int {
        rows.reduce(columns[column].heading.cells) { max($0, $1[column].cells) }
    }

    private static func total(_ shown: [Int], _ widths: [Int]) -> Int {
        shown.reduce(2 * max(0, shown.count - 1)) { $0 + widths[$1] }
    }

    private func fit(into room: Int, _ shown: inout [Int], _ widths: inout [Int]) {
        func isTooWide() -> Bool { Self.total(shown, widths) > room }
        func cut(to cellsMin: Int) {
            for column in shown.reversed() where columns[column].isCuttable && isTooWide() {
                let spare = Self.total(shown, widths) - room
                widths[column] = min(widths[column], max(cellsMin, widths[column] - spare))
            }
        }
        for column in shown.sorted(by: { columns[$0].surplus > columns[$1].surplus })
        where isTooWide() && columns[column].surplus > 0 && isUniform(column) {
            shown.removeAll { $0 == column }
        }
        cut(to: Self.comfortableCells)
        for column in shown.sorted(by: { columns[$0].surplus > columns[$1].surplus })
        where isTooWide() && columns[column].surplus > 0 {
            shown.removeAll { $0 == column }
        }
        cut(to: Self.cutCellsMin)
    }

    /// Whether the column says the same in each row, and so tells none from another.
    private func isUniform(_ column: Int) -> Bool {
        rows.allSatisfy { $0[column] == rows[0][column] }
    }

    private func isUnknown(_ column: Int) -> Bool { rows.allSatisfy { $0[column] == "-" } }

    private func line(
        _ cells: [String], _ shown: [Int], _ widths: [Int], _ layout: Layout,
        isHeading: Bool = false
    ) -> String {
        var text = ""
        for (place, cell) in cells.enumerated() {
            let column = columns[shown[place]]
            let width = widths[shown[place]]
            let cell = cell.cutInMiddle(to: width, layout.marks.ellipsis)
            let isLast = place == cells.count - 1
            let painted =
                column.isState && !isHeading
                ? layout.style.paint(cell, Tone(state: cell)) : cell
            let padding = String(repeating: " ", count: width - cell.cells)
            if column.isNumeric {
                text += padding + painted
            } else {
                text += painted + (isLast ? "" : padding)
            }
            if !isLast { text += "  " }
        }
        return text
    }

    /// Each row as names and values, what is not known left out.
    private func blocks(_ layout: Layout, _ room: Int) -> [String] {
        var lines: [String] = []
        for row in rows {
            if !lines.isEmpty { lines.append("") }
            var listing = Listing()
            for (column, cell) in zip(columns, row) where cell != "-" {
                listing.append(column.heading.lowercased(), cell, isState: column.isState)
            }
            lines += listing.lines(layout)
        }
        return lines
    }
}
