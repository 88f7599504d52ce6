import CrowdModelsProtocol
import TestSupport
import Testing

/// The typed side of the protocol, for programs in Swift.
@Suite struct MessageTests {
    @Test func `a request of a completion can say all that complete takes`() {
        var request = CompleteRequest(prompt: "x")
        request.model = "qwen3-4b"
        request.messages = [
            .system("Be brief."), .user("What is this?", imageURLs: ["data:image/png;base64,AA=="]),
            .assistant("A cat."), .tool("sunny", callID: "1"),
        ]
        request.messages[2].toolCalls = [
            CompleteToolCall(id: "1", name: "weather", arguments: "{}")
        ]
        request.systemPrompt = "Be kind."
        request.temperature = 0.7
        request.topP = 0.9
        request.topK = 40
        request.minP = 0.05
        request.maxTokens = -1
        request.stop = ["\n"]
        request.seed = 42
        request.presencePenalty = 0.1
        request.frequencyPenalty = 0.2
        request.repeatPenalty = 1.1
        request.logitBias = [50256: -100, 7: 1.5]
        request.responseFormat = CompleteRequest.jsonSchema(["type": "object"])
        request.tools = [["type": "function", "function": ["name": "weather"]]]
        request.toolChoice = "auto"
        request.reasoning = "low"
        request.ttl = 60
        request.draftModel = "qwen3-0.6b"
        request.options = ["cache_prompt": true]
        request.stream = true
        request.progress = true
        request.backend = "lmstudio"
        request.isBatch = true
        request.timeoutMilliseconds = 1000
        request.deadlineMilliseconds = 900
        request.tag = "nightly"
        request.session = "s"
        request.raw = true
        request.suffix = "}"
        let names = request.json.objectValue?.members.map(\.name)
        // The one it does not say is another's other name.
        let all = CompleteMethod.parameters.map(\.name).filter { $0 != "max_completion_tokens" }
        #expect(names == all)
        #expect(SchemaValidator.registry.problems(params: request.json, of: .complete) == [])
        #expect(tree { request.write(to: &$0) } == request.json)
        #expect(request.json["logit_bias"]?.text == #"{"7":1.5,"50256":-100}"#)
    }

    @Test func `a request says nothing of what it leaves to the backend`() {
        #expect(CompleteRequest(prompt: "Hi").json.text == #"{"prompt":"Hi"}"#)
        let request = CompleteRequest(messages: [.user("Hi")])
        #expect(request.json.text == #"{"messages":[{"role":"user","content":"Hi"}]}"#)
    }

