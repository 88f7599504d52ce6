import CrowdModelsProtocol

/// Cuts a body of JSON values that follow each other (one whole answer, or a line each) into these
/// values; what is cut by the pieces of the body is gathered. An array of objects is no value but
/// a row of them.
struct JSONSplitter: ~Copyable {
    private var gathered = ByteBuffer()
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// An array has begun; left by its first element, which tells what it is.
    private var isArrayOpen = false

    /// Whether the front of a value waits for its end.
    var isInValue: Bool { depth > 0 || isArrayOpen }
    /// What has come of the value whose end has not.
    var rest: Span<UInt8> {
        @_lifetime(borrow self)
        get { gathered.span }
    }

    /// Why a body cannot be read on.
    struct TooLarge: Error {}

    /// Reads on from the next piece, and hands out each value when its end has come. `take` answers
    /// whether to go on; if not, the rest of the piece is unread. Answers how many bytes were read.
    mutating func feed(
        _ input: Span<UInt8>, _ take: (Span<UInt8>) -> Bool
    ) throws(TooLarge) -> Int {
        var start = 0
        var at = 0
        while at < input.count {
            if isInString {
                skipString(input, &at)
                continue
            }
            let byte = input[at]
            at &+= 1
            if isArrayOpen {
                if byte <= 0x20 { continue }
                isArrayOpen = false
                if byte != UInt8(ascii: "{") {
                    gathered.append(UInt8(ascii: "["))
                    depth = 1
                    start = at &- 1
                }
            }
            switch byte {
            case UInt8(ascii: "[") where depth == 0: isArrayOpen = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if depth == 0 { start = at &- 1 }
                depth &+= 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { continue }
                depth &-= 1
                guard depth == 0 else { continue }
                if !give(input.extracting(start..<at), take) { return at }
                start = at
            case UInt8(ascii: "\""): isInString = depth > 0
            default: break
            }
        }
        if depth > 0 {
            gathered.append(input.extracting(start..<input.count))
            if gathered.count > GenerationLimits.wholeBytesMax { throw TooLarge() }
        }
        return at
    }

    /// Goes to the end of the string that `at` is in, or to the end of the piece.
    @inline(__always)
    private mutating func skipString(_ input: Span<UInt8>, _ at: inout Int) {
        if isEscaped {
            isEscaped = false
            at &+= 1
            return
        }
        while at < input.count {
            let byte = input[at]
            at &+= 1
            if byte == UInt8(ascii: "\"") {
                isInString = false
                return
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                return
            }
        }
    }

    private mutating func give(_ end: Span<UInt8>, _ take: (Span<UInt8>) -> Bool) -> Bool {
        if gathered.isEmpty { return take(end) }
        gathered.append(end)
        let goesOn = take(gathered.span)
        gathered.removeAll(keeping: Self.bytesKept)
        return goesOn
    }

    /// What is kept allocated between values: a cut line of usual size fits.
    private static let bytesKept = 16 * 1024
}
