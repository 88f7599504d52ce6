import CrowdModelsProtocol
import Kernel
import Sessions
import TestSupport
import Testing

@testable import Doors

/// `POST /rpc`: JSON-RPC in the body of a request.
@Suite(.tidy) struct DoorConversationTests {
    private func ask(_ hall: Hall, _ body: String) throws -> Answer {
        try #require(Answer(hall.ask(Ask.post("/rpc", body))))
    }

    @Test func `a request is answered with 200, whatever the answer`() throws {
        let hall = try Hall()
        let pong = try ask(hall, "{\"jsonrpc\":\"2.0\",\n \"id\":1,\"method\":\"ping\"}")
        #expect(pong.status == 200 && pong.json?["result"]?["ok"] == true)
        #expect(pong["Content-Type"] == "application/json")
        let unknown = try ask(hall, #"{"jsonrpc":"2.0","id":1,"method":"pong"}"#)
        #expect(unknown.status == 200 && unknown.json?["error"]?["code"] == -32601)
        #expect(try ask(hall, "{").json?["error"]?["code"] == -32700)
        #expect(try ask(hall, "").json?["error"]?["code"] == -32700)
    }

    @Test func `notifications alone are answered with nothing`() throws {
        let hall = try Hall()
        let answer = try ask(hall, #"{"jsonrpc":"2.0","method":"ping"}"#)
        #expect(answer.status == 204 && answer.body.isEmpty)
        #expect(answer["Content-Length"] == nil)
    }

    @Test func `a batch is answered when the last of it is`() throws {
        let hall = try Hall()
        let client = hall.enter()
        let call = #"{"jsonrpc":"2.0","id":2,"method":"complete","params":{"prompt":"x"}}"#
        client.send(
            Ask.post("/rpc", #"[{"jsonrpc":"2.0","id":1,"method":"ping"},\#(call)]"#))
        #expect(client.read() == "")
        hall.service.jobs[0].finish("{}")
        let answer = try #require(Answer(client.read()))
        #expect(answer.json?[0]?["id"] == 1 && answer.json?[1]?["id"] == 2)
    }

    @Test func `a subscription needs a connection of its own`() throws {
        let answer = try ask(
            try Hall(),
            #"{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"topics":["log"]}}"#)
        #expect(answer.json?["error"]?["code"] == -32600)
    }

    @Test func `a client that goes abandons its batch`() throws {
        let hall = try Hall()
        let client = hall.enter()
        let call = #"{"jsonrpc":"2.0","id":2,"method":"complete","params":{"prompt":"x"}}"#
        client.send(Ask.post("/rpc", "[\(call)]"))
        client.leave()
        hall.loop.runTurns()
        #expect(hall.service.jobs[0].events == ["abandoned"])
        #expect(hall.desk.memory.held == 0)
    }
}
