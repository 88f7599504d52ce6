import CrowdModelsProtocol

/// The parts of one event while they are put together, where they cannot be handed out as they
/// came.
struct EventParts: ~Copyable {
    /// Content before think tags were looked for.
    var channel = ByteBuffer()
    var content = ByteBuffer()
    var reasoning = ByteBuffer()
    var refusal = ByteBuffer()
    /// Deltas of calls; in brackets after `closeCalls`.
    var toolCalls = ByteBuffer()

    var isEmpty: Bool {
        content.isEmpty && reasoning.isEmpty && refusal.isEmpty && toolCalls.isEmpty
    }

    var event: GenerationEvent {
        @_lifetime(borrow self)
        get {
            GenerationEvent(
                content: content.span, reasoning: reasoning.span, refusal: refusal.span,
                toolCalls: toolCalls.span)
        }
    }

    /// Divides the content that came by its think tags, and drops reasoning that is told twice.
    /// `known`: the reasoning before this event. Nothing more will come if it `isLast`.
    mutating func divide(
        by tags: inout ThinkTags, _ echo: inout ReasoningEcho, known: Span<UInt8>, isLast: Bool
    ) {
        var whole = ByteBuffer()
        var tagged = ByteBuffer()
        swap(&whole, &channel)
        tags.take(whole.span, content: &content, reasoning: &tagged)
        if isLast { tags.flush(content: &content, reasoning: &tagged) }
        if !tagged.isEmpty { echo.pass(tagged.span, known: known, to: &reasoning) }
    }

    /// Makes an array of the deltas of calls, if there are any.
    mutating func closeCalls() {
        if toolCalls.isEmpty { return }
        var array = ByteBuffer(capacity: toolCalls.count + 2)
        array.append(UInt8(ascii: "["))
        array.append(toolCalls.span)
        array.append(UInt8(ascii: "]"))
        swap(&array, &toolCalls)
    }

    /// Takes `content`: a string, or parts of text, of thinking and of refusal.
    mutating func take(
        content value: JSONRange, of text: Span<UInt8>, _ flaws: [JSONMending.Flaw],
        _ letters: inout TextChannel, _ thoughts: inout TextChannel
    ) {
        guard value.isPresent else { return }
        switch JSONKind(firstByte: text[Int(value.start)]) {
        case .string: letters.pass(value.inside, of: text, flaws, to: &channel)
        case .array:
            var reader = JSONElementReader(from: Int(value.start))
            while let part = (try? reader.next(in: text)) ?? nil {
                take(part: part, of: text, flaws, &letters, &thoughts)
            }
        case .object:
            if Self.isPart(value, of: text) {
                return take(part: value, of: text, flaws, &letters, &thoughts)
            }
            // Some servers read a text that is JSON for their callers.
            var compact = ByteBuffer(capacity: value.count)
            compact.append(compact: text.extracting(value.bounds))
            channel.append(escaping: compact.span)
        case .number, .boolean: channel.append(text.extracting(value.bounds))
        case .null: break
        }
    }

    /// Whether an object is a part of a message, or none at all, and not itself what was answered.
    private static func isPart(_ object: JSONRange, of text: Span<UInt8>) -> Bool {
        var isEmpty = true
        var isPart = false
        GenerationReport.readMembers(text, at: object) { name, _ in
            isEmpty = false
            let name = text.extracting(name.bounds)
            isPart =
                isPart || name.reads("type") || name.reads("text") || name.reads("content")
                || name.reads("thinking") || name.reads("reasoning") || name.reads("refusal")
        }
        return isPart || isEmpty
    }

