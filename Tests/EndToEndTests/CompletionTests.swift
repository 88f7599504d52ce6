import CrowdModelsProtocol
import Testing

/// What `complete` sends to the server, and what it refuses to send.
@Suite struct CompletionTests {
    @Test func `every sampling parameter reaches the server as it came`() throws {
        let scene = try Scene()
        let parameters = """
            {"temperature":0.70,"top_p":9e-1,"top_k":40,"min_p":0.05,"max_tokens":7,\
            "stop":["\\u0041B","end"],"seed":9007199254740993,"presence_penalty":-0.5,\
            "frequency_penalty":0.25,"repeat_penalty":1.10,"logit_bias":{"50256":-100},\
            "response_format":{"type":"text"},"ttl":60,"draft_model":"tiny",\
            "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],\
            "tool_choice":"none"}
            """
        for isStream in [false, true] {
            let inside = parameters.dropFirst().dropLast()
            scene.client.send(
                line: """
                    {"jsonrpc":"2.0","id":"p\(isStream)","method":"complete","params":\
                    {"prompt":"tokens:3","stream":\(isStream),\(inside),\
                    "options":{"x_custom":{"deep":[1,2.50,null]},"y":"ü"}}}
                    """)
            let answer = try scene.client.answer(to: .string("p\(isStream)"))
            #expect(answer["error"] == nil, "\(answer.text)")
            let chat = try #require(try scene.simulator.chats().last)
            for member in try JSONValue(parsing: parameters).objectValue?.members ?? [] {
                #expect(chat.body[member.name] == member.value, "\(member.name)")
            }
            #expect(chat.body["seed"] == .number("9007199254740993"))
            #expect(chat.body["temperature"] == .number("0.70"))
            #expect(chat.body["x_custom"]?.text == "{\"deep\":[1,2.50,null]}")
            #expect(chat.body["y"] == "ü")
            for ours in ["prompt", "options", "backend", "timeout_ms", "priority", "tag"] {
                #expect(chat.body[ours] == nil)
            }
        }
    }

