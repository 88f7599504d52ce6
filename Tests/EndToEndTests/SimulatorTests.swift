import Testing

/// The simulator's answers, held against the shapes that LM Studio is known to send.
@Suite struct SimulatorTests {
    static let v0 = "/api/v0/chat/completions"
    static let openAI = "/v1/chat/completions"

    /// A chat request for the model that is loaded at start.
    static func chat(_ prompt: String, _ more: String = "") -> String {
        "{\"model\":\"llama-2-7b-chat\",\"messages\":[{\"role\":\"user\",\"content\":"
            + "\"\(prompt)\"}]\(more)}"
    }

    /// `text` with what differs from run to run replaced.
    static func steady(_ text: String) -> String {
        text.replacing(/"(chatcmpl|cmpl|resp)[-_][a-z0-9]{21}"/) { "\"\($0.1)-ID\"" }
            .replacing(/"created":\d+/, with: "\"created\":TIME")
            .replacing(
                /"(tokens_per_second|time_to_first_token\w*|generation_time)":[0-9.e+-]+/
            ) { "\"\($0.1)\":N" }
    }

    @Test func `the documented GETs answer`() throws {
        let simulator = try SimulatorProcess()
        let table: [(path: String, body: String)] = [
            ("/lmstudio-greeting", "{\"lmstudio\":true}"),
            ("/lms-status", "{\"package\":\"lmstudio\",\"version\":\"0.4.8\"}"),
            (
                "/api/v0/models/llama-2-7b-chat",
                """
                {"id":"llama-2-7b-chat","object":"model","type":"llm","publisher":"TheBloke",\
                "arch":"llama","compatibility_type":"gguf","quantization":"Q4_K_M",\
                "state":"loaded","max_context_length":4096,"loaded_context_length":4096}
                """
            ),
            (
                "/v1/models",
                """
                {"data":[{"id":"llama-2-7b-chat","object":"model","owned_by":"organization_owner"},\
                {"id":"mistral-7b-instruct","object":"model","owned_by":"organization_owner"},\
                {"id":"text-embedding-nomic-embed-text-v1.5","object":"model",\
                "owned_by":"organization_owner"}],"object":"list"}
                """
            ),
            ("/x?y=1", "{\"error\":\"Unexpected endpoint or method. (GET /x?y=1)\"}"),
        ]
        let socket = try simulator.connect()
        for row in table {
            let answer = socket.ask("GET", row.path)
            #expect(answer.status == 200)
            #expect(answer.body == row.body)
            #expect(answer.head.contains("Keep-Alive: timeout=5\r\n"))
        }
        let list = socket.ask("GET", "/api/v0/models").body
        #expect(list.contains("\"type\":\"embeddings\",\"publisher\":\"nomic-ai\""))
        #expect(list.contains("\"state\":\"not-loaded\""))
        let v1 = socket.ask("GET", "/api/v1/models").body
        #expect(v1.contains("\"loaded_instances\":[{\"id\":\"llama-2-7b-chat\",\"config\":{"))
        #expect(v1.contains("\"parallel\":4"))
    }

