extension CompletionScript {
    private static func bashValues(_ values: Values) -> String {
        switch values {
        case .none: ":"
        case .files: "COMPREPLY=($(compgen -f -- \"$cur\"))"
        case .words(let words):
            "COMPREPLY=($(compgen -W \(quoted(words.joined(separator: " "))) -- \"$cur\"))"
        case .printed(let arguments): "_crowd_models_printed \(arguments)"
        }
    }

    /// The script for bash.
    static var bash: String {
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
}
