extension Parameter {
    /// Appends the JSON Schema of its values.
    public func writeSchema(to buffer: inout ByteBuffer) {
        switch type {
        case .string, .name: buffer.append(#"{"type":"string"}"#)
        case .choice(let words): Self.write(stringFrom: words, to: &buffer)
        case .number(let range):
            buffer.append(#"{"type":"number","minimum":"#)
            buffer.append(number: range.lowerBound)
            buffer.append(#","maximum":"#)
            buffer.append(number: range.upperBound)
            buffer.append("}")
        case .integer(let range): Self.write(integerWithin: range, to: &buffer)
        case .boolean: buffer.append(#"{"type":"boolean"}"#)
        case .object: writeObject(to: &buffer)
        case .strings(let words):
            buffer.append(#"{"type":"array","minItems":1,"items":"#)
            Self.write(stringFrom: words, to: &buffer)
            buffer.append("}")
        case .stringOrStrings:
            buffer.append(#"{"anyOf":[{"type":"string"},"#)
            buffer.append(#"{"type":"array","minItems":1,"items":{"type":"string"}}]}"#)
        case .texts:
            buffer.append(#"{"type":"array","minItems":1,"items":{"type":"string"}}"#)
        case .objects:
            buffer.append(#"{"type":"array","minItems":1,"items":"#)
            writeObject(to: &buffer)
            buffer.append("}")
        case .stringOrObject:
            buffer.append(#"{"anyOf":[{"type":"string"},"#)
            writeObject(to: &buffer)
            buffer.append("]}")
        case .structured:
            buffer.append(#"{"type":["object","array"],"additionalProperties":true,"items":true}"#)
        case .identifier: buffer.append(#"{"type":["string","number","null"]}"#)
        case .label: buffer.append(#"{"type":"string","minLength":1}"#)
        case .countOrUnlimited:
            buffer.append(#"{"anyOf":[{"type":"integer","minimum":1},{"const":-1}]}"#)
        case .stringOrBoolean: buffer.append(#"{"type":["string","boolean"]}"#)
        }
    }

    private func writeObject(to buffer: inout ByteBuffer) {
        guard let component else {
            buffer.append(#"{"type":"object","additionalProperties":true}"#)
            return
        }
        buffer.append(#"{"$ref":"#)
        buffer.append(string: "#/components/schemas/" + component)
        buffer.append("}")
    }

    private static func write(stringFrom words: [String], to buffer: inout ByteBuffer) {
        buffer.append(#"{"type":"string""#)
        if !words.isEmpty {
            buffer.append(#","enum":"#)
            JSONValue.array(words.map { .string($0) }).write(to: &buffer)
        }
        buffer.append("}")
    }

    private static func write(integerWithin range: ClosedRange<Int>, to buffer: inout ByteBuffer) {
        buffer.append(#"{"type":"integer""#)
        if range.lowerBound != .min {
            buffer.append(#","minimum":"#)
            buffer.append(decimal: range.lowerBound)
        }
        if range.upperBound != .max {
            buffer.append(#","maximum":"#)
            buffer.append(decimal: range.upperBound)
        }
        buffer.append("}")
    }
}