    @Test func `a whole chat answer has the keys of its API in their order`() throws {
        let simulator = try SimulatorProcess()
        let body = SimulatorTests.chat("echo:two words")
        let v0 = try simulator.ask("POST", SimulatorTests.v0, body).body
        #expect(
            SimulatorTests.steady(v0) == """
                {"id":"chatcmpl-ID","object":"chat.completion","created":TIME,\
                "model":"llama-2-7b-chat","choices":[{"index":0,"logprobs":null,\
                "finish_reason":"stop","message":{"role":"assistant","content":"two words"}}],\
                "usage":{"prompt_tokens":6,"completion_tokens":2,"total_tokens":8},\
                "stats":{"tokens_per_second":N,"time_to_first_token":N,"generation_time":N,\
                "stop_reason":"eosFound"},"model_info":{"arch":"llama","quant":"Q4_K_M",\
                "format":"gguf","context_length":4096},"runtime":{\
                "name":"llama.cpp-linux-x86_64-avx2","version":"1.3.0",\
                "supported_formats":["gguf"]}}
                """)
        let openAI = try simulator.ask("POST", SimulatorTests.openAI, body).body
        #expect(
            SimulatorTests.steady(openAI) == """
                {"id":"chatcmpl-ID","object":"chat.completion","created":TIME,\
                "model":"llama-2-7b-chat","choices":[{"index":0,"message":{"role":"assistant",\
                "content":"two words","reasoning_content":"","tool_calls":[]},"logprobs":null,\
                "finish_reason":"stop"}],"usage":{"prompt_tokens":6,"completion_tokens":2,\
                "total_tokens":8,"completion_tokens_details":{"reasoning_tokens":0}},"stats":{},\
                "system_fingerprint":"llama-2-7b-chat"}
                """)
    }

    @Test func `a stream has the role once, a finish, usage if asked, and DONE`() throws {
        let simulator = try SimulatorProcess()
        let body = SimulatorTests.chat(
            "echo:a b", ",\"stream\":true,\"stream_options\":{\"include_usage\":true}")
        let start = """
            data: {"id":"chatcmpl-ID","object":"chat.completion.chunk","created":TIME,\
            "model":"llama-2-7b-chat","system_fingerprint":"llama-2-7b-chat","choices":[
            """
        func frame(_ delta: String, _ finish: String = "null") -> String {
            start
                + "{\"index\":0,\"delta\":{\(delta)},\"logprobs\":null,"
                + "\"finish_reason\":\(finish)}]}\n\n"
        }
        let deltas =
            frame("\"role\":\"assistant\",\"content\":\"a\"") + frame("\"content\":\" b\"")
            + frame("", "\"stop\"")
        let usage =
            start + """
                ],"usage":{"prompt_tokens":6,"completion_tokens":2,"total_tokens":8,\
                "completion_tokens_details":{"reasoning_tokens":0}}}


                """
        let openAI = try simulator.ask("POST", SimulatorTests.openAI, body)
        #expect(SimulatorTests.steady(openAI.body) == deltas + usage + "data: [DONE]\n\n")
        #expect(openAI.head.contains("Content-Type: text/event-stream\r\n"))
        #expect(openAI.head.contains("Transfer-Encoding: chunked\r\n"))
        let v0 = try simulator.ask("POST", SimulatorTests.v0, body)
        #expect(SimulatorTests.steady(v0.body) == deltas + "data: [DONE]\n\n")
    }

    @Test func `text is the same for the same request, and another for another`() throws {
        let socket = try SimulatorProcess().keepingConnection()
        func content(_ body: String) -> String {
            let answer = socket.1.ask("POST", SimulatorTests.v0, body).body
            return String(answer.firstMatch(of: /"content":"(.*?)"/)?.1 ?? "none")
        }
        let first = content(SimulatorTests.chat("hello"))
        #expect(first.count > 20)
        #expect(content(SimulatorTests.chat("hello")) == first)
        #expect(content(SimulatorTests.chat("hello!")) != first)
        #expect(content(SimulatorTests.chat("hello", ",\"seed\":7")) != first)
        #expect(first.hasPrefix(content(SimulatorTests.chat("hello", ",\"max_tokens\":3"))))
    }

    @Test func `prompts and parameters decide the answer`() throws {
        let simulator = try SimulatorProcess()
        let tools = """
            ,"tools":[{"type":"function","function":{"name":"weather","parameters":\
            {"type":"object","properties":{"days":{"type":"integer"}}}}}]
            """
        let table: [(body: String, part: String)] = [
            (
                SimulatorTests.chat(#"echo:\"é\\ \n\u0000\ud83d\ude42"#),
                #""content":"\"é\\ \n\u0000🙂""#
            ),
            (SimulatorTests.chat("tokens:500"), "\"completion_tokens\":500"),
            (SimulatorTests.chat("tokens:9", ",\"max_tokens\":4"), "\"finish_reason\":\"length\""),
            (SimulatorTests.chat("tokens:9", ",\"max_tokens\":-1"), "\"completion_tokens\":9"),
            (
                SimulatorTests.chat("echo:one two", ",\"stop\":[\"x\",\" t\"]"),
                "\"content\":\"one\""
            ),
            (
                SimulatorTests.chat("echo:one", ",\"stop\":\"n\""),
                "\"stop_reason\":\"stopStringFound\""
            ),
            (SimulatorTests.chat("think:echo:so"), "\"content\":\"so\",\"reasoning_content\":\""),
            (
                SimulatorTests.chat("call:weather", tools),
                #""name":"weather","arguments":"{\"days\":"#
            ),
            (
                SimulatorTests.chat(#"call:weather {\"days\":3}"#, tools),
                #""arguments":"{\"days\":3}""#
            ),
            (SimulatorTests.chat("call:other", tools), "\"finish_reason\":\"stop\""),
            (
                SimulatorTests.chat(
                    "x",
                    ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":"
                        + "{\"type\":\"object\",\"properties\":{\"ok\":{\"const\":true}}}}}"),
                #""content":"{\"ok\":true}""#
            ),
        ]
        let socket = try simulator.connect()
        for row in table {
            let answer = socket.ask("POST", SimulatorTests.v0, row.body)
            #expect(answer.status == 200)
            #expect(answer.body.contains(row.part), "\(row.body) was answered \(answer.body)")
        }
    }

    @Test func `a streamed tool call names itself first and ends with tool_calls`() throws {
        let simulator = try SimulatorProcess()
        let tools =
            ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"stream\":true"
        let body = SimulatorTests.chat("call:f {}", tools)
        let answer = try simulator.ask("POST", SimulatorTests.openAI, body).body
        let deltas = answer.matches(of: /"delta":(\{.*?\}),"logprobs"/).map { String($0.1) }
        #expect(deltas.count == 3)
        #expect(
            deltas[0].contains(
                "\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]"))
        #expect(deltas[1] == "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{}\"}}]}")
        #expect(deltas[2] == "{}")
        #expect(answer.contains("\"finish_reason\":\"tool_calls\""))
    }

    @Test func `what LM Studio refuses is refused in its words`() throws {
        let simulator = try SimulatorProcess(
            "--model", "a,state=loaded,ctx=20", "--model", "b,state=loaded")
        let messages = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]"
        let long = Array(repeating: "word", count: 20).joined(separator: " ")
        let table: [(body: String, status: Int, answer: String)] = [
            ("{", 400, "{\"error\":\""),
            ("[]", 400, "{\"error\":\""),
            ("{}", 400, "{\"error\":\"'messages' field is required\"}"),
            (
                "{\(messages)}", 400,
                """
                {
                    "error": {
                        "message": "Multiple models are loaded. Please specify a model by \
                providing \
                a 'model' field.",
                        "type": "invalid_request_error",
                        "param": "model",
                        "code": null
                    }
                }
                """
            ),
            (
                "{\"model\":\"x\",\(messages)}", 400,
                """
                {
                    "error": {
                        "message": "Invalid model identifier \\"x\\". Please specify a valid \
                downloaded model (e.g., a, b).",
                        "type": "invalid_request_error",
                        "param": "model",
                        "code": "model_not_found"
                    }
                }
                """
            ),
            (
                "{\"model\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"\(long)\"}]}", 400,
                """
                {"error":"Trying to keep the first 24 tokens when context the overflows. However, \
                the model is loaded with context length of only 20 tokens, which is not enough. \
                Try \
                to load the model with a larger context length, or provide a shorter input"}
                """
            ),
            (
                "{\"model\":\"a\",\(messages),\"response_format\":{\"type\":\"json_object\"}}", 400,
                "{\"error\":\"'response_format.type' must be 'json_schema' or 'text'\"}"
            ),
            (
                "{\"model\":\"a\",\(messages),\"temperature\":\"warm\"}", 400,
                "{\"error\":\"'temperature' must be a number\"}"
            ),
        ]
        let socket = try simulator.connect()
        for row in table {
            let answer = socket.ask("POST", SimulatorTests.openAI, row.body)
            #expect(answer.status == row.status)
            #expect(answer.body.hasPrefix(row.answer), "\(row.body) was answered \(answer.body)")
        }
    }

    @Test func `without its key a request gets 401, and the token's beginning back`() throws {
        let simulator = try SimulatorProcess("--api-key", "sk-lm-right")
        let socket = try simulator.connect()
        #expect(socket.ask("GET", "/lmstudio-greeting").status == 200)
        let missing = socket.ask("GET", "/v1/models")
        #expect(missing.status == 401)
        #expect(missing.body.contains("\"type\":\"invalid_request\",\"code\":\"invalid_api_key\""))
        socket.request("GET", "/v1/models", headers: "Authorization: Bearer sk-bogus-Empty\r\n")
        #expect(
            socket.readAnswer().body == """
                {"error":{"type":"invalid_request","code":"invalid_api_key","message":"Malformed \
                LM Studio API token provided: sk-bogus-E****. Ensure you are using a valid token."}}
                """)
        socket.request("GET", "/v1/models", headers: "Authorization: Bearer sk-lm-right\r\n")
        #expect(socket.readAnswer().status == 200)
        let log = socket.ask("GET", "/simulator/log").body
        #expect(log.contains("\"authorization\":\"(hidden)\""))
        #expect(!log.contains("sk-lm-right"))
    }

    @Test func `text completions, embeddings and the native chat answer`() throws {
        let simulator = try SimulatorProcess()
        let socket = try simulator.connect()
        let text = socket.ask(
            "POST", "/api/v0/completions",
            "{\"model\":\"llama-2-7b-chat\",\"prompt\":\"echo:a b c\",\"max_tokens\":2}")
        #expect(
            SimulatorTests.steady(text.body).hasPrefix(
                """
                {"id":"cmpl-ID","object":"text_completion","created":TIME,\
                "model":"llama-2-7b-chat","choices":[{"index":0,"text":"a b","logprobs":null,\
                "finish_reason":"length"}],"usage":{"prompt_tokens":3,"completion_tokens":2,\
                "total_tokens":5},"stats":{
                """))
        let embedding = socket.ask(
            "POST", "/v1/embeddings",
            "{\"model\":\"text-embedding-nomic-embed-text-v1.5\",\"input\":[\"a\",\"b\"]}")
        #expect(embedding.body.matches(of: /"object":"embedding"/).count == 2)
        #expect(embedding.body.hasSuffix("\"usage\":{\"prompt_tokens\":2,\"total_tokens\":2}}"))
        let native = socket.ask(
            "POST", "/api/v1/chat",
            "{\"model\":\"mistral-7b-instruct\",\"input\":\"echo:hi\",\"stream\":true}")
        let events = native.body.matches(of: /event: (.*)\n/).map { String($0.1) }
        #expect(
            events == [
                "chat.start", "model_load.start", "model_load.progress", "model_load.end",
                "prompt_processing.start", "prompt_processing.progress", "prompt_processing.end",
                "message.start", "message.delta", "message.end", "chat.end",
            ])
        #expect(native.body.contains("\"output\":[{\"type\":\"message\",\"content\":\"hi\"}]"))
        #expect(native.body.contains("\"model_load_time_seconds\":"))
    }
}

extension SimulatorProcess {
    /// A connection together with the process that must outlive it.
    func keepingConnection() throws -> (SimulatorProcess, HTTPSocket) { (self, try connect()) }
}
