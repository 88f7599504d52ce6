extension CompletionScript {
    private static func fishValues(_ values: Values) -> String {
        switch values {
        case .none: ""
        case .files: " -F"
        // The list is expanded once more when it is asked for.
        case .words(let words):
            " -a \(quoted(words.joined(separator: " ").replacing("$", with: "\\$")))"
        case .printed(let arguments):
            " -a '(crowd-models --timeout 1 \(arguments) 2>/dev/null)'"
        }
    }

    private static func fishOption(_ option: Option, _ condition: String) -> String {
        let letter = option.letter.map { " -s \($0)" } ?? ""
        // What has values of its own has no files beside them.
        let isFile = if case .files = values(of: option) { true } else { false }
        let value =
            option.value == nil ? "" : (isFile ? " -r" : " -x") + fishValues(values(of: option))
        return "complete -c crowd-models\(condition) -l \(option.name)\(letter)\(value) "
            + "-d \(quoted(option.summary))"
    }

    /// The script for fish.
    static var fish: String {
        var lines = [
            "# fish completion of crowd-models; made by: crowd-models completions fish",
            "complete -c crowd-models -f",
        ]
        lines += Option.global.map { fishOption($0, "") }
        for command in Command.all {
            lines.append(
                "complete -c crowd-models -n __fish_use_subcommand -a \(command.name) "
                    + "-d \(quoted(command.summary))")
            let seen = " -n '__fish_seen_subcommand_from \(command.name)'"
            let values = fishValues(words(of: command))
            if !values.isEmpty { lines.append("complete -c crowd-models\(seen)\(values)") }
            lines += command.options.map { fishOption($0, seen) }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
