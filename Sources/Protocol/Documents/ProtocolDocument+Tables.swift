/// Schemas as tables of their members.
extension ProtocolDocument {
    /// Writes the members of the schema, those of objects within it too, and then the schemas that
    /// it refers to; each schema once.
    mutating func writeTables(of schema: Schema) {
        guard shown.insert("\(schema.name)").inserted else { return }
        var rows: [String] = []
        addRows(of: schema.value, prefix: "", to: &rows)
        text += "<a id=\"\(Self.shapeAnchor("\(schema.name)"))\"></a>\n\n"
        if rows.isEmpty {
            text += "\(typeText(of: schema.value)).\n\n"
        } else {
            text += "| member | type | meaning |\n| --- | --- | --- |\n"
            text += rows.joined()
            text += "\n"
        }
        for target in Self.targets(of: schema.value) { writeCaptionedTables(of: target) }
    }

    /// The same, under the schema's name.
    mutating func writeCaptionedTables(of schema: Schema) {
        guard !shown.contains("\(schema.name)") else { return }
        text += "**\(schema.name).** \(schema.summary)\n\n"
        writeTables(of: schema)
    }

    /// The schemas that this one refers to, in the order of its text.
    private static func targets(of schema: JSONValue) -> [Schema] {
        switch schema {
        case .array(let elements): elements.flatMap { targets(of: $0) }
        case .object(let object):
            (target(of: schema).map { [$0] } ?? [])
                + object.members.flatMap { targets(of: $0.value) }
        default: []
        }
    }

    /// `isAlternative`: the schema is one of several forms, so that nothing of it is always there.
    private func addRows(
        of schema: JSONValue, prefix: String, isAlternative: Bool = false, to rows: inout [String]
    ) {
        let required = schema["required"]?.arrayValue ?? []
        for member in schema["properties"]?.objectValue?.members ?? [] {
            let path = prefix + member.name
            let isRequired = !isAlternative && required.contains(.string(member.name))
            let name = isRequired ? "**`\(path)`**" : "`\(path)`"
            let meaning = Self.cell(meaning(of: member.value))
            rows.append("| \(name) | \(typeText(of: member.value)) | \(meaning) |\n")
            addRows(of: member.value, prefix: path + ".", to: &rows)
            if let items = member.value["items"] {
                addRows(of: items, prefix: path + "[].", to: &rows)
            }
            for form in member.value["anyOf"]?.arrayValue ?? [] {
                addRows(of: form, prefix: path + ".", isAlternative: true, to: &rows)
            }
        }
    }

    private func meaning(of schema: JSONValue) -> String {
        if let own = schema["description"]?.stringValue { return own }
        return Self.target(of: schema)?.summary ?? ""
    }

    /// What values the schema has, in words, with links to other schemas.
    func typeText(of schema: JSONValue) -> String {
        if let target = Self.target(of: schema) { return link(target) }
        if let forms = schema["anyOf"]?.arrayValue {
            var texts: [String] = []
            for text in forms.map({ typeText(of: $0) }) where !texts.contains(text) {
                texts.append(text)
            }
            return texts.joined(separator: " or ")
        }
        if let value = schema["const"] { return "`\(value.text)`" }
        if let choices = schema["enum"]?.arrayValue {
            return choices.map { "`\(Self.cell($0.text))`" }.joined(separator: ", ")
        }
        let names = (schema["type"]?.arrayValue ?? [schema["type"] ?? .null])
            .compactMap(\.stringValue)
        return names.map { typeText(of: schema, name: $0) }.joined(separator: " or ")
    }

    private func typeText(of schema: JSONValue, name: String) -> String {
        switch name {
        case "array":
            guard let items = schema["items"], items.objectValue != nil else { return "array" }
            let elements = typeText(of: items)
            return items["enum"] == nil ? "array of \(elements)" : "array of: \(elements)"
        case "object":
            guard let values = schema["additionalProperties"], values.objectValue != nil else {
                return "object"
            }
            return "object of \(typeText(of: values))"
        case "integer", "number":
            switch (schema["minimum"]?.text, schema["maximum"]?.text) {
            case (let low?, let high?): return "\(name) \(low) to \(high)"
            case (let low?, nil): return low == "0" ? name : "\(name) from \(low)"
            default: return name
            }
        case "string":
            return schema["maxLength"].map { "string of at most \($0.text) bytes" } ?? name
        default: return name
        }
    }

    static func typeText(of type: FaultMemberType) -> String {
        switch type {
        case .string, .integer, .number: type.rawValue
        case .strings: "array of string"
        case .identifier: "id"
        }
    }

    func link(_ schema: Schema) -> String {
        "[\(schema.name)](#\(Self.shapeAnchor("\(schema.name)")))"
    }

    private static func target(of schema: JSONValue) -> Schema? {
        guard let reference = schema["$ref"]?.stringValue,
            let name = reference.split(separator: "/").last
        else { return nil }
        return Schema.named(String(name))
    }

    private static func shapeAnchor(_ name: String) -> String {
        switch name {
        case "Limits": "limits"
        case "Error": "errors"
        case "MethodObject", "ExampleValue", "OpenRPCDocument": anchor("rpc.discover")
        default: "shape-\(name.lowercased())"
        }
    }

    /// The anchor that Markdown readers give a heading of that one word.
    static func anchor(_ heading: String) -> String {
        heading.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
    }

    /// Text as a cell of a table.
    static func cell(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}
