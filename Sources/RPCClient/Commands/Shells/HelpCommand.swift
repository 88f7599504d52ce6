import Link
import Screen

extension Command {
    static let help = Command(
        "help", "explain the program or one command", arguments: "[COMMAND]", words: 0...1,
        examples: ["crowd-models help complete"]
    ) { (session) throws(Failure) in
        var command: Command?
        if let name = session.words.first {
            command = named(name)
            if command == nil { throw unknown(name) }
        }
        session.output.append(lines: Help.lines(of: command, session.output.layout))
        try session.output.flush()
    }
}
