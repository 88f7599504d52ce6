import CrowdModelsProtocol
import Testing

/// `raw` and `suffix`: what editors complete code with.
@Suite struct RawCompletionTests {
    @Test(arguments: [false, true])
    func `a raw prompt goes to the text completion as it is, and its text comes back`(
        isStream: Bool
    ) throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let client = try daemon.connect()
        let id = client.start(
            "complete",
            [
                "model": "ready", "prompt": "def f(", "raw": true, "stream": .bool(isStream),
                "max_tokens": 4,
            ])
        let connection = try server.accept()
        let request = try connection.readRequest()
        #expect(request.hasPrefix("POST /v1/completions "))
        let body = try JSONValue(parsing: connection.body)
        #expect(body["prompt"] == "def f(")
        #expect(body["messages"] == nil)
        #expect(body["max_tokens"] == 4)
        let choice = #"{"choices":[{"text":"x):","finish_reason":"stop"}]}"#
        if isStream {
            connection.beginStream()
            connection.send("data: \(choice)\n\n")
            connection.endStream()
        } else {
            connection.send(
                "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                    + "Content-Length: \(choice.utf8.count)\r\n\r\n\(choice)")
        }
        #expect(try client.answer(to: id)["result"]?["content"] == "x):")
        if isStream {
            #expect(
                client.notes("complete.delta").compactMap { $0["content"]?.stringValue } == ["x):"])
        }
    }

    @Test func `tags mean nothing in a raw text`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let client = try daemon.connect()
        let id = client.start("complete", ["model": "ready", "prompt": "x", "raw": true])
        let connection = try server.acceptRequest()
        let choice = #"{"choices":[{"text":"<think>a</think>b","finish_reason":"stop"}]}"#
        connection.send(
            "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                + "Content-Length: \(choice.utf8.count)\r\n\r\n\(choice)")
        let result = try client.answer(to: id)["result"]
        #expect(result?["content"] == "<think>a</think>b")
        #expect(result?["reasoning"] == nil)
    }

    @Test func `a server without text completion is asked by chat, and the log says so`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let client = try daemon.connect()
        let id = client.start("complete", ["model": "ready", "prompt": "x", "raw": true])
        let none = #"{"detail":"Not Found"}"#
        try server.acceptRequest().send(
            "HTTP/1.1 404 Not Found\r\nConnection: close\r\n"
                + "Content-Length: \(none.utf8.count)\r\n\r\n\(none)")
        let connection = try server.accept()
        #expect(try connection.readRequest().hasPrefix("POST /v1/chat/completions "))
        connection.answer("y")
        #expect(try client.answer(to: id)["result"]?["content"] == "y")
        try daemon.waitForLog(containing: "has no text completion")
    }

    @Test func `what cannot go together, or cannot be had, is refused`() throws {
        let scene = try Scene()
        let client = scene.client
        let messages: JSONValue = [["role": "user", "content": "x"]]
        for params: JSONValue in [
            ["messages": messages, "raw": true],
            ["messages": messages, "suffix": "y"],
            ["prompt": "x", "raw": true, "system_prompt": "s"],
        ] {
            #expect(try client.error("complete", params)["code"] == -32602)
        }
        let error = try client.error("complete", ["prompt": "x", "suffix": "y"])
        #expect(error["code"] == 1010)
        #expect(error["data"]?["what"] == "suffix")
    }
}
