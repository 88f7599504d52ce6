package import CrowdModelsProtocol

/// The head of every request to one route of one server, prepared once: to send one is a copy and
/// a number.
///
/// It may hold a key, so that it never prints its bytes.
package struct HTTPRequestHead: Sendable {
    /// What the servers' APIs use.
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case head = "HEAD"
    }

    /// Why a head was refused; it names the part, never its value.
    package enum Refusal: Error, Equatable, Sendable {
        /// The path is empty, does not start with "/", or holds a space, a control character or a
        /// byte above ASCII: these are to be percent-encoded.
        case badTarget
        /// The host is empty or holds something that no `host:port` does.
        case badHost
        /// The name of a field, by its place among the fields, is empty or no token.
        case badFieldName(index: Int)
        /// The field is written by the head itself or would change where a message ends.
        case reservedField(name: String)
        /// The value holds a control character, such as a line end, or blanks at its ends.
        case badFieldValue(name: String)
        /// The key holds a control character or a blank at its ends, or is empty.
        case badAuthorization
        /// All of it is over `HTTPLimits.requestHeadBytesMax`.
        case tooLarge
    }

    /// All up to the value of Content-Length, or up to the end for a request without a body.
    let bytes: [UInt8]
    private let hasBody: Bool

    /// Prepares `method target HTTP/1.1` with Host and `fields`. `host`: `name`, `name:port` or
    /// `[v6]:port`; `authorization`: the whole value, such as `Bearer …`. With `hasBody` every
    /// request has a Content-Length, of 0 too.
    package init(
        _ method: Method, target: String, host: String, fields: [(name: String, value: String)],
        authorization: [UInt8]? = nil, hasBody: Bool
    ) throws(Refusal) {
        guard target.utf8.first == UInt8(ascii: "/"),
            target.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "#") })
        else { throw .badTarget }
        guard !host.isEmpty, host.utf8.allSatisfy(Self.isHostCharacter) else { throw .badHost }
        var bytes = Array("\(method.rawValue) \(target) HTTP/1.1\r\nHost: \(host)\r\n".utf8)
        for (index, field) in fields.enumerated() {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(\.isTokenCharacter) else {
                throw .badFieldName(index: index)
            }
            if Self.reserved.contains(field.name.lowercased()) {
                throw .reservedField(name: field.name)
            }
            guard Self.isValue(Array(field.value.utf8)) else {
                throw .badFieldValue(name: field.name)
            }
            bytes += Array("\(field.name): \(field.value)\r\n".utf8)
        }
        if let authorization {
            guard !authorization.isEmpty, Self.isValue(authorization) else {
                throw .badAuthorization
            }
            bytes += Array("Authorization: ".utf8) + authorization + [13, 10]
        }
        bytes += Array((hasBody ? "Content-Length: " : "\r\n").utf8)
        if bytes.count > HTTPLimits.requestHeadBytesMax { throw .tooLarge }
        self.bytes = bytes
        self.hasBody = hasBody
    }

    /// Appends the head of a request whose body, which follows it, has `contentLength` bytes; that
    /// has to be 0 if the head was prepared for requests without one.
    package func append(to buffer: inout ByteBuffer, contentLength: Int = 0) {
        precondition(contentLength >= 0 && (hasBody || contentLength == 0))
        buffer.append(bytes.span)
        if hasBody {
            buffer.append(decimal: contentLength)
            buffer.append("\r\n\r\n")
        }
    }

    /// Fields that a caller may not set, in lowercase.
    private static let reserved: Set<String> = [
        "host", "content-length", "transfer-encoding", "authorization", "connection", "upgrade",
        "expect", "te", "trailer",
    ]

    private static func isHostCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~:[]%".utf8.contains(byte)
        }
    }

    private static func isValue(_ value: [UInt8]) -> Bool {
        value.first != 32 && value.first != 9 && value.last != 32 && value.last != 9
            && value.allSatisfy { $0 >= 32 && $0 != 127 || $0 == 9 }
    }
}

extension HTTPRequestHead: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// Its size alone.
    package var description: String { "HTTPRequestHead(\(bytes.count) bytes)" }
    /// Its size alone.
    package var debugDescription: String { description }
    /// Nothing, so that `dump` shows no key.
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}

extension HTTPRequestHead.Refusal: CustomStringConvertible {
    /// One sentence: what was refused, and what to do about it.
    package var description: String {
        switch self {
        case .badTarget:
            "the path has to start with / and be free of blanks, # and non-ASCII: percent-encode it"
        case .badHost: "the host is empty or holds a character that no host name has"
        case .badFieldName(let index): "header field \(index) has a name that is no token"
        case .reservedField(let name): "the header field \(name) is written by the daemon itself"
        case .badFieldValue(let name):
            "the value of header field \(name) holds a line end, another control character or "
                + "blanks at its ends"
        case .badAuthorization:
            "the API key is empty or holds a line end, another control character or blanks at its "
                + "ends: check where it was read from"
        case .tooLarge: "the request's head is over \(HTTPLimits.requestHeadBytesMax) bytes"
        }
    }
}
