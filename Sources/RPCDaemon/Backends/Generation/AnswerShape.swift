import CrowdModelsProtocol

/// The last whole answer of a server that was read: the next one says the same but for a text and
/// some numbers.
///
/// A server writes all its answers in one way. One whose bytes differ from the last one's only in
/// values that may be any (the text, ids, counts, times) is what that one was, with these values;
/// nothing else of it need be read. Where it differs elsewhere it is read as if there were none.
///
/// A server has one as long as it is known; it takes some kilobytes once that has answered whole.
package final class AnswerShape {
    /// From its first brace to its last.
    private var bytes = ByteBuffer()
    /// What was read of it.
    private var frame = AnswerFrame()
    /// The same of the answer at hand, where it is, since it is too much for registers.
    private var moved = AnswerFrame()
    /// The values that may differ, in their order.
    private var places: [Place] = []
    /// For each part of the frame how many places there are before it, and before its end.
    private var counts = AnswerFrame()
    /// How far what follows so many places has moved in the answer at hand.
    private var shifts = Shifts(repeating: 0)
    /// What it said of the model beside it, for those that say the same.
    private(set) var details = GenerationReport.Details()
    /// Answers that differed elsewhere, without one that did not.
    private var misses = 0

    /// A value that may be another one of its kind.
    private struct Place {
        let value: JSONRange
        let isText: Bool
        /// Whether an empty text would be none.
        let isFilled: Bool

        /// Where the value ends that begins there in another text, if it is one of its kind.
        @inline(__always)
        func end(in text: Span<UInt8>, from begin: Int) -> Int? {
            if !isText { return JSONText.endOfNumber(text, from: begin) }
            guard let end = JSONText.endOfString(text, from: begin), !isFilled || end > begin &+ 2
            else { return nil }
            return end
        }
    }

    /// Bytes of an answer that is kept; the text of one that is like it may be of any length.
    static let bytesMax = 4096
    /// One for each place, and one before them all; below zero as a word that wraps around.
    private typealias Shifts = [65 of UInt32]
    /// Values that may differ in one answer: some thirty do, and log probabilities are thousands.
    static let placesMax = Shifts.count - 1
    /// So many answers in a row that differ elsewhere, and as many are read without a look at it: a
    /// server's models may describe themselves in different ways.
    static let missesMax = 8

    package init() {}

    // MARK: The next answer

    /// Reads an answer that begins at `start` and is like the last one, and says where it ends; nil
    /// for any other.
    func read(_ text: Span<UInt8>, from start: Int) -> (frame: AnswerFrame, end: Int)? {
        guard !bytes.isEmpty, misses < Self.missesMax,
            let end = follow(bytes.span, in: text, from: start)
        else { return nil }
        misses = 0
        moved = frame
        moved.join(counts) { part, count in
            guard part.isPresent else { return }
            part.start &+= shifts[Int(count.start)]
            part.end &+= shifts[Int(count.end)]
        }
        return (moved, end)
    }

    /// Finds each place of the known answer in another text, and how far what follows it has moved;
    /// answers where that ends, nil where it is no such answer.
    private func follow(_ known: Span<UInt8>, in text: Span<UInt8>, from start: Int) -> Int? {
        var (at, was) = (start, 0)
        shifts[0] = UInt32(truncatingIfNeeded: start)
        for index in places.indices {
            let place = places[index]
            let begin = at &+ Int(place.value.start) &- was
            guard text.holds(known.extracting(was..<Int(place.value.start)), at: at),
                let end = place.end(in: text, from: begin)
            else { return nil }
            (at, was) = (end, Int(place.value.end))
            shifts[index &+ 1] = UInt32(truncatingIfNeeded: at &- was)
        }
        return text.holds(known.extracting(was...), at: at) ? at &+ known.count &- was : nil
    }

    // MARK: The last answer

    /// Keeps an answer for those that follow it, if they may be like it. `frame` is what was read
    /// of it, all of it, and `details` what came of that.
    func learn(
        _ text: Span<UInt8>, _ bounds: Range<Int>, _ frame: AnswerFrame,
        _ details: GenerationReport.Details
    ) {
        misses += 1
        if misses == 2 * Self.missesMax { misses = 0 }
        if misses >= Self.missesMax { return forget() }
        bytes.removeAll()
        places.removeAll(keepingCapacity: true)
        guard bounds.count <= Self.bytesMax, frame.isPlain(text) else { return }
        let start = bounds.lowerBound
        self.frame = frame
        self.frame.join(frame) { part, _ in
            if part.isPresent { part = JSONRange(Int(part.start) - start, Int(part.end) - start) }
        }
        self.details = details
        let answer = text.extracting(bounds)
        var walker = JSONWalker(answer)
        guard (try? gather(&walker, answer, Span())) != nil, places.count <= Self.placesMax else {
            return
        }
        counts = self.frame
        counts.join(counts) { part, _ in
            part = JSONRange(count(before: part.start), count(before: part.end))
        }
        bytes.append(answer)
    }

    private func count(before end: UInt32) -> Int {
        places.firstIndex { $0.value.end > end } ?? places.count
    }

    private func forget() {
        bytes.removeAll(keeping: 0)
        places = []
        details = GenerationReport.Details()
    }

    /// Gathers the places of the value that the walker is at.
    private func gather(
        _ walker: inout JSONWalker, _ text: Span<UInt8>, _ name: Span<UInt8>
    ) throws(JSONError) {
        switch walker.kind {
        case .object:
            try walker.enterObject()
            while let name = try walker.nextName() {
                try gather(&walker, text, text.extracting(name.bounds))
            }
        case .array:
            try walker.enterArray()
            while try walker.nextElement() { try gather(&walker, text, name) }
        case .number:
            let value = try walker.skip()
            if Self.isFree(name) { add(value, isText: false, isFilled: false) }
        case .string:
            let value = try walker.skip()
            if frame.message.content == value {
                add(value, isText: true, isFilled: false)
            } else if frame.tells(value) || Self.isAnyName(name) {
                add(value, isText: true, isFilled: value.count > 2)
            }
        case .boolean, .null: try walker.skip()
        }
    }

    private func add(_ value: JSONRange, isText: Bool, isFilled: Bool) {
        if places.count <= Self.placesMax {
            places.append(Place(value: value, isText: isText, isFilled: isFilled))
        }
    }

    /// Whether a number of that name means nothing by what it is: those that do not are read as the
    /// frame is.
    private static func isFree(_ name: Span<UInt8>) -> Bool {
        !(name.reads("index") || name.reads("error") || name.reads("code")
            || name.reads("status"))
    }

    /// Whether a text of that name is nobody's affair.
    private static func isAnyName(_ name: Span<UInt8>) -> Bool {
        name.reads("id") || name.reads("created_at") || name.reads("system_fingerprint")
    }
}

