/// What a scan tells its owner of the outermost levels of a text; level 1 is that of the members or
/// elements of the value itself.
protocol JSONScanListener {
    /// A member's name, before its value.
    mutating func named(_ name: JSONRange, hasEscape: Bool, level: Int, in text: Span<UInt8>)
    /// A value begins; those inside it are told before its end.
    mutating func began(_ kind: JSONKind, level: Int, in text: Span<UInt8>)
    mutating func ended(_ value: JSONRange, _ kind: JSONKind, level: Int, in text: Span<UInt8>)
}

/// Validates one JSON value in slices: it can be left after any of them and taken up again with the
/// same text, however long a string, however many elements there are.
///
/// `JSONCursor.skipValue` does the same in one go and by recursion, in less time.
struct JSONScan: Sendable {
    /// The innermost level that is told.
    static let levelsTold = 5

    private enum State {
        /// At a value, or the space before it.
        case value
        /// Behind `[`.
        case valueOrEnd
        /// At a member's name.
        case name
        /// Behind `{`.
        case nameOrEnd
        case insideName
        case colon
        case insideString
        /// Behind a value that is not the outermost.
        case comma
        /// Left by nothing.
        case done
    }

    /// Offset of the next byte.
    private(set) var at: Int
    private var state = State.value
    /// Containers that are open, those around the value included.
    private var depth: Int
    private let outerDepth: Int
    private let depthMax: Int
    /// Whether the container at each depth is an object; a bit each.
    private var isObject = [17 of UInt64](repeating: 0)
    /// Where the values that are open at the told levels begin.
    private var starts = [6 of Int](repeating: 0)
    private var nameStart = 0
    private var hasEscape = false

    /// A scan of the value at or after `start`, `depth` containers deep already.
    init(from start: Int, depth: Int, depthMax: Int) {
        at = start
        self.depth = depth
        outerDepth = depth
        self.depthMax = min(depthMax, 1087)
    }

    /// Goes on for `bytes` bytes or a little more; whether the value's end was met.
    mutating func resume<Listener: JSONScanListener>(
        _ text: Span<UInt8>, bytes: Int, _ listener: inout Listener
    ) throws(JSONError) -> Bool {
        try unsafe text.withUnsafeBufferPointer { (buffer) throws(JSONError) -> Bool in
            var cursor = unsafe JSONCursor(buffer, from: at)
            let limit = bytes < text.count &- at ? at &+ bytes : Int.max
            while state != .done, unsafe cursor.at < limit {
                unsafe try step(&cursor, limit, text, &listener)
            }
            unsafe at = cursor.at
            return state == .done
        }
    }

    @inline(__always)
    private mutating func step<Listener: JSONScanListener>(
        _ cursor: inout JSONCursor, _ limit: Int, _ text: Span<UInt8>,
        _ listener: inout Listener
    ) throws(JSONError) {
        if state == .insideString {
            if unsafe try cursor.skipInsideString(until: limit, &hasEscape) {
                unsafe ended(cursor.at, .string, text, &listener)
            }
            return
        }
        if state == .insideName {
            guard unsafe try cursor.skipInsideString(until: limit, &hasEscape) else { return }
            let level = depth &- outerDepth
            if level <= Self.levelsTold {
                listener.named(
                    unsafe JSONRange(nameStart, cursor.at), hasEscape: hasEscape, level: level,
                    in: text)
            }
            state = .colon
            return
        }
        if unsafe cursor.peek <= 0x20 { unsafe cursor.skipWhitespace() }
        let byte = unsafe cursor.peek
        switch state {
        case .valueOrEnd where byte == UInt8(ascii: "]"):
            unsafe cursor.at &+= 1
            unsafe closed(cursor.at, text, &listener)
        case .value, .valueOrEnd:
            unsafe try value(byte, &cursor, text, &listener)
        case .nameOrEnd where byte == UInt8(ascii: "}"):
            unsafe cursor.at &+= 1
            unsafe closed(cursor.at, text, &listener)
        case .name, .nameOrEnd:
            guard byte == UInt8(ascii: "\"") else { throw unsafe cursor.unexpected() }
            unsafe nameStart = cursor.at
            unsafe cursor.at &+= 1
            hasEscape = false
            state = .insideName
        case .colon:
            guard byte == UInt8(ascii: ":") else { throw unsafe cursor.unexpected() }
            unsafe cursor.at &+= 1
            state = .value
        default:
            let isObject = isObject[depth >> 6] >> UInt64(depth & 63) & 1 == 1
            guard byte == UInt8(ascii: ",") else {
                let closing = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
                guard byte == closing else { throw unsafe cursor.unexpected() }
                unsafe cursor.at &+= 1
                return unsafe closed(cursor.at, text, &listener)
            }
            unsafe cursor.at &+= 1
            state = isObject ? .name : .value
        }
    }

    @inline(__always)
    private mutating func value<Listener: JSONScanListener>(
        _ byte: UInt8, _ cursor: inout JSONCursor, _ text: Span<UInt8>, _ listener: inout Listener
    ) throws(JSONError) {
        let level = depth &- outerDepth
        let kind = JSONKind(firstByte: byte)
        if level <= Self.levelsTold {
            unsafe starts[level] = cursor.at
            listener.began(kind, level: level, in: text)
        }
        switch byte {
        case UInt8(ascii: "\""):
            unsafe cursor.at &+= 1
            hasEscape = false
            state = .insideString
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            if depth >= depthMax { throw unsafe JSONError(.tooDeep, at: cursor.at) }
            depth &+= 1
            let bit = UInt64(1) << UInt64(depth & 63)
            if kind == .object {
                isObject[depth >> 6] |= bit
                state = .nameOrEnd
            } else {
                isObject[depth >> 6] &= ~bit
                state = .valueOrEnd
            }
            unsafe cursor.at &+= 1
        default:
            // Numbers and literals are told apart, and validated, by the cursor.
            unsafe try cursor.skipValue(depth: depth, depthMax: depthMax)
            unsafe ended(cursor.at, kind, text, &listener)
        }
    }

    /// The innermost container was left.
    @inline(__always)
    private mutating func closed<Listener: JSONScanListener>(
        _ end: Int, _ text: Span<UInt8>, _ listener: inout Listener
    ) {
        let isObject = isObject[depth >> 6] >> UInt64(depth & 63) & 1 == 1
        depth &-= 1
        ended(end, isObject ? .object : .array, text, &listener)
    }

    @inline(__always)
    private mutating func ended<Listener: JSONScanListener>(
        _ end: Int, _ kind: JSONKind, _ text: Span<UInt8>, _ listener: inout Listener
    ) {
        let level = depth &- outerDepth
        if level <= Self.levelsTold {
            listener.ended(JSONRange(starts[level], end), kind, level: level, in: text)
        }
        state = level == 0 ? .done : .comma
    }
}
