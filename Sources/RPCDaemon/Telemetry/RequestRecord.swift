package import Configuration
package import CrowdModelsProtocol

/// The one line of a request that has ended: everything about it but what was said.
///
/// A success is told in the guide's words, which say neither who asked nor what answered; people
/// get these in a line behind it, programs as members of the same object.
///
/// Many properties: one for each member of the line.
package struct RequestRecord: LogEvent {
    /// How it ended; the raw value is its word.
    package enum Ending: String, Sendable {
        case completed, failed, rejected, cancelled
    }

    package var ending: Ending
    package var method = "complete"
    /// Whether its success is told in the guide's words.
    package var isGeneration = true
    /// Nil for one that was refused before it had one.
    package var key: UInt64?
    /// `uid:1000 TAG`, as in `stats`.
    package var client: String
    package var model: String?
    package var backend: String?
    /// The kind of error, and the status that a backend answered with.
    package var kind: String?
    package var status: Int?
    package var promptTokens: Int?
    package var completionTokens: Int?
    /// As the server says, which need not be the sum.
    package var totalTokens: Int?
    package var tokensPerSecond: Double?
    package var timeToFirstToken: Double?
    package var queueTime: Double?
    package var totalTime: Double?
    package var attempts = 1
    package var architecture: String?
    /// What the caller gave to find this line by.
    package var traceparent: String?

    package init(_ ending: Ending, client: String) {
        self.ending = ending
        self.client = client
    }

    package var level: LogLevel { ending == .failed ? .warning : .info }

    package var name: StaticString {
        switch ending {
        case .completed: "request_completed"
        case .failed: "request_failed"
        case .rejected: "request_rejected"
        case .cancelled: "request_cancelled"
        }
    }

    package func write(words: inout ByteBuffer) {
        guard ending == .completed, isGeneration else {
            return ending == .failed ? writeFailure(to: &words) : writeEnding(to: &words)
        }
        words.append("LLM request completed: ")
        words.append(decimal: totalTokens ?? 0)
        words.append(" tokens used")
        if let tokensPerSecond {
            words.append(", ")
            words.append(fixed: tokensPerSecond, decimals: 2)
            words.append(" tokens/sec")
        }
        if let timeToFirstToken {
            words.append(", ")
            words.append(fixed: timeToFirstToken, decimals: 3)
            words.append("s to first token")
        }
        if let architecture {
            words.append(", architecture: ")
            words.append(utf8: architecture)
        }
    }

    package func write(details: inout ByteBuffer) {
        guard ending == .completed && isGeneration || ending == .failed else { return }
        writeEnding(to: &details)
    }

    private func writeFailure(to words: inout ByteBuffer) {
        // Not the message: a server's words may quote the prompt.
        words.append("LLM request failed: ")
        words.append(utf8: kind ?? "")
        if let backend { Self.write(", backend ", backend, to: &words) }
        if let status {
            words.append(", status ")
            words.append(decimal: status)
        }
        if let model { Self.write(", model ", model, to: &words) }
    }

    /// Who asked what of whom, and how it went.
    private func writeEnding(to words: inout ByteBuffer) {
        words.append("Request ")
        if let key {
            words.append("r")
            words.append(decimal: Int(clamping: key))
            words.append(" ")
        }
        words.append(utf8: ending.rawValue)
        if let kind, kind != ending.rawValue { Self.write(" (", kind, ")", to: &words) }
        Self.write(": ", method, to: &words)
        Self.write(", client ", client, to: &words)
        if let model { Self.write(", model ", model, to: &words) }
        if let backend { Self.write(", backend ", backend, to: &words) }
        if promptTokens != nil || completionTokens != nil {
            words.append(", tokens ")
            words.append(decimal: promptTokens ?? 0)
            words.append("+")
            words.append(decimal: completionTokens ?? 0)
        }
        Self.write(", queued ", seconds: queueTime, to: &words)
        Self.write(", took ", seconds: totalTime, to: &words)
        if attempts > 1 {
            words.append(", attempts ")
            words.append(decimal: attempts)
        }
        if let traceparent { Self.write(", traceparent ", traceparent, to: &words) }
    }

    private static func write(
        _ label: StaticString, _ value: String, _ end: StaticString = "", to words: inout ByteBuffer
    ) {
        words.append(label)
        words.append(utf8: String(value.prefix(LogFields.lettersMax)))
        words.append(end)
    }

    private static func write(
        _ label: StaticString, seconds: Double?, to words: inout ByteBuffer
    ) {
        guard let seconds else { return }
        words.append(label)
        words.append(fixed: seconds, decimals: 3)
        words.append("s")
    }

    package func write(fields: inout LogFields) {
        fields.append("method", method)
        fields.append("key", key.map { "r\($0)" })
        fields.append("client", client)
        fields.append("model", model)
        fields.append("backend", backend)
        fields.append("outcome", ending.rawValue)
        fields.append("kind", kind)
        fields.append("status", status)
        fields.append("tokens", totalTokens)
        fields.append("prompt_tokens", promptTokens)
        fields.append("completion_tokens", completionTokens)
        fields.append("tokens_per_second", tokensPerSecond)
        fields.append("ttft", timeToFirstToken)
        fields.append("queue", queueTime)
        fields.append("total", totalTime)
        fields.append("attempts", attempts)
        fields.append("architecture", architecture)
        fields.append("traceparent", traceparent)
    }
}
