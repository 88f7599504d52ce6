extension CompletionScript {
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

    /// The script for zsh.
    static var zsh: String {
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
            if [[ $funcstack[1] == _crowd[_-]models ]]; then _crowd_models "$@"
            else compdef _crowd_models crowd-models; fi

            """
    }
}
