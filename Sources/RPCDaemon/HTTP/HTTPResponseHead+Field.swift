import CrowdModelsProtocol

/// The header fields that a client of model servers heeds; all others are only checked.
extension HTTPResponseHead {
    /// Reads one `Name: value` line.
    mutating func read(field line: Range<Int>, of input: Span<UInt8>) throws(HTTPParseError) {
        var colon = input.endOfToken(in: line)
        guard colon > line.lowerBound else { throw .badHeader }
        let name = line.lowerBound..<colon
        // Blanks before the colon are forbidden, and sent all the same.
        while colon < line.upperBound, input[colon] == 32 || input[colon] == 9 { colon &+= 1 }
        guard colon < line.upperBound, input[colon] == UInt8(ascii: ":") else { throw .badHeader }
        lastField = Self.field(name, of: input)
        if lastField != .other {
            try read(input.trimmed(colon &+ 1..<line.upperBound), of: input)
        }
    }

    /// Reads a line that goes on with the field before it (RFC 9112, 5.2): of those that are heeded
    /// the lists may be cut anywhere between two elements, and the others before their value.
    mutating func read(folded line: Range<Int>, of input: Span<UInt8>) throws(HTTPParseError) {
        if lastField != .other { try read(input.trimmed(line), of: input) }
    }

    /// Which field it is; the name's length tells nearly all others apart.
    static func field(_ name: Range<Int>, of input: Span<UInt8>) -> Field {
        switch name.count {
        case 6 where input.equalsIgnoringCase("server", in: name): .server
        case 8 where input.equalsIgnoringCase("location", in: name): .location
        case 10 where input.equalsIgnoringCase("connection", in: name): .connection
        case 10 where input.equalsIgnoringCase("keep-alive", in: name): .keepAlive
        case 11 where input.equalsIgnoringCase("retry-after", in: name): .retryAfter
        case 12 where input.equalsIgnoringCase("content-type", in: name): .contentType
        case 14 where input.equalsIgnoringCase("content-length", in: name): .contentLength
        case 14 where input.equalsIgnoringCase("retry-after-ms", in: name):
            .retryAfterMilliseconds
        case 16 where input.equalsIgnoringCase("content-encoding", in: name): .contentEncoding
        case 17 where input.equalsIgnoringCase("transfer-encoding", in: name): .transferEncoding
        case 17 where input.equalsIgnoringCase("x-ratelimit-reset", in: name): .rateLimitReset(.any)
        case 21 where input.equalsIgnoringCase("x-ratelimit-remaining", in: name):
            .rateLimitLeft(.any)
        case 24 where input.equalsIgnoringCase("x-ratelimit-reset-tokens", in: name):
            .rateLimitReset(.tokens)
        case 26 where input.equalsIgnoringCase("x-ratelimit-reset-requests", in: name):
            .rateLimitReset(.requests)
        case 28 where input.equalsIgnoringCase("x-ratelimit-remaining-tokens", in: name):
            .rateLimitLeft(.tokens)
        case 30 where input.equalsIgnoringCase("x-ratelimit-remaining-requests", in: name):
            .rateLimitLeft(.requests)
        default: .other
        }
    }

    /// Reads a value, or more of it, of `lastField`.
    private mutating func read(
        _ value: Range<Int>, of input: Span<UInt8>
    ) throws(HTTPParseError) {
        let field = lastField
        // These are no lists: what follows a value is none of it.
        switch field {
        case .retryAfter, .retryAfterMilliseconds, .contentType, .location, .rateLimitLeft,
            .rateLimitReset:
            if value.isEmpty { return }
            lastField = .other
        default: break
        }
        switch field {
        case .connection: readConnection(value, of: input)
        case .keepAlive: readKeepAlive(value, of: input)
        case .retryAfter:
            if !hasRetryAfterMilliseconds, let wait = RetryAfter(value, of: input, scale: 1000) {
                retryAfter = wait
            }
        case .retryAfterMilliseconds:
            if let wait = RetryAfter(value, of: input, scale: 1) {
                retryAfter = wait
                hasRetryAfterMilliseconds = true
            }
        case .contentType: readContentType(value, of: input)
        case .contentLength: try readContentLength(value, of: input)
        case .contentEncoding: readContentEncoding(value, of: input)
        case .transferEncoding: try readTransferEncoding(value, of: input)
        case .location:
            if status / 100 == 3, location == nil {
                location = Self.text(value, of: input, most: HTTPLimits.locationBytesMax)
            }
        case .server:
            let executor = HTTPResponseWriter.server
            let length = executor.utf8CodeUnitCount
            if input.equalsIgnoringCase(executor, in: value.prefix(length)) { isExecutor = true }
        case .rateLimitLeft(let counted): rateLimit.read(left: value, of: input, counted)
        case .rateLimitReset(let counted): rateLimit.read(reset: value, of: input, counted)
        case .other: break
        }
    }

