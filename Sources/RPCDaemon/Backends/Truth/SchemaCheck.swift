import CrowdModelsProtocol

/// Whether an answer fits the JSON Schema that was asked for: a server may not know schemas, or
/// give up in the midst of one.
///
/// Reads the keywords that structured answers use; any other is not checked. It takes a bounded
/// number of steps (some milliseconds), and what is longer than that is not judged.
package struct SchemaCheck {
    /// Bytes of an answer and of a schema that are read: both are turned into trees, some 20 MB a
    /// second, so that each takes at most 5 ms.
    package static let textBytesMax = 96 * 1024
    /// Values held against schemas: at most 5 ms, at 50 ns each.
    static let stepsMax = 100_000
    /// Schemas within schemas, references among them.
    static let depthMax = 64

    private let root: JSONValue
    private var steps = 0
    private var isGivenUp = false

    /// Where the answer does not fit, and which keyword it does not fit, such as `/city: "type"`;
    /// nil where it fits, or cannot be judged. It quotes nothing of the answer: places are named as
    /// the schema names them.
    ///
    /// - Parameters:
    ///   - content: the letters of the answer.
    ///   - format: the `response_format` of the request.
    package static func violation(of content: String, format: Span<UInt8>) -> String? {
        guard format.count <= textBytesMax, content.utf8.count <= textBytesMax,
            let format = try? JSONValue(parsing: format),
            format["type"]?.stringValue == "json_schema",
            let schema = format["json_schema"]?["schema"]
        else { return nil }
        guard let value = try? JSONValue(parsing: content) else { return "the text is no JSON" }
        var check = SchemaCheck(root: schema)
        let found = check.violation(of: value, schema, at: "", depth: 0)
        return check.isGivenUp ? nil : found
    }

    private init(root: JSONValue) { self.root = root }

    private mutating func violation(
        of value: JSONValue, _ schema: JSONValue, at path: String, depth: Int
    ) -> String? {
        steps += 1
        if steps > Self.stepsMax || depth > Self.depthMax { isGivenUp = true }
        if isGivenUp { return nil }
        if schema == .bool(false) { return say(path, "nothing may stand here") }
        guard case .object(let members) = schema else { return nil }
        for member in members.members {
            let found: String?
            switch member.name {
            case "$ref":
                found = referred(member.value).flatMap {
                    violation(of: value, $0, at: path, depth: depth + 1)
                }
            case "allOf", "anyOf", "oneOf":
                found = combined(member, value, at: path, depth: depth)
            case "type", "enum", "const":
                found = Self.fits(value, member) ? nil : say(path, "\"\(member.name)\"")
            default:
                found =
                    bounds(member, value).map { say(path, $0) }
                    ?? children(member, of: members, value, at: path, depth: depth)
            }
            if found != nil || isGivenUp { return found }
        }
        return nil
    }

    private func say(_ path: String, _ what: String) -> String {
        "\(path.isEmpty ? "/" : path): \(what)"
    }

    /// What a reference leads to: the whole, or one of `$defs`.
    private func referred(_ reference: JSONValue) -> JSONValue? {
        guard let text = reference.stringValue, text.hasPrefix("#") else { return nil }
        var place: JSONValue? = root
        for part in text.dropFirst().split(separator: "/") { place = place?[String(part)] }
        return place
    }

    private mutating func combined(
        _ member: JSONObject.Member, _ value: JSONValue, at path: String, depth: Int
    ) -> String? {
        var fitting = 0
        for schema in member.value.arrayValue ?? [] {
            let found = violation(of: value, schema, at: path, depth: depth + 1)
            if member.name == "allOf", let found { return found }
            if found == nil { fitting += 1 }
        }
        switch member.name {
        case "anyOf" where fitting == 0: return say(path, "none of \"anyOf\" fits")
        case "oneOf" where fitting != 1: return say(path, "\(fitting) of \"oneOf\" fit")
        default: return nil
        }
    }

    /// Goes into the members or elements that a keyword speaks of.
    private mutating func children(
        _ member: JSONObject.Member, of schema: JSONObject, _ value: JSONValue, at path: String,
        depth: Int
    ) -> String? {
        switch (member.name, value) {
        case ("required", .object(let object)):
            let missing = (member.value.arrayValue ?? []).compactMap(\.stringValue)
                .first { object[$0] == nil }
            return missing.map { say("\(path)/\($0)", "\"required\"") }
        case ("properties", .object(let object)):
            for property in member.value.objectValue?.members ?? [] {
                guard let child = object[property.name] else { continue }
                let place = "\(path)/\(property.name)"
                let found = violation(of: child, property.value, at: place, depth: depth + 1)
                if let found { return found }
            }
        case ("additionalProperties", .object(let object)):
            let known = Set((schema["properties"]?.objectValue?.members ?? []).map(\.name))
            for child in object.members where !known.contains(child.name) {
                // The answer's own name for it is not told.
                if violation(of: child.value, member.value, at: path, depth: depth + 1) != nil {
                    return say(path, "\"additionalProperties\"")
                }
            }
        case ("prefixItems", .array(let elements)):
            for (index, pair) in zip(elements, member.value.arrayValue ?? []).enumerated() {
                let place = "\(path)/\(index)"
                let found = violation(of: pair.0, pair.1, at: place, depth: depth + 1)
                if let found { return found }
            }
        case ("items", .array(let elements)):
            let first = schema["prefixItems"]?.arrayValue?.count ?? 0
            for (index, child) in elements.enumerated().dropFirst(first) {
                let place = "\(path)/\(index)"
                let found = violation(of: child, member.value, at: place, depth: depth + 1)
                if let found { return found }
            }
        default: break
        }
        return nil
    }

    /// What a limit of size forbids.
    private func bounds(_ member: JSONObject.Member, _ value: JSONValue) -> String? {
        guard let limit = member.value.doubleValue else { return nil }
        let fits: Bool
        switch (member.name, value) {
        case ("minimum", .number): fits = (value.doubleValue ?? limit) >= limit
        case ("maximum", .number): fits = (value.doubleValue ?? limit) <= limit
        case ("exclusiveMinimum", .number): fits = (value.doubleValue ?? limit) > limit
        case ("exclusiveMaximum", .number): fits = (value.doubleValue ?? limit) < limit
        case ("minLength", .string(let text)): fits = Double(text.unicodeScalars.count) >= limit
        case ("maxLength", .string(let text)): fits = Double(text.unicodeScalars.count) <= limit
        case ("minItems", .array(let elements)): fits = Double(elements.count) >= limit
        case ("maxItems", .array(let elements)): fits = Double(elements.count) <= limit
        default: fits = true
        }
        return fits ? nil : "\"\(member.name)\""
    }

    private static func fits(_ value: JSONValue, _ member: JSONObject.Member) -> Bool {
        switch member.name {
        case "const": return isSame(value, member.value)
        case "enum": return member.value.arrayValue?.contains { isSame(value, $0) } ?? true
        default:
            if let type = member.value.stringValue { return isOf(type, value) }
            guard let types = member.value.arrayValue else { return true }
            return types.contains { $0.stringValue.map { isOf($0, value) } ?? false }
        }
    }

    private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
        if type == "integer" {
            return value.doubleValue.map { $0 == $0.rounded() } ?? false
        }
        return value.kind.rawValue == type
    }

    /// Whether both are the same value: 1 and 1.0 are, and members in any order.
    private static func isSame(_ a: JSONValue, _ b: JSONValue) -> Bool {
        switch (a, b) {
        case (.number, .number): return a.doubleValue == b.doubleValue
        case (.array(let a), .array(let b)):
            return a.count == b.count && zip(a, b).allSatisfy(isSame)
        case (.object(let a), .object(let b)):
            return a.members.count == b.members.count
                && a.members.allSatisfy { member in
                    b[member.name].map { isSame(member.value, $0) } ?? false
                }
        default: return a == b
        }
    }
}
