/// One row of what is told as a distribution: its name, what it means, and where it is kept.
/// Reading, writing, the schema and the documentation go by the rows.
package struct StatsMeasure<Figures: Sendable>: Sendable {
    let name: StaticString
    let meaning: StaticString
    package let path: any WritableKeyPath<Figures, StatsDistribution> & Sendable

    init(
        _ name: StaticString, _ path: any WritableKeyPath<Figures, StatsDistribution> & Sendable,
        _ meaning: StaticString
    ) {
        self.name = name
        self.path = path
        self.meaning = meaning
    }

    /// Whether that is its name.
    package func isNamed(_ name: StaticString) -> Bool {
        self.name.description == name.description
    }

    /// The member; one that an older daemon does not send is one without values.
    func read(_ members: MemberReader) throws(ShapeError) -> StatsDistribution {
        try members.readIfPresent(name.description) ?? StatsDistribution()
    }
}

extension Schema {
    /// A schema whose literal says `@measures` where the members of the rows stand: once among the
    /// required ones, and once among the properties, which say what they mean if `explained`.
    init<Figures>(
        _ name: StaticString, _ literal: StaticString,
        _ rows: @escaping @Sendable () -> [StatsMeasure<Figures>], explained: Bool = true
    ) {
        self.init(name) {
            guard let template = try? JSONValue(parsing: literal.description),
                case .object(var schema) = template
            else { preconditionFailure("the literal is a JSON object") }
            let rows = rows()
            let required = schema["required"]?.arrayValue ?? []
            schema["required"] = .array(
                required.flatMap { element -> [JSONValue] in
                    element == "@measures" ? rows.map { .string($0.name.description) } : [element]
                })
            var properties = JSONObject()
            for member in schema["properties"]?.objectValue?.members ?? [] {
                guard member.name == "@measures" else {
                    properties.append(member.name, member.value)
                    continue
                }
                for row in rows {
                    var property: JSONObject = ["$ref": "#/components/schemas/Distribution"]
                    if explained { property["description"] = .string(row.meaning.description) }
                    properties.append(row.name.description, .object(property))
                }
            }
            schema["properties"] = .object(properties)
            return JSONValue.object(schema).text
        }
    }
}
