/// A named JSON Schema, draft-07: what others refer to as `#/components/schemas/NAME`.
///
/// Its text is a literal, spaced for the reader, or made of a table; it costs no memory until
/// somebody asks for it and is written compactly. Every object says its members and which are
/// required; more may come with any version, so that results never forbid further ones.
public struct Schema: Sendable {
    /// The name under `components/schemas`.
    public let name: StaticString
    fileprivate let text: Text

    fileprivate enum Text: Sendable {
        case literal(StaticString)
        case made(@Sendable () -> String)
    }

    init(_ name: StaticString, _ json: StaticString) {
        self.name = name
        text = .literal(json)
    }

    init(_ name: StaticString, made: @escaping @Sendable () -> String) {
        self.name = name
        text = .made(made)
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
        switch schema.text {
        case .literal(let json): append(compact: json)
        case .made(let json):
            var text = ByteBuffer()
            text.append(utf8: json())
            append(compact: text.span)
        }
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
