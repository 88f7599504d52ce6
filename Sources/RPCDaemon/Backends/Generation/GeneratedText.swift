package import CrowdModelsProtocol

/// All that an answer has given so far: its deltas, joined. Texts are the inside of JSON strings.
package struct GeneratedText: Sendable {
    package private(set) var content: [UInt8] = []
    package private(set) var reasoning: [UInt8] = []
    package private(set) var refusal: [UInt8] = []
    var calls = ToolCalls()

    package init() {}

    /// Whether there is a call in it.
    package var hasToolCalls: Bool { !calls.isEmpty }

    /// Whether there is nothing in it.
    package var isEmpty: Bool {
        content.isEmpty && reasoning.isEmpty && refusal.isEmpty && calls.isEmpty
    }

    /// Bytes that a result with all of it holds at least.
    package var byteCount: Int {
        content.count &+ reasoning.count &+ refusal.count &+ calls.byteCount
    }

    /// The letters of the content.
    package var contentText: String {
        var plain = ByteBuffer(capacity: content.count)
        JSONText.appendUnescaped(content.span, to: &plain)
        return plain.text
    }

    /// Appends the calls as the JSON array of the result.
    package func writeToolCalls(to out: inout ByteBuffer) {
        calls.write(to: &out)
    }

    /// Swaps the texts with those in `tokens`.
    mutating func swapTexts(_ tokens: inout CompleteResult.Tokens) {
        swap(&content, &tokens.content)
        swap(&reasoning, &tokens.reasoning)
        swap(&refusal, &tokens.refusal)
    }

    @inline(__always)
    mutating func append(_ event: borrowing GenerationEvent) {
        if !event.content.isEmpty { content.append(bytes: event.content) }
        if !event.reasoning.isEmpty { reasoning.append(bytes: event.reasoning) }
        if !event.refusal.isEmpty { refusal.append(bytes: event.refusal) }
    }
}

extension [UInt8] {
    @inline(__always)
    fileprivate mutating func append(bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            if isEmpty { self = unsafe Array(bytes) } else { unsafe append(contentsOf: bytes) }
        }
    }
}
