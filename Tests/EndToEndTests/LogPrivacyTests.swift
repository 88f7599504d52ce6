import CrowdModelsProtocol
import Testing

/// Nothing of what was said, nor any key, is in the log, whichever door it came through.
@Suite struct LogPrivacyTests {
    /// What no line may hold. It is a word that no other text has.
    private static let mark = "Zyx7Secret"

    private static func debugDaemon(_ config: String, _ format: String) throws -> DaemonProcess {
        try DaemonProcess(
            config, arguments: ["--log-level", "debug", "--log-format", format], waits: false)
    }

    /// Bodies of each path, some well formed and some not.
    private static let bodies: [(path: String, body: String)] = {
        let said = #""messages":[{"role":"user","content":"echo:\#(mark)"}]"#
        let model = #""model":"llama-2-7b-chat""#
        return [
            ("/v1/chat/completions", "{\(model),\(said)}"),
            ("/v1/chat/completions", "{\(model),\(said),\"stream\":true}"),
            ("/v1/chat/completions", "{\(model),\(said),\"temperature\":\"\(mark)\"}"),
            ("/v1/chat/completions", #"{"model":"none",\#(said)}"#),
            ("/v1/chat/completions", "{\(model),\(said)"),
            ("/v1/completions", #"{\#(model),"prompt":"echo:\#(mark)"}"#),
            ("/v1/responses", #"{\#(model),"input":"echo:\#(mark)","instructions":"\#(mark)"}"#),
            ("/v1/responses", #"{\#(model),"input":{"\#(mark)":1}}"#),
            ("/v1/messages", "{\(model),\"max_tokens\":9,\(said),\"system\":\"\(mark)\"}"),
            ("/v1/messages", "{\(model),\"max_tokens\":9,\"messages\":\"\(mark)\"}"),
            ("/v1/messages/count_tokens", "{\(model),\(said)}"),
            ("/api/chat", "{\(model),\(said)}"),
            ("/api/generate", #"{\#(model),"prompt":"echo:\#(mark)","system":"\#(mark)"}"#),
            ("/api/embed", #"{"model":"nomic","input":["\#(mark)"]}"#),
            ("/v1/embeddings", #"{"model":"nomic","input":"\#(mark)"}"#),
            (
                "/mcp",
                #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"complete","#
                    + #""arguments":{"prompt":"echo:\#(mark)"}}}"#
            ),
            (
                "/mcp",
                #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\#(mark)"}}"#
            ),
            ("/nowhere", mark),
        ]
    }()

    /// Params of methods of the socket, right ones and wrong ones.
    private static let calls: [(method: String, params: JSONValue)] = {
        let said = JSONValue.string("echo:\(mark)")
        let tool: JSONValue = [
            "type": "function",
            "function": [
                "name": .string(mark), "description": .string(mark),
                "parameters": ["type": "object", "properties": [mark: ["type": "string"]]],
            ],
        ]
        let format: JSONValue = [
            "type": "json_schema",
            "json_schema": [
                "name": "answer",
                "schema": ["type": "object", "properties": [mark: ["type": "integer"]]],
            ],
        ]
        return [
            ("complete", ["prompt": said, "system_prompt": .string(mark), "stop": [said]]),
            ("complete", ["prompt": said, "stream": true, "progress": true]),
            ("complete", ["messages": [["role": "user", "content": said]], "tools": [tool]]),
            ("complete", ["prompt": said, "response_format": format]),
            ("complete", ["prompt": .string("call:\(mark) {\"a\":\"\(mark)\"}"), "tools": [tool]]),
            ("complete", ["prompt": said, "model": "none"]),
            ("complete", ["prompt": said, "temperature": said]),
            ("complete", ["prompt": said, "session": .string(mark), "max_tokens": 1]),
            ("complete", ["messages": said]),
            ("embed", ["input": [said]]), ("embed", ["input": [["wrong": said]]]),
            ("rerank", ["query": said, "documents": [said]]),
            ("tokens.count", ["messages": [["role": "user", "content": said]]]),
            ("route.explain", ["prompt": said]),
            ("check", ["method": "complete", "params": ["prompt": said]]),
        ]
    }()

    @Test(arguments: ["plain", "json"])
    func `no line of the log holds what was said, through whichever door`(format: String) throws {
        let simulator = try SimulatorProcess("--api-key", "sk-\(Self.mark)")
        let daemon = try Self.debugDaemon(
            DaemonProcess.config(simulator, backend: "api_key = \"sk-\(Self.mark)\""), format)
        try daemon.waitForLog(containing: "Initialized LLM client")
        let client = try daemon.connect()
        for (method, params) in Self.calls { _ = try client.request(method, params) }
        client.send(line: #"{"jsonrpc":"2.0","id":9,"method":"complete","params":["\#(Self.mark)""#)
        #expect(try client.readMessage()?["error"]?["code"] == -32700)
        for (path, body) in Self.bodies {
            let http = try HTTPSocket(unix: daemon.socketPath)
            let accepted = "Accept: application/json, text/event-stream\r\n"
            http.request(
                "POST", path, body,
                headers: "Authorization: Bearer \(Self.mark)\r\nx-api-key: \(Self.mark)\r\n"
                    + "Content-Type: application/json\r\nConnection: close\r\n\(accepted)")
            #expect(http.readToEnd().hasPrefix("HTTP/1.1 "), "\(path)")
        }
        #expect(try simulator.chats().count > 10)
        #expect(try daemon.stop() == 0)
        let lines = daemon.log.filter { $0.contains(Self.mark) }
        #expect(lines.isEmpty)
        #expect(daemon.log.count > 100)
    }

    private static let quoted =
        #"{"error":{"message":"I cannot answer \#(mark)","type":"\#(mark)"}}"#

    @Test(arguments: [400, 401, 404, 413, 422, 429, 500, 503])
    func `nor what a server says of it when it refuses`(status: Int) throws {
        let server = ScriptedServer()
        let daemon = try Self.debugDaemon(
            server.config(backend: "api_key = \"sk-\(Self.mark)\""), "plain")
        try server.listModels()
        try daemon.waitForLog(containing: "Listening on ")
        let client = try daemon.connect()
        let id = client.start("complete", ["model": "ready", "prompt": .string(Self.mark)])
        try server.acceptRequest().refuse(status, Self.quoted)
        #expect(try client.answer(to: id)["error"] != nil)
        try daemon.waitForLog(containing: "Request r1 ")
        #expect(try daemon.stop() == 0)
        #expect(daemon.log.filter { $0.contains(Self.mark) }.isEmpty)
        #expect(daemon.logText.contains("HTTP \(status)"))
    }

    @Test(arguments: [
        "data: \(quoted)\n\n", "event: error\ndata: \(quoted)\n\n", "data: {\"\(mark)\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"\(mark)\"}}]}\n\ndata: \(quoted)\n\n",
        "data: {\"model\":\"\(mark.count)\",\"choices\":[{\"delta\":{\"content\":\"\(mark)\"}}]}\n\n",
        quoted, mark,
    ])
    func `nor what a stream holds that breaks off`(answer: String) throws {
        let server = ScriptedServer()
        let daemon = try Self.debugDaemon(server.config(), "json")
        try server.listModels()
        try daemon.waitForLog(containing: "Listening on ")
        let client = try daemon.connect()
        let id = client.start(
            "complete", ["model": "ready", "prompt": .string(Self.mark), "stream": true])
        do {
            let connection = try server.acceptRequest()
            connection.beginStream()
            connection.send(answer)
        }
        let error = try client.answer(to: id)["error"]
        #expect(error != nil)
        try daemon.waitForLog(containing: "\"outcome\":\"failed\"")
        #expect(try daemon.stop() == 0)
        #expect(daemon.log.filter { $0.contains(Self.mark) }.isEmpty)
    }
}
