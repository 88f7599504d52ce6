import Configuration
import CrowdModelsProtocol
import Testing

@testable import Backends

/// What is asked of a server, one question after the other, and what follows from its answers.
@Suite struct ListingTests {
    private typealias Server = ListedServer

    private func listing(
        _ kind: BackendConfig.Kind = .auto, port: Int = 8000
    ) throws -> Listing {
        Listing(kind, at: try Endpoint("http://h:\(port)/v1"))
    }

    private static let one = #"{"id":"m1","object":"model","created":1,"owned_by":"someone"}"#

    @Test(arguments: [
        #"{"object":"list","data":[\#(one)]}"#, #"[{"id":"m1","object":"model"}]"#,
        #"{"data":[\#(one)],"error":null}"#, #"{"data":[\#(one)],"error":false}"#,
        #"{"error":"","data":[\#(one)]}"#, #"{"error":{},"data":[\#(one)]}"#,
        #"{"data":[\#(one),\#(one),{"id":null},null,{"id":""},{}]}"#,
        "\u{FEFF}{\"data\":[\(one)]}", #"{"data":[{"id":"m1","score":NaN}]}"#,
        #"["m1"]"#, #"{"object":"list","data":["m1","m1","",null,["m2"]]}"#, #"["m1",NaN]"#,
        #"{"models":["m1"]}"#, #"{"models":[{"id":"m1","name":"M 1"}]}"#,
        #"{"models":[{"name":"m1","model":"M 1"},{"model":"m1"},{"name":""}]}"#,
        #"{"models":[{"name":"M 1","id":"m1"},{"size":5}]}"#, #"{"models":[{"key":"m1"}]}"#,
        #"{"models":[{"name":"no","model":"no"}],"data":[\#(one)]}"#,
        #"{"object":"list","data":[],"models":[{"model":"m1"}]}"#,
        #"{"data":"none","models":["m1"]}"#,
    ])
    func `a list is a list in any envelope, and an id counts once`(body: String) throws {
        var listing = try listing()
        var server = Server(["/v1/models": body])
        #expect(server.look(&listing) == .listed(changed: true))
        #expect(listing.models.map(\.id) == ["m1"])
        #expect(listing.kind == .openai)
        #expect(server.look(&listing) == .listed(changed: false))
    }