    @Test func `a request is one line, and a notification has no id`() throws {
        let request = RPCRequest(id: "a\n1", .complete, CompleteRequest(prompt: "é\n").json)
        #expect(
            request.line
                == #"{"jsonrpc":"2.0","id":"a\n1","method":"complete","params":{"prompt":"é\n"}}"#
                + "\n")
        #expect(
            RPCRequest.cancel(id: 1).line
                == #"{"jsonrpc":"2.0","method":"cancel","params":{"id":1}}"# + "\n")
        #expect(
            RPCRequest(id: 1, method: "x.y").line
                == #"{"jsonrpc":"2.0","id":1,"method":"x.y"}"# + "\n")
        let line = Array(RPCRequest(id: 7, .ping).line.utf8)
        let read = try RequestEnvelope.read(line.span, from: 0, depth: 1, limits: .init())
        #expect(read.envelope.fault == nil)
        #expect(!read.envelope.isNotification)
    }

    @Test func `answers and notifications are told apart`() throws {
        #expect(
            try RPCResponse(line: #"{"jsonrpc":"2.0","id":1.0,"result":null}"# + "\r\n")
                == .result(id: .number("1.0"), .null))
        #expect(
            try RPCResponse(line: #"{"jsonrpc":"2.0","method":"event","params":{"seq":1}}"#)
                == .notification(method: "event", params: ["seq": 1]))
        let fault = Fault(
            .busy, "The queue is full.", data: ["queued": 256, "retry_after_ms": 1500])
        let error = tree { fault.write(to: &$0) }
        let answer: JSONValue = ["jsonrpc": "2.0", "id": nil, "error": error]
        guard case .error(let id, let read) = try RPCResponse(json: answer) else {
            Issue.record("no error")
            return
        }
        #expect(id == .null)
        #expect(read.code == 1007 && read.kind == "busy" && read.retryable)
        #expect(read.message == "The queue is full.")
        #expect(read.retryAfterMilliseconds == 1500)
        #expect(read.data["queued"] == 256)
    }

    @Test func `the answers to a batch are read together`() throws {
        let line = Array(
            #"[{"jsonrpc":"2.0","id":2,"result":{}},{"jsonrpc":"2.0","id":1,"result":{}}]"#.utf8)
        #expect(
            try RPCResponse.all(line: line.span) == [.result(id: 2, [:]), .result(id: 1, [:])])
        #expect(throws: ShapeError("message", "is an array, not an object")) {
            try RPCResponse(line: line.span)
        }
    }

    @Test(arguments: [
        ("x", "`message` is not JSON: unexpected 'x' at byte 0"),
        ("1", "`message` is a number, not an object"),
        (#"{"id":1,"result":1}"#, "`message.jsonrpc` is not \"2.0\""),
        (#"{"jsonrpc":"2.0","result":1}"#, "`message` has neither `id` nor `method`"),
        (
            #"{"jsonrpc":"2.0","id":1}"#,
            "`message` has neither or both of `result` and `error`"
        ),
        (#"{"jsonrpc":"2.0","id":1,"error":"no"}"#, "`error` is a string, not an object"),
        (#"{"jsonrpc":"2.0","id":1,"error":{"code":1}}"#, "`error.message` is missing"),
        (
            #"{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":""}}"#,
            "`error.code` is a string, not an integer"
        ),
        (#"{"jsonrpc":"2.0","method":7}"#, "`message.method` is a number, not a string"),
    ])
    func `what is no message is named`(line: String, sentence: String) {
        let error = #expect(throws: ShapeError.self) { try RPCResponse(line: line) }
        #expect(error?.sentence == sentence)
    }

    @Test func `every result and notification that has a type is read as it is documented`() throws
    {
        let prompt = try CompleteResult(json: Self.example(of: .complete, 0))
        #expect(prompt.content == "Hello!" && prompt.finishReason == "stop")
        #expect(prompt.usage?.totalTokens == 15 && prompt.usage?.isEstimated == false)
        #expect(prompt.stats.timeToFirstToken == 0.111 && prompt.stats.source == "backend")
        #expect(prompt.modelInfo?.contextLength == 8192 && prompt.attempts == 1)
        let tool = try CompleteResult(json: Self.example(of: .complete, 2))
        #expect(tool.toolCalls.first?.arguments == #"{"city":"Paris"}"#)
        #expect(tool.usage == nil)
        let models = try ModelsResult(json: Self.example(of: .modelsRefresh, 0))
        #expect(models.models.first?.capabilities == ["tool_use"])
        #expect(models.errors.first?.kind == ErrorCode.backendUnavailable.kind)
        let model = try ModelDescription(json: Self.example(of: .modelsGet, 0))
        #expect(model == models.models.first)
        let backends = try BackendsResult(json: Self.example(of: .backendsList, 0))
        #expect(backends.backends.first?.lastSeenSeconds == 0.4)
        let requests = try RequestsResult(json: Self.example(of: .requestsList, 0))
        #expect(requests.requests.map(\.position) == [nil, 1])
        let status = try StatusResult(json: Self.example(of: .status, 0))
        #expect(status.backends == ["up": 1] && status.limits.first?.value == 8_388_608)
        let stats = try StatsResult(json: Self.example(of: .stats, 0))
        #expect(stats.all.requests["total"] == 3 && stats.process.openFiles == 14)
        #expect(stats.backends.first?.value.tokensPerSecond.p99 == 51)
        let delta = try CompleteDelta(json: Self.example(of: .completeDelta), at: "params")
        #expect(delta.id == 1 && delta.sequence == 0 && delta.content == "Hel")
        let progress = try CompleteProgress(json: Self.example(of: .completeProgress))
        #expect(progress.phase == "queued" && progress.etaMilliseconds == 1800)
        let event = try SubscriptionEvent(json: Self.example(of: .event))
        #expect(event.topic == "models" && event.data["change"]?["kind"] == "changed")
    }

    @Test func `members that nobody knows yet are ignored, and null is absent`() throws {
        let model = try ModelDescription(json: [
            "id": "a", "backend": "b", "type": "llm", "state": "loaded", "colour": "blue",
            "arch": nil,
        ])
        #expect(model.id == "a" && model.arch == nil && model.capabilities == [])
    }

    @Test(arguments: [
        (#"{"models":[{"id":"a"},1]}"#, "`result.models[0].backend` is missing"),
        (#"{"models":[1]}"#, "`result.models[0]` is a number, not an object"),
        (#"{"models":{}}"#, "`result.models` is an object, not an array"),
        (
            #"{"models":[{"id":"a","backend":"b","type":"llm","state":"x","capabilities":["y",1]}]}"#,
            "`result.models[0].capabilities[1]` is a number, not a string"
        ),
        (
            #"{"models":[{"id":"a","backend":"b","type":"llm","state":"x","parallel":1.5}]}"#,
            "`result.models[0].parallel` is a number, not an integer"
        ),
    ])
    func `a result that is not what it should be is named with its place`(
        text: String, sentence: String
    ) throws {
        let json = try JSONValue(parsing: text)
        let error = #expect(throws: ShapeError.self) { try ModelsResult(json: json) }
        #expect(error?.sentence == sentence)
    }

    private static func example(of method: Method, _ index: Int) throws -> JSONValue {
        try JSONValue(parsing: "\(method.description.examples[index].result)")
    }

    private static func example(of notification: ServerNotification) throws -> JSONValue {
        try JSONValue(parsing: "\(notification.example)")
    }
}
