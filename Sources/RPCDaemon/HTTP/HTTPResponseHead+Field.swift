/// The header fields that a client of model servers heeds; all others are only checked.
extension HTTPResponseHead {
    /// Reads one `Name: value` line.
    mutating func read(field line: Range<Int>, of input: Span<UInt8>) throws(HTTPParseError) {
        var colon = line.lowerBound
        while colon < line.upperBound, input[colon].isTokenCharacter { colon &+= 1 }
        guard colon > line.lowerBound, colon < line.upperBound,
            input[colon] == UInt8(ascii: ":")
        else { throw .badHeader }
        let name = line.lowerBound..<colon
        // The name's length tells nearly all other fields apart.
        switch name.count {
        case 10, 11, 12, 14, 16, 17: break
        default: return
        }
        let value = input.trimmed(colon &+ 1..<line.upperBound)
        switch name.count {
        case 10:
            if input.equalsIgnoringCase("connection", in: name) {
                readConnection(value, of: input)
            } else if input.equalsIgnoringCase("keep-alive", in: name) {
                readKeepAlive(value, of: input)
            }
        case 11 where input.equalsIgnoringCase("retry-after", in: name):
            if !hasRetryAfterMilliseconds { retryAfter = .init(value, of: input, scale: 1000) }
        case 12 where input.equalsIgnoringCase("content-type", in: name):
            readContentType(value, of: input)
        case 14 where input.equalsIgnoringCase("content-length", in: name):
            try readContentLength(value, of: input)
        case 14 where input.equalsIgnoringCase("retry-after-ms", in: name):
            if let wait = RetryAfter(value, of: input, scale: 1) {
                retryAfter = wait
                hasRetryAfterMilliseconds = true
            }
        case 16 where input.equalsIgnoringCase("content-encoding", in: name):
            isEncoded = !value.isEmpty && !input.equalsIgnoringCase("identity", in: value)
        case 17 where input.equalsIgnoringCase("transfer-encoding", in: name):
            try readTransferEncoding(value, of: input)
        default: break
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
            guard input.equalsIgnoringCase("chunked", in: coding), !isChunked else {
                throw .unsupportedTransferEncoding
            }
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
