/// A table of markdown, its columns aligned.
enum MarkdownTable {
    /// The table as lines with their ends, its rows below one another where it is too wide; as it
    /// came where it is no whole table.
    static func text(_ lines: [String], _ layout: Layout) -> String {
        let asItCame = lines.map { $0 + "\n" }.joined()
        let rows = lines.map(cells)
        guard rows.count > 2, isRule(rows[1]), let first = rows.first else { return asItCame }
        let columns = zip(first, rows[1]).map { heading, rule in
            rule.hasSuffix(":") && !rule.hasPrefix(":")
                ? Table.Column.number(heading) : Table.Column.text(heading)
        }
        var table = Table(columns)
        for row in rows.dropFirst(2) {
            table.append(
                (0..<columns.count).map { $0 < row.count && !row[$0].isEmpty ? row[$0] : " " })
        }
        return table.wholeLines(layout).map { $0 + "\n" }.joined()
    }

    private static func cells(_ line: String) -> [String] {
        var text = line.drop { $0 == " " }.dropFirst()
        while text.last == " " { text.removeLast() }
        if text.last == "|" { text.removeLast() }
        var cells = [""]
        var isEscaped = false
        for letter in text {
            if letter == "|", !isEscaped {
                cells.append("")
            } else if letter == "\\", !isEscaped {
                isEscaped = true
                continue
            } else {
                cells[cells.count - 1].append(letter)
            }
            isEscaped = false
        }
        return cells.map { cell in
            let bare = cell.replacing("**", with: "").replacing("`", with: "")
            return String(bare.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }

    private static func isRule(_ cells: [String]) -> Bool {
        cells.allSatisfy { cell in
            cell.contains("-") && cell.allSatisfy { $0 == "-" || $0 == ":" }
        }
    }
}
