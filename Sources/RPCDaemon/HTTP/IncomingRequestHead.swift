/// The head of a request that a client sent: checked, and kept as it came.
package struct IncomingRequestHead: Equatable, Sendable {
    /// How long the body is.
    package enum Body: Equatable, Sendable {
        case none
        case length(Int)
        case chunked
    }

    package let method: String
    /// The path and the query, without scheme and host; `*` for OPTIONS.
    package let target: String
    package let isHTTP10: Bool
    package private(set) var body = Body.none
    /// Whether the connection may carry another request after this one.
    package private(set) var keepAlive: Bool
    /// Whether the client waits for leave to send its body.
    package private(set) var expectsContinue = false
    private var fields: [(name: String, value: String)] = []

    /// The value of the first field of that name, which is to be in lower case.
    package subscript(name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    /// Reads the first line, without its line end.
    init(line: Span<UInt8>) throws(RequestParseError) {
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
        let targetEnd = at
        let version = at &+ 1..<line.count
        guard line.starts(with: "HTTP/", at: version.lowerBound), version.count == 8 else {
            throw .badRequestLine
        }
        let minor = line[version.lowerBound + 7]
        guard line[version.lowerBound + 5] == UInt8(ascii: "1"),
            line[version.lowerBound + 6] == UInt8(ascii: "."), minor &- 48 <= 9
        else { throw .unsupportedVersion }
        method = Self.text(line.extracting(0..<methodEnd))
        target = try Self.target(Self.text(line.extracting(start..<targetEnd)), method)
        isHTTP10 = minor == UInt8(ascii: "0")
        keepAlive = !isHTTP10
    }

    /// The path of a target in any of its forms (RFC 9112, 3.2).
    private static func target(
        _ text: String, _ method: String
    ) throws(RequestParseError) -> String {
        if text.hasPrefix("/") { return text }
        if text == "*", method == "OPTIONS" { return text }
        for scheme in ["http://", "https://"] where text.lowercased().hasPrefix(scheme) {
            let rest = text.utf8.dropFirst(scheme.utf8.count)
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return "/" }
            return String(decoding: rest[slash...], as: UTF8.self)
        }
        throw .badRequestLine
    }

    private static func text(_ bytes: Span<UInt8>) -> String {
        unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Reads one field, without its line end.
    mutating func read(field line: Span<UInt8>) throws(RequestParseError) {
        var colon = 0
        while colon < line.count, line[colon].isTokenCharacter { colon &+= 1 }
        guard colon > 0, colon < line.count, line[colon] == UInt8(ascii: ":") else {
            throw .badField
        }
        if fields.count == HTTPLimits.requestFieldsMax { throw .tooManyFields }
        let value = line.trimmed(colon &+ 1..<line.count)
        fields.append(
            (
                Self.text(line.extracting(0..<colon)).lowercased(),
                Self.text(line.extracting(value))
            ))
    }

    /// Draws the conclusions once all fields are known.
    mutating func settle(bodyBytesMax: Int) throws(RequestParseError) {
        let hosts = values("host")
        guard hosts.count == 1 || (isHTTP10 && hosts.isEmpty) else { throw .badHost }
        for token in tokens("connection") {
            if token == "close" {
                keepAlive = false
            } else if token == "keep-alive", isHTTP10 {
                keepAlive = true
            }
        }
        if tokens("connection").contains("close") { keepAlive = false }
        for expectation in tokens("expect") {
            guard expectation == "100-continue" else { throw .unsupportedExpectation }
            expectsContinue = !isHTTP10
        }
        body = try framing(bodyBytesMax)
        if body == .none || body == .length(0) { expectsContinue = false }
    }

    /// Where the body ends; whatever two readers could take for two ends is refused.
    private func framing(_ bodyBytesMax: Int) throws(RequestParseError) -> Body {
        let lengths = values("content-length")
        let codings = values("transfer-encoding")
        if !codings.isEmpty {
            guard lengths.isEmpty, codings.count == 1, !isHTTP10 else { throw .ambiguousFraming }
            let words = tokens("transfer-encoding")
            guard words.last == "chunked", !words.dropLast().contains("chunked") else {
                throw .ambiguousFraming
            }
            if words.count > 1 { throw .unsupportedCoding }
            return .chunked
        }
        guard let length = lengths.first else { return .none }
        let digits = length.utf8
        guard lengths.count == 1, !digits.isEmpty, digits.count <= 19,
            digits.allSatisfy({ $0 &- 48 <= 9 }), let number = Int(length)
        else { throw .badContentLength }
        if number > bodyBytesMax { throw .bodyTooLarge(max: bodyBytesMax) }
        return .length(number)
    }

    private func values(_ name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }

    /// The elements of a field that is a list, in lower case.
    private func tokens(_ name: String) -> [String] {
        values(name).flatMap { value in
            value.split(separator: ",", omittingEmptySubsequences: true).map { element in
                String(
                    decoding: element.utf8.drop { $0 == 32 || $0 == 9 }
                        .reversed().drop { $0 == 32 || $0 == 9 }.reversed(),
                    as: UTF8.self
                ).lowercased()
            }
        }.filter { !$0.isEmpty }
    }

    package static func == (a: Self, b: Self) -> Bool {
        a.method == b.method && a.target == b.target && a.isHTTP10 == b.isHTTP10
            && a.body == b.body && a.keepAlive == b.keepAlive
            && a.expectsContinue == b.expectsContinue
            && a.fields.elementsEqual(b.fields) { $0 == $1 }
    }
}
