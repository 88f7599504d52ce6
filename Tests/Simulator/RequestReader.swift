/// Reads requests from one connection, one after the other; what comes too early waits here.
struct RequestReader {
    private let socket: Socket
    private var inbox: [UInt8] = []
    private var start = 0

    enum Failure: Error {
        /// The peer closed, or was silent for too long.
        case over
        case bad(Request.Bad)
    }

    init(_ socket: Socket) { self.socket = socket }

    /// Bytes that arrived and were not asked for yet.
    var waiting: ArraySlice<UInt8> { inbox[start...] }

    mutating func next() throws(Failure) -> Request {
        var request = try head()
        if request.expectsContinue && waiting.isEmpty && request.contentLength != 0 {
            if !socket.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) { throw .over }
        }
        if let length = request.contentLength {
            request.body = try take(length)
        } else {
            request.body = try chunks()
        }
        return request
    }

    mutating func consume(_ count: Int) {
        start += count
        if start == inbox.count {
            inbox.removeAll(keepingCapacity: true)
            start = 0
        }
    }

    mutating func fill() throws(Failure) {
        if start > 0 {
            inbox.removeFirst(start)
            start = 0
        }
        guard case .bytes = socket.receive(into: &inbox) else { throw .over }
    }

    private mutating func head() throws(Failure) -> Request {
        var searched = 0
        while true {
            // Clients may send an empty line before a request (RFC 9112, 2.2).
            while waiting.starts(with: [13, 10]) { consume(2) }
            if let end = RequestReader.emptyLine(in: inbox, from: start + searched) {
                let lines = inbox[start..<end]
                if lines.count > Request.headBytesMax { throw .bad(.headTooLarge) }
                let request = try RequestReader.parse(lines)
                consume(end + 2 - start)
                return request
            }
            if waiting.count > Request.headBytesMax { throw .bad(.headTooLarge) }
            searched = max(0, waiting.count - 3)
            try fill()
        }
    }

    private static func parse(_ lines: ArraySlice<UInt8>) throws(Failure) -> Request {
        do {
            return try Request(head: lines)
        } catch {
            throw .bad(error)
        }
    }

    /// Where the last header line ends: before the CR LF that stands alone.
    private static func emptyLine(in bytes: [UInt8], from start: Int) -> Int? {
        var at = start
        while at + 3 < bytes.count {
            if bytes[at + 2] == 13 && bytes[at + 3] == 10 && bytes[at] == 13 && bytes[at + 1] == 10
            {
                return at + 2
            }
            at += 1
        }
        return nil
    }

    private mutating func take(_ count: Int) throws(Failure) -> [UInt8] {
        while waiting.count < count { try fill() }
        let bytes = Array(waiting.prefix(count))
        consume(count)
        return bytes
    }

    /// Takes one line of at most `limit` bytes without its CR LF.
    private mutating func line(limit: Int) throws(Failure) -> [UInt8] {
        while true {
            if let feed = waiting.firstIndex(of: 10) {
                guard feed > start, inbox[feed - 1] == 13 else { throw .bad(.syntax) }
                let line = Array(inbox[start..<feed - 1])
                consume(feed + 1 - start)
                return line
            }
            if waiting.count > limit { throw .bad(.headTooLarge) }
            try fill()
        }
    }

    private mutating func chunks() throws(Failure) -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let size = try line(limit: 4096).prefix { $0 != UInt8(ascii: ";") }
            guard !size.isEmpty, size.count <= 8, size.first != UInt8(ascii: "+"),
                let count = Int(String(decoding: size, as: UTF8.self), radix: 16), count >= 0
            else { throw .bad(.syntax) }
            if count == 0 { break }
            if body.count + count > Request.bodyBytesMax { throw .bad(.bodyTooLarge) }
            body += try take(count)
            if try !take(2).elementsEqual([13, 10]) { throw .bad(.syntax) }
        }
        while try !line(limit: Request.headBytesMax).isEmpty {}
        return body
    }
}
