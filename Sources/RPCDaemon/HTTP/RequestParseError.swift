/// Why the bytes of a client are no request; it gets `status`, and its connection closed:
/// nobody knows where the next request would begin.
package enum RequestParseError: Error, Equatable, Sendable {
    /// The first line is not `METHOD target HTTP/1.x`, in its strict form.
    case badRequestLine
    /// A version other than HTTP/1.x.
    case unsupportedVersion
    /// A line ends with a line feed alone, or holds a control character.
    case badLine
    /// A field without a colon, without a name, with blanks before the colon, or folded.
    case badField
    /// HTTP/1.1 without Host, or Host twice.
    case badHost
    /// A Content-Length that is no number, or more than one.
    case badContentLength
    /// Transfer-Encoding beside Content-Length, twice, in HTTP/1.0 or without `chunked` at its end:
    /// two readers would see two ends of the body (RFC 9112, 6.3).
    case ambiguousFraming
    /// A Transfer-Encoding that is none of ours.
    case unsupportedCoding
    /// A chunk without a readable size, or not followed by a line end.
    case badChunk
    /// A Content-Encoding: no body is unpacked.
    case unsupportedContent
    /// An Expect other than `100-continue`.
    case unsupportedExpectation
    /// More than `HTTPLimits.headBytesMax`, or a line of framing that is too long.
    case headTooLarge
    /// More than `HTTPLimits.requestFieldsMax`.
    case tooManyFields
    /// More than the body may have, in bytes.
    case bodyTooLarge(max: Int)

    /// The status of the answer.
    package var status: Int {
        switch self {
        case .badRequestLine, .badLine, .badField, .badHost, .badContentLength,
            .ambiguousFraming, .badChunk:
            400
        case .bodyTooLarge: 413
        case .unsupportedContent: 415
        case .unsupportedExpectation: 417
        case .headTooLarge, .tooManyFields: 431
        case .unsupportedCoding: 501
        case .unsupportedVersion: 505
        }
    }
}

extension RequestParseError: CustomStringConvertible {
    /// One sentence for the client: what is wrong with its request.
    package var description: String {
        switch self {
        case .badRequestLine: "the request line is not METHOD target HTTP/1.1"
        case .unsupportedVersion: "only HTTP/1.0 and HTTP/1.1 are understood"
        case .badLine: "a line does not end with CR LF, or holds a control character"
        case .badField: "a header field is not NAME: VALUE on one line"
        case .badHost: "HTTP/1.1 needs one Host field"
        case .badContentLength: "Content-Length is no number, or given twice"
        case .ambiguousFraming:
            "Content-Length and Transfer-Encoding do not say one length of the body"
        case .unsupportedCoding: "the only Transfer-Encoding understood is chunked"
        case .badChunk: "the chunked body is malformed"
        case .unsupportedContent: "no Content-Encoding is understood; send the body as it is"
        case .unsupportedExpectation: "the only Expect understood is 100-continue"
        case .headTooLarge: "the head is over \(HTTPLimits.headBytesMax) bytes"
        case .tooManyFields: "the head has over \(HTTPLimits.requestFieldsMax) fields"
        case .bodyTooLarge(let max): "the body is over \(max) bytes (line_bytes_max)"
        }
    }
}
