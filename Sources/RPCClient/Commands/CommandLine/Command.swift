import CrowdModelsProtocol
import Link

/// A command of the client: what its help says of it, and what it does.
struct Command: Sendable {
    let name: String
    /// What follows the name, such as `METHOD [JSON]`.
    let arguments: String
    /// What it does, a few words for the list of commands.
    let summary: String
    /// How many words it takes.
    let wordCount: ClosedRange<Int>
    let options: [Option]
    /// What else there is to know, in lines of a terminal's width.
    let details: String
    /// Lines that one could type, each a whole command line.
    let examples: [String]
    let run: @Sendable (Session) throws(Failure) -> Void

    init(
        _ name: String, _ summary: String, arguments: String = "",
        words: ClosedRange<Int> = 0...0, options: [Option] = [], details: String = "",
        examples: [String] = [],
        run: @escaping @Sendable (Session) throws(Failure) -> Void
    ) {
        self.name = name
        self.arguments = arguments
        self.summary = summary
        wordCount = words
        self.options = options
        self.details = details
        self.examples = examples
        self.run = run
    }

    /// All commands, in the order of the help: what is not here does not exist.
    static let all: [Command] = [
        complete, models, show, backends, stats, status, requests, cancel, events, ping, call,
        openrpc, sockname, help,
    ]

    static func named(_ name: String) -> Command? { all.first { $0.name == name } }

    /// What to say of a command that does not exist.
    static func unknown(_ name: String) -> Failure {
        let hint =
            NearestName.to(name, among: all.map(\.name)).map { "did you mean \($0)?" }
            ?? "crowd-models help lists them"
        return Failure(.usage, "unknown command \"\(name)\"; \(hint)")
    }

    /// Checks how many words were given.
    func check(_ words: [String]) throws(Failure) {
        if wordCount.contains(words.count) { return }
        let what =
            words.count < wordCount.lowerBound
            ? "something is missing" : "\"\(words[wordCount.upperBound])\" is one word too many"
        throw Failure(.usage, "\(what): crowd-models \(usage)")
    }

    /// The command line in short, such as `show MODEL`.
    var usage: String {
        let options = options.isEmpty ? "" : " [OPTION…]"
        return name + (arguments.isEmpty ? "" : " \(arguments)") + options
    }
}
