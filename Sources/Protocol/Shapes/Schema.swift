/// A named JSON Schema, draft-07: what others refer to as `#/components/schemas/NAME`.
///
/// Its text is a literal, spaced for the reader; it costs no memory until somebody asks for it and
/// is written compactly. Every object says its members and which are required; more may come with
/// any version, so that results never forbid further ones.
public struct Schema: Sendable {
    /// The name under `components/schemas`.
    public let name: StaticString
    /// The schema as JSON text, with space between its tokens.
    public let json: StaticString

    init(_ name: StaticString, _ json: StaticString) {
        self.name = name
        self.json = json
    }

    /// All schemas, in the order of the documentation.
    public static let all: [Schema] =
        completions + conversations + models + requests + statistics + daemon + events
        + configuration + contextProtocol + errors

    /// The schema of that name.
    public static func named(_ name: String) -> Schema? {
        all.first { "\($0.name)" == name }
    }
}

extension ByteBuffer {
    /// Appends the schema as compact JSON.
    public mutating func append(schema: Schema) {
        append(compact: schema.json)
    }

    /// Appends a reference to the schema of that name.
    mutating func append(referenceTo name: StaticString) {
        append("{\"$ref\":\"#/components/schemas/")
        append(name)
        append("\"}")
    }

    /// Appends a literal that is valid JSON without the space between its tokens.
    mutating func append(compact json: StaticString) {
        let bytes = unsafe Span(_unsafeStart: json.utf8Start, count: json.utf8CodeUnitCount)
        append(compact: bytes)
    }
}
