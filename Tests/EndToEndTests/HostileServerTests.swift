import CrowdModelsProtocol
import Testing

/// Servers that answer with what no honest one sends: the caller is told, the daemon lives on.
@Suite struct HostileServerTests {
    private static func ask(_ client: SocketClient, stream: Bool) -> JSONValue {
        client.start("complete", ["model": "ready", "prompt": "x", "stream": .bool(stream)])
    }

    @Test func `of a list and of an error no more is read than the configuration allows`() throws {
        let server = ScriptedServer()
        let daemon = try DaemonProcess(
            server.config(
                kind: "openai",
                "\n[limits]\nlist_bytes_max = 65536\nerror_body_bytes_max = 1024\n"))
        let long = String(repeating: "x", count: 70_000)
        try server.answerLook([("/v1/models", ScriptedServer.list(long, owner: "me"))])
        try daemon.waitForLog(containing: "65536 bytes")
        let client = try daemon.connect()
        let refresh = client.start("models.refresh")
        try server.answerLook([("/v1/models", ScriptedServer.list("m", owner: "me"))])
        #expect(try client.answer(to: refresh)["result"]?["errors"] == [])
        let id = client.start("complete", ["prompt": "x"])
        let words = "it begins " + String(repeating: "y", count: 2000) + "and ends"
        try server.acceptRequest().refuse(500, words)
        let error = try client.answer(to: id)["error"]?.text ?? ""
        #expect(error.contains("it begins") && !error.contains("and ends"))
    }

    @Test(arguments: [false, true])
    func `token counts that no server can mean count as not said`(
        isStream: Bool
    ) throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let client = try daemon.connect()
        let usage = "{\"prompt_tokens\":\(Int.max),\"completion_tokens\":1}"
        for _ in 0..<3 {
            let id = Self.ask(client, stream: isStream)
            let connection = try server.acceptRequest()
            let message = isStream ? "delta" : "message"
            let body = "{\"choices\":[{\"\(message)\":{\"content\":\"a\"}}],\"usage\":\(usage)}"
            if isStream {
                connection.beginStream()
                connection.send("data: \(body)\n\n")
                connection.endStream()
            } else {
                connection.send(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
            }
            let result = try client.answer(to: id)["result"]
            #expect(result?["usage"]?["prompt_tokens"] == nil)
            #expect(result?["usage"]?["total_tokens"] == 1)
        }
        #expect(try client.result("stats")["requests"]?["succeeded"] == 3)
    }

    @Test func `a stream without end is cut where its result could not be sent`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(backend: "", "[limits]\noutput_bytes_max = 65536")
        let client = try daemon.connect()
        let id = Self.ask(client, stream: true)
        let connection = try server.acceptRequest()
        connection.beginStream()
        let token = String(repeating: "x", count: 8192)
        for _ in 0..<9 { connection.sendToken(token) }
        let error = try client.answer(to: id)["error"]
        #expect(error?["code"] == 1013, "\(error?.text ?? "")")
        #expect(error?["data"]?["limit"] == "output_bytes_max")
        _ = try connection.waitForClose()
        #expect(client.notes("complete.delta").count >= 7)
        #expect(try client.result("ping")["ok"] == true)
    }

    @Test func `more tool calls than any model makes are refused`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let client = try daemon.connect()
        for (count, code) in [(1024, nil), (1025, 1004)] as [(Int, JSONValue?)] {
            let id = Self.ask(client, stream: true)
            let connection = try server.acceptRequest()
            connection.beginStream()
            let calls = (0..<count).map {
                "{\"index\":\($0),\"id\":\"c\($0)\",\"function\":{\"name\":\"f\"}}"
            }.joined(separator: ",")
            connection.send("data: {\"choices\":[{\"delta\":{\"tool_calls\":[\(calls)]}}]}\n\n")
            connection.endStream()
            let answer = try client.answer(to: id)
            #expect(answer["error"]?["code"] == code)
            let made = answer["result"]?["tool_calls"]?.arrayValue?.count
            #expect(made == (code == nil ? count : nil))
        }
    }
}