    @Test(arguments: [
        (#"{"data":null}"#, 0), (#"{"data":[]}"#, 0), (#"{"data":[{"id":"a"}]}"#, 1),
    ])
    func `an empty list is one, too`(body: String, count: Int) throws {
        var listing = try listing()
        var server = Server(["/v1/models": body])
        #expect(server.look(&listing) == .listed(changed: true))
        #expect(listing.models.count == count)
    }

    @Test func `a redirect says where it leads`() throws {
        var listing = try listing(.openai)
        _ = listing.begin()
        let step = listing.take(status: 307, location: "http://x/", Span())
        #expect(step == .failed(.redirected(307, "http://x/")))
    }

    @Test func `LM Studio is known by its own list, and details are added`() throws {
        var listing = try listing()
        var server = Server([
            "/api/v0/models": #"""
            {"data":[{"id":"a","type":"vlm","state":"loaded","arch":"q","max_context_length":9},
             {"id":"e","type":"embeddings","state":"not-loaded"}]}
            """#,
            "/api/v1/models": #"""
            {"models":[{"key":"a","size_bytes":7,"params_string":"4B","loaded_instances":[{"id":"a",
             "config":{"parallel":3}}]}]}
            """#,
        ])
        #expect(server.look(&listing) == .listed(changed: true))
        #expect(listing.kind == .lmstudio)
        #expect(listing.models.map(\.purpose) == [.vlm, .embeddings])
        #expect(listing.models[0].parallel == 3)
        #expect(listing.models[0].sizeBytes == 7)
        #expect(server.look(&listing) == .listed(changed: false))
        #expect(server.asked == ["/api/v0/models"])
    }

    @Test func `Ollama tells more in its own API, and is used without it`() throws {
        let list =
            #"{"data":[{"id":"llama3.2:latest","owned_by":"library"},"#
            + #"{"id":"nomic-embed-text:latest","owned_by":"library"}]}"#
        var listing = try listing()
        var poor = Server(["/v1/models": list])
        #expect(poor.look(&listing) == .listed(changed: true))
        #expect(listing.kind == .ollama)
        #expect(listing.models.map(\.purpose) == [.unknown, .embeddings])
        #expect(poor.look(&listing) == .listed(changed: false))
        listing.forget()
        var rich = Server([
            "/v1/models": list,
            "/api/tags": #"""
            {"models":[{"name":"llama3.2:latest","size":5,"details":{"family":"llama",
             "parameter_size":"3B","quantization_level":"Q4_K_M"}},
             {"name":"nomic-embed-text:latest","details":{"family":"nomic-bert"}},
             {"name":"big:cloud","remote_host":"https://x"}]}
            """#,
            "/api/ps": #"{"models":[{"name":"llama3.2:latest","context_length":4096}]}"#,
        ])
        #expect(rich.look(&listing) == .listed(changed: true))
        #expect(listing.models.map(\.purpose) == [.llm, .embeddings, .llm])
        #expect(listing.models.map(\.state) == [.loaded, .notLoaded, .notLoaded])
        #expect(listing.models.map(\.isRemote) == [false, false, true])
        #expect(listing.models[0].loadedContextLength == 4096)
        #expect(rich.look(&listing) == .listed(changed: false))
        #expect(rich.asked == ["/api/tags", "/api/ps"])
        rich.answers["/api/ps"] = (200, #"{"models":[]}"#)
        #expect(rich.look(&listing) == .listed(changed: true))
        #expect(listing.room.seen == 1, "it was seen that one fits")
    }

    @Test func `llama.cpp tells its slots, and its router the state of each model`() throws {
        var listing = try listing()
        var single = Server([
            "/v1/models":
                #"{"data":[{"id":"x.gguf","owned_by":"llamacpp","meta":{"n_ctx_train":131072}}]}"#,
            "/props": #"{"default_generation_settings":{"n_ctx":1024},"total_slots":2}"#,
        ])
        #expect(single.look(&listing) == .listed(changed: true))
        #expect(listing.slots == 2)
        #expect(listing.models[0].loadedContextLength == 1024)
        #expect(!listing.isRouter)
        var router = Server([
            "/v1/models": #"""
            {"data":[{"id":"A","owned_by":"llamacpp","status":{"value":"loaded"}},
             {"id":"B","owned_by":"llamacpp","status":{"value":"unloaded"}},
             {"id":"C","owned_by":"llamacpp","status":{"value":"loading"}}]}
            """#
        ])
        #expect(router.look(&listing) == .listed(changed: true))
        #expect(listing.models.map(\.state) == [.loaded, .notLoaded, .loading])
        #expect(listing.isRouter)
        #expect(listing.room == Listing.Room(told: nil, seen: 1, asleep: 0))
    }

    @Test func `a real router tells the context of what it has loaded, and its room`() throws {
        var listing = try listing()
        var router = Server([
            "/v1/models": Capture.body(of: "llama.cpp/b11434/models-router"),
            "/props": Capture.body(of: "llama.cpp/b11434/props-router"),
        ])
        #expect(router.look(&listing) == .listed(changed: true))
        #expect(listing.kind == .llamaCpp && listing.isRouter)
        #expect(listing.models.map(\.state) == [.loaded, .notLoaded])
        #expect(listing.models.map(\.loadedContextLength) == [2048, nil])
        #expect(listing.models.map(\.maxContextLength) == [16384, nil])
        #expect(listing.room == Listing.Room(told: 1, seen: 1, asleep: 0))
    }

    @Test(
        arguments: [
            (#"{"role":"router","max_instances":2,"models_autoload":true}"#, 2),
            (#"{"role":"router","max_instances":4,"models_autoload":true}"#, 4),
            (#"{"role":"router","max_instances":0,"models_autoload":true}"#, 0),
            (#"{"role":"router","max_instances":1}"#, 1),
            // The first routers said so whatever they were told.
            (#"{"role":"router","max_instances":4}"#, nil),
            (#"{"role":"router"}"#, nil),
        ] as [(String, Int?)])
    func `a router tells how many models it keeps, and which of them sleep`(
        props: String, told: Int?
    ) throws {
        func list(_ second: String) -> String {
            #"{"data":[{"id":"A","owned_by":"llamacpp","status":{"value":"loaded"}},"#
                + #"{"id":"B","owned_by":"llamacpp","status":{"value":"\#(second)"}}]}"#
        }
        var listing = try listing()
        var router = Server(["/v1/models": list("sleeping"), "/props": props])
        #expect(router.look(&listing) == .listed(changed: true))
        #expect(listing.room == Listing.Room(told: told, seen: 1, asleep: 1))
        router.answers["/v1/models"] = (200, list("unloaded"))
        #expect(router.look(&listing) == .listed(changed: true), "there is room for one more")
        #expect(listing.room == Listing.Room(told: told, seen: 1, asleep: 0))
    }

    @Test(arguments: [
        ("vllm", ServerKind.vllm), ("sglang", .sglang), ("llama-swap", .llamaSwap),
        ("koboldcpp", .koboldcpp), ("humanity", .gpt4all), ("user", .textGenerationWebUI),
        ("docker", .dockerModelRunner), ("lemonade", .lemonade), ("organization_owner", .lmstudio),
        ("library", .ollama), ("llamacpp", .llamaCpp), ("me", .openai),
    ])
    func `the owner of a model tells the program`(owner: String, kind: ServerKind) throws {
        var listing = try listing()
        var server = Server([
            "/v1/models": #"{"data":[{"id":"m","owned_by":"\#(owner)","max_model_len":8}]}"#
        ])
        #expect(server.look(&listing) == .listed(changed: true))
        #expect(listing.kind == kind)
        #expect(listing.models[0].maxContextLength == 8)
    }

    @Test func `a list that tells nothing is asked about once more, and once only`() throws {
        let bare = #"{"data":[{"id":"m","object":"model"}]}"#
        let dated = #"{"data":[{"id":"m","object":"model","created":1}]}"#
        let table: [(Int, [String: String], ServerKind)] = [
            (8080, ["/v1/models": bare, "/.well-known/localai.json": "{\"version\":1}"], .localai),
            (8080, ["/v1/models": bare], .openai), (1337, ["/v1/models": bare], .jan),
            (8080, ["/v1/models": dated, "/health": "{\"status\": \"ok\"}"], .mlxLM),
            (8080, ["/v1/models": dated, "/health": "{\"status\":\"ok\"}"], .openai),
            (
                4000, ["/v1/models": dated, "/health/liveliness": "\"I'm alive!\""], .litellm
            ),
        ]
        for (port, answers, kind) in table {
            var listing = try listing(port: port)
            var server = Server(answers)
            #expect(server.look(&listing) == .listed(changed: true))
            #expect(listing.kind == kind)
            #expect(!server.asked.contains("/health") || port != 4000)
            #expect(server.look(&listing) == .listed(changed: false))
            #expect(server.asked == ["/v1/models"])
        }
    }

    @Test func `LiteLLM tells what its models are for, and which run elsewhere`() throws {
        var server = Server([
            "/v1/models": Capture.body(of: "litellm/1.108/models"),
            "/v1/model/info": Capture.body(of: "litellm/1.108/model-info"),
        ])
        var listing = Listing(found: .litellm, at: try Endpoint("http://h:4000"))
        #expect(server.look(&listing) == .listed(changed: true))
        #expect(server.asked == ["/v1/models", "/v1/model/info"])
        #expect(listing.models.map(\.id) == ["tiny", "tiny-embed", "gpt-4o"])
        #expect(listing.models.map(\.purpose) == [.unknown, .embeddings, .llm])
        #expect(listing.models.map(\.maxContextLength) == [nil, nil, 128_000])
        #expect(listing.models.map(\.isRemote) == [false, false, true])
        #expect(server.look(&listing) == .listed(changed: false))
        #expect(server.asked == ["/v1/models"])
    }

    @Test(arguments: [
        (#"{"model":"openai/x","api_base":"http://localhost:1/v1"}"#, false),
        (#"{"model":"openai/x","api_base":"http://gpu1:8000/v1"}"#, true),
        (#"{"model":"ollama/x"}"#, false), (#"{"model":"ollama/x","api_base":"http://h"}"#, true),
        (#"{"model":"anthropic/x"}"#, true), (#"{"model":"gpt-4o"}"#, true), ("{}", false),
        (#"{"api_base":"os.environ/BASE"}"#, true),
    ])
    func `a model of LiteLLM runs where its deployment says`(
        deployment: String, isRemote: Bool
    ) throws {
        var server = Server([
            "/v1/models":
                #"{"data":[{"id":"m","object":"model","created":1,"owned_by":"openai"}]}"#,
            "/v1/model/info": """
            {"data":[{"model_name":"m","litellm_params":\(deployment),"model_info":{
            "mode":"chat","max_input_tokens":16}},{"model_name":"m","litellm_params":{},
            "model_info":{"mode":null,"max_input_tokens":8}},{"model_name":"other"}]}
            """,
            "/health/liveliness": "\"I'm alive!\"",
        ])
        var listing = try listing(port: 4000)
        #expect(server.look(&listing) == .listed(changed: true))
        #expect(listing.kind == .litellm)
        #expect(server.asked == ["/v1/models", "/health/liveliness", "/v1/model/info"])
        #expect(listing.models.map(\.purpose) == [.llm])
        #expect(listing.models.map(\.maxContextLength) == [8], "whichever of them serves")
        #expect(listing.models.map(\.isRemote) == [isRemote])
    }

    @Test func `a server that is gone may come back as another`() throws {
        var listing = try listing()
        var server = Server([
            "/v1/models": #"{"data":[{"id":"m","owned_by":"vllm"}]}"#
        ])
        _ = server.look(&listing)
        #expect(listing.kind == .vllm)
        listing.forget()
        #expect(listing.kind == .unknown)
        #expect(server.look(&listing) == .listed(changed: true))
        #expect(server.asked == ["/api/v0/models", "/v1/models", "/metrics"])
    }

    @Test(arguments: [
        (ServerKind.jan, ["/v1/models"]), (.mlxLM, ["/v1/models"]), (.openai, ["/v1/models"]),
        (.ollama, ["/api/tags", "/v1/models"]), (.lmstudio, ["/api/v0/models", "/v1/models"]),
    ])
    func `what discovery has found is not guessed anew, and stays what it is`(
        kind: ServerKind, asked: [String]
    ) throws {
        var listing = Listing(found: kind, at: try Endpoint("http://h:8000"))
        var server = Server(["/v1/models": #"{"data":[{"id":"m","created":1}]}"#])
        for _ in 0..<2 {
            #expect(server.look(&listing) == .listed(changed: true))
            #expect(server.asked == asked)
            #expect(listing.kind == kind)
            listing.forget()
            #expect(listing.kind == kind)
        }
    }

    @Test func `a list of a hundred thousand models is read in place`() throws {
        let entries = (0..<100_000).map { #"{"id":"model-\#($0)","object":"model"}"# }
        var listing = try listing(.openai)
        var server = Server(["/v1/models": "{\"data\":[" + entries.joined(separator: ",") + "]}"])
        #expect(server.look(&listing) == .listed(changed: true))
        #expect(listing.models.count == 100_000)
    }

    private static let lists = [
        "/v1/models": "{\"object\":\"list\",\"data\":["
            + (0..<3_000).map { number in
                #"{"id":"m\u002d\#(number % 2_900)","owned_by":"library","bad":"\q\#(number)","#
                    + #""meta":{"n_ctx_train":\#(number)},"x":[NaN,{"y":[1,"]}"]}]}"#
            }.joined(separator: " ,") + "]}",
        "/api/tags": "{\"models\":["
            + (0..<3_000).map { number in
                #"{"name":"m-\#(number)","size":\#(number + 1),"details":{"family":"bert"}}"#
            }.joined(separator: ",") + "]}",
        "/api/ps": #"{"models":[{"name":"m-7","context_length":4096},{"name":"none"},7]}"#,
        "/api/v0/models": "{\"data\":["
            + (0..<3_000).map { number in
                #"{"id":"m-\#(number)","type":"llm","state":"loaded","arch":"a\#(number)"}"#
            }.joined(separator: ",") + "]}",
        "/api/v1/models": "{\"models\":["
            + (0..<3_000).map { number in
                #"{"key":"m-\#(number)","size_bytes":\#(number + 1),"params_string":"4B"}"#
            }.joined(separator: ",") + "]}",
    ]

    @Test(
        arguments: [BackendConfig.Kind.openai, .ollama, .lmstudio], 0..<8 as Range<UInt64>)
    func `a list is the same however often its reading is left, and no half of it is seen`(
        kind: BackendConfig.Kind, seed: UInt64
    ) throws {
        var (whole, cut) = (try listing(kind), try listing(kind))
        var server = Server(Self.lists)
        #expect(server.look(&whole) == .listed(changed: true))
        var state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493
        var pauses = 0
        server.hasTime = { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            pauses += 1
            return state >> 33 & 3 > seed & 3
        }
        #expect(server.look(&cut) == .listed(changed: true))
        #expect(pauses > 10)
        #expect(cut.table == whole.table && cut.kind == whole.kind)
        #expect(cut.table.count >= 2_900)
        // Another list comes: until it is read to its end the one before is what is known.
        let before = cut.table
        var step = cut.begin()
        while case .ask(let path) = step {
            let text = (Self.lists[path] ?? "").replacing("m-1", with: "n-1")
            step = cut.take(
                status: text.isEmpty ? 404 : 200, location: nil, Array(text.utf8).span)
            while step == .unfinished {
                #expect(cut.table == before)
                step = cut.resume { _ in false }
            }
        }
        #expect(step == .listed(changed: kind != .openai))
        #expect((cut.table != before) == (kind != .openai))
    }

    @Test func `a look that is given up leaves what was known`() throws {
        var listing = try listing(.ollama)
        var server = Server(Self.lists)
        _ = server.look(&listing)
        let known = listing.table
        _ = listing.begin()
        let other = Array(
            "{\"models\":[\(String(repeating: "{\"name\":\"x\"},", count: 9_000))1]}".utf8)
        #expect(listing.take(status: 200, location: nil, other.span) == .unfinished)
        _ = listing.resume { _ in false }
        listing.abandon()
        #expect(listing.table == known)
        #expect(server.look(&listing) == .listed(changed: false))
    }
}