    private static func text(_ range: Range<Int>, of input: Span<UInt8>, most: Int) -> String {
        ByteBuffer(input.extracting(range.prefix(most))).text
    }

    private mutating func readContentEncoding(_ value: Range<Int>, of input: Span<UInt8>) {
        var list: Range<Int>? = value
        while let coding = input.nextElement(of: &list) {
            if coding.isEmpty || input.equalsIgnoringCase("identity", in: coding) { continue }
            if encoding != .none {
                encoding = .other(Self.text(value, of: input, most: 64))
            } else if input.equalsIgnoringCase("gzip", in: coding)
                || input.equalsIgnoringCase("x-gzip", in: coding)
            {
                encoding = .gzip
            } else if input.equalsIgnoringCase("deflate", in: coding) {
                encoding = .deflate
            } else {
                encoding = .other(Self.text(coding, of: input, most: 64))
            }
        }
    }

    private mutating func readConnection(_ value: Range<Int>, of input: Span<UInt8>) {
        var list: Range<Int>? = value
        while let token = input.nextElement(of: &list) {
            if input.equalsIgnoringCase("close", in: token) {
                hasCloseToken = true
            } else if input.equalsIgnoringCase("keep-alive", in: token) {
                hasKeepAliveToken = true
            }
        }
    }

    private mutating func readKeepAlive(_ value: Range<Int>, of input: Span<UInt8>) {
        var list: Range<Int>? = value
        while let parameter = input.nextElement(of: &list) {
            let digits = parameter.dropFirst("timeout=".utf8.count)
            let name = parameter.lowerBound..<digits.startIndex
            if input.equalsIgnoringCase("timeout", in: name.dropLast()),
                input[name.upperBound &- 1] == UInt8(ascii: "=")
            {
                keepAliveTimeout = input.decimal(in: digits, max: HTTPLimits.keepAliveSecondsMax)
            }
        }
    }

    private mutating func readContentType(_ value: Range<Int>, of input: Span<UInt8>) {
        var end = value.lowerBound
        while end < value.upperBound, input[end] != UInt8(ascii: ";") { end &+= 1 }
        let mediaType = input.trimmed(value.lowerBound..<end)
        isEventStream = input.equalsIgnoringCase("text/event-stream", in: mediaType)
    }

    /// A repeated length is allowed if it is the same one, as two fields or as `5, 5`.
    private mutating func readContentLength(
        _ value: Range<Int>, of input: Span<UInt8>
    ) throws(HTTPParseError) {
        var list: Range<Int>? = value
        while let element = input.nextElement(of: &list) {
            guard let length = input.decimal(in: element, max: .max), length < .max,
                contentLength == nil || contentLength == length
            else { throw .badContentLength }
            contentLength = length
        }
    }

    private mutating func readTransferEncoding(
        _ value: Range<Int>, of input: Span<UInt8>
    ) throws(HTTPParseError) {
        var list: Range<Int>? = value
        while let coding = input.nextElement(of: &list) {
            if coding.isEmpty || input.equalsIgnoringCase("identity", in: coding) { continue }
            guard input.equalsIgnoringCase("chunked", in: coding) else {
                throw .unsupportedTransferEncoding
            }
            isChunkedTwice = isChunked
            isChunked = true
        }
    }
}

extension HTTPResponseHead.RetryAfter {
    /// Reads a number, with decimals too, each one worth `scale` milliseconds, or an HTTP date.
    init?(_ value: Range<Int>, of input: Span<UInt8>, scale: Int) {
        var point = value.lowerBound
        while point < value.upperBound, input[point] != UInt8(ascii: ".") { point &+= 1 }
        let most = HTTPLimits.retryAfterMillisecondsMax
        guard let whole = input.decimal(in: value.lowerBound..<point, max: most) else {
            guard let date = HTTPDate.seconds(value, of: input) else { return nil }
            self = .date(date)
            return
        }
        var milliseconds = whole * scale
        if point < value.upperBound {
            let decimals = value.dropFirst(point - value.lowerBound + 1)
            guard input.decimal(in: decimals, max: .max) != nil else { return nil }
            var worth = scale
            for digit in decimals {
                worth /= 10
                milliseconds += Int(input[digit] - 48) * worth
            }
        }
        self = .milliseconds(min(milliseconds, most))
    }
}
