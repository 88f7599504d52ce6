import Configuration
import CrowdModelsProtocol
import TestSupport
import Testing

@testable import Doors

/// Conversations of megabytes are put into our words step by step.
@Suite(.tidy) struct TongueStepTests {
    /// What a request is asked with, and in how many steps, each of them as long as it was.
    private static func ask(
        _ tongue: any Tongue, _ path: String, _ body: String
    ) throws -> (params: JSONValue, steps: [Int]) {
        var tongue = tongue
        var params = ByteBuffer()
        var steps: [Int] = []
        try Samples.withRequest("POST \(path)", body: body) { request in
            var question: Question?
            while question == nil {
                let before = params.count
                question = try tongue.question(request, &params)
                steps.append(params.count - before)
            }
        }
        return (try JSONValue(parsing: params.text), steps)
    }

    private static func array(_ element: String, _ count: Int) -> String {
        "[" + Array(repeating: element, count: count).joined(separator: ",") + "]"
    }

    private static func message(_ role: String, _ content: String) -> String {
        #"{"role":"\#(role)","content":\#(content)}"#
    }

    @Test(arguments: [
        ("/v1/messages", "messages", #"{"role":"user","content":"§"}"#),
        (
            "/v1/messages", "messages",
            #"{"role":"assistant","content":[{"type":"text","text":"§"}]}"#
        ),
        ("/v1/responses", "input", #"{"role":"user","content":"§"}"#),
        (
            "/v1/responses", "input",
            #"{"type":"function_call","call_id":"1","name":"f","arguments":"§"}"#
        ),
        ("/api/chat", "messages", #"{"role":"user","content":"§"}"#),
    ])
    func `many turns take many steps, and none is left out`(
        path: String, name: String, turn: String
    ) throws {
        let (params, steps) = try Self.ask(
            Samples.route("POST \(path)").tongue, path,
            #"{"model":"m","\#(name)":\#(Self.array(turn, 8000))}"#)
        #expect(steps.count > 4 && steps.allSatisfy { $0 < 4 * Slice.bytes })
        #expect(params["messages"]?.text.split(separator: "§").count == 8001)
    }

    @Test(arguments: [
        (
            "/v1/messages", "messages", "user",
            #"{"type":"tool_result","tool_use_id":"1","content":"a"}"#, 4000
        ),
        ("/v1/messages", "messages", "assistant", #"{"type":"tool_use","id":"1","name":"f"}"#, 1),
    ])
    func `a turn of many blocks takes many steps`(
        path: String, name: String, role: String, block: String, messages: Int
    ) throws {
        let turn = Self.message(role, Self.array(block, 4000))
        let (params, steps) = try Self.ask(
            Samples.route("POST \(path)").tongue, path, #"{"model":"m","\#(name)":[\#(turn)]}"#)
        #expect(steps.count > 4 && steps.allSatisfy { $0 < 4 * Slice.bytes })
        #expect(params["messages"]?.arrayValue?.count == messages)
        let calls = params["messages"]?[0]?["tool_calls"]?.arrayValue?.count
        #expect(calls == (messages == 1 ? 4000 : nil))
    }

    @Test(arguments: [
        ("/v1/messages", #""messages":[{"role":"user","content":"a"}]"#, "input_schema"),
        ("/v1/responses", #""input":"a""#, "parameters"),
    ])
    func `many tools take many steps`(path: String, rest: String, schema: String) throws {
        let tool = #"{"name":"f","\#(schema)":{}}"#
        let typed = #"{"type":"function","name":"f","\#(schema)":{}}"#
        let tools = Self.array(path == "/v1/responses" ? typed : tool, 4000)
        let (params, steps) = try Self.ask(
            Samples.route("POST \(path)").tongue, path,
            #"{"model":"m",\#(rest),"tools":\#(tools)}"#)
        #expect(steps.count > 2 && steps.allSatisfy { $0 < 4 * Slice.bytes })
        #expect(params["tools"]?.arrayValue?.count == 4000)
    }

    @Test func `many documents take many steps, and each comes back`() throws {
        var tongue: any Tongue = OpenAIRerank()
        var params = ByteBuffer()
        var steps = 0
        let documents = Self.array(#""a",{"text":"b"}"#, 5000)
        let body = #"{"query":"q","return_documents":true,"documents":\#(documents)}"#
        try Samples.withRequest("POST /v1/rerank", body: body) { request in
            var question: Question?
            while question == nil {
                question = try tongue.question(request, &params)
                steps += 1
            }
        }
        #expect(steps > 2)
        let asked = try JSONValue(parsing: params.text)["documents"]?.arrayValue
        #expect(asked?.count == 10_000)
        var out = ByteBuffer()
        let result = Array(#"{"results":[{"index":9999,"relevance_score":1}]}"#.utf8)
        tongue.succeed(result.span, to: &out)
        #expect(out.text.contains(#""document":{"text":"b"}"#))
    }

    @Test func `a request that is many times as long in our words is refused`() throws {
        var limits = Limits()
        limits.lineBytesMax = 100_000
        let images = Self.array("\"\"", 20_000)
        let body = #"{"model":"m","prompt":"a","images":\#(images)}"#
        let answer = try Answer(Hall(limits).ask(Ask.post("/api/generate", body)))
        #expect(answer?.status == 400 && answer?.body.contains("line_bytes_max") == true)
    }

    @Test func `an item of many parts takes many steps`() throws {
        let parts = Self.array(#"{"type":"input_text","text":"a"}"#, 4000)
        let (params, steps) = try Self.ask(
            Responses(), "/v1/responses", #"{"input":[\#(Self.message("user", parts))]}"#)
        #expect(steps.count > 4)
        let said = params["messages"]?[0]?["content"]?.stringValue
        #expect(said?.split(separator: "\n\n").count == 4000)
    }

    @Test func `a call's answer of many parts takes many steps`() throws {
        let part = #"{"type":"text","text":"a"}"#
        let image = #"{"type":"image","source":{"type":"url","url":"u"}}"#
        let result =
            #"{"type":"tool_result","tool_use_id":"1","content":\#(Self.array(part, 8000))}"#
        let pictures =
            #"{"type":"tool_result","tool_use_id":"2","content":\#(Self.array(image, 4000))}"#
        let turn = Self.message("user", "[\(result),\(pictures)]")
        let (params, steps) = try Self.ask(
            AnthropicMessages(), "/v1/messages", #"{"model":"m","messages":[\#(turn)]}"#)
        #expect(steps.count > 8 && steps.allSatisfy { $0 < 4 * Slice.bytes })
        let messages = params["messages"]?.arrayValue ?? []
        #expect(messages.map { $0["role"] } == ["tool", "tool", "user"])
        #expect(messages[0]["content"]?.stringValue?.split(separator: "\n").count == 8000)
        #expect(messages[2]["content"]?.arrayValue?.count == 4000)
    }

    @Test func `developers among many messages are found in many steps`() throws {
        let message = Self.message("developer", #""§""#)
        let (params, steps) = try Self.ask(
            ChatCompletions(), "/v1/chat/completions",
            #"{"messages":\#(Self.array(message, 20_000))}"#)
        #expect(steps.count > 2)
        let roles = params["messages"]?.arrayValue?.map { $0["role"] } ?? []
        #expect(roles.count == 20_000 && roles.allSatisfy { $0 == "system" })
    }

    @Test(arguments: ["/v1/models", "/v1/models anthropic", "/api/tags"])
    func `a list of many models is told in many steps`(path: String) throws {
        let models = (0..<4000).map {
            #"{"id":"m\#($0)","backend":"b","type":"llm","state":"loaded","#
                + #""aliases":["m0","a\#($0)"]}"#
        }
        let result = #"{"models":[\#(models.joined(separator: ","))]}"#
        let fields = path.hasSuffix("anthropic") ? ["anthropic-version: 1"] : []
        let line = "GET \(path.split(separator: " ")[0])"
        var tongue = try Samples.route(line, fields).tongue
        var params = ByteBuffer()
        try Samples.withRequest(line, fields: fields, body: "") {
            _ = try tongue.question($0, &params)
        }
        var out = ByteBuffer()
        var steps = 1
        let bytes = Array(result.utf8)
        while !tongue.tell(bytes.span, to: &out) { steps += 1 }
        #expect(steps > 4)
        let told = try JSONValue(parsing: out.text)
        let list = (told["data"] ?? told["models"])?.arrayValue ?? []
        let names = list.compactMap { ($0["id"] ?? $0["name"])?.stringValue }
        #expect(list.count == 8000 && Set(names).count == 8000)
        #expect(told["last_id"] == (fields.isEmpty ? nil : "a3999"))

        let hall = try Hall()
        hall.service.answers[.modelsList] = result
        let client = hall.enter()
        client.send(Ask.get(line.replacing("GET ", with: ""), fields))
        var text = ""
        while let more = client.read(), !more.isEmpty { text += more }
        let answer = try #require(Answer(text))
        #expect(answer.status == 200 && answer.body == out.text)
    }

    @Test func `a turn of many calls or pictures takes many steps`() throws {
        let call = #"{"function":{"name":"f","arguments":{"a":1}}}"#
        let turn = #"{"role":"assistant","tool_calls":\#(Self.array(call, 4000))}"#
        let image = #"{"role":"user","images":\#(Self.array("\"AAAA\"", 8000))}"#
        let (params, steps) = try Self.ask(
            OllamaGeneration(isChat: true), "/api/chat",
            #"{"model":"m","messages":[\#(turn),\#(image)]}"#)
        #expect(steps.count > 4)
        #expect(params["messages"]?[0]?["tool_calls"]?.arrayValue?.count == 4000)
        #expect(params["messages"]?[1]?["content"]?.arrayValue?.count == 8000)
    }

    @Test func `an answer without an id is looked for among the first calls alone`() throws {
        let calls = (0..<200).map { #"{"function":{"name":"f\#($0)"}}"# }.joined(separator: ",")
        func id(of name: String) throws -> String? {
            let answer = #"{"role":"tool","tool_name":"\#(name)","content":"a"}"#
            let (params, _) = try Self.ask(
                OllamaGeneration(isChat: true), "/api/chat",
                #"{"model":"m","messages":[{"role":"assistant","tool_calls":[\#(calls)]},"#
                    + #"\#(answer)]}"#)
            return params["messages"]?[1]?["tool_call_id"]?.stringValue
        }
        #expect(try id(of: "f127") == "call_127")
        #expect(try id(of: "f128") == "call_0")
    }

    @Test func `of an object with very many members the first count`() throws {
        let members = (0..<600).map { #""x\#($0)":1"# }.joined(separator: ",")
        let text = Array("{\(members)}".utf8)
        let view = ObjectView(text.span)
        let (first, last) = (view.integer("x511"), view.integer("x512"))
        #expect(first == 1 && last == nil)
    }

    @Test func `what a stream of items keeps until its end is told`() throws {
        var tongue: any Tongue = Responses()
        try Samples.withRequest("POST /v1/responses", body: #"{"input":"a","stream":true}"#) {
            var params = ByteBuffer()
            _ = try tongue.question($0, &params)
        }
        #expect(tongue.heldBytes == 0)
        var out = ByteBuffer()
        let text = Array(String(repeating: "a", count: 1000).utf8)
        for _ in 0..<10 { tongue.delta(Delta(content: text.span), to: &out) }
        #expect(tongue.heldBytes == 10_000)
        tongue.delta(Delta(reasoning: text.span), to: &out)
        #expect(tongue.heldBytes > 11_000)
    }
}
