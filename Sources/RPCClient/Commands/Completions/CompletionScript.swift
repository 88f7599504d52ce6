import CrowdModelsProtocol

/// What a shell is told so that it can complete the program's command line; made from the lists
/// that the program goes by, and names of models from the daemon while one types.
enum CompletionScript {
    static let shells = ["bash", "zsh", "fish"]

    /// What a value or a word may be.
    enum Values {
        case none, files
        case words([String])
        /// What the program itself prints with these arguments, a line each.
        case printed(String)
    }

    static func text(for shell: String) -> String {
        switch shell {
        case "zsh": zsh
        case "fish": fish
        default: bash
        }
    }

    static func values(of option: Option) -> Values {
        switch option.value {
        case "FILE", "PATH": .files
        case "MODEL": .printed("models --names")
        case "NAME" where option.name == "backend": .printed("backends --names")
        case "P": .words(["interactive", "batch"])
        case "W": .words(["1m", "5m", "15m", "1h", "total"])
        case "TYPE": .words(["llm", "vlm", "embeddings", "unknown"])
        case "STATE": .words(["loaded", "loading", "not-loaded", "unknown"])
        case "NAME=VALUE":
            .words(CompleteMethod.parameters.map { $0.name + "=" })
        default: .none
        }
    }

    static func words(of command: Command) -> Values {
        switch command.arguments {
        case "MODEL": .printed("models --names")
        case "KEY": .printed("requests --keys")
        case "[TOPIC…]": .words(["models", "backends", "requests", "stats", "log"])
        case "METHOD [JSON]": .words(Method.all.map { "\($0.name)" })
        case "[COMMAND]": .words(Command.all.map(\.name))
        case "SHELL": .words(shells)
        case "[FILE]": .files
        default: .none
        }
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }

    // MARK: bash

    private static func bashValues(_ values: Values) -> String {
        switch values {
        case .none: ":"
        case .files: "COMPREPLY=($(compgen -f -- \"$cur\"))"
        case .words(let words):
            "COMPREPLY=($(compgen -W \(quoted(words.joined(separator: " "))) -- \"$cur\"))"
        case .printed(let arguments): "_crowd_models_printed \(arguments)"
        }
    }

    private static var bash: String {
        var options: [String] = []
        var words: [String] = []
        for command in Command.all {
            let names = (Option.global + command.options).map { "--\($0.name)" }
            options.append(
                "        \(command.name)) words=\(quoted(names.joined(separator: " "))) ;;")
            for option in command.options where option.value != nil {
                let short = option.letter.map { "|\(command.name):-\($0)" } ?? ""
                words.append(
                    "        \(command.name):--\(option.name)\(short)) "
                        + "\(bashValues(values(of: option))); return ;;")
            }
        }
        let plain = Command.all.map { command in
            "        \(command.name)) \(bashValues(self.words(of: command))) ;;"
        }
        return """
            # bash completion of crowd-models; made by: crowd-models completions bash
            _crowd_models_printed() {
                local IFS=$'\\n'
                COMPREPLY=($(compgen -W \
            "$(crowd-models --timeout 1 "$@" 2>/dev/null)" -- "$cur"))
            }

            _crowd_models() {
                local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}"
                local command= words= at
                for ((at = 1; at < COMP_CWORD; at++)); do
                    case "${COMP_WORDS[at]}" in
                        --socket | --timeout) ((at++)) ;;
                        -*) ;;
                        *) command="${COMP_WORDS[at]}"; break ;;
                    esac
                done
                [[ $prev == --socket ]] && { COMPREPLY=($(compgen -f -- "$cur")); return; }
                case "$command:$prev" in
            \(words.joined(separator: "\n"))
                esac
                case "$command" in
                    "") words=\(quoted(Option.global.map { "--\($0.name)" }.joined(separator: " "))) ;;
            \(options.joined(separator: "\n"))
                esac
                if [[ $cur == -* ]]; then
                    COMPREPLY=($(compgen -W "$words" -- "$cur"))
                    return
                fi
                case "$command" in
                    "") COMPREPLY=($(compgen -W \
            \(quoted(Command.all.map(\.name).joined(separator: " "))) -- "$cur")) ;;
            \(plain.joined(separator: "\n"))
                esac
            }
            complete -o default -F _crowd_models crowd-models

            """
    }

    // MARK: zsh

    private static func zshValues(_ values: Values) -> String {
        switch values {
        case .none: ":"
        case .files: "_files"
        case .words(let words): "compadd -- \(words.map(quoted).joined(separator: " "))"
        case .printed(let arguments):
            "compadd -- ${(f)\"$(crowd-models --timeout 1 \(arguments) 2>/dev/null)\"}"
        }
    }

    private static func described(_ name: String, _ summary: String) -> String {
        quoted(name.replacing(":", with: "\\:") + ":" + summary)
    }

    private static var zsh: String {
        var options: [String] = []
        var valued: [String] = []
        for command in Command.all {
            let lines = (Option.global + command.options).map {
                described("--\($0.name)", $0.summary)
            }
            options.append("        \(command.name)) options=(\(lines.joined(separator: " "))) ;;")
            for option in command.options where option.value != nil {
                let short = option.letter.map { "|\(command.name):-\($0)" } ?? ""
                valued.append(
                    "        \(command.name):--\(option.name)\(short)) "
                        + "\(zshValues(values(of: option))); return ;;")
            }
        }
        let plain = Command.all.map { command in
            "        \(command.name)) \(zshValues(words(of: command))) ;;"
        }
        let commands = Command.all.map { described($0.name, $0.summary) }
        return """
            #compdef crowd-models
            # zsh completion of crowd-models; made by: crowd-models completions zsh
            _crowd_models() {
                local -a options commands
                local command= at
                for ((at = 2; at < CURRENT; at++)); do
                    case $words[at] in
                        --socket | --timeout) ((at++)) ;;
                        -*) ;;
                        *) command=$words[at]; break ;;
                    esac
                done
                [[ $words[CURRENT-1] == --socket ]] && { _files; return; }
                case "$command:$words[CURRENT-1]" in
            \(valued.joined(separator: "\n"))
                esac
                case "$command" in
                    "") options=(\(Option.global.map { described("--\($0.name)", $0.summary) }
                        .joined(separator: " "))) ;;
            \(options.joined(separator: "\n"))
                esac
                if [[ $words[CURRENT] == -* ]]; then
                    _describe option options
                    return
                fi
                case "$command" in
                    "")
                        commands=(\(commands.joined(separator: " ")))
                        _describe command commands ;;
            \(plain.joined(separator: "\n"))
                esac
            }
            if [[ $funcstack[1] == _crowd_models ]]; then _crowd_models "$@"
            else compdef _crowd_models crowd-models; fi

            """
    }

    // MARK: fish

    private static func fishValues(_ values: Values) -> String {
        switch values {
        case .none: ""
        case .files: " -F"
        case .words(let words): " -a \(quoted(words.joined(separator: " ")))"
        case .printed(let arguments):
            " -a '(crowd-models --timeout 1 \(arguments) 2>/dev/null)'"
        }
    }

    private static func fishOption(_ option: Option, _ condition: String) -> String {
        let letter = option.letter.map { " -s \($0)" } ?? ""
        let value = option.value == nil ? "" : " -r" + fishValues(values(of: option))
        return "complete -c crowd-models\(condition) -l \(option.name)\(letter)\(value) "
            + "-d \(quoted(option.summary))"
    }

    private static var fish: String {
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
