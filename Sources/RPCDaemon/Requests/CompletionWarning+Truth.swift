package import Backends

extension CompletionWarning {
    /// Words what an answer was found out not to be. Neither prompt nor answer is quoted: the line
    /// goes into the log, too.
    package init(_ untruth: Untruth, by product: String) {
        switch untruth {
        case .promptTruncated:
            self.init(
                .promptTruncated,
                "\(product) read less of the prompt than it was sent: it does not fit the context "
                    + "that the model is loaded with")
        case .schemaViolated(let what):
            self.init(
                .schemaViolated, "the answer of \(product) does not fit response_format at \(what)")
        case .toolCallInText:
            self.init(
                .toolCallInText,
                "\(product) left what looks like a tool call in the text and read none")
        }
    }
}
