import CrowdModelsProtocol
import TestSupport
import Testing

/// The document has to be what OpenRPC 1.3.2 says: these are the rules of its meta-schema.
@Suite struct OpenRPCTests {
    private static let document = tree { OpenRPC.write(version: "1.2.3", to: &$0) }

    @Test func `the document has what OpenRPC requires, and no member that it does not know`() {
        let document = Self.document
        #expect(document["openrpc"] == "1.3.2")
        Self.expect(
            document, known: ["openrpc", "info", "servers", "methods", "components"],
            required: ["openrpc", "info", "methods"], "document")
        Self.expect(
            document["info"], known: ["title", "version", "description"],
            required: ["title", "version"], "info")
        #expect(document["info"]?["version"] == "1.2.3")
        for server in document["servers"]?.arrayValue ?? [] {
            Self.expect(server, known: ["url", "name", "summary"], required: ["url"], "server")
        }
        let names = (document["methods"]?.arrayValue ?? []).map { $0["name"]?.stringValue }
        #expect(names == Method.all.map { "\($0.name)" })
        #expect(
            document["components"]?["schemas"]?.objectValue?.members.map(\.name)
                == Schema.all.map { "\($0.name)" })
    }

    @Test func `the socket's path is a valid URI`() {
        let document = tree { OpenRPC.write(version: "1", socket: "/tmp/a b/é%.sock", to: &$0) }
        #expect(document["servers"]?[0]?["url"] == "unix:/tmp/a%20b/%C3%A9%25.sock")
    }

    @Test(arguments: Method.all)
    func `every method object has what OpenRPC requires`(method: Method) throws {
        let object = tree { OpenRPC.writeMethod(method, to: &$0) }
        #expect(Self.document["methods"]?[Int(method.rawValue)] == object)
        Self.expect(
            object,
            known: [
                "name", "summary", "description", "paramStructure", "params", "result", "errors",
                "examples",
            ], required: ["name", "params", "result"], "method")
        #expect(SchemaValidator.registry.problems(result: object, of: .help) == [])
        #expect(object["x-notification"] == .bool(method.actsAsNotification))
        for descriptor in (object["params"]?.arrayValue ?? []) + [object["result"] ?? .null] {
            Self.expect(
                descriptor, known: ["name", "summary", "required", "schema"],
                required: ["name", "schema"], "descriptor")
        }
        let errors = object["errors"]?.arrayValue ?? []
        #expect(!errors.isEmpty)
        #expect(Set(errors.compactMap { $0["code"]?.integerValue }).count == errors.count)
        for error in errors {
            Self.expect(error, known: ["code", "message"], required: ["code", "message"], "error")
        }
        let examples = try #require(object["examples"]?.arrayValue)
        #expect(!examples.isEmpty)
        let known = method.parameters.map(\.name)
        for example in examples {
            Self.expect(
                example, known: ["name", "params", "result"], required: ["name", "params"],
                "example")
            for value in (example["params"]?.arrayValue ?? []) + [example["result"] ?? .null] {
                Self.expect(
                    value, known: ["name", "value"], required: ["name", "value"], "value")
            }
            for value in example["params"]?.arrayValue ?? [] {
                #expect(known.contains(value["name"]?.stringValue ?? ""))
            }
        }
    }

    @Test func `it describes itself, its notifications and its errors`() {
        let validator = SchemaValidator.registry
        #expect(validator.problems(result: Self.document, of: .discover) == [])
        let notifications = Self.document["x-notifications"]?.objectValue?.members ?? []
        #expect(notifications.map(\.name) == ServerNotification.allCases.map { "\($0.name)" })
        for notification in notifications {
            #expect(notification.value["summary"]?.stringValue != nil)
            let schema = notification.value["params"] ?? .null
            #expect(validator.problems(notification.value["example"] ?? .null, schema) == [])
        }
        let errors = Self.document["x-errors"]?.arrayValue ?? []
        #expect(errors.map { $0["code"]?.integerValue } == ErrorCode.all.map(\.code))
        #expect(errors.map { $0["kind"]?.stringValue } == ErrorCode.all.map(\.kind))
    }

    @Test func `it is one line`() {
        var buffer = ByteBuffer()
        OpenRPC.write(version: "1.2.3", to: &buffer)
        #expect(!buffer.text.contains("\n"))
    }

    /// That the value is an object with these members, and others only under names with `x-`.
    private static func expect(
        _ value: JSONValue?, known: [String], required: [String], _ place: String
    ) {
        let names = (value?.objectValue?.members ?? []).map(\.name)
        #expect(Set(required).subtracting(names) == [], "\(place)")
        #expect(names.allSatisfy { known.contains($0) || $0.hasPrefix("x-") }, "\(place) \(names)")
        #expect(Set(names).count == names.count, "\(place)")
    }
}
