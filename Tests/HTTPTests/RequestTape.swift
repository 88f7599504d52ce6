import CrowdModelsProtocol
import HTTP

/// What a parser said of the requests of one connection, however their bytes were cut.
struct RequestTape: Equatable {
    struct Request: Equatable {
        var head: IncomingRequestHead
        var body = ""
        var hasEnded = false
    }

    var requests: [Request] = []
    var error: RequestParseError?
    /// Whether the bytes ended between two requests.
    var isIdle = false

    /// Feeds `pieces` as a connection would: unread bytes stay in a buffer, and behind each request
    /// that keeps the connection another is read.
    init(_ pieces: [ArraySlice<UInt8>], bodyBytesMax: Int = 1_000_000) {
        var parser = HTTPRequestParser(bodyBytesMax: bodyBytesMax)
        var buffer = ByteBuffer()
        var body: [UInt8] = []
        var left = pieces[...]
        while true {
            let step: HTTPRequestParser.Step
            do throws(RequestParseError) {
                step = try parser.next(buffer.span)
            } catch {
                self.error = error
                return
            }
            switch step {
            case .head: requests.append(Request(head: parser.head!))
            case .body(let range, _):
                for at in range { body.append(buffer.span[at]) }
            case .end:
                requests[requests.count - 1].body = String(decoding: body, as: UTF8.self)
                requests[requests.count - 1].hasEnded = true
                body = []
            case .needMore: break
            }
            buffer.consume(step.consumed)
            switch step {
            case .end:
                if !requests[requests.count - 1].head.keepAlive { return }
                parser = HTTPRequestParser(bodyBytesMax: bodyBytesMax)
            case .needMore:
                guard let piece = left.popFirst() else {
                    isIdle = parser.isIdle
                    return
                }
                for byte in piece { buffer.append(byte) }
            default: break
            }
        }
    }

    /// Plays `text` in every cut, and gives the tape if all are the same, else nil.
    static func everyWay(_ text: String, bodyBytesMax: Int = 1_000_000) -> RequestTape? {
        let bytes = Array(text.utf8)
        let whole = RequestTape([bytes[...]], bodyBytesMax: bodyBytesMax)
        for pieces in everyCut(bytes) {
            if RequestTape(pieces, bodyBytesMax: bodyBytesMax) != whole { return nil }
        }
        return whole
    }
}
