import CrowdModelsProtocol

/// Divides a text that may begin with `<think>…</think>` into reasoning and content, at whatever
/// place it is cut.
///
/// White space around the tags belongs to neither; without a tag nothing is lost. A tag that is
/// never closed makes reasoning of all the rest. Text goes in and out as the inside of JSON
/// strings.
struct ThinkTags: ~Copyable {
    private enum Stage {
        /// Only white space, or the start of a tag, has come; left by the first other letter.
        case start
        /// Left by the closing tag.
        case thinking
        /// White space after the closing tag is dropped; left by the first letter.
        case closed
        /// All that comes is content.
        case text
    }

    private var stage: Stage
    /// Plain letters that are held back: not known yet to which they belong.
    private var held = ByteBuffer()
    /// Whether reasoning was passed on, so that white space before it is over.
    private var hasThought = false

    private var opening: StaticString = "<think>"
    private var closing: StaticString = "</think>"

    /// The beginning of a text; `isDivided`: whether tags count at all.
    init(isDivided: Bool) {
        stage = isDivided ? .start : .text
    }

    /// From here on the tags are Gemini's, if none has come.
    mutating func expectThoughts() {
        if stage == .start { (opening, closing) = ("<thought>", "</thought>") }
    }

    /// Whether all that comes is content, so that nobody needs to look at it.
    var isText: Bool { stage == .text }

    /// The same of what comes next and all after that, which may begin with it.
    mutating func isText(from inside: Span<UInt8>) -> Bool {
        if stage == .start, held.isEmpty, inside.count > 0, inside[0].beginsText { stage = .text }
        return stage == .text
    }

    /// Takes more of the text.
    mutating func take(
        _ inside: Span<UInt8>, content: inout ByteBuffer, reasoning: inout ByteBuffer
    ) {
        if isText(from: inside) { return content.append(inside) }
        JSONText.appendUnescaped(inside, to: &held)
        if stage == .start { leaveStart(&content) }
        if stage == .thinking { think(&content, &reasoning) }
        if stage == .closed { leaveClosed(&content) }
    }

    /// No more will come.
    mutating func flush(content: inout ByteBuffer, reasoning: inout ByteBuffer) {
        switch stage {
        case .start: content.append(escaping: held.span)
        case .thinking: reasoning.append(escaping: held.span.extracting(leadingSpace...))
        case .closed, .text: break
        }
        held.removeAll()
        stage = .text
    }

    private mutating func leaveStart(_ content: inout ByteBuffer) {
        let first = held.span.firstLetter(from: 0)
        let isTag = held.span.begins(with: opening, at: first)
        let mayBeTag = held.span.extracting(first...).isFront(of: opening)
        if isTag {
            held.consume(first + opening.utf8CodeUnitCount)
            stage = .thinking
        } else if !mayBeTag || first > GenerationLimits.heldSpaceMax {
            content.append(escaping: held.span)
            held.removeAll()
            stage = .text
        }
    }

    private mutating func think(_ content: inout ByteBuffer, _ reasoning: inout ByteBuffer) {
        let place = held.span.firstPlace(of: closing)
        if let end = place {
            let start = min(leadingSpace, end)
            let last = held.span.extracting(..<end).endOfLetters
            if last > start { reasoning.append(escaping: held.span.extracting(start..<last)) }
            held.consume(end + closing.utf8CodeUnitCount)
            stage = .closed
            return
        }
        // White space may stand before a closing tag, and a tag may be cut.
        let start = leadingSpace
        let tag = held.span.startOfFront(of: closing)
        var end = held.span.extracting(..<tag).endOfLetters
        if tag - end > GenerationLimits.heldSpaceMax { end = tag }
        guard end > start else {
            if !hasThought { held.consume(min(start, held.count)) }
            return
        }
        reasoning.append(escaping: held.span.extracting(start..<end))
        hasThought = true
        held.consume(end)
    }

    /// How much white space stands before the first letter of the reasoning.
    private var leadingSpace: Int { hasThought ? 0 : held.span.firstLetter(from: 0) }

    private mutating func leaveClosed(_ content: inout ByteBuffer) {
        let space = held.span.firstLetter(from: 0)
        held.consume(space)
        if held.isEmpty { return }
        content.append(escaping: held.span)
        held.removeAll()
        stage = .text
    }
}

extension UInt8 {
    /// Whether no tag can follow where this is the first byte of a text: it is no white space, no
    /// bracket, and no escape, which may stand for either.
    fileprivate var beginsText: Bool {
        self > 0x20 && self != UInt8(ascii: "<") && self != UInt8(ascii: "\\")
    }
}

extension Span<UInt8> {
    /// The place of the first byte at or after `start` that is no white space.
    fileprivate func firstLetter(from start: Int) -> Int {
        JSONText.skippingSpace(self, from: start)
    }

    /// One past the last byte that is no white space.
    fileprivate var endOfLetters: Int {
        var end = count
        while end > 0, [0x20, 0x0A, 0x0D, 0x09].contains(self[end - 1]) { end -= 1 }
        return end
    }

    fileprivate func begins(with word: StaticString, at start: Int = 0) -> Bool {
        let length = word.utf8CodeUnitCount
        guard count - start >= length else { return false }
        for index in 0..<length where unsafe self[start + index] != word.utf8Start[index] {
            return false
        }
        return true
    }

    /// Whether all of it is the front of `word`.
    fileprivate func isFront(of word: StaticString) -> Bool {
        guard count < word.utf8CodeUnitCount else { return false }
        for index in indices where unsafe self[index] != word.utf8Start[index] { return false }
        return true
    }

    /// The first place where `word` stands; nil for none.
    func firstPlace(of word: StaticString) -> Int? {
        var start = 0
        while start + word.utf8CodeUnitCount <= count {
            if begins(with: word, at: start) { return start }
            start += 1
        }
        return nil
    }

    /// Where its end may be the front of `word`; its length where it is not.
    fileprivate func startOfFront(of word: StaticString) -> Int {
        var start = Swift.max(0, count - word.utf8CodeUnitCount + 1)
        while start < count, !extracting(start...).isFront(of: word) { start += 1 }
        return start
    }
}
