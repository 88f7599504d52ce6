/// Reads one HTTP/1.x request off the front of a connection's unread bytes, in place.
///
/// One value per request; the owner of the bytes calls `next` with all that are unread, drops the
/// step's `consumed`, and calls again until `.needMore` (then reads more) or `.end`: what is left
/// is the next request. Strict where a lenient reader and another in front of it could see two
/// different requests: lines end with CR LF, nothing is folded, and a body has one length. After an
/// error the same error comes again.
package struct HTTPRequestParser: Sendable {
    /// How far the parser got; `consumed` bytes are to be dropped before the next call.
    package enum Step: Equatable, Sendable {
        /// Nothing more can be said without more bytes.
        case needMore(consumed: Int)
        /// `head` is complete. A client that waits for leave to go on is given it now, or refused.
        case head(consumed: Int)
        /// A piece of the body, at these indices of the input.
        case body(Range<Int>, consumed: Int)
        /// The request is complete; said again if asked again, with 0 consumed.
        case end(consumed: Int)

        /// How many bytes at the front of the input are done with.
        package var consumed: Int {
            switch self {
            case .needMore(let consumed), .head(let consumed), .body(_, let consumed),
                .end(let consumed):
                consumed
            }
        }
    }

    private enum State: Equatable, Sendable {
        /// The first line is due, after an empty line at most; a field follows.
        case requestLine
        /// Fields, until an empty line: then what they say of the body.
        case fields
        /// So many bytes of a body, until there are 0.
        case length(Int)
        /// The line before a chunk: its bytes follow, or the trailers for a size of 0.
        case chunkSize
        /// So many bytes of a chunk, until there are 0.
        case chunk(Int)
        /// The line end after a chunk: another size follows.
        case chunkEnd
        /// Lines to be ignored, until an empty one.
        case trailers
        /// Complete; nothing leaves it.
        case done
        /// Nothing leaves it.
        case failed(RequestParseError)
    }

    /// What the request says of itself; not nil once `.head` was returned.
    package private(set) var head: IncomingRequestHead?

    private var state = State.requestLine
    /// Bytes of the unread line's front that hold no line end, so that no byte is looked at twice.
    private var scanned = 0
    /// Bytes of complete lines of the head, or of trailers in their turn, against their limits.
    private var lineBytes = 0
    private var hasSkippedLine = false
    private var bodyBytes = 0
    private let bodyBytesMax: Int

    /// A parser for one request whose body may have `bodyBytesMax` bytes.
    package init(bodyBytesMax: Int) {
        self.bodyBytesMax = bodyBytesMax
    }

    /// Hands out the head, which it needs no more.
    package mutating func takeHead() -> IncomingRequestHead? { head.take() }

    /// Whether nothing of a request has come, so that an end of the input cuts none.
    package var isIdle: Bool { state == .requestLine && scanned == 0 && lineBytes == 0 }

    /// Takes the next step. `input`: all unread bytes; a call after `.needMore` must have those of
    /// the call before at its front, less the consumed.
    package mutating func next(_ input: Span<UInt8>) throws(RequestParseError) -> Step {
        precondition(scanned <= input.count, "unread bytes were dropped without being consumed")
        do throws(RequestParseError) {
            switch state {
            case .requestLine, .fields: return try readHead(input)
            case .length(let left):
                let count = min(left, input.count)
                if left == 0 {
                    state = .done
                    return .end(consumed: 0)
                }
                if count == 0 { return .needMore(consumed: 0) }
                state = .length(left &- count)
                return .body(0..<count, consumed: count)
            case .chunkSize, .chunk, .chunkEnd, .trailers: return try readChunks(input)
            case .done: return .end(consumed: 0)
            case .failed(let error): throw error
            }
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// The end of the line that starts at `start`, without CR LF; nil if it is not all there.
    /// `most`: bytes that it may have, with its end; `isRead`: what it says matters.
    @inline(__always)
    private mutating func lineEnd(
        of input: Span<UInt8>, from start: Int, most: Int, isRead: Bool
    ) throws(RequestParseError) -> Int? {
        let window = min(input.count, start &+ max(0, most))
        var at = min(start &+ scanned, window)
        while true {
            at = input.firstControl(from: at, to: window)
            if at == window { break }
            if input[at] == UInt8(ascii: "\t") || (input[at] == 127 && !isRead) {
                at &+= 1
                continue
            }
            guard input[at] == UInt8(ascii: "\r") else { throw .badLine }
            if at &+ 1 == window { break }
            guard input[at &+ 1] == UInt8(ascii: "\n") else { throw .badLine }
            scanned = 0
            return at
        }
        if window < input.count { throw .headTooLarge }
        scanned = at &- start
        return nil
    }

    private mutating func readHead(_ input: Span<UInt8>) throws(RequestParseError) -> Step {
        var at = 0
        /// Where the lines begin that are kept.
        var first = 0
        while true {
            let most = HTTPLimits.headBytesMax &- lineBytes
            guard let end = try lineEnd(of: input, from: at, most: most, isRead: true) else {
                head?.keep(input.extracting(first..<at))
                return .needMore(consumed: at)
            }
            let line = input.extracting(at..<end)
            let place = at &- first
            lineBytes &+= end &+ 2 &- at
            at = end &+ 2
            if case .requestLine = state {
                // Old clients send an empty line behind a body (RFC 9112, 2.2).
                if line.isEmpty, !hasSkippedLine {
                    hasSkippedLine = true
                    lineBytes = 0
                    first = at
                    continue
                }
                head = try IncomingRequestHead(line: line, at: place)
                state = .fields
            } else if !line.isEmpty {
                try head?.read(field: line, at: place)
            } else {
                head?.keep(input.extracting(first..<at))
                try head?.settle(bodyBytesMax: bodyBytesMax)
                lineBytes = 0
                switch head?.body {
                case .length(let length)?: state = .length(length)
                case .chunked?: state = .chunkSize
                default: state = .done
                }
                return .head(consumed: at)
            }
        }
    }

    private mutating func readChunks(_ input: Span<UInt8>) throws(RequestParseError) -> Step {
        var at = 0
        while true {
            switch state {
            case .chunk(let left):
                let count = min(left, input.count &- at)
                if count == 0 { return .needMore(consumed: at) }
                state = left == count ? .chunkEnd : .chunk(left &- count)
                return .body(at..<at &+ count, consumed: at &+ count)
            case .chunkEnd:
                if input.count &- at < 2 {
                    if at < input.count, input[at] != UInt8(ascii: "\r") { throw .badChunk }
                    return .needMore(consumed: at)
                }
                guard input[at] == UInt8(ascii: "\r"), input[at &+ 1] == UInt8(ascii: "\n") else {
                    throw .badChunk
                }
                at &+= 2
                state = .chunkSize
            default:
                let isSize = state == .chunkSize
                let most =
                    isSize
                    ? HTTPLimits.chunkLineBytesMax : HTTPLimits.trailerBytesMax &- lineBytes
                guard let end = try lineEnd(of: input, from: at, most: most, isRead: false) else {
                    return .needMore(consumed: at)
                }
                let line = input.extracting(at..<end)
                if isSize {
                    let size = try chunkSize(line)
                    state = size == 0 ? .trailers : .chunk(size)
                } else {
                    lineBytes &+= end &+ 2 &- at
                    if line.isEmpty {
                        state = .done
                        return .end(consumed: end &+ 2)
                    }
                }
                at = end &+ 2
            }
        }
    }

    /// Reads `1a2b;ignored`, and counts it.
    private mutating func chunkSize(_ line: Span<UInt8>) throws(RequestParseError) -> Int {
        var size = 0
        var at = 0
        while at < line.count {
            let byte = line[at]
            let digit: UInt8
            if byte &- 48 < 10 {
                digit = byte &- 48
            } else if (byte | 0x20) &- 97 < 6 {
                digit = (byte | 0x20) &- 87
            } else {
                break
            }
            if size > Int.max >> 5 { throw .badChunk }
            size = size << 4 | Int(digit)
            at &+= 1
        }
        guard at > 0, at == line.count || line[at] == UInt8(ascii: ";") else { throw .badChunk }
        if size > bodyBytesMax &- bodyBytes { throw .bodyTooLarge(max: bodyBytesMax) }
        bodyBytes &+= size
        return size
    }
}
