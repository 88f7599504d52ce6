import CrowdModelsProtocol

/// A conversation as plain text, for a model that has no chat template.
extension ChatRequest {
    /// Whether it can be told as text alone: without tools, and without pictures.
    var isPlain: Bool {
        if has(.tools) { return false }
        guard has(.messages) else { return true }
        let text = text
        var isPlain = true
        forEachMessage { message in
            guard let content = message.member("content", text.span) else {
                isPlain = isPlain && message.member("tool_calls", text.span) == nil
                return
            }
            guard content.isArray(text.span) else { return }
            content.forEachElement(text.span) { part in
                if part.member("text", text.span) == nil { isPlain = false }
            }
        }
        return isPlain
    }

    /// Whether a server's words say that the model cannot chat, for want of a template.
    static func lacksTemplate(_ words: String) -> Bool {
        let words = words.lowercased()
        if words.contains("does not support chat") || words.contains("template not found") {
            return true
        }
        let isNamed = words.contains("chat template") || words.contains("chat_template")
        return isNamed && wants.contains { words.contains($0) }
    }

    private static let wants = [
        "no longer allowed", "not set", "must provide", "not defined", "no chat template",
        "does not have", "missing", "not found", "is none",
    ]

    /// Appends the prompt as one string token: as it came where it is one, a single message as its
    /// text, a conversation as turns that end where the assistant's begins.
    func writePlainPrompt(to body: inout ByteBuffer) {
        let text = text
        let prompt = arguments[CompleteParameter.prompt.rawValue]
        if prompt.isPresent, !has(.systemPrompt) {
            return body.append(text.span.extracting(prompt.bounds))
        }
        body.append("\"")
        if has(.systemPrompt) {
            let system = arguments[CompleteParameter.systemPrompt.rawValue]
            appendInside(system, to: &body)
            body.append("\\n\\n")
        }
        if prompt.isPresent {
            appendInside(prompt, to: &body)
        } else {
            var count = 0
            forEachMessage { _ in count += 1 }
            forEachMessage { message in
                if count > 1 { appendRole(of: message, to: &body) }
                appendContent(of: message, to: &body)
                if count > 1 { body.append("\\n\\n") }
            }
            if count > 1 { body.append("assistant: ") }
        }
        body.append("\"")
    }

    private func forEachMessage(_ take: (JSONPlace) -> Void) {
        let text = text
        JSONPlace(range: arguments[CompleteParameter.messages.rawValue])
            .forEachElement(text.span, take)
    }

    private func appendRole(of message: JSONPlace, to body: inout ByteBuffer) {
        let text = text
        guard let role = message.member("role", text.span) else { return }
        appendInside(role.range, to: &body)
        body.append(": ")
    }

    private func appendContent(of message: JSONPlace, to body: inout ByteBuffer) {
        let text = text
        guard let content = message.member("content", text.span) else { return }
        if content.isArray(text.span) {
            content.forEachElement(text.span) { part in
                if let words = part.member("text", text.span) {
                    appendInside(words.range, to: &body)
                }
            }
        } else if !content.isNull(text.span) {
            appendInside(content.range, to: &body)
        }
    }

    /// Appends what stands between the quotes of a string token.
    private func appendInside(_ token: JSONRange, to body: inout ByteBuffer) {
        let text = text
        body.append(text.span.extracting(Int(token.start) + 1..<Int(token.end) - 1))
    }
}
