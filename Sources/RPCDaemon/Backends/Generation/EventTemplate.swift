import CrowdModelsProtocol

/// The last event of a stream that was read: the next one says the same but for a few letters.
///
/// Where the bytes before the text and those behind it are what they were, and a string stands
/// between them, the event is what that one was, with another text; nothing else of it need be
/// read. Servers whose events differ elsewhere, by a time or a number, are not tried for long.
///
/// An answer has one from its first event on, and it is kept beside the answer: only streams do.
final class EventTemplate {
    private var bytes = ByteBuffer()
    /// How many of them stand before the text, and how many behind it.
    private var before = 0
    private var behind = 0
    /// What was read of it, with the text of the last event.
    private(set) var frame = AnswerFrame()
    private var place = Place.content
    /// Events that were other than the one before, without one that was not.
    private var misses = 0

    /// The one text of the event.
    private enum Place {
        case content, reasoningContent, reasoning, thinking
    }

    /// Bytes of an event that is kept: some hundred and the letters of a token or two.
    static let bytesMax = 2048
    /// So many events in a row that differ elsewhere, and no further one is kept.
    static let missesMax = 4

    /// Whether an event is like the one before; then `frame` is what it says.
    func takes(_ event: Span<UInt8>) -> Bool {
        let end = event.count &- behind
        guard !bytes.isEmpty, end >= before &+ 2 else { return false }
        let tail = bytes.count &- behind
        guard event.extracting(..<before).isEqual(to: bytes.span.extracting(..<before)),
            event.extracting(end...).isEqual(to: bytes.span.extracting(tail...))
        else { return false }
        var walker = JSONWalker(event, from: before)
        guard walker.kind == .string, let token = try? walker.skip(), Int(token.end) == end else {
            return false
        }
        misses = 0
        // Of reasoning an empty string is none, as where it is read.
        let thought = token.count > 2 ? token : .absent
        switch place {
        case .content: frame.message.content = token
        case .reasoningContent: frame.message.reasoningContent = thought
        case .reasoning: frame.message.reasoning = thought
        case .thinking: frame.message.thinking = thought
        }
        return true
    }

    /// Keeps an event for those that follow it, if they may be like it. `frame` is what was read of
    /// it, all of it.
    func learn(_ event: Span<UInt8>, _ frame: AnswerFrame) {
        if misses >= Self.missesMax { return bytes.removeAll(keeping: 0) }
        misses += 1
        bytes.removeAll()
        guard event.count <= Self.bytesMax, let place = Self.onlyText(of: frame) else { return }
        let text =
            frame.message.anyReasoning.isPresent
            ? frame.message.anyReasoning : frame.message.content
        guard event[Int(text.start)] == UInt8(ascii: "\""),
            !frame.model.isPresent || frame.model.end <= text.start
        else { return }
        self.frame = frame
        self.place = place
        before = Int(text.start)
        behind = event.count &- Int(text.end)
        bytes.append(event)
    }

    /// Where the text of a frame stands that has one, and nothing that may differ beside it.
    private static func onlyText(of frame: AnswerFrame) -> Place? {
        guard frame.hasChoice, !frame.isWhole, !frame.finishReason.isPresent, !frame.isDone,
            frame.usage == nil, frame.stats == nil, !frame.modelInfo.isPresent,
            !frame.runtime.isPresent, !frame.timings.isPresent, !frame.promptProgress.isPresent,
            !frame.hasOllamaCounts, !frame.isTruncated, !frame.isError, !frame.hasWords
        else { return nil }
        let message = frame.message
        guard !message.reasoningDetails.isPresent, !message.refusal.isPresent,
            !message.toolCalls.isPresent, !message.functionCall.isPresent
        else { return nil }
        switch (
            message.content.isPresent, message.reasoningContent.isPresent,
            message.reasoning.isPresent, message.thinking.isPresent
        ) {
        case (true, false, false, false): return .content
        case (false, true, false, false): return .reasoningContent
        case (false, false, true, false): return .reasoning
        case (false, false, false, true): return .thinking
        default: return nil
        }
    }
}
