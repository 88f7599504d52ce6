import CrowdModelsProtocol

/// What an answer is found out not to be, though its server said nothing of it.
package enum Untruth: Equatable, Sendable {
    /// The server read less of the prompt than it was sent.
    case promptTruncated
    /// Where and how the text does not fit the schema that was asked for.
    case schemaViolated(String)
    /// A call stands in the text.
    case toolCallInText
}

extension ChatRequest {
    /// Judges a complete answer. `loadedContext`: tokens that the model has room for, where its
    /// server says it.
    package func untruths(
        of answer: borrowing GeneratedText, _ report: borrowing GenerationReport,
        loadedContext: Int?
    ) -> [Untruth] {
        let isCut = isPromptCut(report, loadedContext)
        if !isCut, !has(.responseFormat), !has(.tools) { return [] }
        let text = text
        var untruths: [Untruth] = []
        if isCut { untruths.append(.promptTruncated) }
        if has(.responseFormat) {
            let format = text.span.extracting(
                arguments[CompleteParameter.responseFormat.rawValue].bounds)
            let found = SchemaCheck.violation(of: answer.contentText, format: format)
            if let found { untruths.append(.schemaViolated(found)) }
        }
        if has(.tools), !answer.hasToolCalls {
            let tools = text.span.extracting(arguments[CompleteParameter.tools.rawValue].bounds)
            if ToolCallInText.isIn(answer.contentText, tools: tools) {
                untruths.append(.toolCallInText)
            }
        }
        return untruths
    }

    private func isPromptCut(
        _ report: borrowing GenerationReport, _ loadedContext: Int?
    ) -> Bool {
        var truncation = PromptTruncation(
            promptTokens: report.promptTokens, loadedContext: loadedContext,
            maxTokens: integer(.maxTokens), promptLetters: .max, isTold: report.isPromptTruncated)
        // Letters are counted only where their number decides.
        guard !truncation.isTold, truncation.isCut else { return truncation.isTold }
        truncation.promptLetters = promptLetters
        return truncation.isCut
    }

    /// Letters of the texts that are sent, those of escapes counted as written; images have none.
    var promptLetters: Int {
        let text = text
        var letters = 0
        for parameter in [CompleteParameter.systemPrompt, .prompt] where has(parameter) {
            letters += Self.letters(text.span.extracting(arguments[parameter.rawValue].bounds))
        }
        guard has(.messages) else { return letters }
        let messages = JSONPlace(range: arguments[CompleteParameter.messages.rawValue])
        messages.forEachElement(text.span) { message in
            guard let content = message.member("content", text.span) else { return }
            if content.isArray(text.span) {
                content.forEachElement(text.span) { part in
                    if let words = part.member("text", text.span) {
                        letters += Self.letters(text.span.extracting(words.range.bounds))
                    }
                }
            } else {
                letters += Self.letters(text.span.extracting(content.range.bounds))
            }
        }
        return letters
    }

    /// Letters between the quotes of a string token.
    private static func letters(_ token: Span<UInt8>) -> Int {
        var count = 0
        for index in token.indices where token[index] & 0xC0 != 0x80 { count += 1 }
        return max(0, count - 2)
    }
}
