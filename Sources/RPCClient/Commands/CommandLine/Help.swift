import Link
package import Screen

/// What `help` and `--help` print, made from the lists that the program itself goes by.
package enum Help {
    /// The most cells of a line: with a margin it fits the 80 that most terminals have.
    package static let cellsMax = 78
    /// Names wider than this have their explanation below them.
    private static let nameCellsMax = 30

    /// The help of one command, or of the program.
    package static func lines(of command: Command?, _ layout: Layout) -> [String] {
        let width = min(layout.width ?? cellsMax, cellsMax)
        guard let command else { return program(layout.style, width) }
        return self.command(command, layout.style, width)
    }

    /// The line that says how the program is called.
    package static let usage = "crowd-models [OPTION…] COMMAND [ARGUMENT…]"

    private static func program(_ style: Style, _ width: Int) -> [String] {
        var lines = Paragraph.wrap(
            "crowd-models asks the local daemon that routes to your model servers.", to: width)
        lines += [""]
        lines += Paragraph.wrap("Usage: " + usage, to: width).map {
            $0.replacing("Usage:", with: style.bold("Usage:"))
        }
        for group in Command.groups {
            lines += ["", style.bold(group.title + ":")]
            lines += columns(group.commands.map { ($0.listing, $0.summary) }, width)
        }
        lines += ["", style.bold("Options, in any position:")]
        lines += columns(Option.global.map { ($0.names, $0.summary) }, width)
        lines += ["", style.bold("Exit status:")]
        lines += columns(exitStatus, width)
        lines += [""]
        lines += Paragraph.wrap("crowd-models help COMMAND says more.", to: width)
        return lines
    }

    private static func command(_ command: Command, _ style: Style, _ width: Int) -> [String] {
        var lines = Paragraph.wrap("crowd-models \(command.usage)", to: width).map(style.bold)
        lines += [""]
        lines += indented([command.summary], width)
        if !command.options.isEmpty {
            lines += ["", style.bold("Options:")]
            lines += columns(command.options.map { ($0.names, $0.summary) }, width)
        }
        for text in [command.details, command.list] where !text.isEmpty {
            lines += [""] + indented(paragraphs(of: text), width)
        }
        if !command.examples.isEmpty {
            lines += ["", style.bold("Examples:")] + command.examples.map { "  \($0)" }
        }
        lines += ["", style.bold("Exit status:")]
        lines += indented(
            paragraphs(of: command.exits) + ["crowd-models help lists every exit status."], width)
        return lines
    }

    /// Each exit status and what it means.
    static var exitStatus: [(String, String)] {
        ExitCode.all.map { code in
            let number = String(code.number)
            return (String(repeating: " ", count: 3 - number.count) + number, code.meaning)
        }
    }

    /// The paragraphs of a text that was written in lines; lines that begin with a space are
    /// lists, and stay as they are.
    static func paragraphs(of text: String) -> [String] {
        var paragraphs: [String] = []
        var isOpen = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty || line.hasPrefix(" ") {
                paragraphs.append(String(line))
                isOpen = false
            } else if isOpen {
                paragraphs[paragraphs.count - 1] += " " + line
            } else {
                paragraphs.append(String(line))
                isOpen = true
            }
        }
        return paragraphs
    }

    private static func indented(_ paragraphs: [String], _ width: Int) -> [String] {
        paragraphs.flatMap { text -> [String] in
            if text.isEmpty { return [""] }
            let indent = text.prefix { $0 == " " }
            let pieces = Paragraph.wrap(text, to: max(width - 4 - indent.count, 1))
            return pieces.enumerated().map { index, piece in
                // What a list's line has too much goes on below it.
                "  " + indent + (index > 0 && !indent.isEmpty ? "  " : "") + piece
            }
        }
    }

    private static func columns(_ rows: [(String, String)], _ width: Int) -> [String] {
        let widest = rows.map(\.0.cells).filter { $0 <= nameCellsMax }.max() ?? 0
        // Where the explanations would be slivers, they stand below the names.
        let isNarrow = width - widest - 4 < 24
        let indent = isNarrow ? 6 : widest + 4
        let blank = String(repeating: " ", count: indent)
        return rows.flatMap { name, summary -> [String] in
            let pieces = Paragraph.wrap(summary, to: max(width - indent, 8))
            let isBelow = isNarrow || name.cells > widest
            let first = isBelow ? ["  \(name)"] : ["  \(name.padded(to: widest))  \(pieces[0])"]
            return first + pieces.dropFirst(isBelow ? 0 : 1).map { blank + $0 }
        }
    }
}

extension Command {
    /// How the list of commands shows it.
    var listing: String { arguments.isEmpty ? name : "\(name) \(arguments)" }
}