    private mutating func take(
        part: JSONRange, of text: Span<UInt8>, _ flaws: [JSONMending.Flaw],
        _ letters: inout TextChannel, _ thoughts: inout TextChannel
    ) {
        switch JSONKind(firstByte: text[Int(part.start)]) {
        case .string: return letters.pass(part.inside, of: text, flaws, to: &channel)
        case .object: break
        default: return
        }
        var isThought = false
        var words = JSONRange.absent
        GenerationReport.readMembers(text, at: part) { name, value in
            let token = text.extracting(name.bounds)
            let isString = text[Int(value.start)] == UInt8(ascii: "\"")
            switch token.count {
            case 6 where token.reads("type"):
                let type = text.extracting(value.bounds)
                isThought = type.reads("thinking") || type.reads("reasoning")
            case 6 where token.reads("text"), 9 where token.reads("content"):
                words = isString ? value : Self.value(in: value, of: text)
            case 10 where token.reads("thinking"), 11 where token.reads("reasoning"),
                9 where token.reads("summary"):
                take(reasoning: value, of: text, flaws, &thoughts)
            case 9 where token.reads("refusal"):
                if isString { refusal.append(text.extracting(value.inside)) }
            default: break
            }
        }
        guard words.isPresent else { return }
        if isThought {
            thoughts.pass(words.inside, of: text, flaws, to: &reasoning)
        } else {
            letters.pass(words.inside, of: text, flaws, to: &channel)
        }
    }

    /// The string that the object of a text says, as `{"value":"…"}`; absent where it is none.
    private static func value(in object: JSONRange, of text: Span<UInt8>) -> JSONRange {
        guard text[Int(object.start)] == UInt8(ascii: "{") else { return .absent }
        var found = JSONRange.absent
        GenerationReport.readMembers(text, at: object) { name, value in
            guard text.extracting(name.bounds).reads("value"),
                text[Int(value.start)] == UInt8(ascii: "\"")
            else { return }
            found = value
        }
        return found
    }

    /// Takes reasoning: a string, or one part or several that hold `text`, `content`, `summary` or
    /// `thinking`.
    mutating func take(
        reasoning value: JSONRange, of text: Span<UInt8>, _ flaws: [JSONMending.Flaw],
        _ thoughts: inout TextChannel
    ) {
        guard value.isPresent else { return }
        switch JSONKind(firstByte: text[Int(value.start)]) {
        case .string: thoughts.pass(value.inside, of: text, flaws, to: &reasoning)
        case .array:
            var reader = JSONElementReader(from: Int(value.start))
            while let part = (try? reader.next(in: text)) ?? nil {
                take(thought: part, of: text, flaws, &thoughts)
            }
        case .object: take(thought: value, of: text, flaws, &thoughts)
        default: break
        }
    }

    private mutating func take(
        thought part: JSONRange, of text: Span<UInt8>, _ flaws: [JSONMending.Flaw],
        _ thoughts: inout TextChannel
    ) {
        guard text[Int(part.start)] == UInt8(ascii: "{") else { return }
        GenerationReport.readMembers(text, at: part) { name, value in
            let token = text.extracting(name.bounds)
            guard text[Int(value.start)] == UInt8(ascii: "\""),
                token.reads("text") || token.reads("thinking") || token.reads("summary")
                    || token.reads("content")
            else { return }
            thoughts.pass(value.inside, of: text, flaws, to: &reasoning)
        }
    }
}

extension JSONRange {
    /// The offsets of a string token without its quotes.
    var inside: Range<Int> { Int(start) + 1..<Int(end) - 1 }
}

/// Drops reasoning between think tags that the server has told in a field of its own already.
struct ReasoningEcho: ~Copyable {
    /// Plain letters that the fields told.
    private var original = ByteBuffer()
    /// How many of them were said again.
    private var matched = 0
    private var isOver = false

    /// Passes on the reasoning between tags, unless it is what is `known`; both the inside of
    /// strings.
    mutating func pass(_ tagged: Span<UInt8>, known: Span<UInt8>, to out: inout ByteBuffer) {
        if isOver || known.isEmpty && out.isEmpty {
            isOver = true
            return out.append(tagged)
        }
        if original.isEmpty {
            JSONText.appendUnescaped(known, to: &original)
            JSONText.appendUnescaped(out.span, to: &original)
            original.consume(JSONText.skippingSpace(original.span))
        }
        var plain = ByteBuffer()
        JSONText.appendUnescaped(tagged, to: &plain)
        let end = matched + plain.count
        if end <= original.count, original.span.extracting(matched..<end).isEqual(to: plain.span) {
            matched = end
            return
        }
        isOver = true
        out.append(escaping: original.span.extracting(..<matched))
        out.append(tagged)
    }
}
