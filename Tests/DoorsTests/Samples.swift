import CrowdModelsProtocol
import HTTP
import Testing

@testable import Doors

/// Requests for tongues, without a connection.
enum Samples {
    /// Reads a head as a connection would.
    static func head(
        _ line: String = "GET /", _ fields: [String] = [], host: String = "localhost"
    ) throws -> IncomingRequestHead {
        var text = "\(line) HTTP/1.1\r\nHost: \(host)\r\n"
        for field in fields { text += field + "\r\n" }
        text += "\r\n"
        var parser = HTTPRequestParser(bodyBytesMax: 1 << 20)
        let bytes = Array(text.utf8)
        _ = try parser.next(bytes.span)
        return try #require(parser.head)
    }

    /// Where a request leads.
    static func route(_ line: String, _ fields: [String] = []) throws -> Route {
        Router.route(try head(line, fields))
    }

    /// Shows `look` a request whose body is `body`.
    static func withRequest(
        _ line: String = "POST /v1/chat/completions", fields: [String] = [], body: String,
        _ look: (DoorRequest) throws -> Void
    ) throws {
        let bytes = Array(body.utf8)
        var members: [JSONMember] = []
        if !bytes.isEmpty {
            try JSONText.validate(bytes.span)
            var reader = JSONMemberReader(from: 0)
            while let member = try reader.next(in: bytes.span) { members.append(member) }
        }
        let head = try head(line, fields)
        let request = DoorRequest(
            head, body: bytes.span, members: members, receivedAt: 1_790_000_000, key: "1-1")
        try look(request)
    }
}
