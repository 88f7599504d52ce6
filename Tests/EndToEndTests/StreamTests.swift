import CrowdModelsProtocol
import Testing

/// Streams that go well, however their bytes are cut, and what their deltas add up to.
@Suite struct StreamTests {
    /// One stream's answer, held against its deltas.
    struct Outcome {
        let answer: JSONValue
        /// The deltas' content, put together.
        let text: String
        let deltas: [JSONValue]

        var result: JSONValue? { answer["result"] }
        var error: JSONValue? { answer["error"] }
    }

    static func stream(
        _ client: SocketClient, _ prompt: String, _ params: JSONValue = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let all = params.adding("prompt", .string(prompt)).adding("stream", true)
        let id = client.start("complete", all)
        let answer = try client.answer(to: id, sourceLocation: sourceLocation)
        let deltas = client.notes("complete.delta").filter { $0["id"] == id }
        #expect(
            deltas.map { $0["seq"]?.integerValue } == deltas.indices.map { $0 },
            "deltas are numbered from 0", sourceLocation: sourceLocation)
        let text = deltas.compactMap { $0["content"]?.stringValue }.joined()
        if let result = answer["result"] {
            #expect(
                result["content"] == .string(text), "the deltas are the content",
                sourceLocation: sourceLocation)
        }
        return Outcome(answer: answer, text: text, deltas: deltas)
    }

    /// How bytes may come without anything being wrong.
    private static let shapes = [
        "split", "split=7", "crlf", "comments", "chunked=1", "chunked=3", "no-content-length",
        "interim", "interim=100", "interim=102", "trailers", "http10", "close", "batch=5",
        "no-done", "no-finish", "old", "choices=empty", "choices=absent", "usage=absent",
        "usage=null", "usage=empty", "usage=zeros", "stats-in-stream", "huge-header=2000",
    ]

    @Test(arguments: shapes)
    func `a stream is the same however it is cut and dressed`(fault: String) throws {
        let scene = try Scene("--token-rate", "2000")
        try scene.simulator.setFaults("[\"\(fault),path=/v1/chat/completions\"]")
        let text = "Grüße, 漢字 and 😀 in one \"stream\" of bytes\n"
        for _ in 0..<2 {
            let outcome = try StreamTests.stream(scene.client, "echo:" + text)
            #expect(outcome.text == text, "\(fault): \(outcome.answer.text)")
            #expect(outcome.result?["finish_reason"] == "stop")
            #expect(outcome.result?["model"] == "llama-2-7b-chat")
            let usage = outcome.result?["usage"]
            let isTold = !fault.hasPrefix("usage=") && fault != "choices=absent"
            #expect((usage?["completion_tokens"]?.integerValue ?? 0) > 5)
            if isTold { #expect(usage?["estimated"] == nil, "\(fault)") }
            if fault.hasPrefix("usage=") { #expect(usage?["estimated"] == true, "\(fault)") }
        }
    }

    @Test(arguments: [
        "split", "chunked=1", "no-content-length", "interim=103", "trailers", "http10", "close",
        "pretty", "old",
    ])
    func `a whole answer is the same however it is cut and dressed`(fault: String) throws {
        let scene = try Scene()
        try scene.simulator.setFaults("[\"\(fault),path=/api/v0/chat/completions\"]")
        for _ in 0..<2 {
            let text = "Grüße, 漢字 and 😀\n"
            let result = try scene.client.result(
                "complete", ["prompt": .string("echo:" + text)])
            #expect(result["content"] == .string(text))
            #expect(result["stats"]?["source"] == "backend")
        }
    }

    @Test func `a stream is measured, and its usage told or counted`() throws {
        let scene = try Scene("--token-rate", "300", "--first-token-delay", "0.05")
        let told = try StreamTests.stream(scene.client, "tokens:30")
        let stats = try #require(told.result?["stats"])
        #expect(stats["source"] == "measured")
        let first = try #require(stats["time_to_first_token"]?.doubleValue)
        let generation = try #require(stats["generation_time"]?.doubleValue)
        let speed = try #require(stats["tokens_per_second"]?.doubleValue)
        let total = try #require(stats["total_time"]?.doubleValue)
        let queue = try #require(stats["queue_time"]?.doubleValue)
        #expect(first >= 0.05)
        #expect(generation >= 0.09)
        #expect(abs(speed - 29 / generation) < 0.01 * speed)
        #expect(speed <= 330)
        #expect(total >= queue + first + generation)
        #expect(
            told.result?["usage"]?["completion_tokens"] == 30)
        #expect(told.result?["usage"]?["estimated"] == nil)
        try scene.simulator.setFaults("[\"usage=absent\"]")
        let counted = try StreamTests.stream(scene.client, "tokens:30")
        #expect(counted.result?["usage"]?["completion_tokens"] == 30)
        #expect(counted.result?["usage"]?["estimated"] == true)
        let one = try StreamTests.stream(scene.client, "tokens:1")
        #expect(one.result?["stats"]?["tokens_per_second"] == nil, "one token has no speed")
        #expect(one.result?["stats"]?["time_to_first_token"] != nil)
    }

    @Test func `a whole answer carries what LM Studio says of it`() throws {
        let scene = try Scene(
            "--model", "a,state=loaded,arch=qwen2,quant=4bit,format=mlx,ctx=4096",
            "--token-rate", "200", "--first-token-delay", "0.02")
        let result = try scene.client.result("complete", ["prompt": "tokens:10"])
        #expect(
            result["model_info"]
                == ["arch": "qwen2", "quant": "4bit", "format": "mlx", "context_length": 4096])
        #expect(result["runtime"]?["version"] == "1.3.0")
        #expect(result["runtime"]?["supported_formats"] == ["mlx"])
        #expect(result["usage"]?["completion_tokens"] == 10)
        #expect(result["usage"]?["prompt_tokens"] == 5)
        #expect(result["usage"]?["total_tokens"] == 15)
        let stats = result["stats"]
        #expect(stats?["source"] == "backend")
        #expect(stats?["stop_reason"] == "eosFound")
        #expect((stats?["time_to_first_token"]?.doubleValue ?? 0) >= 0.02)
        #expect((stats?["tokens_per_second"]?.doubleValue ?? 0) > 10)
        #expect((stats?["generation_time"]?.doubleValue ?? 0) >= 0.04)
        #expect((stats?["queue_time"]?.doubleValue ?? -1) >= 0)
        let total = stats?["total_time"]?.doubleValue ?? 0
        #expect(total >= stats?["generation_time"]?.doubleValue ?? .infinity)
        #expect(result["backend"] == "lmstudio")
        #expect(result["attempts"] == nil)
        for (fault, member) in [
            ("tps=absent", "tokens_per_second"), ("tps=null", "tokens_per_second"),
            ("tps=zero", "tokens_per_second"),
        ] {
            try scene.simulator.setFaults("[\"\(fault)\"]")
            let result = try scene.client.result("complete", ["prompt": "tokens:10"])
            #expect(result["stats"]?[member] == nil, "\(fault)")
            #expect(result["stats"]?["time_to_first_token"] != nil)
        }
        for fault in ["usage=absent", "usage=null", "usage=empty", "usage=zeros"] {
            try scene.simulator.setFaults("[\"\(fault)\"]")
            let result = try scene.client.result("complete", ["prompt": "echo:x"])
            #expect(result["content"] == "x", "\(fault)")
        }
    }

    @Test(arguments: [false, true])
    func `tool calls come whole, or merged from their deltas`(isStream: Bool) throws {
        let scene = try Scene()
        let tools: JSONValue = [
            [
                "type": "function",
                "function": ["name": "get_weather", "parameters": ["type": "object"]],
            ]
        ]
        let params: JSONValue = [
            "prompt": "call:get_weather {\"city\":\"Zürich\",\"days\":[1,2]}", "tools": tools,
            "stream": .bool(isStream),
        ]
        let result = try scene.client.result("complete", params)
        #expect(result["finish_reason"] == "tool_calls")
        #expect(result["content"] == "")
        let call = try #require(result["tool_calls"]?[0])
        #expect(result["tool_calls"]?.arrayValue?.count == 1)
        #expect(call["type"] == "function")
        #expect(call["id"]?.stringValue?.utf8.count == 9)
        #expect(call["function"]?["name"] == "get_weather")
        #expect(call["function"]?["arguments"] == "{\"city\":\"Zürich\",\"days\":[1,2]}")
        let deltas = scene.client.notes("complete.delta")
        #expect(deltas.isEmpty != isStream)
        let joined = deltas.compactMap {
            $0["tool_calls"]?[0]?["function"]?["arguments"]?.stringValue
        }.joined()
        if isStream { #expect(joined == "{\"city\":\"Zürich\",\"days\":[1,2]}") }
    }

    @Test(arguments: [false, true], ["reasoning", "reasoning_content"])
    func `reasoning is kept apart from the content`(isStream: Bool, field: String) throws {
        let scene = try Scene("--model", "a,state=loaded,reasoning=\(field)")
        let result = try scene.client.result(
            "complete", ["prompt": "think:echo:the answer", "stream": .bool(isStream)])
        #expect(result["content"] == "the answer")
        let thought = try #require(result["reasoning"]?.stringValue)
        #expect(!thought.isEmpty)
        let deltas = scene.client.notes("complete.delta")
        if isStream {
            #expect(deltas.compactMap { $0["reasoning"]?.stringValue }.joined() == thought)
            #expect(deltas.first?["reasoning"] != nil)
            #expect(deltas.last?["content"] != nil)
        }
        #expect(result["usage"]?["reasoning_tokens"] == 8)
    }

    @Test func `a server that says with each delta why it stops is heard to its end`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let client = try daemon.connect()
        let id = client.start("complete", ["model": "ready", "prompt": "hi", "stream": true])
        let connection = try server.acceptRequest()
        connection.beginStream()
        // In all longer than a server may linger that has told its last word.
        for letter in ["H", "e", "l", "l", "o"] {
            connection.send(
                "data: {\"choices\":[{\"delta\":{\"content\":\"\(letter)\"},"
                    + "\"finish_reason\":\"stop\"}]}\n\n")
            #expect(!connection.isClosed(within: 600))
        }
        // Now it lingers.
        _ = try connection.waitForClose()
        let answer = try client.answer(to: id)
        #expect(answer["result"]?["content"] == "Hello", "\(answer.text)")
        #expect(answer["result"]?["finish_reason"] == "stop")
    }

    @Test func `several streams on one connection keep apart`() throws {
        let scene = try Scene("--token-rate", "400")
        let words = (0..<4).map { "echo:stream \($0) says a few words of its own \($0)" }
        let ids = words.map {
            scene.client.start("complete", ["prompt": .string($0), "stream": true])
        }
        for (id, word) in zip(ids, words) {
            let result = try scene.client.answer(to: id)["result"]
            #expect(result?["content"] == .string(String(word.dropFirst(5))))
        }
        for (id, word) in zip(ids, words) {
            let deltas = scene.client.notes("complete.delta").filter { $0["id"] == id }
            #expect(deltas.map { $0["seq"]?.integerValue } == deltas.indices.map { $0 })
            #expect(
                deltas.compactMap { $0["content"]?.stringValue }.joined() == word.dropFirst(5))
        }
    }
}
