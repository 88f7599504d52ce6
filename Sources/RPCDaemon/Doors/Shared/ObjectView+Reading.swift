import CrowdModelsProtocol

extension ObjectView {
    /// The object at `range` of a valid text; none where there is nothing, or something else.
    @_lifetime(copy text)
    init(_ text: Span<UInt8>, at range: JSONRange?) {
        self.init(text, from: range.map { Int($0.start) } ?? text.count)
    }

    /// The object that a member is; an empty one for anything else.
    @_lifetime(copy self)
    func object(_ name: StaticString) -> ObjectView { ObjectView(text, at: value(name)) }

    /// Where the value of a member stands that is a string.
    func words(_ name: StaticString) -> JSONRange? {
        guard let value = value(name), text.kind(value) == .string else { return nil }
        return value
    }

    /// The value of a member that is an integer.
    func integer(_ name: StaticString) -> Int? {
        value(name).flatMap { JSONText.integer(text.extracting($0.bounds)) }
    }

    /// The value of a member that is a number.
    func number(_ name: StaticString) -> Double? {
        value(name).flatMap { JSONText.double(text.extracting($0.bounds)) }
    }

    /// Whether a member is a string that reads so.
    func reads(_ name: StaticString, _ literal: StaticString) -> Bool {
        guard let value = words(name) else { return false }
        let token = text.extracting(value.bounds)
        return JSONText.string(token, hasEscape: JSONText.hasEscape(token), equals: literal)
    }

    /// Whether this is the result of a `complete` that ended before the model was done: it was long
    /// enough, or somebody cancelled it half way, for which no API has a word of its own.
    var isCut: Bool {
        reads("finish_reason", "length") || reads("finish_reason", "cancelled")
    }

    /// Whether a member is `true`.
    func isTrue(_ name: StaticString) -> Bool {
        value(name).map { text[Int($0.start)] == UInt8(ascii: "t") } ?? false
    }
}

/// A valid JSON array that is read in place, one element at a time.
struct ArrayView: ~Escapable {
    private let text: Span<UInt8>
    private var reader: JSONElementReader?

    /// The elements of the value at `range`; none where that is no array.
    @_lifetime(copy text)
    init(_ text: Span<UInt8>, at range: JSONRange?) {
        self.text = text
        guard let range, range.isPresent, text[Int(range.start)] == UInt8(ascii: "[") else {
            reader = nil
            return
        }
        reader = JSONElementReader(skimmingFrom: Int(range.start))
    }

    /// Whether the value is an array that has an element.
    static func isFilled(_ text: Span<UInt8>, _ range: JSONRange?) -> Bool {
        var view = ArrayView(text, at: range)
        return view.next() != nil
    }

    /// The next element, or nil after the last one.
    mutating func next() -> JSONRange? {
        guard var reader else { return nil }
        let element = (try? reader.next(in: text)) ?? nil
        self.reader = reader
        return element
    }
}

extension Span<UInt8> {
    /// The inside of the string token at `range`; nothing for what is no string.
    @_lifetime(copy self)
    func inside(_ range: JSONRange?) -> Span<UInt8> {
        guard let range, range.count >= 2, self[Int(range.start)] == UInt8(ascii: "\"") else {
            return extracting(0..<0)
        }
        return extracting(Int(range.start) &+ 1..<Int(range.end) &- 1)
    }

    /// What the value at `range` is.
    func kind(_ range: JSONRange) -> JSONKind { JSONKind(firstByte: self[Int(range.start)]) }
}

extension DoorRequest {
    /// The body, to be read member by member.
    var object: ObjectView {
        @_lifetime(copy self)
        get { ObjectView(body, members: members) }
    }
}

extension Splice {
    /// Appends a member whose value is that literal.
    mutating func add(_ name: StaticString, literal: StaticString, _ params: inout ByteBuffer) {
        begin(name, &params)
        params.append(literal)
    }
}
