package import CrowdModelsProtocol

/// Fields of an answer that few answers have, in the order in which they are written.
package typealias HTTPFields = [(name: StaticString, value: String)]

extension ByteBuffer {
    /// Appends a field of an answer's head.
    package mutating func append(field name: StaticString, _ value: String) {
        append(name)
        append(": ")
        let utf8 = value.utf8
        let bytes = utf8.span
        if bytes.firstByte(below: 32, from: 0, to: bytes.count) == bytes.count, !bytes.hasDelete {
            append(bytes)
        } else {
            // A name of a model or a backend may hold anything; a line end would be another field.
            for byte in utf8 { append(byte < 32 || byte == 127 ? 63 : byte) }
        }
        append("\r\n")
    }

    /// Appends fields of an answer's head.
    package mutating func append(fields: HTTPFields) {
        for field in fields { append(field: field.name, field.value) }
    }
}

/// Writes the answer to one request: head first, then a body of known length or in chunks.
///
/// One value per request. What a HEAD request, an HTTP/1.0 client or a status without a body must
/// not be sent is left out here, so that nobody who answers has to know.
package struct HTTPResponseWriter: Sendable {
    private enum State: Equatable, Sendable {
        /// Left by a head.
        case fresh
        /// Pieces follow; left by `end`.
        case streaming
        /// Nothing leaves it.
        case ended
    }

    private var state = State.fresh
    private let isHEAD: Bool
    private let isHTTP10: Bool
    private let wantsKeepAlive: Bool

    /// Who answers, in every answer: another daemon of this kind leaves it alone when it looks for
    /// model servers.
    package static let server: StaticString = "crowd-models-executor"

    /// For the answer to a request with this head.
    package init(to head: borrowing IncomingRequestHead) {
        isHEAD = head.asks("HEAD")
        isHTTP10 = head.isHTTP10
        wantsKeepAlive = head.keepAlive
    }

    /// For the answer to a request that could not be read, after which the connection closes.
    package init() {
        isHEAD = false
        isHTTP10 = false
        wantsKeepAlive = false
    }

    /// Whether the connection is to be closed after the answer: the client wished it, or the end of
    /// the body cannot be told in another way.
    package private(set) var mustClose = false

    /// Whether all of the answer is written.
    package var hasEnded: Bool { state == .ended }

    /// What most heads are shorter than.
    private static let headBytes = 400

    /// Gives a client that waits for it leave to send its body.
    package static func writeContinue(to out: inout ByteBuffer) {
        out.append("HTTP/1.1 100 Continue\r\n\r\n")
    }

    /// Writes a whole answer. 204 and 304 have no body. `closes`: nothing more is answered on this
    /// connection, whatever the client wished. `addFields` appends fields.
    package mutating func whole(
        _ status: Int, contentType: String = "application/json", body: Span<UInt8>,
        closes: Bool = false, to out: inout ByteBuffer,
        addFields: (inout ByteBuffer) -> Void = { _ in }
    ) {
        precondition(state == .fresh, "an answer has one head")
        mustClose = closes || !wantsKeepAlive
        out.reserve(body.count &+ Self.headBytes)
        head(status, to: &out)
        if status != 204, status != 304 {
            write(contentType: contentType, to: &out)
            out.append("Content-Length: ")
            out.append(decimal: body.count)
            out.append("\r\n")
        }
        addFields(&out)
        out.append("\r\n")
        if !isHEAD, status != 204, status != 304 { out.append(body) }
        state = .ended
    }

    /// Begins an answer whose pieces follow: an event stream, or lines of JSON.
    package mutating func begin(
        _ status: Int, contentType: String = "text/event-stream", to out: inout ByteBuffer,
        addFields: (inout ByteBuffer) -> Void = { _ in }
    ) {
        precondition(state == .fresh, "an answer has one head")
        mustClose = !wantsKeepAlive || isHTTP10
        head(status, to: &out)
        write(contentType: contentType, to: &out)
        out.append("Cache-Control: no-cache\r\n")
        if !isHTTP10 { out.append("Transfer-Encoding: chunked\r\n") }
        addFields(&out)
        out.append("\r\n")
        state = .streaming
    }

    /// Writes one piece of the body, in one chunk.
    package func piece(_ bytes: Span<UInt8>, to out: inout ByteBuffer) {
        precondition(state == .streaming, "pieces stand between a head and an end")
        // A chunk of no bytes would end the body.
        if isHEAD || bytes.isEmpty { return }
        beginChunk(bytes.count, to: &out)
        out.append(bytes)
        endChunk(to: &out)
    }

    /// Writes one event, in one chunk. `data` is one line: JSON has no line ends of its own.
    package func event(
        _ name: StaticString? = nil, data: Span<UInt8>, to out: inout ByteBuffer
    ) {
        precondition(state == .streaming, "events stand between a head and an end")
        if isHEAD { return }
        let named = name.map { "event: \n".utf8.count + $0.utf8CodeUnitCount } ?? 0
        beginChunk(named + "data: \n\n".utf8.count + data.count, to: &out)
        if let name {
            out.append("event: ")
            out.append(name)
            out.append("\n")
        }
        out.append("data: ")
        out.append(data)
        out.append("\n\n")
        endChunk(to: &out)
    }

    /// Writes a comment, which keeps proxies and clients from taking the silence for an end.
    package func comment(to out: inout ByteBuffer) {
        precondition(state == .streaming, "comments stand between a head and an end")
        if isHEAD { return }
        let comment: StaticString = ": keep-alive\n\n"
        beginChunk(comment.utf8CodeUnitCount, to: &out)
        out.append(comment)
        endChunk(to: &out)
    }

    /// Ends an answer that was begun.
    package mutating func end(to out: inout ByteBuffer) {
        precondition(state == .streaming, "what was begun ends once")
        state = .ended
        if !isHEAD, !isHTTP10 { out.append("0\r\n\r\n") }
    }

    private func head(_ status: Int, to out: inout ByteBuffer) {
        if status == 200 {
            out.append("HTTP/1.1 200 OK\r\nServer: ")
        } else {
            out.append("HTTP/1.1 ")
            out.append(decimal: status)
            out.append(" ")
            out.append(Self.reason(status))
            out.append("\r\nServer: ")
        }
        out.append(Self.server)
        out.append("\r\n")
        if mustClose {
            out.append("Connection: close\r\n")
        } else if isHTTP10 {
            out.append("Connection: keep-alive\r\n")
        }
    }

    private func write(contentType: String, to out: inout ByteBuffer) {
        out.append("Content-Type: ")
        out.append(utf8: contentType)
        out.append("\r\n")
    }

    private func beginChunk(_ count: Int, to out: inout ByteBuffer) {
        if isHTTP10 { return }
        var shift = (63 &- count.leadingZeroBitCount) & ~3
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: count &>> shift & 15)
            out.append(digit < 10 ? 48 &+ digit : 87 &+ digit)
            shift &-= 4
        }
        out.append("\r\n")
    }

    private func endChunk(to out: inout ByteBuffer) {
        if !isHTTP10 { out.append("\r\n") }
    }

    private static func reason(_ status: Int) -> StaticString {
        switch status {
        case 200: "OK"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 499: "Client Closed Request"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Unknown"
        }
    }
}
