public import CrowdModelsProtocol

/// Holds JSON values against JSON Schemas: the part of draft-07 that the protocol's schemas use.
///
/// A keyword that it does not know is a problem, so that nothing passes unchecked.
public struct SchemaValidator: Sendable {
    /// What `#/components/schemas/NAME` refers to.
    private let components: JSONObject

    /// A validator of schemas that refer to these.
    public init(components: JSONObject) {
        self.components = components
    }

    /// A validator that knows all schemas of the registry.
    public static let registry: SchemaValidator = {
        var components = JSONObject()
        for schema in Schema.all { components.append("\(schema.name)", schema.value) }
        return SchemaValidator(components: components)
    }()

    /// What is wrong with the value, one sentence each with the place; empty where nothing is.
    public func problems(
        _ value: JSONValue, _ schema: JSONValue, at place: String = "$"
    ) -> [String] {
        if case .bool(let allowed) = schema {
            return allowed ? [] : ["\(place): not allowed"]
        }
        guard let keywords = schema.objectValue else {
            return ["\(place): the schema is neither an object nor a boolean"]
        }
        var found: [String] = []
        for keyword in keywords.members {
            found += problems(value, keyword, of: schema, at: place)
        }
        return found
    }

    private func problems(
        _ value: JSONValue, _ keyword: JSONObject.Member, of schema: JSONValue, at place: String
    ) -> [String] {
        let operand = keyword.value
        switch keyword.name {
        case "description": return []
        case "type": return type(value, operand, place)
        case "properties": return properties(value, operand, place)
        case "additionalProperties": return additional(value, operand, schema, place)
        case "required": return required(value, operand, place)
        case "items": return items(value, operand, place)
        case "minItems":
            guard let elements = value.arrayValue, let bound = operand.integerValue else {
                return []
            }
            return elements.count < bound ? ["\(place): fewer than \(bound) elements"] : []
        case "minLength", "maxLength", "minimum", "maximum":
            return bound(value, keyword, place)
        case "enum":
            let choices = operand.arrayValue ?? []
            return choices.contains { Self.same($0, value) }
                ? [] : ["\(place): \(value.text) is none of \(operand.text)"]
        case "const":
            return Self.same(operand, value)
                ? [] : ["\(place): \(value.text) is not \(operand.text)"]
        case "anyOf", "oneOf": return alternatives(value, keyword, place)
        case "$ref": return reference(value, operand, place)
        default: return ["\(place): the schema has the unknown keyword \(keyword.name)"]
        }
    }

    private func type(_ value: JSONValue, _ operand: JSONValue, _ place: String) -> [String] {
        let names = operand.arrayValue ?? [operand]
        let fits = names.contains { name in
            switch name.stringValue {
            case "integer": value.doubleValue.map { $0.rounded() == $0 } ?? false
            case let name?: value.kind.rawValue == name
            case nil: false
            }
        }
        return fits ? [] : ["\(place): \(value.kind.withArticle), not \(operand.text)"]
    }

    private func properties(
        _ value: JSONValue, _ operand: JSONValue, _ place: String
    ) -> [String] {
        guard let object = value.objectValue else { return [] }
        return (operand.objectValue?.members ?? []).flatMap { property in
            object[property.name].map {
                problems($0, property.value, at: "\(place).\(property.name)")
            } ?? []
        }
    }

    private func additional(
        _ value: JSONValue, _ operand: JSONValue, _ schema: JSONValue, _ place: String
    ) -> [String] {
        guard let object = value.objectValue else { return [] }
        let known = schema["properties"]?.objectValue
        return object.members.flatMap { member in
            known?[member.name] == nil
                ? problems(member.value, operand, at: "\(place).\(member.name)") : []
        }
    }

    private func required(_ value: JSONValue, _ operand: JSONValue, _ place: String) -> [String] {
        guard let object = value.objectValue else { return [] }
        return (operand.arrayValue ?? []).compactMap(\.stringValue).compactMap { name in
            object[name] == nil ? "\(place): \(name) is missing" : nil
        }
    }

    private func items(_ value: JSONValue, _ operand: JSONValue, _ place: String) -> [String] {
        (value.arrayValue ?? []).enumerated().flatMap { index, element in
            problems(element, operand, at: "\(place)[\(index)]")
        }
    }

    private func bound(
        _ value: JSONValue, _ keyword: JSONObject.Member, _ place: String
    ) -> [String] {
        guard let bound = keyword.value.doubleValue else {
            return ["\(place): \(keyword.name) is no number"]
        }
        let measured: Double?
        if keyword.name.hasSuffix("Length") {
            measured = value.stringValue.map { Double($0.unicodeScalars.count) }
        } else {
            measured = value.doubleValue
        }
        guard let measured else { return [] }
        let fits = keyword.name.hasPrefix("min") ? measured >= bound : measured <= bound
        return fits ? [] : ["\(place): \(value.text) exceeds \(keyword.name) \(bound)"]
    }

    private func alternatives(
        _ value: JSONValue, _ keyword: JSONObject.Member, _ place: String
    ) -> [String] {
        let outcomes = (keyword.value.arrayValue ?? []).map { problems(value, $0, at: place) }
        let fitting = outcomes.count { $0.isEmpty }
        if fitting == 1 || (fitting > 1 && keyword.name == "anyOf") { return [] }
        if fitting > 1 { return ["\(place): fits \(fitting) of \(keyword.name)"] }
        let reasons = outcomes.map { "(\($0.joined(separator: "; ")))" }
        return ["\(place): fits none of \(keyword.name): \(reasons.joined(separator: " "))"]
    }

    private func reference(_ value: JSONValue, _ operand: JSONValue, _ place: String) -> [String] {
        let prefix = "#/components/schemas/"
        guard let target = operand.stringValue, target.hasPrefix(prefix),
            let schema = components[String(target.dropFirst(prefix.count))]
        else { return ["\(place): \(operand.text) refers to nothing"] }
        return problems(value, schema, at: place)
    }

    /// Whether two values are equal as JSON Schema has it: numbers by value, members in any order.
    private static func same(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.number, .number): left.doubleValue == right.doubleValue
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { same($0, $1) }
        case (.object(let left), .object(let right)):
            left.members.count == right.members.count
                && left.members.allSatisfy { member in
                    right[member.name].map { same(member.value, $0) } ?? false
                }
        default: left == right
        }
    }
}
