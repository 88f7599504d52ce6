import CrowdModelsProtocol
import TestSupport
import Testing

@Suite struct SchemaTests {
    @Test func `schemas have different names, and are found by them`() {
        let names = Schema.all.map { "\($0.name)" }
        #expect(Set(names).count == names.count)
        for name in names { #expect(Schema.named(name).map { "\($0.name)" } == name) }
    }

    @Test func `every schema is referred to`() {
        let names = Schema.all.map { "\($0.name)" }
        var used = Set(Method.all.map { "\($0.description.result.name)" })
        used.formUnion(ServerNotification.allCases.map { "\($0.params.name)" })
        used.insert("\(Schema.errorObject.name)")
        for (_, schema) in Self.everySchema {
            if let name = schema["$ref"]?.stringValue?.split(separator: "/").last {
                used.insert(String(name))
            }
        }
        #expect(Set(names).subtracting(used) == [])
        #expect(used.subtracting(names) == [])
    }

    @Test func `no schema is a bare object, and every object says what it requires`() {
        for (place, schema) in Self.everySchema {
            let types = schema["type"]?.arrayValue ?? [schema["type"] ?? .null]
            guard types.contains("object") else { continue }
            let properties = schema["properties"]?.objectValue?.members ?? []
            let isMap = schema["additionalProperties"] != nil
            #expect(!properties.isEmpty || isMap, "\(place) is a bare object")
            #expect(properties.isEmpty || schema["required"]?.arrayValue != nil, "\(place)")
            let known = properties.map { JSONValue.string($0.name) }
            for name in schema["required"]?.arrayValue ?? [] {
                #expect(known.contains(name), "\(place) requires \(name.text), which it lacks")
            }
            if schema["additionalProperties"] == .bool(false) {
                Issue.record("\(place) forbids further members")
            }
        }
    }

    @Test func `no schema says nothing`() {
        for (place, schema) in Self.everySchema {
            let says = ["type", "$ref", "anyOf", "enum", "const"].contains { schema[$0] != nil }
            #expect(says, "\(place) allows anything")
        }
    }

    @Test func `every member of a named schema is explained`() {
        for schema in Schema.all {
            #expect(schema.summary.hasSuffix("."))
            for member in schema.value["properties"]?.objectValue?.members ?? [] {
                let explained =
                    member.value["description"] ?? Self.target(of: member.value)?["description"]
                #expect(explained != nil, "\(schema.name).\(member.name)")
            }
        }
    }

    @Test func `a true schema fits no other kind of answer`() throws {
        let validator = SchemaValidator.registry
        #expect(validator.problems(result: ["ok": false], of: .ping) != [])
        #expect(validator.problems(result: ["models": [["id": "x"]]], of: .modelsList) != [])
        #expect(validator.problems(result: [:], of: .stats) != [])
        #expect(validator.problems(result: [:], of: .help) != [])
        #expect(validator.problems(result: ["valid": false], of: .check) != [])
        #expect(validator.problems(result: ["cancelled": "yes"], of: .cancel) != [])
    }

    @Test func `answers are judged whole`() {
        let validator = SchemaValidator.registry
        #expect(
            validator.problems(
                answer: ["jsonrpc": "2.0", "id": 1, "result": ["ok": true]], to: .ping) == [])
        #expect(validator.problems(answer: ["jsonrpc": "2.0", "id": 1], to: .ping) != [])
        #expect(validator.problems(answer: ["id": 1, "result": ["ok": true]], to: .ping) != [])
        for code in ErrorCode.all {
            let error = tree { Fault(code, "It is so.").write(to: &$0) }
            let answer: JSONValue = ["jsonrpc": "2.0", "id": nil, "error": error]
            #expect(validator.problems(answer: answer, to: nil) == [])
        }
        let limit = tree { Fault.unread(limit: "depth_max", "Too deep.").write(to: &$0) }
        #expect(validator.problems(error: limit) == [])
        let wrong = tree { Fault(.busy, "It is so.", data: ["queued": "x"]).write(to: &$0) }
        #expect(validator.problems(error: wrong) != [])
        #expect(
            validator.problems(notification: [
                "jsonrpc": "2.0", "method": "complete.delta", "params": ["id": 1, "seq": 0],
            ]) == [])
        #expect(
            validator.problems(notification: [
                "jsonrpc": "2.0", "method": "complete.delta", "params": ["id": 1],
            ]) != [])
    }

    /// Every schema within every named one and within every parameter, each with its place.
    private static var everySchema: [(String, JSONValue)] {
        var found: [(String, JSONValue)] = []
        for schema in Schema.all { collect(schema.value, "\(schema.name)", into: &found) }
        for method in Method.all {
            for parameter in method.parameters {
                collect(parameter.schema, "\(method.name) \(parameter.name)", into: &found)
            }
        }
        for error in ErrorCode.all { collect(error.dataSchema, error.kind, into: &found) }
        return found
    }

    private static func collect(
        _ schema: JSONValue, _ place: String, into found: inout [(String, JSONValue)]
    ) {
        guard case .object = schema else { return }
        found.append((place, schema))
        for member in schema["properties"]?.objectValue?.members ?? [] {
            collect(member.value, "\(place).\(member.name)", into: &found)
        }
        for keyword in ["items", "additionalProperties"] {
            if let inner = schema[keyword] { collect(inner, "\(place) \(keyword)", into: &found) }
        }
        for alternative in schema["anyOf"]?.arrayValue ?? [] {
            collect(alternative, "\(place) anyOf", into: &found)
        }
    }

    private static func target(of schema: JSONValue) -> JSONValue? {
        guard let name = schema["$ref"]?.stringValue?.split(separator: "/").last else { return nil }
        return Schema.named(String(name))?.value
    }
}
