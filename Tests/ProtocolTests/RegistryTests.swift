import CrowdModelsProtocol
import TestSupport
import Testing

/// The registry is what dispatches, answers `help` and documents: it has to be whole and true.
@Suite struct RegistryTests {
    private static let validator = SchemaValidator.registry

    @Test func `methods have different names, and are found by them`() {
        #expect(Set(Method.all.map { "\($0.name)" }).count == Method.all.count)
        for method in Method.all {
            let token = Array("\"\(method.name)\"".utf8)
            #expect(Method.named(token.span) == method)
            let escapes = "\(method.name)".unicodeScalars.map { scalar in
                "\\u00" + String(scalar.value, radix: 16)
            }
            let escaped = Array("\"\(escapes.joined())\"".utf8)
            #expect(Method.named(escaped.span) == method)
            let other = Array("\"\(escapes.joined())\\u0061\"".utf8)
            #expect(Method.named(other.span) == nil)
        }
    }

    @Test(arguments: Method.all)
    func `every method is described`(method: Method) {
        let description = method.description
        #expect(description.method == method)
        #expect(Self.isSentence(description.summary))
        #expect(description.description.map(Self.isSentence) ?? true)
        #expect(description.errors.contains(.invalidParams))
        #expect(Set(description.errors.map(\.code)).count == description.errors.count)
        #expect(!description.examples.isEmpty)
        #expect(description.parameters == method.parameters)
        #expect(method.parameters.count <= Arguments.parametersMax)
        #expect(Set(method.parameters.map(\.name)).count == method.parameters.count)
        for parameter in method.parameters { #expect(Self.isSentence(parameter.summary)) }
        let required = method.parameters.map(\.isRequired)
        #expect(required.drop { $0 }.allSatisfy { !$0 }, "required ones come first")
    }

    @Test(arguments: Method.all)
    func `every example fits its schemas, by name and by position`(method: Method) throws {
        for example in method.description.examples {
            let params = try JSONValue(parsing: "\(example.params)")
            let result = try JSONValue(parsing: "\(example.result)")
            #expect(Self.validator.problems(params: params, of: method) == [])
            #expect(Self.validator.problems(result: result, of: method) == [])
            #expect(Self.fault(method, params) == nil)
            let places = method.parameters.map { params[$0.name] ?? .null }
            #expect(Self.fault(method, .array(places)) == nil)
        }
    }

    @Test(arguments: Method.all)
    func `an unknown, a surplus and a missing parameter are refused by schema and by check`(
        method: Method
    ) throws {
        let example = try JSONValue(parsing: "\(method.description.examples[0].params)")
        var members = example.objectValue ?? JSONObject()
        members.append("no_such_parameter", 1)
        let refused = Self.fault(method, .object(members))?.code == .invalidParams
        #expect(refused != method.bearsUnknown)
        #expect(Self.validator.problems(params: .object(members), of: method) != [])
        let surplus = JSONValue.array(Array(repeating: .null, count: method.parameters.count + 1))
        let refusal = Self.fault(method, surplus)
        #expect(refusal?.code == .invalidParams)
        let place =
            method.parameters.isEmpty ? "no parameters" : "element \(surplus.arrayValue!.count - 1)"
        #expect(refusal?.message.contains(place) == true, "\(refusal?.message ?? "")")
        #expect(Self.validator.problems(params: surplus, of: method) != [])
        let needed = method.parameters.contains(where: \.isRequired)
        #expect((Self.fault(method, [:]) != nil) == needed)
        #expect((Self.validator.problems(params: [:], of: method) != []) == needed)
    }

    private static let values: [(String, String, Bool)] = [
        ("complete", #"{"prompt":"x","max_tokens":0}"#, false),
        ("complete", #"{"prompt":"x","max_tokens":-1}"#, true),
        ("complete", #"{"prompt":"x","max_tokens":-2}"#, false),
        ("complete", #"{"prompt":"x","max_tokens":1.5}"#, false),
        ("complete", #"{"prompt":"x","temperature":0}"#, true),
        ("complete", #"{"prompt":"x","temperature":3}"#, true),
        ("complete", #"{"prompt":"x","temperature":-0.1}"#, false),
        ("complete", #"{"prompt":"x","temperature":"hot"}"#, false),
        ("complete", #"{"prompt":"x","seed":-9223372036854775808}"#, true),
        ("complete", #"{"prompt":"x","tag":""}"#, false),
        ("complete", #"{"prompt":"x","timeout_ms":0}"#, false),
        ("complete", #"{"prompt":"x","timeout_ms":1}"#, true),
        ("complete", #"{"prompt":"x","priority":"urgent"}"#, false),
        ("complete", #"{"prompt":"x","reasoning":false}"#, true),
        ("complete", #"{"prompt":"x","reasoning":"high"}"#, true),
        ("complete", #"{"prompt":"x","reasoning":1}"#, false),
        ("complete", #"{"prompt":"x","stop":["a","b"]}"#, true),
        ("complete", #"{"prompt":"x","stop":[]}"#, false),
        ("complete", #"{"prompt":"x","stop":[1]}"#, false),
        ("complete", #"{"prompt":"x","tool_choice":"auto"}"#, true),
        ("complete", #"{"prompt":"x","tool_choice":1}"#, false),
        ("complete", #"{"messages":[]}"#, false), ("complete", #"{"messages":["x"]}"#, false),
        ("complete", #"{"prompt":"x","max_completion_tokens":5,"session":"a"}"#, true),
        ("complete", #"{"prompt":"x","session":""}"#, false),
        ("notifications/cancelled", #"{"requestId":1,"reason":"r"}"#, true),
        ("cancel", #"{"id":null}"#, true), ("cancel", #"{"id":1e2}"#, true),
        ("cancel", #"{"id":true}"#, false), ("cancel", #"{"id":[]}"#, false),
        ("check", #"{"method":"ping","params":[]}"#, true),
        ("check", #"{"method":"ping","params":1}"#, false), ("check", #"{"method":null}"#, false),
        ("stats", #"{"window":"5m"}"#, true), ("stats", #"{"window":"2m"}"#, false),
        ("subscribe", #"{"topics":[]}"#, false), ("subscribe", #"{"topics":["x"]}"#, false),
        ("subscribe", #"{"topics":["log"],"interval_ms":10}"#, true),
        ("subscribe", #"{"topics":["log"],"interval_ms":9}"#, false),
    ]

    @Test(arguments: values)
    func `schema and check agree about a value`(
        name: String, params: String, isValid: Bool
    ) throws {
        let method = try #require(Method.all.first { "\($0.name)" == name })
        let value = try JSONValue(parsing: params)
        #expect((Self.fault(method, value) == nil) == isValid)
        #expect((Self.validator.problems(params: value, of: method) == []) == isValid)
    }

    @Test func `a label has a byte at least, and no control characters`() {
        func fault(tag: String) -> Fault? {
            Self.fault(.complete, ["prompt": "x", "tag": .string(tag)])
        }
        #expect(fault(tag: "x") == nil && fault(tag: "") != nil)
        #expect(fault(tag: "a\nb") != nil)
    }

    @Test func `max_completion_tokens is another name for max_tokens, and not a second one`() throws
    {
        func place(_ params: String) throws(Fault) -> JSONRange {
            let text = Array(params.utf8)
            let call = try Arguments(
                params: JSONRange(0, text.count), of: .complete, in: text.span, limits: .init())
            let alias = call[CompleteParameter.maxCompletionTokens.rawValue]
            #expect(!alias.isPresent)
            return call[CompleteParameter.maxTokens.rawValue]
        }
        #expect(try place(#"{"max_completion_tokens":5}"#) == JSONRange(25, 26))
        #expect(try place(#"{"max_tokens":5,"max_completion_tokens":null}"#) == JSONRange(14, 15))
        let both = #expect(throws: Fault.self) {
            _ = try place(#"{"max_tokens":5,"max_completion_tokens":5}"#)
        }
        #expect(both?.code == .invalidParams && both?.message.contains("not both") == true)
    }

    @Test func `the places of complete's parameters have their names`() {
        let names = [
            "model", "prompt", "messages", "system_prompt", "temperature", "top_p", "top_k",
            "min_p", "max_tokens", "stop", "seed", "presence_penalty", "frequency_penalty",
            "repeat_penalty", "logit_bias", "response_format", "tools", "tool_choice", "reasoning",
            "ttl", "draft_model", "options", "stream", "progress", "backend", "priority",
            "timeout_ms", "deadline_ms", "tag", "session", "max_completion_tokens", "raw",
            "suffix",
        ]
        #expect(CompleteParameter.allCases.map(\.name) == names)
        #expect(CompleteMethod.parameters.map(\.name) == names)
    }

    @Test func `errors have different codes and names, and each says what it is`() {
        #expect(Set(ErrorCode.all.map(\.code)).count == ErrorCode.all.count)
        #expect(Set(ErrorCode.all.map(\.kind)).count == ErrorCode.all.count)
        for error in ErrorCode.all {
            #expect(Self.isSentence(error.summary))
            for member in error.data { #expect(Self.isSentence(member.summary)) }
            #expect(Set(error.data.map(\.name)).count == error.data.count)
        }
        let own = Set(Method.all.flatMap(\.description.errors).map(\.code))
        let common = Set(ErrorCode.common.map(\.code))
        #expect(own.union(common) == Set(ErrorCode.all.map(\.code)))
    }

    @Test(arguments: ServerNotification.allCases)
    func `every notification is described, and its example fits`(
        notification: ServerNotification
    ) throws {
        #expect(Self.isSentence(notification.summary))
        let params = try JSONValue(parsing: "\(notification.example)")
        #expect(Self.validator.problems(params, notification.params.value) == [])
        #expect(Method.all.contains { $0.description.notifications.contains(notification) })
    }

    /// What the daemon's own check of a call says.
    private static func fault(_ method: Method, _ params: JSONValue) -> Fault? {
        let line = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\",\"params\":\(params.text)}"
        let text = Array(line.utf8)
        do {
            let envelope = try RequestEnvelope.read(text.span, from: 0, depth: 1, limits: .init())
            _ = try Arguments(
                params: envelope.envelope.params, of: method, in: text.span, limits: .init())
            return nil
        } catch let fault as Fault {
            return fault
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    private static func isSentence(_ text: String) -> Bool {
        text.count > 3 && text.hasSuffix(".") && text == text.split(separator: "\n").joined()
    }
}
