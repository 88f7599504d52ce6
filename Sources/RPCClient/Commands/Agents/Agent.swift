import CrowdModelsProtocol

/// A program that talks to models, and what makes it talk to the daemon: a row of a table.
struct Agent: Sendable {
    /// The name on our command line.
    let name: String
    /// The program that is started; nil where the first argument names it.
    let program: String?
    /// What it is, a few words for the help.
    let summary: String
    /// Whether it can be told a Unix socket; all others need a port.
    let takesSocket: Bool
    /// What it is told.
    let setup: @Sendable (Target) -> Setup

    init(
        _ name: String, program: String?, _ summary: String, takesSocket: Bool = false,
        setup: @escaping @Sendable (Target) -> Setup
    ) {
        self.name = name
        self.program = program
        self.summary = summary
        self.takesSocket = takesSocket
        self.setup = setup
    }

    /// What there is to use.
    struct Target {
        /// The base of HTTP's URLs, without a slash at the end.
        let url: String
        /// The daemon's Unix socket.
        let socketPath: String
        /// The model to begin with.
        let model: ModelDescription
        /// All that can answer, that one among them.
        let models: [ModelDescription]

        /// How much the model takes, where that is known.
        var context: Int? { model.loadedContextLength ?? model.maxContextLength }
    }

    /// What the program is told beside its own arguments.
    struct Setup: Equatable {
        var variables: [Variable] = []
        /// Before the user's own.
        var arguments: [String] = []
        /// Files of a folder that stands in for one of its own.
        var folder: Folder?

        struct Variable: Equatable {
            let name: String
            let value: String
        }

        struct Folder: Equatable {
            /// The variable that names the folder.
            let variable: String
            /// Where the user's own is, below `$HOME` where the variable is not set.
            let home: String
            let files: [String: String]
            /// What the program makes there itself, and is to find again.
            let made: [String]
        }

        mutating func set(_ name: String, _ value: String?) {
            if let value { variables.append(Variable(name: name, value: value)) }
        }
    }

    /// What is given where a key has to be; the daemon wants none and keeps none.
    static let key = "crowd-models"

    static func named(_ name: String) -> Agent? { all.first { $0.name == name } }

    /// The list for the help.
    static var list: String {
        let widest = all.map(\.name.count).max() ?? 0
        return all.map { agent in
            let gap = String(repeating: " ", count: widest - agent.name.count + 2)
            return "  \(agent.name)\(gap)\(agent.summary)"
        }.joined(separator: "\n")
    }
}
