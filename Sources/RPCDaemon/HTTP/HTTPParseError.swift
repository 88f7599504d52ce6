/// Why the bytes of an answer are not one; the connection they came from is to be closed.
package enum HTTPParseError: Error, Equatable, Sendable {
    /// The peer closed before the first byte: the one case in which a request may be sent again.
    case closedWithoutAnswer
    /// The peer closed in the midst of the head or of a body whose end was announced.
    case truncated
    /// The answer does not begin with `HTTP/`.
    case notHTTP
    /// The answer is in a version other than 1.x.
    case unsupportedVersion
    /// The status line is not `HTTP/1.x NNN …` with a status from 100 to 999.
    case badStatusLine
    /// 101: the server left HTTP, which nobody asked for.
    case switchedProtocols
    /// A header line without a colon, or with an empty or faulty name.
    case badHeader
    /// A control character, or a carriage return that ends no line, in a head or chunk line.
    case controlCharacter
    /// A Content-Length that is no number, is too large, or contradicts another one.
    case badContentLength
    /// A Transfer-Encoding other than `chunked`.
    case unsupportedTransferEncoding
    /// A chunk without a readable size, too large, or not followed by a line end.
    case badChunk
    /// More than `HTTPLimits.headBytesMax`.
    case headTooLarge
    /// More than `HTTPLimits.headerCountMax`.
    case tooManyHeaders
    /// More than `HTTPLimits.interimAnswersMax`.
    case tooManyInterimAnswers
    /// More than `HTTPLimits.chunkLineBytesMax`.
    case chunkLineTooLarge
    /// More than `HTTPLimits.trailerBytesMax`.
    case trailersTooLarge
}

extension HTTPParseError: CustomStringConvertible {
    /// One sentence for a log line or a caller: what was wrong with the answer.
    package var description: String {
        switch self {
        case .closedWithoutAnswer: "the server closed the connection without an answer"
        case .truncated: "the server closed the connection in the midst of its answer"
        case .notHTTP: "the answer is not HTTP: check scheme and port of the endpoint"
        case .unsupportedVersion: "the answer is not HTTP/1.0 or HTTP/1.1"
        case .badStatusLine: "the answer's status line is malformed"
        case .switchedProtocols: "the server switched protocols unasked (status 101)"
        case .badHeader: "the answer has a malformed header line"
        case .controlCharacter: "the answer's head or chunk line holds a control character"
        case .badContentLength: "the answer's Content-Length is malformed or contradictory"
        case .unsupportedTransferEncoding: "the answer's Transfer-Encoding is other than chunked"
        case .badChunk: "the answer's chunked body is malformed"
        case .headTooLarge: "the answer's head is over \(HTTPLimits.headBytesMax) bytes"
        case .tooManyHeaders: "the answer has over \(HTTPLimits.headerCountMax) header fields"
        case .tooManyInterimAnswers:
            "the server sent over \(HTTPLimits.interimAnswersMax) interim (1xx) answers"
        case .chunkLineTooLarge:
            "the answer has a chunk-size line over \(HTTPLimits.chunkLineBytesMax) bytes"
        case .trailersTooLarge:
            "the answer's trailers are over \(HTTPLimits.trailerBytesMax) bytes"
        }
    }
}
