import Link
import Screen

/// What `help` and `--help` print, made from the lists that the program itself goes by.
enum Help {
    /// The help of one command, or of the program.
    static func lines(of command: Command?, _ style: Style) -> [String] {
        if let command { return commandLines(command, style) }
        var lines = ["crowd-models asks the local daemon that routes to your model servers.", ""]
        lines += [style.bold("Usage:") + " crowd-models [OPTION…] COMMAND [ARGUMENT…]", ""]
        lines += [style.bold("Commands:")]
        lines += columns(Command.all.map { ($0.listing, $0.summary) })
        lines += ["", style.bold("Options, in any position:")]
        lines += columns(Option.global.map { ($0.names, $0.summary) })
        lines += ["", style.bold("Exit codes:")]
        lines += columns(
            ExitCode.all.map { code in
                let number = String(code.number)
                return (String(repeating: " ", count: 3 - number.count) + number, code.meaning)
            })
        lines += ["", "crowd-models help COMMAND says more."]
        return lines
    }

    private static func commandLines(_ command: Command, _ style: Style) -> [String] {
        var lines = [style.bold("crowd-models \(command.usage)"), "", "  \(command.summary)"]
        if !command.options.isEmpty {
            lines += ["", style.bold("Options:")]
            lines += columns(command.options.map { ($0.names, $0.summary) })
        }
        if !command.details.isEmpty {
            lines += [""]
            lines += command.details.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.isEmpty ? "" : "  \($0)" }
        }
        if !command.examples.isEmpty {
            lines += ["", style.bold("Examples:")] + command.examples.map { "  \($0)" }
        }
        return lines
    }

    private static func columns(_ rows: [(String, String)]) -> [String] {
        let width = rows.reduce(0) { max($0, $1.0.count) }
        return rows.map { name, summary in
            "  \(name)\(String(repeating: " ", count: width - name.count))  \(summary)"
        }
    }
}

extension Command {
    /// How the list of commands shows it.
    fileprivate var listing: String { arguments.isEmpty ? name : "\(name) \(arguments)" }
}
