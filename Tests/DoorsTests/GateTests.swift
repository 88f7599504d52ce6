import CrowdModelsProtocol
import TestSupport
import Testing

@testable import Doors

/// Whom a listener lets ask, by what requests say of themselves.
@Suite(.tidy) struct GateTests {
    private static let gate = Gate(
        at: "192.168.1.5", hosts: ["Box.local"], origins: ["http://localhost:3000"])

    @Test(arguments: [
        ("localhost", true), ("LOCALHOST:11434", true), ("127.0.0.1:8000", true),
        ("127.1.2.3", true), ("[::1]:8000", true), ("[::1]", true), ("localhost.", true),
        ("192.168.1.5:80", true), ("box.local:1", true), ("evil.example", false),
        ("localhost.evil.example", false), ("127.0.0.1.evil.example", false), ("127.0.0", false),
        ("192.168.1.6", false), ("", false), ("[::2]", false), ("1270.0.0.1", false),
    ])
    func `only its own names lead to a TCP listener`(host: String, isWelcome: Bool) throws {
        let head = try Samples.head(host: host)
        #expect((Self.gate.refusal(of: head) == nil) == isWelcome)
        #expect(isWelcome || Self.gate.refusal(of: head)?.status == 421)
        #expect(Gate.local.refusal(of: head) == nil)
    }

    @Test func `web pages may ask only where they are named`() throws {
        let page = try Samples.head("GET /v1/models", ["Origin: HTTP://localhost:3000"])
        #expect(Self.gate.refusal(of: page) == nil)
        #expect(
            Self.gate.fields(for: page).map(\.value).prefix(2)
                == ["HTTP://localhost:3000", "Origin"])
        for origin in ["http://localhost:3001", "null", "https://localhost:3000", ""] {
            let other = try Samples.head("GET /v1/models", ["Origin: \(origin)"])
            #expect(Self.gate.refusal(of: other)?.status == 403)
            #expect(Self.gate.fields(for: other).isEmpty)
        }
    }

    @Test func `a page is told what it may send`() throws {
        let hall = try Hall(gate: Self.gate)
        let client = hall.enterByTCP()
        client.send(
            "OPTIONS /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
                + "Origin: http://localhost:3000\r\nAccess-Control-Request-Method: POST\r\n"
                + "Access-Control-Request-Headers: authorization, x-y\r\n\r\n")
        let answer = try #require(Answer(client.read()))
        #expect(answer.status == 204)
        #expect(answer["Access-Control-Allow-Origin"] == "http://localhost:3000")
        #expect(answer["Access-Control-Allow-Headers"] == "authorization, x-y")
        #expect(answer["Access-Control-Allow-Methods"] == "GET, HEAD, POST, OPTIONS")
    }

    @Test func `who is refused by his name is not read any further`() throws {
        let hall = try Hall(gate: Self.gate)
        let client = hall.enterByTCP()
        client.send(
            "POST /rpc HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 40\r\n\r\n"
                + #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#)
        let answer = try #require(Answer(client.read()))
        #expect(answer.status == 421 && answer["Connection"] == "close")
        #expect(client.read() == nil)
        #expect(hall.service.asked.isEmpty)
    }
}
