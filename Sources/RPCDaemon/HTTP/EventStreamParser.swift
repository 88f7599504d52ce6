import CrowdModelsProtocol

/// Cuts a body of `text/event-stream` into events (WHATWG HTML, 9.2.6), in place.
///
/// The pieces of the body are fed as they come, cut anywhere. An event that lies whole in one piece
/// with one `data:` line is handed out as a part of that piece; only what is cut, or has several
/// `data:` lines, is gathered in buffers of the parser's own, which keep at most
/// `HTTPLimits.eventBytesKept` each between events. `id:`, `retry:`, comments and unknown fields
/// are ignored; CR, LF and CRLF end lines; a byte order mark at the start is dropped. `error:` is
/// llama.cpp's: data of an event of that name. A line that is JSON or `[DONE]` without any field is
/// data too, with what follows it up to an empty line: so some servers tell an error. Lines that
/// are no field but words, as of a proxy's page, are kept in `words`.
package struct EventStreamParser: ~Copyable {
    /// The front of a line whose end has not come.
    private var line = ByteBuffer()
    /// The data of an event whose end has not come, as far as it is not in the piece at hand.
    private var data = ByteBuffer()
    private var name = ByteBuffer()
    private var kind = EventStreamEvent.Kind.message
    /// Whether the event at hand has had a `data:` line: without one it is none.
    private var hasData = false
    /// Whether that data has no field: lines that are none belong to it.
    private var isBare = false
    /// The last piece ended with a carriage return: a line feed now belongs to it.
    private var skipsLineFeed = false
    /// How much of the byte order mark has come; 3 once the question is settled.
    private var markBytes = 0
    private var hasFailed = false
    private let hearsProgress: Bool
    /// The front of the lines since the last event that are words and no fields; an array, so that
    /// a parser stays so small that it is moved without a call.
    package private(set) var words: [UInt8] = []

    /// Bytes that wait for the end of their event.
    package var unread: Int { line.count &+ data.count &+ name.count }

    /// A parser at the start of a stream; it owns no memory until something is cut.
    /// `hearsProgress`: whether comments that tell of progress are events.
    package init(hearsProgress: Bool = false) {
        self.hearsProgress = hearsProgress
    }

    /// Reads the next piece of the body and hands its events out in order. `handle` answers whether
    /// to go on; if not, the rest of the piece is unread. Answers how many bytes were read. Throws
    /// once an event or line is too large, and from then on.
    @discardableResult
    package mutating func feed(
        _ input: Span<UInt8>, _ handle: (borrowing EventStreamEvent) -> Bool
    ) throws(EventStreamError) -> Int {
        if hasFailed { throw .eventTooLarge }
        var at = 0
        if markBytes < 3 { at = skipMark(input) }
        while at < input.count {
            if skipsLineFeed {
                skipsLineFeed = false
                if input[at] == UInt8(ascii: "\n") {
                    at &+= 1
                    continue
                }
            }
            var place: Range<Int>?
            guard try readEvent(input, from: &at, place: &place) else { break }
            if !deliver(input, place, handle) { return at }
        }
        return at
    }

    /// Ends the stream. An event without its empty line, even a cut one, is still handed out, which
    /// the standard would drop: LM Studio closes after the last one, and half an event shows the
    /// reader that the stream was cut.
    package mutating func finish(_ handle: (borrowing EventStreamEvent) -> Bool) {
        if hasFailed { return }
        let none = Span<UInt8>()
        var place: Range<Int>?
        if !line.isEmpty { takeLine(none, &place) }
        if hasData { _ = deliver(none, place, handle) }
    }

    /// Reads lines until an event is complete; answers false at the input's end, with all of it
    /// kept that is needed. `place`: where in the input the event's data is, if it is there.
    private mutating func readEvent(
        _ input: Span<UInt8>, from at: inout Int, place: inout Range<Int>?
    ) throws(EventStreamError) -> Bool {
        while at < input.count {
            let end = input.firstLineEnd(from: at, to: input.count)
            let content = at..<end
            if line.count + content.count + data.count + (place?.count ?? 0)
                > HTTPLimits.eventBytesMax
            {
                hasFailed = true
                throw .eventTooLarge
            }
            if end == input.count {
                line.append(input.extracting(content))
                at = end
                break
            }
            at = end &+ 1
            if input[end] == UInt8(ascii: "\r") {
                if at == input.count {
                    skipsLineFeed = true
                } else if input[at] == UInt8(ascii: "\n") {
                    at &+= 1
                }
            }
            if !line.isEmpty {
                line.append(input.extracting(content))
                takeLine(input, &place)
            } else if content.isEmpty {
                if hasData { return true }
                forgetName()
            } else {
                take(content, of: input, &place)
            }
        }
        gather(input, &place)
        return false
    }

    /// Takes a complete line that lies in the input.
    private mutating func take(
        _ content: Range<Int>, of input: Span<UInt8>, _ place: inout Range<Int>?
    ) {
        guard let field = Field(content, of: input, isBare: isBare) else {
            if let value = progress(content, of: input) {
                (hasData, kind, place) = (true, .progress, value)
            } else {
                keepWords(input.extracting(content))
            }
            return
        }
        if kind == .progress { forgetProgress(&place) }
        if field.isName {
            forgetName()
            kind = Self.kind(named: field.value, of: input)
            if kind != .message { name.append(input.extracting(field.value)) }
            return
        }
        if field.isError { kind = .error }
        isBare = field.isBare
        if hasData {
            gather(input, &place)
            data.append(UInt8(ascii: "\n"))
            data.append(input.extracting(field.value))
        } else {
            hasData = true
            place = field.value
        }
    }

    /// Takes the line that was gathered piece by piece.
    private mutating func takeLine(_ input: Span<UInt8>, _ place: inout Range<Int>?) {
        if let field = Field(0..<line.count, of: line.span, isBare: isBare) {
            if kind == .progress { forgetProgress(&place) }
            if field.isName {
                forgetName()
                kind = Self.kind(named: field.value, of: line.span)
                if kind != .message { Self.append(field.value, of: line, to: &name) }
                line.removeAll(keeping: HTTPLimits.eventBytesKept)
                return
            }
            if field.isError { kind = .error }
            isBare = field.isBare
            if hasData {
                gather(input, &place)
                data.append(UInt8(ascii: "\n"))
                Self.append(field.value, of: line, to: &data)
            } else {
                // A first data line becomes the data without another copy.
                hasData = true
                swap(&line, &data)
                data.consume(field.value.lowerBound)
            }
        } else if let value = progress(0..<line.count, of: line.span) {
            (hasData, kind) = (true, .progress)
            Self.append(value, of: line, to: &data)
        } else {
            var whole = ByteBuffer()
            swap(&line, &whole)
            keepWords(whole.span)
            swap(&line, &whole)
        }
        line.removeAll(keeping: HTTPLimits.eventBytesKept)
    }

    /// What a comment tells of progress, between two events.
    private func progress(_ line: Range<Int>, of bytes: Span<UInt8>) -> Range<Int>? {
        let start = line.lowerBound &+ 12
        guard hearsProgress, !hasData, kind == .message, start < line.upperBound,
            bytes.equals(": keepalive ", in: line.lowerBound..<start)
        else { return nil }
        return start..<line.upperBound
    }

    /// An event follows a comment without an empty line: it counts, and the comment does not.
    private mutating func forgetProgress(_ place: inout Range<Int>?) {
        place = nil
        hasData = false
        kind = .message
        data.removeAll(keeping: HTTPLimits.eventBytesKept)
    }

    /// Keeps a line that is no field of any name, and no comment.
    private mutating func keepWords(_ line: Span<UInt8>) {
        guard Self.areWords(line) else { return }
        let room = HTTPLimits.strayBytesMax - words.count
        let front = line.extracting(..<min(line.count, max(0, room)))
        unsafe front.withUnsafeBufferPointer { unsafe words.append(contentsOf: $0) }
        if room > line.count { words.append(UInt8(ascii: "\n")) }
    }

    /// Whether a space comes before any colon, or a tag first of all.
    private static func areWords(_ line: Span<UInt8>) -> Bool {
        if line[0] == UInt8(ascii: "<") { return true }
        for index in line.indices {
            if line[index] == UInt8(ascii: ":") { return false }
            if line[index] == UInt8(ascii: " "), index > 0 { return true }
        }
        return false
    }

    /// Moves data out of the input, which is about to go or no longer holds all of it.
    private mutating func gather(_ input: Span<UInt8>, _ place: inout Range<Int>?) {
        guard let range = place else { return }
        data.append(input.extracting(range))
        place = nil
    }

    private static func append(
        _ range: Range<Int>, of source: borrowing ByteBuffer, to target: inout ByteBuffer
    ) {
        target.append(source.span.extracting(range))
    }

    private static func kind(
        named name: Range<Int>, of bytes: Span<UInt8>
    ) -> EventStreamEvent.Kind {
        if name.isEmpty || bytes.equals("message", in: name) { return .message }
        return bytes.equals("error", in: name) ? .error : .other
    }

    private mutating func forgetName() {
        kind = .message
        if !name.isEmpty { name.removeAll(keeping: HTTPLimits.eventBytesKept) }
    }

    /// Hands the complete event out and makes ready for the next one.
    private mutating func deliver(
        _ input: Span<UInt8>, _ place: Range<Int>?,
        _ handle: (borrowing EventStreamEvent) -> Bool
    ) -> Bool {
        let goesOn: Bool
        if let place {
            goesOn = handle(event(input.extracting(place)))
        } else {
            goesOn = handle(event(data.span))
            data.removeAll(keeping: HTTPLimits.eventBytesKept)
        }
        hasData = false
        isBare = false
        forgetName()
        if !words.isEmpty { words = [] }
        return goesOn
    }

    @_lifetime(borrow self, copy data)
    private borrowing func event(_ data: Span<UInt8>) -> EventStreamEvent {
        let isDone = kind == .message && data.equals("[DONE]", in: 0..<data.count)
        return EventStreamEvent(kind: isDone ? .done : kind, name: name.span, data: data)
    }

    /// Drops the byte order mark; what only began like one is the front of the first line.
    private mutating func skipMark(_ input: Span<UInt8>) -> Int {
        var at = 0
        while at < input.count, markBytes < 3 {
            guard input[at] == Self.mark(markBytes) else {
                for index in 0..<markBytes { line.append(Self.mark(index)) }
                markBytes = 3
                return at
            }
            markBytes &+= 1
            at &+= 1
        }
        return at
    }

    private static func mark(_ index: Int) -> UInt8 {
        index == 0 ? 0xEF : index == 1 ? 0xBB : 0xBF
    }

    /// A line that matters: `data`, `event` or `error`, with or without a value, or JSON without a
    /// field.
    private struct Field {
        var isName = false
        var isError = false
        var isBare = false
        var value: Range<Int>

        /// `isBare`: whether the line before was data without a field.
        init?(_ content: Range<Int>, of bytes: Span<UInt8>, isBare: Bool) {
            if let value = Self.value(of: "data", content, bytes) {
                self.value = value
            } else if let value = Self.value(of: "event", content, bytes) {
                (self.value, isName) = (value, true)
            } else if let value = Self.value(of: "error", content, bytes) {
                (self.value, isError) = (value, true)
            } else if isBare || Self.isJSON(content, bytes) {
                (value, self.isBare) = (content, true)
            } else {
                return nil
            }
        }

        /// The value of the field of that name; nil where the line is another.
        @inline(__always)
        private static func value(
            of name: StaticString, _ content: Range<Int>, _ bytes: Span<UInt8>
        ) -> Range<Int>? {
            let length = name.utf8CodeUnitCount
            var at = content.lowerBound &+ length
            guard unsafe bytes[content.lowerBound] == name.utf8Start[0], content.count >= length,
                bytes.equals(name, in: content.lowerBound..<at)
            else { return nil }
            if at < content.upperBound {
                guard bytes[at] == UInt8(ascii: ":") else { return nil }
                at &+= 1
                if at < content.upperBound, bytes[at] == UInt8(ascii: " ") { at &+= 1 }
            }
            return at..<content.upperBound
        }

        private static func isJSON(_ content: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
            switch bytes[content.lowerBound] {
            case UInt8(ascii: "{"): return true
            case UInt8(ascii: "["):
                let front = content.prefix(6)
                return content.count > 1 && bytes[content.lowerBound &+ 1] == UInt8(ascii: "{")
                    || bytes.equals("[DONE]", in: front)
            default: return false
            }
        }
    }
}
