import Glibc
import Link
import Screen

/// The text of an answer on its way to standard output, and its reasoning to standard error.
///
/// A pipe gets the text to the byte; a terminal gets it without control characters, no word broken
/// at its edge, and its markdown drawn where it has colours.
final class AnswerText {
    private let output: Output
    /// Nil for a program.
    private var markdown: Markdown?
    /// Reasoning is for someone who watches, and never mixed with JSON; nil where nobody does.
    private var reasoning: Markdown?
    /// All that came, as it came.
    private(set) var content = ""
    var hasText: Bool { !content.isEmpty }
    private var isInReasoning = false

    init(_ output: Output, isJSON: Bool) {
        self.output = output
        markdown = output.isTerminal && !isJSON ? Markdown(output.layout) : nil
        let isWatched = !isJSON && isatty(STDERR_FILENO) == 1
        reasoning = isWatched ? Markdown(Self.reasoningLayout) : nil
    }

    func append(reasoning text: String) throws(Failure) {
        guard !text.isEmpty, reasoning != nil else { return }
        try output.flush()
        reasoning?.layout = Self.reasoningLayout
        show(reasoning: reasoning?.take(Printable.escapingControls(text)))
        isInReasoning = true
    }

    func append(_ text: String) {
        if text.isEmpty { return }
        endReasoning("\n\n")
        content += text
        guard markdown != nil else { return output.append(text) }
        markdown?.layout = output.layout
        output.append(markdown?.take(Printable.escapingControls(text)) ?? "")
    }

    /// Ends the line that the text is on, and writes all.
    func end() throws(Failure) {
        endReasoning("\n")
        output.append(markdown?.finish() ?? "")
        if output.isLineOpen { output.append("\n") }
        try output.flush()
    }

    /// All of it is dim: what it has of markup stays as it came.
    private static var reasoningLayout: Layout {
        Layout(width: Layout(descriptor: STDERR_FILENO).width)
    }

    private func show(reasoning text: String?) {
        guard let text, !text.isEmpty else { return }
        ErrorOutput.write(Style(descriptor: STDERR_FILENO).dim(text))
        OpenLines.isErrorOpen = true
    }

    private func endReasoning(_ gap: String) {
        guard isInReasoning else { return }
        show(reasoning: reasoning?.finish())
        ErrorOutput.write(gap)
        reasoning = Markdown(Self.reasoningLayout)
        isInReasoning = false
        OpenLines.isErrorOpen = false
    }
}
