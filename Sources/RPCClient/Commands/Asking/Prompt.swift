import Glibc
import Link

/// The text to answer: the words, then files, then standard input, blank lines between them.
struct Prompt {
    /// Nil where there is none, and none is needed.
    let text: String?

    /// Standard input is read where it is no terminal, or where `-` asks for it; and where
    /// something else is asked already (`isOptional`), only for `-`.
    init(_ invocation: Invocation, isOptional: Bool) throws(Failure) {
        let files = invocation.all("file")
        let wantsInput = invocation.words.contains("-") || files.contains("-")
        let words = invocation.words.filter { $0 != "-" }.joined(separator: " ")
        var parts = [words]
        for path in files where path != "-" {
            parts.append(Self.withoutNewline(try InputFile.text(of: path)))
        }
        let isGiven = parts.contains { !$0.isEmpty }
        let isTerminal = isatty(STDIN_FILENO) == 1
        if wantsInput || !isOptional && (!isTerminal || !isGiven) {
            if isTerminal, isatty(STDERR_FILENO) == 1 {
                ErrorOutput.note("type the prompt, then Ctrl-D")
            }
            let bytes = try InputFile.readStandardInput()
            parts.append(
                Self.withoutNewline(try InputFile.text(bytes, of: "standard input")))
        }
        let text = parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
        guard !text.isEmpty || isOptional else {
            throw Failure(
                .usage, "no prompt: give it as words, on standard input, or both")
        }
        self.text = text.isEmpty ? nil : text
    }

    /// The text without the one newline that ends its last line.
    private static func withoutNewline(_ text: String) -> String {
        var scalars = text.unicodeScalars
        guard scalars.last == "\n" else { return text }
        scalars.removeLast()
        if scalars.last == "\r" { scalars.removeLast() }
        return String(scalars)
    }
}
