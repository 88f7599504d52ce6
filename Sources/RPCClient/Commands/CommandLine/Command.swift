import CrowdModelsProtocol
import Link
import Screen

/// A command of the client: what its help says of it, and what it does.
package struct Command: Sendable {
    package let name: String
    /// What follows the name, such as `METHOD [JSON]`.
    let arguments: String
    /// What it does, a few words for the list of commands.
    let summary: String
    /// The method that it stands for, where not every daemon has it.
    let method: String?
    /// How many words it takes.
    let wordCount: ClosedRange<Int>
    /// Whether all that follows its first word is somebody else's, options too.
    let passesWordsOn: Bool
    let options: [Option]
    /// What else there is to know, in paragraphs; lines that begin with a space are lists.
    let details: String
    /// What the daemon of this version has, for the help and not for the manual.
    let list: String
    /// Lines that one could type, each a whole command line.
    let examples: [String]
    /// How it ends where that is not what every command does.
    let exits: String
    let run: @Sendable (Session) throws(Failure) -> Void

    init(
        _ name: String, _ summary: String, arguments: String = "", method: String? = nil,
        words: ClosedRange<Int> = 0...0, passesWordsOn: Bool = false,
        options: [Option] = [], details: String = "",
        list: String = "", examples: [String] = [],
        exits: String = "0 if it was done; 69 without a daemon.",
        run: @escaping @Sendable (Session) throws(Failure) -> Void
    ) {
        self.name = name
        self.arguments = arguments
        self.summary = summary
        self.method = method
        wordCount = words
        self.passesWordsOn = passesWordsOn
        self.options = options
        self.details = details
        self.list = list
        self.examples = examples
        self.exits = exits
        self.run = run
    }

    /// All commands in the order of the help, but for those whose method no daemon of this
    /// version has: what is not here is not advertised.
    package static let groups: [(title: String, commands: [Command])] = written.map { group in
        (group.title, group.commands.filter(\.isServed))
    }

    /// All that there are, served or not.
    static let written: [(title: String, commands: [Command])] = [
        ("Ask a model", [complete, chat, embed, explain]),
        ("Look at models and servers", [models, show, load, unload, backends]),
        ("Watch the daemon", [top, stats, status, requests, cancel, events, ping, doctor, report]),
        ("For agents and editors", [launch, env, mcp]),
        ("For programs and shells", [call, openrpc, sockname, completions, help]),
    ]

    package static let all: [Command] = groups.flatMap(\.commands)

    /// Whether the registry has the method that it cannot do without.
    private var isServed: Bool {
        guard let method else { return true }
        return Method.all.contains { "\($0.name)" == method }
    }

    /// The command of that name; one that is not advertised is there for a newer daemon.
    static func named(_ name: String) -> Command? {
        written.flatMap(\.commands).first { $0.name == name }
    }

    /// What to say of a command that does not exist.
    static func unknown(_ name: String) -> Failure {
        let hint =
            OtherWords.hint(name)
            ?? NearestName.to(name, among: all.map(\.name)).map { "did you mean \($0)?" }
            ?? "crowd-models help lists them"
        return Failure(.usage, "unknown command \"\(name)\"; \(hint)")
    }

    /// What `-o` may name.
    var parameters: [Parameter] {
        options.contains { $0.name == "option" } ? CompleteMethod.parameters : []
    }

    /// Checks how many words were given.
    func check(_ words: [String]) throws(Failure) {
        if wordCount.contains(words.count) { return }
        let what =
            words.count < wordCount.lowerBound
            ? "something is missing" : "\"\(words[wordCount.upperBound])\" is one word too many"
        throw Failure(.usage, "\(what): crowd-models \(usage)")
    }

    /// Names one a line, each once, fit for a terminal.
    static func names(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }.map(Printable.escaping)
    }

    /// The command line in short, such as `show MODEL`.
    var usage: String {
        let options = options.isEmpty ? "" : " [OPTION…]"
        return name + (arguments.isEmpty ? "" : " \(arguments)") + options
    }
}
