import CrowdModelsProtocol
import Testing

/// `embed`, `rerank`, `tokens.count`, `models.load` and `models.unload`, by the daemon itself.
@Suite struct WholeMethodTests {
    @Test func `texts become vectors in their order`() throws {
        let scene = try Scene()
        let result = try scene.client.result("embed", ["input": ["one", "two"]])
        let vectors = try #require(result["embeddings"]?.arrayValue)
        #expect(vectors.count == 2)
        #expect(vectors[0] != vectors[1])
        #expect(result["model"] == "text-embedding-nomic-embed-text-v1.5")
        #expect(result["backend"] == "lmstudio")
        let again = try scene.client.result("embed", ["input": "one"])
        #expect(again["embeddings"]?.arrayValue == [vectors[0]])
        #expect(try scene.totals()["requests"]?["succeeded"] == 2)
    }

    @Test func `a chat model does not embed, and a call without texts is refused`() throws {
        let scene = try Scene()
        let error = try scene.client.error(
            "embed", ["input": "x", "model": "llama-2-7b-chat"])
        #expect(error["code"] == 1010)
        #expect(error["data"]?["what"] == "embed")
        #expect(try scene.client.error("embed", ["input": []])["code"] == -32602)
        #expect(try scene.client.error("embed", [:])["code"] == -32602)
    }

    @Test(arguments: [
        ("embed", #""input":"x""#), ("rerank", #""query":"q","documents":["d"]"#),
    ])
    func `options are few, and none is given twice, whatever is asked`(
        method: String, asked: String
    ) throws {
        let scene = try Scene()
        let many = (0...OptionsCheck.membersMax).map { #""o\#($0)":0"# }.joined(separator: ",")
        for (id, (options, words)) in [(many, "at most 256"), (#""a":1,"a":2"#, "`a` twice")]
            .enumerated()
        {
            let call = #"{\#(asked),"options":{\#(options)}}"#
            scene.client.send(
                line: #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(call)}"#)
            let error = try scene.client.answer(to: .integer(id))["error"]
            #expect(error?["code"] == -32602)
            #expect(error?["data"]?["parameter"] == "options")
            #expect(error?["message"]?.stringValue?.contains(words) == true)
            #expect(error?["message"]?.stringValue?.contains("`\(method)`") == true)
            // `check` says the same, without running it.
            scene.client.send(
                line: #"{"jsonrpc":"2.0","id":\#(id + 10),"method":"check","params":"#
                    + #"{"method":"\#(method)","params":\#(call)}}"#)
            let checked = try scene.client.answer(to: .integer(id + 10))["error"]
            #expect(checked?["message"] == error?["message"])
        }
    }

    @Test func `a backend without an API for it says so`() throws {
        let scene = try Scene()
        let error = try scene.client.error(
            "rerank", ["query": "q", "documents": ["d"], "model": "llama-2-7b-chat"])
        #expect(error["code"] == 1010)
        #expect(error["data"]?["what"] == "rerank")
    }

    @Test func `documents are ranked, the best first`() throws {
        let server = ScriptedServer(more: "bge-reranker")
        let daemon = try server.daemon()
        let client = try daemon.connect()
        let id = client.start("rerank", ["query": "q", "documents": ["a", "b", "c"], "top_n": 2])
        let connection = try server.acceptRequest()
        let body = #"""
            {"results":[{"index":0,"relevance_score":0.1},{"index":2,"relevance_score":0.9},
            {"index":1,"relevance_score":0.5}],"usage":{"prompt_tokens":7,"total_tokens":7}}
            """#
        connection.send(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                + body)
        let result = try client.answer(to: id)["result"]
        #expect(
            result?["results"] == [
                ["index": 2, "relevance_score": 0.9], ["index": 1, "relevance_score": 0.5],
            ])
        #expect(result?["usage"]?["prompt_tokens"] == 7)
    }

    @Test func `a server that cannot count is not asked, and the number is an estimate`() throws {
        let scene = try Scene()
        let result = try scene.client.result("tokens.count", ["prompt": "eight letters"])
        #expect(result["estimated"] == true)
        #expect(result["prompt_tokens"]?.integerValue ?? 0 > 0)
        #expect(try scene.client.error("tokens.count", [:])["code"] == -32602)
        #expect(try scene.simulator.chats().isEmpty)
    }

    @Test func `no model is loaded only to count its tokens, while another might leave`() throws {
        let server = ScriptedServer()
        let models = #"""
            {"data":[{"id":"a","owned_by":"llamacpp","status":{"value":"loaded"}},
             {"id":"b","owned_by":"llamacpp","status":{"value":"unloaded"}}]}
            """#
        let daemon = try server.daemon(
            looking: [
                ("/api/v0/models", nil), ("/v1/models", models),
                ("/props", #"{"role":"router","max_instances":1}"#),
            ], finds: 2)
        let client = try daemon.connect()
        let estimate = try client.result("tokens.count", ["model": "b", "prompt": "eight letters"])
        #expect(estimate["estimated"] == true)
        let id = client.start("tokens.count", ["model": "a", "prompt": "eight letters"])
        let connection = try server.accept()
        #expect(try connection.readRequest().hasPrefix("POST /tokenize "))
        connection.send(body: #"{"tokens":[1,2,3]}"#)
        let count = try client.answer(to: id)["result"]
        #expect(count?["prompt_tokens"] == 3 && count?["estimated"] == false)
    }

    @Test func `a model is loaded and unloaded, and each is answered when it is done`() throws {
        let scene = try Scene()
        let id = scene.client.start(
            "models.load", ["model": "mistral-7b-instruct", "progress": true])
        let loaded = try scene.client.answer(to: id)["result"]
        #expect(loaded?["state"] == "loaded")
        #expect(
            scene.client.notes("complete.progress").map { $0["phase"] } == ["loading"])
        // It is loaded already: LM Studio would load it a second time.
        #expect(
            try scene.client.result("models.load", ["model": "mistral-7b-instruct"])["state"]
                == "loaded")
        let unloaded = try scene.client.result(
            "models.unload", ["model": "mistral-7b-instruct"])
        #expect(unloaded["state"] == "not-loaded")
    }

    @Test func `a loaded model that is wanted with another context is answered, too`() throws {
        let scene = try Scene()
        for length in [1024, 4096] {
            let loaded = try scene.client.result(
                "models.load", ["model": "llama-2-7b-chat", "context_length": .integer(length)])
            #expect(loaded["state"] == "loaded")
            // LM Studio keeps the instance that there was.
            #expect(loaded["loaded_context_length"] == 4096)
        }
    }

    @Test func `a model that stays loaded though it was unloaded holds nobody up`() throws {
        let scene = try Scene()
        let load = #"{"model":"llama-2-7b-chat"}"#
        for _ in 0..<2 {
            #expect(try scene.simulator.ask("POST", "/api/v1/models/load", load).status == 200)
        }
        // LM Studio has instances of it beside the one of its name.
        let error = try scene.client.error("models.unload", ["model": "llama-2-7b-chat"])
        #expect(error["code"] == 1004)
        #expect(error["data"]?["backend_message"]?.stringValue?.contains("still") == true)
        #expect(try scene.client.result("complete", ["prompt": "x"])["finish_reason"] == "stop")
    }

    @Test func `a server that loads by itself alone says that it cannot`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon()
        let error = try daemon.connect().error("models.load", ["model": "ready"])
        #expect(error["code"] == 1010)
        #expect(error["data"]?["what"] == "models.load")
    }
}
