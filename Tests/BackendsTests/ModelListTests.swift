import CrowdModelsProtocol
import Testing

@testable import Backends

/// The lists that servers give, read as what they are.
@Suite struct ModelListTests {
    private static let loaded = #"""
        {"id":"qwen/qwen3-4b@q4_k_m","object":"model","type":"llm","publisher":"qwen",
         "arch":"qwen3","compatibility_type":"gguf","quantization":"Q4_K_M","state":"loaded",
         "max_context_length":32768,"loaded_context_length":4096,"capabilities":["tool_use"]}
        """#

    @Test(arguments: [
        #"{"object":"list","data":[\#(loaded)]}"#, #"{"data":[\#(loaded)],"object":"list"}"#,
        "{\n  \"data\": [\n    \(loaded)\n  ],\n  \"object\": \"list\"\n}\n",
    ])
    func `all that LM Studio says of a model is kept`(text: String) throws {
        var model = Model(id: "qwen/qwen3-4b@q4_k_m")
        model.purpose = .llm
        model.state = .loaded
        model.publisher = "qwen"
        model.arch = "qwen3"
        model.quantization = "Q4_K_M"
        model.format = "gguf"
        model.maxContextLength = 32768
        model.loadedContextLength = 4096
        model.capabilities = ["tool_use"]
        #expect(Lists.lmStudio(text) == [model])
    }

    @Test(arguments: [
        ("llm", Model.Purpose.llm, true), ("vlm", .vlm, true), ("embeddings", .embeddings, false),
        ("embedding", .embeddings, false), ("tts", .unknown, true), ("", .unknown, true),
    ])
    func `a model is what LM Studio says, and unknown otherwise`(
        type: String, purpose: Model.Purpose, canChat: Bool
    ) {
        let models = Lists.lmStudio(
            #"{"data":[{"id":"a","type":"\#(type)","state":"loaded"}]}"#)
        #expect(models?.map(\.purpose) == [purpose])
        #expect(models?.map(\.purpose.canChat) == [canChat])
    }

    @Test(arguments: [
        ("loaded", Model.State.loaded), ("loading", .loading), ("not-loaded", .notLoaded),
        ("evicted", .unknown), ("", .unknown),
    ])
    func `a state that is not known does not lose the model`(text: String, state: Model.State) {
        let models = Lists.lmStudio(#"{"data":[{"id":"a","state":"\#(text)"}]}"#)
        #expect(models?.map(\.state) == [state])
        #expect(models?.map(\.id) == ["a"])
    }

    @Test func `what is missing, null or of another type is left out`() {
        let models = Lists.lmStudio(
            #"""
            {"data":[{"id":"a","state":"loaded","type":null,"arch":7,"max_context_length":"x",
            "capabilities":null,"publisher":null},{"state":"loaded"},{"id":"","state":"loaded"},
            {"id":5,"state":"loaded"},{"id":"b"},"c",null]}
            """#)
        var known = Model(id: "a")
        known.state = .loaded
        #expect(models == [known, Model(id: "b")])
    }

    @Test func `a server without models is LM Studio all the same`() {
        #expect(Lists.lmStudio(#"{"object":"list","data":[]}"#) == [])
    }

    @Test(arguments: [
        #"{"result":{"object":"list","data":[{"id":"a"},{"id":"b"}]}}"#,
        #"{"code":0,"msg":"success","data":{"object":"list","data":[{"id":"a"},"b"]}}"#,
        #"{"success":true,"errors":[],"result":{"models":[{"name":"a"},{"name":"b"}]}}"#,
        "\u{FEFF}{\"data\":{\"models\":[\"a\",\"b\"],\"n\":NaN}}",
    ])
    func `a list in an envelope is a list`(text: String) {
        #expect(Lists.openAI(text)?.models.map(\.id) == ["a", "b"])
    }

    @Test(arguments: [
        #"{"result":{"result":{"data":[{"id":"a"}]}}}"#, #"{"result":{"ok":true}}"#,
        #"{"error":{"message":"no"},"result":{"data":[]}}"#, #"{"result":null}"#,
        #"{"code":1001,"msg":"no key","success":false}"#,
    ])
    func `an envelope without one is none`(text: String) {
        #expect(Lists.openAI(text) == nil)
    }

    @Test(arguments: [
        // Lemonade serves a list at that path, too.
        #"{"object":"list","data":[{"id":"a","object":"model","owned_by":"lemonade"}]}"#,
        #"{"error":"Unexpected endpoint or method. (GET /api/v0/models)"}"#,
        #"{"error":{"message":"x"},"data":[]}"#, #"{"data":null}"#, #"{"data":{}}"#, "[]", "{}",
        "404 page not found", "", #"{"data":[{"id":"a","state":"loaded"}"#,
    ])
    func `any other answer is not LM Studio's list`(text: String) {
        #expect(Lists.lmStudio(text) == nil)
    }

    @Test func `the newer list adds sizes, parameters and how many requests run at once`() throws {
        var models = try #require(
            Lists.lmStudio(
                #"""
                {"data":[{"id":"google/gemma","state":"loaded"},{"id":"google/gemma:2",
                "state":"loaded"},{"id":"other","state":"not-loaded"},{"id":"v0-only",
                "state":"loaded"}]}
                """#))
        let isList = Lists.add(
            #"""
            {"models":[{"type":"llm","key":"google/gemma","size_bytes":17990911801,
            "params_string":"26B-A4B","loaded_instances":[{"id":"google/gemma","config":
            {"context_length":4096,"parallel":4}},{"id":"google/gemma:2","config":{"parallel":8}}]},
            {"key":"other","size_bytes":5,"params_string":null,"loaded_instances":[]},
            {"key":"not listed"},{"type":"llm"}]}
            """#, to: &models)
        #expect(isList)
        #expect(models.map(\.parallel) == [4, 8, nil, nil])
        #expect(models.map(\.sizeBytes) == [17_990_911_801, 17_990_911_801, 5, nil])
        #expect(models.map(\.parameters) == ["26B-A4B", "26B-A4B", nil, nil])
    }

    @Test(arguments: ["0", "-1", "null", "\"4\"", "{}"])
    func `a number of requests that is none is not known`(parallel: String) {
        var models = [Model(id: "a")]
        #expect(
            Lists.add(
                #"""
                {"models":[{"key":"a","loaded_instances":[{"id":"a","config":
                {"parallel":\#(parallel)}}]}]}
                """#, to: &models))
        #expect(models == [Model(id: "a")])
    }

    @Test(arguments: [
        #"{"error":"Unexpected endpoint or method. (GET /api/v1/models)"}"#, "{}", "[]", "",
        #"{"models":null}"#, #"{"data":[]}"#, "404 page not found",
    ])
    func `an older LM Studio has no newer list`(text: String) {
        var models = [Model(id: "a")]
        #expect(!Lists.add(text, to: &models))
        #expect(models == [Model(id: "a")])
    }

    @Test func `llama_cpp is told by its owner`() throws {
        let listing = try #require(
            Lists.openAI(
                #"""
                {"object":"list","data":[{"id":"../models/X.gguf","object":"model","created":1,
                "owned_by":"llamacpp","meta":{"n_ctx_train":131072,"size":4912898304}}],"models":[]}
                """#))
        var model = Model(id: "../models/X.gguf")
        model.purpose = .llm
        model.state = .loaded
        model.format = "gguf"
        model.maxContextLength = 131_072
        model.sizeBytes = 4_912_898_304
        #expect(listing.kind == .llamaCpp)
        #expect(listing.models == [model])
    }

    @Test func `llama_cpp is loading while it has no meta`() {
        let listing = Lists.openAI(
            #"{"data":[{"id":"X","owned_by":"llamacpp","meta":null}]}"#)
        #expect(listing?.kind == .llamaCpp)
        #expect(listing?.models.map(\.state) == [.loading])
    }

    @Test func `vLLM is told by its owner`() throws {
        let listing = try #require(
            Lists.openAI(
                #"""
                {"object":"list","data":[{"id":"qwen","object":"model","owned_by":"vllm",
                "root":"Qwen/Q","parent":null,"max_model_len":8192,"permission":[{"id":"p"}]}]}
                """#))
        #expect(listing.kind == .vllm)
        #expect(listing.models.map(\.maxContextLength) == [8192])
        #expect(listing.models.map(\.state) == [.loaded])
    }

    @Test(
        arguments: [
            (#"{"object":"list","data":null}"#, []),
            (#"{"object":"list","data":[]}"#, []), ("[]", []), (#"{"models":[]}"#, []),
            (#"{"data":[],"models":{}}"#, []), (#"{"models":null}"#, []),
            (
                #"{"data":[{"id":"gpt-4o","owned_by":"system"},{"id":"o3"}],"object":"list"}"#,
                ["gpt-4o", "o3"]
            ),
            (
                #"{"data":[{"id":"openai/gpt-4o","context_length":128000},{"name":"x"}]}"#,
                ["openai/gpt-4o"]
            ),
        ] as [(String, [String])])
    func `other lists are OpenAI's, also where they are empty`(text: String, ids: [String]) {
        let listing = Lists.openAI(text)
        #expect(listing?.kind == .openai)
        #expect(listing?.models.map(\.id) == ids)
        #expect(listing?.models.allSatisfy { $0.state == .unknown } == true)
    }

    @Test(arguments: [
        #"{"error":"Unexpected endpoint or method. (GET /models)"}"#, "{}", "",
        #"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#,
        #"{"data":"x"}"#, "<html>", #"{"models":{}}"#, #"{"error":"x","models":["a"]}"#,
    ])
    func `an error is no list`(text: String) {
        #expect(Lists.openAI(text) == nil)
    }
}
