/// The head of a request that a client sent: checked, and kept as it came.
package struct IncomingRequestHead: Equatable, Sendable {
    /// How long the body is.
    package enum Body: Equatable, Sendable {
        case none
        case length(Int)
        case chunked
    }

    package let isHTTP10: Bool
    package private(set) var body = Body.none
    /// Whether the connection may carry another request after this one.
    package private(set) var keepAlive: Bool
    /// Whether the client waits for leave to send its body.
    package private(set) var expectsContinue = false
    /// The lines as they came, one behind the other.
    private var text: [UInt8] = []
    private let methodPlace: Range<Int>
    private let targetPlace: Range<Int>
    private var fields: [Field] = []

    /// Where a field's name and its value stand.
    private struct Field: Equatable, Sendable {
        let name: Range<Int>
        let value: Range<Int>
    }

    package var method: String { Self.text(text.span.extracting(methodPlace)) }

    /// Whether its method is that.
    package func asks(_ method: StaticString) -> Bool {
        text.span.equals(method, in: methodPlace)
    }

    /// The path and the query, without scheme and host; `*` for OPTIONS.
    package var target: Span<UInt8> {
        @_lifetime(borrow self)
        get { text.span.extracting(targetPlace) }
    }

    package var targetText: String { Self.text(target) }

    /// The value of the first field of that name, which is to be in lower case.
    package subscript(name: StaticString) -> String? {
        for field in fields where text.span.equalsIgnoringCase(name, in: field.name) {
            return Self.text(text.span.extracting(field.value))
        }
        return nil
    }

    /// Reads the first line, without its line end; `place` is where it stands in what `keep` is
    /// shown next.
    init(line: Span<UInt8>, at place: Int) throws(RequestParseError) {
        var at = 0
        while at < line.count, line[at].isTokenCharacter { at &+= 1 }
        let methodEnd = at
        guard methodEnd > 0, methodEnd <= 32, at < line.count, line[at] == 32 else {
            throw .badRequestLine
        }
        at &+= 1
        let start = at
        while at < line.count, line[at] > 32, line[at] < 127 { at &+= 1 }
        guard at > start, at < line.count, line[at] == 32 else { throw .badRequestLine }
        let version = at &+ 1..<line.count
        guard line.starts(with: "HTTP/", at: version.lowerBound), version.count == 8 else {
            throw .badRequestLine
        }
        let minor = line[version.lowerBound + 7]
        guard line[version.lowerBound + 5] == UInt8(ascii: "1"),
            line[version.lowerBound + 6] == UInt8(ascii: "."), minor &- 48 <= 9
        else { throw .unsupportedVersion }
        methodPlace = place..<place &+ methodEnd
        let path = try Self.path(
            in: line.extracting(start..<at),
            isOptions: line.equals("OPTIONS", in: 0..<methodEnd))
        let target = place &+ start
        targetPlace = target &+ path.lowerBound..<target &+ path.upperBound
        isHTTP10 = minor == UInt8(ascii: "0")
        keepAlive = !isHTTP10
        // Room for what most clients send.
        fields.reserveCapacity(12)
    }

    /// Where the path begins in a target, which may have one of its rarer forms (RFC 9112, 3.2).
    private static func path(
        in target: Span<UInt8>, isOptions: Bool
    ) throws(RequestParseError) -> Range<Int> {
        if target[0] == UInt8(ascii: "/") { return target.indices }
        if isOptions, target.count == 1, target[0] == UInt8(ascii: "*") { return 0..<1 }
        for scheme in ["http://", "https://"] as [StaticString] {
            let end = scheme.utf8CodeUnitCount
            guard target.count >= end, target.equalsIgnoringCase(scheme, in: 0..<end) else {
                continue
            }
            for at in end..<target.count where target[at] == UInt8(ascii: "/") {
                return at..<target.count
            }
            // Without a path it is the root, which the last slash of the scheme spells.
            return end &- 1..<end
        }
        throw .badRequestLine
    }

    private static func text(_ bytes: Span<UInt8>) -> String {
        unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Keeps the lines that were read since it did so last, with their line ends.
    mutating func keep(_ lines: Span<UInt8>) {
        unsafe lines.withUnsafeBufferPointer { unsafe text.append(contentsOf: $0) }
    }

    /// Reads one field, without its line end; `place` is where it stands in what `keep` is shown
    /// next.
    mutating func read(field line: Span<UInt8>, at place: Int) throws(RequestParseError) {
        let colon = line.endOfToken(in: 0..<line.count)
        guard colon > 0, colon < line.count, line[colon] == UInt8(ascii: ":") else {
            throw .badField
        }
        if fields.count == HTTPLimits.requestFieldsMax { throw .tooManyFields }
        let start = text.count &+ place
        let value = line.trimmed(colon &+ 1..<line.count)
        fields.append(
            Field(
                name: start..<start &+ colon,
                value: start &+ value.lowerBound..<start &+ value.upperBound))
    }

    /// Draws the conclusions once all fields are known.
    mutating func settle(bodyBytesMax: Int) throws(RequestParseError) {
        let text = text
        let bytes = text.span
        var hosts = 0
        var framing = Framing()
        var wish = Wish.none
        for field in fields {
            if bytes.equalsIgnoringCase("host", in: field.name) {
                hosts += 1
            } else if bytes.equalsIgnoringCase("connection", in: field.name) {
                wish.read(bytes, field.value)
            } else if bytes.equalsIgnoringCase("expect", in: field.name) {
                var list: Range<Int>? = field.value
                while let word = bytes.nextElement(of: &list) {
                    guard word.isEmpty || bytes.equalsIgnoringCase("100-continue", in: word)
                    else { throw .unsupportedExpectation }
                    expectsContinue = !isHTTP10
                }
            } else if bytes.equalsIgnoringCase("content-length", in: field.name) {
                try framing.read(length: bytes.extracting(field.value))
            } else if bytes.equalsIgnoringCase("content-encoding", in: field.name) {
                guard field.value.isEmpty || bytes.equalsIgnoringCase("identity", in: field.value)
                else { throw .unsupportedContent }
            } else if bytes.equalsIgnoringCase("transfer-encoding", in: field.name) {
                framing.read(codings: bytes, field.value)
            }
        }
        guard hosts == 1 || (isHTTP10 && hosts == 0) else { throw .badHost }
        switch wish {
        case .close: keepAlive = false
        case .keepAlive where isHTTP10: keepAlive = true
        default: break
        }
        body = try framing.body(isHTTP10: isHTTP10, bytesMax: bodyBytesMax)
        if body == .none || body == .length(0) { expectsContinue = false }
    }
}

/// What a client wishes for its connection; the wish to close it goes before any other.
private enum Wish {
    case none, keepAlive, close

    mutating func read(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        var list: Range<Int>? = value
        while let word = bytes.nextElement(of: &list) {
            if bytes.equalsIgnoringCase("close", in: word) {
                self = .close
            } else if self == .none, bytes.equalsIgnoringCase("keep-alive", in: word) {
                self = .keepAlive
            }
        }
    }
}

/// What the fields of a head say of where its body ends.
private struct Framing {
    private var length: Int?
    private var codingFields = 0
    private var codings = 0
    /// How many of them were `chunked`, and whether the last one was.
    private var chunked = 0
    private var endsChunked = false

    mutating func read(length digits: Span<UInt8>) throws(RequestParseError) {
        guard length == nil, !digits.isEmpty, digits.count <= 19 else { throw .badContentLength }
        var number = 0
        for at in digits.indices {
            let digit = digits[at] &- 48
            let (tenfold, isOver) = number.multipliedReportingOverflow(by: 10)
            let (sum, isFarOver) = tenfold.addingReportingOverflow(Int(digit))
            guard digit <= 9, !isOver, !isFarOver else { throw .badContentLength }
            number = sum
        }
        length = number
    }

    mutating func read(codings bytes: Span<UInt8>, _ value: Range<Int>) {
        codingFields += 1
        var list: Range<Int>? = value
        while let word = bytes.nextElement(of: &list) {
            if word.isEmpty { continue }
            codings += 1
            endsChunked = bytes.equalsIgnoringCase("chunked", in: word)
            if endsChunked { chunked += 1 }
        }
    }

    /// Where the body ends; whatever two readers could take for two ends is refused.
    func body(isHTTP10: Bool, bytesMax: Int) throws(RequestParseError) -> IncomingRequestHead.Body {
        if codingFields > 0 {
            guard length == nil, codingFields == 1, !isHTTP10, endsChunked, chunked == 1 else {
                throw .ambiguousFraming
            }
            if codings > 1 { throw .unsupportedCoding }
            return .chunked
        }
        guard let length else { return .none }
        if length > bytesMax { throw .bodyTooLarge(max: bytesMax) }
        return .length(length)
    }
}
