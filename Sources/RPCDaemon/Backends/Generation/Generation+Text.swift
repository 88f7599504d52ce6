import CrowdModelsProtocol

/// The text of an answer, on its way through.
extension Generation {
    mutating func takeMessage(
        _ frame: AnswerFrame, _ data: Span<UInt8>, _ flaws: [JSONMending.Flaw], isEvent: Bool,
        _ handle: (borrowing GenerationEvent) -> Bool
    ) -> Bool {
        let message = frame.message
        // What ends a stream may be what it said before.
        if flaws.isEmpty, !(isEvent && frame.isWhole), isPlain(message, data) {
            let none = Span<UInt8>()
            let reasoning = message.anyReasoning
            let content = message.content.isPresent ? data.inside(message.content) : none
            let thought = reasoning.isPresent ? data.inside(reasoning) : none
            if content.isEmpty && thought.isEmpty { return true }
            return give(
                GenerationEvent(
                    content: content, reasoning: thought, refusal: none, toolCalls: none), handle)
        }
        let reasoning = message.anyReasoning
        var parts = EventParts()
        if message.saysThought { think.expectThoughts() }
        if !repeatsText(frame, data, isEvent: isEvent) {
            parts.take(
                content: message.content, of: data, flaws, &channels.content, &channels.reasoning)
            parts.take(reasoning: reasoning, of: data, flaws, &channels.reasoning)
            divide(&parts, isLast: false)
        }
        if message.refusal.isPresent {
            let inside = Int(message.refusal.start) + 1..<Int(message.refusal.end) - 1
            channels.refusal.pass(inside, of: data, flaws, to: &parts.refusal)
        }
        var isTooMany = false
        if message.toolCalls.isPresent, !repeatsCalls(frame, data, isEvent: isEvent) {
            isTooMany = !text.calls.take(message.toolCalls, of: data, flaws, to: &parts.toolCalls)
        }
        if message.functionCall.isPresent, !message.toolCalls.isPresent {
            isTooMany = !text.calls.takeFunction(
                message.functionCall, of: data, flaws, to: &parts.toolCalls)
        }
        if isTooMany {
            fail(
                ServerFailure(
                    .unreadable, status: status,
                    words: "over \(GenerationLimits.toolCallsMax) tool calls in one answer"))
            return false
        }
        return give(&parts, handle)
    }

    /// Whether what the message says can be passed on as it is.
    @inline(__always)
    private mutating func isPlain(_ message: AnswerMessage, _ data: Span<UInt8>) -> Bool {
        channels.content.isClear && channels.reasoning.isClear
            && !message.toolCalls.isPresent && !message.functionCall.isPresent
            && !message.refusal.isPresent && data.isTextOrNone(message.content)
            && data.isTextOrNone(message.anyReasoning)
            && think.isText(
                from: message.content.isPresent ? data.inside(message.content) : Span())
    }
}

extension Generation {
    /// Whether a stream's last chunk says again, as a whole message, what came in deltas.
    private func repeatsText(
        _ frame: AnswerFrame, _ data: Span<UInt8>, isEvent: Bool
    ) -> Bool {
        guard isEvent, frame.isWhole, frame.finishReason.isPresent, deltas > 1,
            data.isTextOrNone(frame.message.content), frame.message.content.isPresent
        else { return false }
        let content = data.inside(frame.message.content)
        return content.count >= text.content.count
            && content.extracting((content.count - text.content.count)...).isEqual(
                to: text.content.span)
    }

    /// The same of its calls, which then need not have the ids that they had.
    private func repeatsCalls(
        _ frame: AnswerFrame, _ data: Span<UInt8>, isEvent: Bool
    ) -> Bool {
        guard isEvent, frame.isWhole, deltas > 0 else { return false }
        return text.calls.repeats(frame.message.toolCalls, of: data)
    }

    mutating func divide(_ parts: inout EventParts, isLast: Bool) {
        let known = text.reasoning
        parts.divide(by: &think, &echo, known: known.span, isLast: isLast)
    }

    /// Keeps and hands out what one object gave, if it gave anything.
    mutating func give(
        _ parts: inout EventParts, _ handle: (borrowing GenerationEvent) -> Bool
    ) -> Bool {
        if parts.isEmpty { return true }
        parts.closeCalls()
        return give(parts.event, handle)
    }

    private mutating func give(
        _ event: borrowing GenerationEvent, _ handle: (borrowing GenerationEvent) -> Bool
    ) -> Bool {
        text.append(event)
        if text.byteCount > keptMax {
            fail(ServerFailure(.overKept(text.byteCount), status: status))
            return false
        }
        deltas &+= 1
        return handle(event)
    }
}

extension Span<UInt8> {
    /// Whether a value is a string, or is not there.
    @inline(__always)
    fileprivate func isTextOrNone(_ value: JSONRange) -> Bool {
        !value.isPresent || self[Int(value.start)] == UInt8(ascii: "\"")
    }

    /// The inside of the string token at `range`.
    @inline(__always)
    @_lifetime(copy self)
    fileprivate func inside(_ range: JSONRange) -> Span<UInt8> {
        extracting(Int(range.start) &+ 1..<Int(range.end) &- 1)
    }
}
