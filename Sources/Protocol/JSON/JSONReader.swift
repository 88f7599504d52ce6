/// Reads the members of one object, one at a time, validating as it goes and building nothing.
///
/// Give it the same text at each step; one that skims wants a text that is valid. After the last
/// member it has skipped the closing brace.
public struct JSONMemberReader: Sendable {
    /// Offset of the next byte to read.
    public private(set) var at: Int
    private let depth: Int
    private let depthMax: Int
    /// Whether somebody validated the text before, and only ends of values are looked for.
    private let isSkimming: Bool
    private var state = State.before

    private enum State {
        /// Left when the opening brace is read.
        case before
        /// Left at the closing brace.
        case inside
        case after
    }

    /// A reader of the object that starts at `start`, itself `depth` containers deep (1:
    /// outermost).
    @inlinable public init(from start: Int, depth: Int = 1, depthMax: Int = 1024) {
        self.init(start: start, depth: depth, depthMax: depthMax)
    }

    @usableFromInline init(start: Int, depth: Int, depthMax: Int) {
        at = start
        self.depth = depth
        self.depthMax = depthMax
        isSkimming = false
    }

    /// A reader of the object that starts at `start` of a text that is valid.
    package init(skimmingFrom start: Int) {
        at = start
        depth = 1
        depthMax = 1
        isSkimming = true
    }

    /// The next member, or nil after the last one.
    public mutating func next(in text: Span<UInt8>) throws(JSONError) -> JSONMember? {
        if state == .after { return nil }
        return unsafe try text.withUnsafeBufferPointer {
            (bytes) throws(JSONError) -> JSONMember? in
            var cursor = unsafe JSONCursor(bytes, from: at)
            let found = unsafe try step(&cursor)
            unsafe at = cursor.at
            return found
        }
    }

    @inline(__always)
    private mutating func step(_ cursor: inout JSONCursor) throws(JSONError) -> JSONMember? {
        if state == .before {
            if depth > depthMax { throw unsafe JSONError(.tooDeep, at: cursor.at) }
            guard unsafe cursor.peek == UInt8(ascii: "{") else { throw unsafe cursor.unexpected() }
            unsafe cursor.at &+= 1
            unsafe cursor.skipWhitespace()
            state = .inside
            if unsafe cursor.peek == UInt8(ascii: "}") {
                unsafe cursor.at &+= 1
                state = .after
                return nil
            }
        } else if unsafe try !cursor.skipComma(closing: UInt8(ascii: "}")) {
            state = .after
            return nil
        }
        guard unsafe cursor.peek == UInt8(ascii: "\"") else { throw unsafe cursor.unexpected() }
        let nameStart = unsafe cursor.at
        let hasEscape = unsafe try cursor.skipString()
        let nameEnd = unsafe cursor.at
        unsafe try cursor.skipColon()
        let valueStart = unsafe cursor.at
        unsafe try cursor.pass(depth: depth, depthMax: depthMax, isValid: isSkimming)
        return unsafe JSONMember(
            name: JSONRange(nameStart, nameEnd), nameHasEscape: hasEscape,
            value: JSONRange(valueStart, cursor.at))
    }
}

/// Reads the elements of one array, one at a time, validating as it goes and building nothing; one
/// that skims wants a text that is valid.
public struct JSONElementReader: Sendable {
    /// Offset of the next byte to read.
    public private(set) var at: Int
    private let depth: Int
    private let depthMax: Int
    private let isSkimming: Bool
    private var started = false
    private var ended = false

    /// A reader of the array that starts at `start`, itself `depth` containers deep (1: outermost).
    public init(from start: Int, depth: Int = 1, depthMax: Int = 1024) {
        at = start
        self.depth = depth
        self.depthMax = depthMax
        isSkimming = false
    }

    /// A reader of the array that starts at `start` of a text that is valid.
    package init(skimmingFrom start: Int) {
        at = start
        depth = 1
        depthMax = 1
        isSkimming = true
    }

    /// The next element, or nil after the last one.
    public mutating func next(in text: Span<UInt8>) throws(JSONError) -> JSONRange? {
        if ended { return nil }
        return unsafe try text.withUnsafeBufferPointer {
            (bytes) throws(JSONError) -> JSONRange? in
            var cursor = unsafe JSONCursor(bytes, from: at)
            let found = unsafe try step(&cursor)
            unsafe at = cursor.at
            return found
        }
    }

    private mutating func step(_ cursor: inout JSONCursor) throws(JSONError) -> JSONRange? {
        if !started {
            if depth > depthMax { throw unsafe JSONError(.tooDeep, at: cursor.at) }
            guard unsafe cursor.peek == UInt8(ascii: "[") else { throw unsafe cursor.unexpected() }
            unsafe cursor.at &+= 1
            unsafe cursor.skipWhitespace()
            started = true
            if unsafe cursor.peek == UInt8(ascii: "]") {
                unsafe cursor.at &+= 1
                ended = true
                return nil
            }
        } else if unsafe try !cursor.skipComma(closing: UInt8(ascii: "]")) {
            ended = true
            return nil
        }
        let start = unsafe cursor.at
        unsafe try cursor.pass(depth: depth, depthMax: depthMax, isValid: isSkimming)
        return unsafe JSONRange(start, cursor.at)
    }
}
