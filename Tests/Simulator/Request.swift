/// One HTTP request, read whole.
struct Request: Sendable {
    struct Header: Sendable {
        let name: String
        let value: String
    }

    /// Why a request cannot be read, as the status line that says so.
    struct Bad: Error {
        let status: Int
        static let syntax = Bad(status: 400)
        static let bodyTooLarge = Bad(status: 413)
        static let headTooLarge = Bad(status: 431)
        static let coding = Bad(status: 501)
        static let version = Bad(status: 505)
    }

    /// Node's limit is 16 KiB; ours is wider so that a client's fault shows itself elsewhere.
    static let headBytesMax = 64 << 10
    static let headersMax = 200
    /// A long conversation with pictures fits.
    static let bodyBytesMax = 64 << 20

    var method = ""
    var target = ""
    var headers: [Header] = []
    var body: [UInt8] = []
    var keepAlive = true
    /// The body's length in bytes, or nil when it is chunked.
    var contentLength: Int? = 0
    var expectsContinue = false
    /// HTTP/1.0 knows no chunks.
    var isOld = false

    /// The target without its query, with `%41` decoded.
    var path: String {
        let raw = Array(target.utf8.prefix { $0 != UInt8(ascii: "?") })
        var decoded: [UInt8] = []
        var at = 0
        while at < raw.count {
            if raw[at] == UInt8(ascii: "%"), at + 2 < raw.count,
                let byte = UInt8(String(decoding: raw[at + 1...at + 2], as: UTF8.self), radix: 16)
            {
                decoded.append(byte)
                at += 3
            } else {
                decoded.append(raw[at])
                at += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}
