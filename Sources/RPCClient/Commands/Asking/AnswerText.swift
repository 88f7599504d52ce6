import Glibc
import Link
import Screen

/// The text of an answer on its way to standard output, and its reasoning to standard error.
///
/// A pipe gets the text to the byte; a terminal gets it without control characters, and its
/// markdown drawn where it has colours.
final class AnswerText {
    private let output: Output
    private let isJSON: Bool
    private var markdown: Markdown?
    /// Reasoning is for someone who watches, and never mixed with JSON.
    private let reasoningStyle: Style?
    /// All that came, as it came.
    private(set) var content = ""
    var hasText: Bool { !content.isEmpty }
    private var isInReasoning = false

    init(_ output: Output, isJSON: Bool) {
        self.output = output
        self.isJSON = isJSON
        let isDrawn = output.isTerminal && output.layout.style.isColored && !isJSON
        markdown = isDrawn ? Markdown(output.layout) : nil
        let isWatched = !isJSON && isatty(STDERR_FILENO) == 1
        reasoningStyle = isWatched ? Style(descriptor: STDERR_FILENO) : nil
    }

    func append(reasoning text: String) throws(Failure) {
        guard !text.isEmpty, let reasoningStyle else { return }
        try output.flush()
        ErrorOutput.write(reasoningStyle.dim(Printable.escapingControls(text)))
        isInReasoning = true
        OpenLines.isErrorOpen = true
    }

    func append(_ text: String) {
        if text.isEmpty { return }
        endReasoning("\n\n")
        content += text
        if let drawn = markdown?.take(Printable.escapingControls(text)) {
            output.append(drawn)
        } else {
            output.append(foreign: text)
        }
    }

    /// Ends the line that the text is on, and writes all.
    func end() throws(Failure) {
        endReasoning("\n")
        if let rest = markdown?.finish() { output.append(rest) }
        if output.isLineOpen { output.append("\n") }
        try output.flush()
    }

    private func endReasoning(_ gap: String) {
        if isInReasoning { ErrorOutput.write(gap) }
        isInReasoning = false
        OpenLines.isErrorOpen = false
    }
}
