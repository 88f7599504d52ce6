import CrowdModelsProtocol

/// What an answer's status line and header fields say to a client of model servers.
///
/// Many properties: one for each header field that is read.
package struct HTTPResponseHead: Equatable, Sendable {
    /// When a server wants to be asked again.
    package enum RetryAfter: Equatable, Sendable {
        /// After so many milliseconds, at most `HTTPLimits.retryAfterMillisecondsMax`.
        case milliseconds(Int)
        /// At this time, in seconds since 1970 UTC.
        case date(Int)
    }

    /// What a `Content-Encoding` says of a body.
    package enum Encoding: Equatable, Sendable {
        case none, gzip, deflate
        /// Any other, or several: how it is written, at most 64 letters.
        case other(String)

        /// How the field writes it; a body that says nothing is found to be gzip.
        var name: String {
            switch self {
            case .none, .gzip: "gzip"
            case .deflate: "deflate"
            case .other(let name): name
            }
        }
    }

    /// Whether the answer is one (2xx), and no error or redirect.
    package var isSuccess: Bool { status / 100 == 2 }

    /// 200 to 999: interim answers are never shown.
    package internal(set) var status = 0
    /// Whether the connection may carry another request once the answer has ended.
    package internal(set) var keepAlive = false
    /// The body's length where it was announced and counts: nil for a chunked body or one that runs
    /// until the connection closes. For an answer without a body it is what the server said of it.
    package internal(set) var contentLength: Int?
    /// Whether the body comes in chunks.
    package internal(set) var isChunked = false
    /// Whether the body is `text/event-stream`.
    package internal(set) var isEventStream = false
    /// Whether another daemon of this kind, or this one, answers (`Server: crowd-models-executor`).
    package internal(set) var isExecutor = false
    /// Seconds after which the server closes an idle connection (`Keep-Alive: timeout=5`).
    package internal(set) var keepAliveTimeout: Int?
    /// What few answers say.
    private var rest = Rest.nothing

    /// How many milliseconds from `now` (seconds since 1970 UTC) the server wants to be left alone:
    /// 0 for a date gone by, at most `HTTPLimits.retryAfterMillisecondsMax`, nil if it said
    /// nothing.
    package func retryAfterMilliseconds(now: @autoclosure () -> Int) -> Int? {
        switch retryAfter {
        case nil: return nil
        case .milliseconds(let milliseconds): return milliseconds
        case .date(let date):
            let seconds = date.subtractingReportingOverflow(now())
            let longest = HTTPLimits.retryAfterMillisecondsMax / 1000
            let wait = seconds.overflow ? longest : seconds.partialValue
            return max(0, min(wait, longest)) * 1000
        }
    }

    /// Minor version below 1: the connection closes unless `Connection: keep-alive` says otherwise.
    var isHTTP10 = false
    var hasCloseToken = false
    var hasKeepAliveToken = false
    var hasRetryAfterMilliseconds = false
    /// `chunked` was said more than once, which nobody may say and some do.
    var isChunkedTwice = false
    /// The field that a folded line goes on with.
    var lastField = Field.other

    /// The fields that are heeded.
    enum Field: Equatable, Sendable {
        case connection, keepAlive, retryAfter, retryAfterMilliseconds, contentType, contentLength
        case contentEncoding, transferEncoding, location, server, other
        case rateLimitLeft(RateLimitFields.Counted), rateLimitReset(RateLimitFields.Counted)
    }

    /// What few answers of servers on this machine say, kept apart: a head is copied some times on
    /// its way, and this would be most of it. Where one says it, as servers on the net do, each
    /// field costs an allocation, which is nothing beside the way there.
    private struct Rare: Equatable, Sendable {
        var encoding = Encoding.none
        var location: String?
        var retryAfter: RetryAfter?
        var rateLimit = RateLimitFields()
    }

    private indirect enum Rest: Equatable, Sendable {
        case nothing
        case said(Rare)
    }

    private var rare: Rare {
        get { if case .said(let rare) = rest { rare } else { Rare() } }
        set { rest = newValue == Rare() ? .nothing : .said(newValue) }
    }

    /// How the body is compressed, though nobody asked for that. The wire unpacks it.
    package internal(set) var encoding: Encoding {
        get { if case .said(let rare) = rest { rare.encoding } else { .none } }
        set { rare.encoding = newValue }
    }

    /// Where a redirect (300 to 399) leads, as the server wrote it, at most
    /// `HTTPLimits.locationBytesMax` of it; nil for any other answer.
    package internal(set) var location: String? {
        get { if case .said(let rare) = rest { rare.location } else { nil } }
        set { rare.location = newValue }
    }

    /// `Retry-After`, or `retry-after-ms`, which wins; a malformed one counts as none.
    package internal(set) var retryAfter: RetryAfter? {
        get { if case .said(let rare) = rest { rare.retryAfter } else { nil } }
        set { rare.retryAfter = newValue }
    }

    /// What it still takes from us.
    package internal(set) var rateLimit: RateLimitFields {
        get { if case .said(let rare) = rest { rare.rateLimit } else { RateLimitFields() } }
        set { rare.rateLimit = newValue }
    }

    /// Reads `HTTP/1.x NNN reason`; the reason may be missing.
    init(statusLine line: Range<Int>, of input: Span<UInt8>) throws(HTTPParseError) {
        let start = line.lowerBound
        guard line.count >= 5, input.starts(with: "HTTP/", at: start) else { throw .notHTTP }
        guard line.count >= 9 else { throw .badStatusLine }
        let minor = input[start + 7] &- 48
        guard input[start + 5] == UInt8(ascii: "1"), input[start + 6] == UInt8(ascii: ".") else {
            throw .unsupportedVersion
        }
        guard minor <= 9, input[start + 8] == 32, line.count >= 12,
            line.count == 12 || input[start + 12] == 32,
            let status = input.decimal(in: start + 9..<start + 12, max: 999), status >= 100
        else { throw .badStatusLine }
        if status == 101 { throw .switchedProtocols }
        self.status = status
        isHTTP10 = minor == 0
    }

    /// A head of which nothing is known yet.
    init() {}

    /// Reads line `number` of a head, without its line end, as libcurl tells them; true once the
    /// head is whole. HTTP/2 has no status line: libcurl writes `HTTP/2 200`.
    mutating func read(line: Span<UInt8>, number: Int) throws(HTTPParseError) -> Bool {
        let all = 0..<line.count
        if number == 0 {
            if line.starts(with: "HTTP/2 ", at: 0) || line.starts(with: "HTTP/3 ", at: 0) {
                var spelled = ByteBuffer()
                spelled.append("HTTP/1.1 ")
                spelled.append(line.extracting("HTTP/2 ".utf8.count...))
                self = try HTTPResponseHead(
                    statusLine: 0..<spelled.count, of: spelled.span)
            } else {
                self = try HTTPResponseHead(statusLine: all, of: line)
            }
            return false
        }
        if line.isEmpty { return true }
        if number > 1, line[0] == 32 || line[0] == 9 {
            try read(folded: all, of: line)
        } else {
            try read(field: all, of: line)
        }
        return false
    }

    /// Whether this is an answer before the answer (100 Continue, 103 Early Hints).
    var isInterim: Bool { status < 200 }

    /// Draws the conclusions once all fields are known: whether the connection outlives the answer.
    mutating func settle(hasBody: Bool) {
        keepAlive = !hasCloseToken && (!isHTTP10 || hasKeepAliveToken)
        // Two lengths, or chunks in a version without them: what follows the answer is a guess.
        if isChunked && (contentLength != nil || isHTTP10 || isChunkedTwice) { keepAlive = false }
        if isChunked { contentLength = nil }
        if hasBody {
            if !isChunked && contentLength == nil { keepAlive = false }
        } else if status == 204, isChunked || (contentLength ?? 0) > 0 {
            // 204 has no body, but a server that announces one will send it.
            keepAlive = false
        }
    }
}
