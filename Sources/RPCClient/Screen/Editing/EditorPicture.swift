/// How a text that is being typed looks: its lines as a terminal of that width shows them, and
/// where the cursor stands in them.
package struct EditorPicture: Equatable, Sendable {
    package private(set) var lines: [String] = []
    package private(set) var row = 0
    package private(set) var column = 0

    /// The prompt stands before the first line, `continuation` before each further one.
    package init(_ editor: LineEditor, prompt: String, continuation: String, width: Int) {
        // The last cell of a line stays free: terminals differ in where the cursor is behind it.
        let room = max(width - 1, prompt.cells + 2)
        var line = prompt
        var cells = prompt.cells
        for (index, letter) in editor.letters.enumerated() {
            if index == editor.cursor { place(cells) }
            if letter == "\n" {
                lines.append(line)
                line = continuation
                cells = continuation.cells
                continue
            }
            let shown = Printable.escaping(String(letter))
            if cells + shown.cells > room {
                lines.append(line)
                line = ""
                cells = 0
                if index == editor.cursor { place(cells) }
            }
            line += shown
            cells += shown.cells
        }
        if editor.cursor == editor.letters.count { place(cells) }
        lines.append(line)
    }

    private mutating func place(_ cells: Int) {
        row = lines.count
        column = cells
    }
}
