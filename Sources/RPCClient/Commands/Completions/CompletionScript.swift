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
        case "SHELL": .words(ShellLines.names)
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
        case "AGENT", "AGENT [ARGUMENT…]": .words(Agent.all.map(\.name))
        case "[FILE]": .files
        default: .none
        }
    }

    /// The text as one word of a shell.
    static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
