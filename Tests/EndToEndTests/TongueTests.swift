import CrowdModelsProtocol
import Testing

/// Anthropic's, Ollama's and the Responses API at the real daemon, with the simulator behind it.
@Suite struct TongueTests {
    /// A prompt, the tool that it may call, and how each API is asked about them.
    private static let schema = #"{"type":"object","properties":{"city":{"type":"string"}}}"#

    private static func messages(_ prompt: String, _ rest: String = "") -> String {
        #"{"model":"llama-2-7b-chat","max_tokens":500,"#
            + #""messages":[{"role":"user","content":"\#(prompt)"}]\#(rest)}"#
    }

    private static func json(_ answer: HTTPSocket.Answer) throws -> JSONValue {
        #expect(answer.status == 200)
        return try JSONValue(parsing: answer.body)
    }

    /// The data of a stream's events, each one JSON value.
    private static func events(_ http: HTTPSocket, _ path: String, _ body: String) -> [JSONValue] {
        http.request("POST", path, body, headers: "Connection: close\r\n")
        return http.readToEnd().split(separator: "data: ").dropFirst().compactMap { piece in
            try? JSONValue(parsing: String(piece.prefix { $0 != "\n" }))
        }
    }

    @Test func `Anthropic's clients are answered whole and as a stream, calls too`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator)
        let http = try HTTPSocket(unix: daemon.socketPath)
        let path = "/v1/messages?beta=true"
        let whole = try Self.json(http.ask("POST", path, Self.messages("echo:Grüße")))
        #expect(whole["content"]?[0]?["text"] == "Grüße" && whole["stop_reason"] == "end_turn")
        let tools =
            #","tools":[{"name":"weather","input_schema":\#(Self.schema)}],"stream":true"#
        let stream = try HTTPSocket(unix: daemon.socketPath)
        let prompt = #"call:weather {\"city\":\"Paris\"}"#
        let events = Self.events(stream, path, Self.messages(prompt, tools))
        #expect(events.first?["type"] == "message_start")
        #expect(events.last?["type"] == "message_stop")
        let input = events.compactMap { $0["delta"]?["partial_json"]?.stringValue }.joined()
        #expect(try JSONValue(parsing: input) == ["city": "Paris"])
        #expect(events.contains { $0["delta"]?["stop_reason"] == "tool_use" })
        let count = try Self.json(
            http.ask("POST", "/v1/messages/count_tokens", Self.messages("one two three")))
        #expect(count["input_tokens"]?.integerValue ?? 0 > 0)
    }

    @Test func `what cannot be had is told as Anthropic tells it`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator)
        let http = try HTTPSocket(unix: daemon.socketPath)
        let unknown = http.ask(
            "POST", "/v1/messages",
            #"{"model":"claude-x","messages":[{"role":"user","content":"a"}]}"#)
        #expect(unknown.status == 404 && unknown.body.contains("not_found_error"))
        #expect(unknown.body.contains("[aliases]"))
        let empty = http.ask("POST", "/v1/messages", #"{"model":"m","messages":[]}"#)
        #expect(empty.status == 400 && empty.body.contains("invalid_request_error"))
    }

    @Test func `Ollama's clients are answered in lines, and told what cannot be had`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator)
        let http = try HTTPSocket(unix: daemon.socketPath)
        #expect(http.ask("GET", "/").body == "Ollama is running")
        let tags = try Self.json(http.ask("GET", "/api/tags"))
        let names = tags["models"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
        #expect(names.contains("llama-2-7b-chat:latest"))
        let stream = try HTTPSocket(unix: daemon.socketPath)
        stream.request(
            "POST", "/api/chat", Self.messages("echo:one two three"),
            headers: "Connection: close\r\n")
        let text = stream.readToEnd()
        #expect(text.contains("Content-Type: application/x-ndjson\r\n"))
        let lines = text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("{") }
            .compactMap { try? JSONValue(parsing: String($0)) }
        let words = lines.compactMap { $0["message"]?["content"]?.stringValue }.joined()
        #expect(words == "one two three" && lines.last?["done"] == true)
        #expect(lines.last?["eval_count"]?.integerValue ?? 0 > 0)
        let wish = #","options":{"num_ctx":1000000},"stream":false"#
        let refused = http.ask("POST", "/api/chat", Self.messages("echo:a", wish))
        #expect(refused.status == 400 && refused.body.contains("options.num_ctx"))
        let fits = #","options":{"num_ctx":512},"stream":false"#
        #expect(http.ask("POST", "/api/chat", Self.messages("echo:a", fits)).status == 200)
    }

    @Test func `the Responses API tells a turn from its beginning to its end`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator)
        let tools =
            #""tools":[{"type":"function","name":"weather","parameters":\#(Self.schema)},"#
            + #"{"type":"web_search"}]"#
        let stream = try HTTPSocket(unix: daemon.socketPath)
        let events = Self.events(
            stream, "/v1/responses",
            #"{"model":"llama-2-7b-chat","stream":true,\#(tools),"#
                + #""input":"call:weather {\"city\":\"Paris\"}"}"#)
        #expect(events.first?["type"] == "response.created")
        #expect(events.map { $0["sequence_number"] } == events.indices.map { .integer($0) })
        let item = events.last?["response"]?["output"]?[0]
        #expect(item?["name"] == "weather" && item?["arguments"] == #"{"city":"Paris"}"#)
        try daemon.waitForLog(containing: "being no functions: tools of type `web_search`")
        let http = try HTTPSocket(unix: daemon.socketPath)
        let refused = http.ask(
            "POST", "/v1/responses", #"{"input":"a","previous_response_id":"r"}"#)
        #expect(refused.status == 400 && refused.body.contains("previous_response_id"))
    }
}
