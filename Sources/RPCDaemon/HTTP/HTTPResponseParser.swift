/// Reads one HTTP/1.x answer off the front of a connection's unread bytes, in place.
///
/// One value per connection; it copies nothing but the last head, to know the next one by. The
/// owner of the bytes calls `next` with all that are unread, drops the step's `consumed`, and calls
/// again until `.needMore` (then reads more) or `.end` (what is left belongs to no answer). Bare
/// line feeds end lines too, folded fields are borne. After an error the same error comes again.
package struct HTTPResponseParser: Sendable {
    /// How far the parser got; `consumed` bytes are to be dropped before the next call.
    package enum Step: Equatable, Sendable {
        /// Nothing more can be said without more bytes, or without knowing that none will come.
        case needMore(consumed: Int)
        /// `head` is complete.
        case head(consumed: Int)
        /// A piece of the body, at these indices of the input.
        case body(Range<Int>, consumed: Int)
        /// The answer is complete; said again if asked again, with 0 consumed.
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

    /// What is due next, in the order of an answer; interim answers lead back to `statusLine`.
    enum State: Equatable, Sendable {
        /// A status line is due; a field follows.
        case statusLine
        /// Fields, until an empty line: then what the fields say of the body.
        case fields
        /// So many bytes of a body, until there are 0.
        case length(Int)
        /// A body without an announced end, until the peer closes.
        case untilClose
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
        case failed(HTTPParseError)
    }

    /// What the answer says of itself; valid once `.head` was returned.
    package private(set) var head = HTTPResponseHead()

    var state = State.statusLine
    /// Bytes of the unread line's front that hold no line end, so that no byte is looked at twice.
    var scanned = 0
    /// Bytes of complete head lines (or of trailers, in their turn), against their limits.
    var lineBytes = 0
    private var headers = 0
    private var interimAnswers = 0
    private var template = HeadTemplate()
    private let answersHEAD: Bool

    /// A parser for a connection's first answer; the answer to HEAD has no body whatever it says.
    package init(answersHEAD: Bool = false) {
        self.answersHEAD = answersHEAD
    }

    /// Another answer follows on the same connection.
    package mutating func beginNext() {
        head = HTTPResponseHead()
        state = .statusLine
        (scanned, lineBytes, headers, interimAnswers) = (0, 0, 0, 0)
    }

    /// Whether the announced length has come: the end follows at once.
    var hasWholeBody: Bool {
        if case .length(0) = state { true } else { false }
    }

    /// Takes the next step. `input`: all unread bytes; a call after `.needMore` must have those of
    /// the call before at its front, less the consumed. `ended`: the peer closed, no byte will
    /// follow: a body that runs until then ends well, all else is `.truncated`.
    package mutating func next(
        _ input: Span<UInt8>, ended: Bool
    ) throws(HTTPParseError) -> Step {
        precondition(scanned <= input.count, "unread bytes were dropped without being consumed")
        do throws(HTTPParseError) {
            switch state {
            case .statusLine, .fields: return try readHead(input, ended: ended)
            case .length(let left): return try readLength(left, of: input, ended: ended)
            case .untilClose:
                if !input.isEmpty { return .body(0..<input.count, consumed: input.count) }
                if !ended { return .needMore(consumed: 0) }
                state = .done
                return .end(consumed: 0)
            case .chunkSize, .chunk, .chunkEnd, .trailers:
                return try readChunks(input, ended: ended)
            case .done: return .end(consumed: 0)
            case .failed(let error): throw error
            }
        } catch {
            state = .failed(error)
            throw error
        }
    }

    private mutating func readLength(
        _ left: Int, of input: Span<UInt8>, ended: Bool
    ) throws(HTTPParseError) -> Step {
        let count = min(left, input.count)
        if left == 0 {
            state = .done
            return .end(consumed: 0)
        }
        if count == 0 {
            if ended { throw .truncated }
            return .needMore(consumed: 0)
        }
        state = .length(left &- count)
        return .body(0..<count, consumed: count)
    }

    private mutating func readHead(
        _ input: Span<UInt8>, ended: Bool
    ) throws(HTTPParseError) -> Step {
        var at = 0
        let isFirst = state == .statusLine && lineBytes == 0 && interimAnswers == 0
        if isFirst, scanned == 0, let known = template.match(input) {
            head = template.head
            head.contentLength = known.length
            settleHead()
            return .head(consumed: known.count)
        }
        while true {
            if state == .statusLine, !input.starts(with: "HTTP/", at: at) { throw .notHTTP }
            let window = min(input.count, at &+ HTTPLimits.headBytesMax &- lineBytes)
            guard let line = try line(of: input, from: at, to: window) else {
                if window < input.count { throw .headTooLarge }
                if !ended { return .needMore(consumed: at) }
                let isNothing = state == .statusLine && lineBytes == 0 && input.isEmpty
                throw isNothing ? .closedWithoutAnswer : .truncated
            }
            lineBytes &+= line.next &- at
            at = line.next
            if state == .statusLine {
                head = try HTTPResponseHead(statusLine: line.content, of: input)
                state = .fields
            } else if !line.content.isEmpty {
                headers &+= 1
                if headers > HTTPLimits.headerCountMax { throw .tooManyHeaders }
                let first = input[line.content.lowerBound]
                if headers > 1, first == 32 || first == 9 {
                    try head.read(folded: line.content, of: input)
                } else {
                    try head.read(field: line.content, of: input)
                }
            } else if head.isInterim {
                interimAnswers &+= 1
                if interimAnswers > HTTPLimits.interimAnswersMax { throw .tooManyInterimAnswers }
                headers = 0
                state = .statusLine
            } else {
                if isFirst, interimAnswers == 0 { template.learn(input.extracting(..<at), head) }
                settleHead()
                return .head(consumed: at)
            }
        }
    }

    private mutating func settleHead() {
        let hasBody = !answersHEAD && head.status != 204 && head.status != 304
        // The settled head forgets a length that chunks overrule.
        head.settle(hasBody: hasBody)
        lineBytes = 0
        if !hasBody {
            state = .done
        } else if head.isChunked {
            state = .chunkSize
        } else if let length = head.contentLength {
            state = .length(length)
        } else {
            state = .untilClose
        }
    }
}
