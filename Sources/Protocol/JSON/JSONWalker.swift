/// Walks through one JSON text in a single pass: it validates what it passes, steps into what its
/// owner wants to read, skips the rest, and builds nothing.
///
/// It lives no longer than the text it was given. At a value, its owner calls `skip`, `enterObject`
/// or `enterArray`, and nothing else; after an error it must not be used again.
@safe
public struct JSONWalker: ~Escapable {
    private var cursor: JSONCursor
    private var depth: Int
    private let depthMax: Int
    /// Whether a value was passed in the container at hand, so that a comma or the end must follow.
    private var hasPassedValue = false
    /// Whether the last name was written with an escape, so that its bytes are not its characters.
    public private(set) var nameHasEscape = false

    /// A walker that stands at the first byte at or after `start` that is no space. `depth`
    /// containers are around it already.
    @_lifetime(copy text)
    public init(_ text: Span<UInt8>, from start: Int = 0, depth: Int = 0, depthMax: Int = 1024) {
        // The result depends on `text`, so the pointer outlives every use of it.
        unsafe cursor = text.withUnsafeBufferPointer { unsafe JSONCursor($0, from: start) }
        self.depth = depth
        self.depthMax = depthMax
        unsafe cursor.skipWhitespace()
    }

    /// Offset of the next byte.
    public var offset: Int { unsafe cursor.at }

    /// What the value here is, if it is a value; told by its first byte.
    public var kind: JSONKind { unsafe JSONKind(firstByte: cursor.peek) }

    /// Skips the value here and says where it stands.
    @inline(__always)
    @discardableResult
    public mutating func skip() throws(JSONError) -> JSONRange {
        let start = unsafe cursor.at
        unsafe try cursor.skipValue(depth: depth, depthMax: depthMax)
        hasPassedValue = true
        return unsafe JSONRange(start, cursor.at)
    }

    /// Steps into the object here.
    @inline(__always)
    public mutating func enterObject() throws(JSONError) {
        try enter(UInt8(ascii: "{"))
    }

    /// Steps into the array here.
    @inline(__always)
    public mutating func enterArray() throws(JSONError) {
        try enter(UInt8(ascii: "["))
    }

    @inline(__always)
    private mutating func enter(_ opening: UInt8) throws(JSONError) {
        guard unsafe cursor.peek == opening else { throw unsafe cursor.unexpected() }
        if depth >= depthMax { throw unsafe JSONError(.tooDeep, at: cursor.at) }
        depth &+= 1
        unsafe cursor.at &+= 1
        unsafe cursor.skipWhitespace()
        hasPassedValue = false
    }

    /// Goes to the next member of the object at hand and stands at its value; the name's token is
    /// answered, quotes included. Nil after the last: then it has left the object.
    @inline(__always)
    public mutating func nextName() throws(JSONError) -> JSONRange? {
        // As programs write it, without spaces: a comma and the name, a colon and the value.
        if hasPassedValue, unsafe cursor.isAt(",", before: UInt8(ascii: "\"")) {
            hasPassedValue = false
            unsafe cursor.at &+= 1
        } else if try leaves(UInt8(ascii: "}")) {
            return nil
        }
        guard unsafe cursor.peek == UInt8(ascii: "\"") else { throw unsafe cursor.unexpected() }
        let start = unsafe cursor.at
        nameHasEscape = unsafe try cursor.skipString()
        let name = unsafe JSONRange(start, cursor.at)
        unsafe try cursor.skipColon()
        return name
    }

    /// Goes to the next element of the array at hand and stands at it. False after the last: then
    /// it has left the array.
    @inline(__always)
    public mutating func nextElement() throws(JSONError) -> Bool {
        try !leaves(UInt8(ascii: "]"))
    }

    @inline(never)
    private mutating func leaves(_ closing: UInt8) throws(JSONError) -> Bool {
        if hasPassedValue {
            if unsafe try cursor.skipComma(closing: closing) {
                hasPassedValue = false
                return false
            }
        } else {
            guard unsafe cursor.peek == closing else { return false }
            unsafe cursor.at &+= 1
        }
        depth &-= 1
        hasPassedValue = true
        return true
    }

    /// Makes sure that nothing but space follows.
    public mutating func end() throws(JSONError) {
        unsafe cursor.skipWhitespace()
        if unsafe cursor.at < cursor.end { throw unsafe JSONError(.trailingBytes, at: cursor.at) }
    }
}
