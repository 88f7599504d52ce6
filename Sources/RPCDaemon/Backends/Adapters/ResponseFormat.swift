import CrowdModelsProtocol

/// `response_format` in the form that a server takes: some know no `json_schema`, some no
/// `json_object`.
enum ResponseFormat {
    enum Form: Equatable, Sendable {
        case asGiven
        /// `json_object`, with the schema beside it for servers that look there.
        case object
        /// `json_schema`; without a schema, that of any object.
        case schema
    }

    /// Appends the value in that form; one of another type, or that has it already, as it is.
    static func write(_ token: Span<UInt8>, as form: Form, to body: inout ByteBuffer) {
        if form == .asGiven { return body.append(token) }
        let format = JSONPlace(range: JSONRange(0, token.count))
        switch (form, format.member("type", token)?.name(token)) {
        case (.object, "json_schema"):
            body.append("{\"type\":\"json_object\"")
            if let schema = format.member("json_schema", token)?.member("schema", token) {
                body.append(",\"schema\":")
                body.append(token.extracting(schema.range.bounds))
            }
            body.append("}")
        case (.schema, "json_object"):
            body.append(
                "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"object\",\"schema\":")
            if let schema = format.member("schema", token), schema.isObject(token) {
                body.append(token.extracting(schema.range.bounds))
            } else {
                body.append("{\"type\":\"object\"}")
            }
            body.append("}}")
        default: body.append(token)
        }
    }

    /// The other form of it; nil where it has none.
    static func otherForm(of token: Span<UInt8>) -> Form? {
        let format = JSONPlace(range: JSONRange(0, token.count))
        switch format.member("type", token)?.name(token) {
        case "json_schema": return .object
        case "json_object": return .schema
        default: return nil
        }
    }

    /// Whether a server's words refuse the type of it, and not what the schema says.
    static func isRefused(by words: String) -> Bool {
        let words = words.lowercased()
        let isNamed = ["response_format", "response format", "json_schema", "json_object"]
            .contains { words.contains($0) }
        return isNamed && !words.contains("invalid schema")
            && refusals.contains { words.contains($0) }
    }

    private static let refusals = [
        "type", "not support", "unsupported", "unavailable", "must be", "should be", "expected",
        "unknown variant",
    ]
}