    @Test func `our own parameters stay here`() throws {
        let scene = try Scene()
        let result = try scene.client.result(
            "complete",
            [
                "prompt": "echo:ok", "backend": "lmstudio", "priority": "batch",
                "timeout_ms": 20000, "tag": "mine", "progress": true,
                "model": "mistral-7b-instruct", "system_prompt": nil, "top_p": nil,
            ])
        #expect(result["content"] == "ok")
        let chat = try #require(try scene.simulator.chats().last)
        #expect(
            chat.body == [
                "model": "mistral-7b-instruct",
                "messages": [["role": "user", "content": "echo:ok"]],
            ])
    }

    @Test func `a system prompt goes first, before the prompt or before the messages`() throws {
        let scene = try Scene()
        let system: JSONValue = ["role": "system", "content": "Be brief"]
        _ = try scene.client.result(
            "complete", ["prompt": "hi", "system_prompt": "Be brief"])
        let messages: JSONValue = [
            ["role": "system", "content": "other"],
            ["role": "user", "content": [["type": "text", "text": "echo:parts"]]],
            ["role": "assistant", "content": nil],
            ["role": "user", "content": "echo:last", "name": "x"],
        ]
        let result = try scene.client.result(
            "complete", ["messages": messages, "system_prompt": "Be brief"])
        #expect(result["content"] == "last")
        let chats = try scene.simulator.chats()
        #expect(chats[0].body["messages"] == [system, ["role": "user", "content": "hi"]])
        #expect(
            chats[1].body["messages"] == .array([system] + (messages.arrayValue ?? [])))
    }

    @Test func `parameters that make no sense are refused by name and never sent`() throws {
        let scene = try Scene()
        let table: [(params: JSONValue, parts: [String])] = [
            ([:], ["prompt", "messages"]),
            (["prompt": "x", "messages": [["role": "user", "content": "x"]]], ["not both"]),
            (["prompt": "x", "temprature": 1], ["temprature", "temperature"]),
            (["prompt": "x", "max_token": 1], ["max_token", "max_tokens"]),
            (["prompt": 1], ["prompt", "string"]),
            (["prompt": "x", "stream": "yes"], ["stream", "true or false"]),
            (["prompt": "x", "temperature": "hot"], ["temperature", "number"]),
            (["prompt": "x", "max_tokens": 1.5], ["max_tokens", "integer"]),
            (["prompt": "x", "timeout_ms": -1], ["timeout_ms"]),
            (["prompt": "x", "priority": "urgent"], ["priority", "interactive"]),
            (["prompt": "x", "options": ["n": 2]], ["options.n", "one choice"]),
            (["prompt": "x", "options": [1]], ["options", "object"]),
            (["prompt": "x", "backend": "lmstudo"], ["lmstudo", "lmstudio"]),
            (["messages": [["content": "x"]]], ["messages", "element 0", "role"]),
            (["messages": [["role": "user", "content": 1]]], ["messages", "content"]),
            (["messages": "x"], ["messages", "array"]),
            (["prompt": "x", "tools": "f"], ["tools", "array"]),
            (["prompt": "x", "stop": 1], ["stop"]),
        ]
        for row in table {
            let error = try scene.client.error("complete", row.params)
            #expect(error["code"] == -32602, "\(row.params.text)")
            let message = error["message"]?.stringValue ?? ""
            for part in row.parts { #expect(message.contains(part), "\(part) in: \(message)") }
        }
        #expect(try scene.simulator.chats().isEmpty)
    }

    @Test func `a prompt comes back to the byte, whole and streamed`() throws {
        let scene = try Scene()
        // Each row: the JSON string token of the text, as a client might write it.
        let tokens = [
            #""plain""#, #""""#, #""ünï çödé 漢字 😀""#, #""\u00fc\ud83d\ude00\u6f22""#,
            #""tab\tnewline\nquote\"backslash\\slash\/\b\f\r""#, #""a\u0000b\u001f\u007f""#,
            #""  leading and trailing  ""#, #""line\r\nline\u2028end""#, #""data: [DONE]\n\n""#,
        ]
        for (index, token) in tokens.enumerated() {
            let text = try JSONValue(parsing: token)
            for isStream in [false, true] {
                let id = JSONValue.string("e\(index)\(isStream)")
                let inside = token.dropFirst()
                scene.client.send(
                    line: """
                        {"jsonrpc":"2.0","id":\(id.text),"method":"complete","params":\
                        {"prompt":"echo:\(inside),"stream":\(isStream)}}
                        """)
                let result = try scene.client.answer(to: id)["result"]
                #expect(result?["content"] == text, "\(token) \(isStream)")
                let joined = scene.client.notes("complete.delta").filter { $0["id"] == id }
                    .compactMap { $0["content"]?.stringValue }.joined()
                if isStream { #expect(joined == text.stringValue) }
            }
        }
    }

    @Test func `a megabyte goes through both ways`() throws {
        let scene = try Scene("--model", "a,state=loaded,ctx=9000000,max=9000000")
        let text = String(repeating: "0123456789 äöü\n", count: 70_000)
        let whole = try scene.client.result("complete", ["prompt": .string("echo:" + text)])
        #expect(whole["content"] == .string(text))
        // Sent whole, answered with its first words: a stream of a megabyte takes its time.
        let stream = try scene.client.result(
            "complete",
            ["prompt": .string("echo:" + text), "stream": true, "max_tokens": 1000])
        let start = stream["content"]?.stringValue ?? ""
        #expect(start.utf8.count > 1000)
        #expect(text.hasPrefix(start))
        let joined = scene.client.notes("complete.delta").compactMap {
            $0["content"]?.stringValue
        }.joined()
        #expect(joined == start)
    }

    @Test func `a response format that the server refuses is its own words`() throws {
        let scene = try Scene()
        for isStream in [false, true] {
            let error = try scene.client.error(
                "complete",
                [
                    "prompt": "x", "stream": .bool(isStream),
                    "response_format": ["type": "grammar"],
                ])
            #expect(error["code"] == 1004)
            #expect(error["data"]?["status"] == 400)
            #expect(error["data"]?["retryable"] == false)
            #expect(
                error["data"]?["backend_message"]
                    == "'response_format.type' must be 'json_schema' or 'text'")
        }
    }

    @Test func `stop, seed and max_tokens do what they say`() throws {
        let scene = try Scene()
        let stopped = try scene.client.result(
            "complete", ["prompt": "echo:one two three", "stop": " three"])
        #expect(stopped["content"] == "one two")
        #expect(stopped["finish_reason"] == "stop")
        #expect(stopped["stats"]?["stop_reason"] == "stopStringFound")
        let short = try scene.client.result(
            "complete", ["prompt": "tokens:50", "max_tokens": 3, "stream": true])
        #expect(short["finish_reason"] == "length")
        #expect(short["usage"]?["completion_tokens"] == 3)
        let seeded = try [1, 1, 2].map { seed in
            try scene.client.result("complete", ["prompt": "x", "seed": .integer(seed)])["content"]
        }
        #expect(seeded[0] == seeded[1])
        #expect(seeded[0] != seeded[2])
    }
}
