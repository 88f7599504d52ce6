/// An option of the command line: its names, its value and what it does.
struct Option: Sendable {
    /// The long name, without its dashes.
    let name: String
    /// The letter of the short form.
    let letter: Character?
    /// What stands for the value in the help; nil where there is none.
    let value: String?
    let summary: String

    init(_ name: String, _ letter: Character? = nil, _ value: String? = nil, _ summary: String) {
        self.name = name
        self.letter = letter
        self.value = value
        self.summary = summary
    }

    /// The names as the help shows them, such as `-m, --model MODEL`.
    var names: String {
        let short = letter.map { "-\($0), " } ?? "    "
        return "\(short)--\(name)" + (value.map { " \($0)" } ?? "")
    }

    /// The options that every command takes, before its name or after it.
    static let global = [
        Option("socket", nil, "PATH", "the daemon's socket; without it, see `help sockname`"),
        Option("json", nil, nil, "results as one line of JSON, errors as JSON on standard error"),
        Option("timeout", nil, "S", "give up after S seconds, exit 75"),
        Option("version", "V", nil, "print the version"),
        Option("help", "h", nil, "print help, of the command if one is named"),
    ]
}
