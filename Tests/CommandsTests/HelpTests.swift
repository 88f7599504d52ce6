import Link
import Screen
import Testing

@testable import Commands

/// The help fits every terminal and leaves nothing out.
@Suite struct HelpTests {
    @Test(arguments: [40, 80, 120])
    func `no line of any help is wider than the terminal or 78 cells`(width: Int) {
        for command in [nil] + Command.all.map(Optional.some) {
            for line in Help.lines(of: command, Layout(width: width)) {
                // What one could type is not broken; no example is wider than a usual terminal.
                let isTyped = line.contains("crowd-models")
                #expect(line.cells <= (isTyped ? 78 : min(width, 78)), "\(line)")
            }
        }
    }

    @Test func `every command says how it ends and has its options explained`() {
        for command in Command.all {
            let text = Help.lines(of: command, Layout()).joined(separator: "\n")
            #expect(text.contains("Exit status:"))
            for option in command.options { #expect(text.contains("--\(option.name)")) }
        }
    }

    @Test func `words of other tools are answered with ours`() {
        for word in ["ls", "list", "ps", "run", "logs", "version", "stop", "serve"] {
            #expect(Command.unknown(word).message.contains("here it is: crowd-models"))
        }
        #expect(Command.unknown("modles").message.contains("did you mean models?"))
    }
}
