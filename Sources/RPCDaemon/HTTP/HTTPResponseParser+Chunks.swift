/// Lines, and the chunked bodies made of them.
extension HTTPResponseParser {
    /// A line's content, and where the next one starts.
    struct Line {
        var content: Range<Int>
        var next: Int
    }

    /// The line that starts at `start`, or nil if it does not end before `window`.
    mutating func line(
        of input: Span<UInt8>, from start: Int, to window: Int
    ) throws(HTTPParseError) -> Line? {
        var at = min(start &+ scanned, window)
        guard let next = try Self.passLine(of: input, &at, to: window) else {
            scanned = at &- start
            return nil
        }
        scanned = 0
        return Line(content: start..<at, next: next)
    }

    /// Goes from `at` to where the line ends, which holds no control but tabs; answers where the
    /// next one starts, or nil where it does not end before `window`.
    static func passLine(
        of input: Span<UInt8>, _ at: inout Int, to window: Int
    ) throws(HTTPParseError) -> Int? {
        while true {
            at = input.firstByte(below: 32, from: at, to: window)
            if at == window { return nil }
            switch input[at] {
            case UInt8(ascii: "\n"): return at &+ 1
            case UInt8(ascii: "\t"): at &+= 1
            case UInt8(ascii: "\r"):
                if at &+ 1 == window { return nil }
                guard input[at &+ 1] == UInt8(ascii: "\n") else { throw .controlCharacter }
                return at &+ 2
            default: throw .controlCharacter
            }
        }
    }

    /// Goes through framing until a piece of the body, the end, or the end of the input.
    mutating func readChunks(
        _ input: Span<UInt8>, ended: Bool
    ) throws(HTTPParseError) -> Step {
        var at = 0
        while true {
            switch state {
            case .chunkSize:
                let window = min(input.count, at &+ HTTPLimits.chunkLineBytesMax)
                guard let line = try line(of: input, from: at, to: window) else {
                    if window < input.count { throw .chunkLineTooLarge }
                    if ended { throw .truncated }
                    return .needMore(consumed: at)
                }
                at = line.next
                let size = try Self.chunkSize(line.content, of: input)
                state = size == 0 ? .trailers : .chunk(size)
            case .chunk(let left):
                let count = min(left, input.count &- at)
                if count == 0 {
                    if ended { throw .truncated }
                    return .needMore(consumed: at)
                }
                state = left == count ? .chunkEnd : .chunk(left &- count)
                return .body(at..<at &+ count, consumed: at &+ count)
            case .chunkEnd:
                guard let line = try lineEnd(of: input, at: at) else {
                    if ended { throw .truncated }
                    return .needMore(consumed: at)
                }
                at = line
                state = .chunkSize
            default:
                let window = min(input.count, at &+ HTTPLimits.trailerBytesMax &- lineBytes)
                guard let line = try line(of: input, from: at, to: window) else {
                    if window < input.count { throw .trailersTooLarge }
                    if ended { throw .truncated }
                    return .needMore(consumed: at)
                }
                lineBytes &+= line.next &- at
                at = line.next
                if line.content.isEmpty {
                    state = .done
                    return .end(consumed: at)
                }
            }
        }
    }

    /// Where the line end at `at` ends; nil if it is not all there.
    private func lineEnd(of input: Span<UInt8>, at: Int) throws(HTTPParseError) -> Int? {
        if at == input.count { return nil }
        if input[at] == UInt8(ascii: "\n") { return at &+ 1 }
        guard input[at] == UInt8(ascii: "\r") else { throw .badChunk }
        if at &+ 1 == input.count { return nil }
        guard input[at &+ 1] == UInt8(ascii: "\n") else { throw .badChunk }
        return at &+ 2
    }

    /// Reads `1a2b ; ignored`.
    private static func chunkSize(
        _ line: Range<Int>, of input: Span<UInt8>
    ) throws(HTTPParseError) -> Int {
        var size = 0
        var at = line.lowerBound
        while at < line.upperBound {
            let byte = input[at]
            let digit: UInt8
            if byte &- 48 < 10 {
                digit = byte &- 48
            } else if (byte | 0x20) &- 97 < 6 {
                digit = (byte | 0x20) &- 87
            } else {
                break
            }
            if size > Int.max >> 4 { throw .badChunk }
            size = size << 4 | Int(digit)
            at &+= 1
        }
        if at == line.lowerBound { throw .badChunk }
        while at < line.upperBound, input[at] == 32 || input[at] == 9 { at &+= 1 }
        guard at == line.upperBound || input[at] == UInt8(ascii: ";") else { throw .badChunk }
        return size
    }
}