extension AnswerFrame {
    /// Whether a server that answers so says nothing but what is joined here, as texts and numbers.
    fileprivate func isPlain(_ text: Span<UInt8>) -> Bool {
        guard hasChoice, isWhole, !isError, !hasWords, !hasOllamaCounts, !hasEnvelope,
            !native.isPresent, !promptProgress.isPresent, message.isTextAlone
        else { return false }
        return message.texts.allSatisfy { part in
            !part.isPresent || text[Int(part.start)] == UInt8(ascii: "\"")
        }
    }

    /// Whether that value is one of the texts that are read of it.
    fileprivate func tells(_ value: JSONRange) -> Bool {
        value == finishReason || value == model || value == stats?.stopReason
            || message.texts.contains(value)
    }

    /// Joins each of its parts with the same one of `other`.
    fileprivate mutating func join(
        _ other: AnswerFrame, by join: (inout JSONRange, JSONRange) -> Void
    ) {
        message.join(other.message, by: join)
        join(&finishReason, other.finishReason)
        join(&model, other.model)
        if let its = other.usage { usage?.join(its, by: join) }
        if let its = other.stats { stats?.join(its, by: join) }
        join(&modelInfo, other.modelInfo)
        join(&runtime, other.runtime)
        join(&timings, other.timings)
    }
}

extension AnswerMessage {
    /// The texts, if they are texts.
    fileprivate var texts: [JSONRange] { [content, reasoningContent, reasoning, thinking] }

    fileprivate mutating func join(
        _ other: AnswerMessage, by join: (inout JSONRange, JSONRange) -> Void
    ) {
        join(&content, other.content)
        join(&reasoningContent, other.reasoningContent)
        join(&reasoning, other.reasoning)
        join(&thinking, other.thinking)
    }
}

extension UsageFigures {
    fileprivate mutating func join(
        _ other: UsageFigures, by join: (inout JSONRange, JSONRange) -> Void
    ) {
        join(&prompt, other.prompt)
        join(&completion, other.completion)
        join(&total, other.total)
        join(&cached, other.cached)
        join(&reasoning, other.reasoning)
    }
}

extension StatsFigures {
    fileprivate mutating func join(
        _ other: StatsFigures, by join: (inout JSONRange, JSONRange) -> Void
    ) {
        join(&tokensPerSecond, other.tokensPerSecond)
        join(&timeToFirstToken, other.timeToFirstToken)
        join(&generationTime, other.generationTime)
        join(&stopReason, other.stopReason)
    }
}
