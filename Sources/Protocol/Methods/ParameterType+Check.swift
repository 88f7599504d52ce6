extension ParameterType {
    /// What the value should have been, as the end of a sentence; nil where it is that.
    ///
    /// `elements` is what an array is known to hold; nil where nobody has looked.
    func mismatch(
        _ token: Span<UInt8>, _ kind: JSONKind, _ limits: RequestLimits, _ elements: JSONKinds?
    ) -> String? {
        switch self {
        case .string, .name:
            return kind == .string ? nil : "a string, not \(kind.withArticle)"
        case .choice(let words):
            let choices = words.map { "\"\($0)\"" }.joined(separator: ", ")
            guard kind == .string else { return "one of \(choices), not \(kind.withArticle)" }
            return words.contains { JSONText.string(token, reads: $0) }
                ? nil : "one of \(choices), not \"\(JSONText.quoted(token))\""
        case .number(let range):
            guard kind == .number else { return "a number, not \(kind.withArticle)" }
            guard let value = JSONText.double(token), range.contains(value) else {
                return "a number from \(range.lowerBound) to \(range.upperBound)"
            }
            return nil
        case .integer(let range):
            guard kind == .number else { return "an integer, not \(kind.withArticle)" }
            guard let value = JSONText.integer(token), range.contains(value) else {
                let end = range.upperBound == .max ? "" : " to \(range.upperBound)"
                return "an integer from \(range.lowerBound)\(end)"
            }
            return nil
        case .boolean:
            return kind == .boolean ? nil : "true or false, not \(kind.withArticle)"
        case .object:
            return kind == .object ? nil : "an object, not \(kind.withArticle)"
        case .strings(let words):
            return mismatch(words: token, kind, words)
        case .stringOrStrings:
            return kind == .string ? nil : mismatch(strings: token, kind, elements)
        case .texts:
            guard kind == .array else { return "an array of strings, not \(kind.withArticle)" }
            return mismatch(strings: token, kind, elements)
        case .objects:
            return mismatch(objects: token, kind, elements)
        case .stringOrObject:
            return kind == .string || kind == .object
                ? nil : "a string or an object, not \(kind.withArticle)"
        case .structured:
            return kind == .array || kind == .object
                ? nil : "an object or an array, not \(kind.withArticle)"
        case .identifier:
            guard kind == .string || kind == .number || kind == .null else {
                return "a string, a number or null, not \(kind.withArticle)"
            }
            return token.count <= limits.idBytesMax + 2
                ? nil : "no longer than \(limits.idBytesMax) bytes (id_bytes_max)"
        case .label:
            guard kind == .string else { return "a string, not \(kind.withArticle)" }
            let text = JSONText.string(token)
            return !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
                ? nil : "one byte or more, without control characters"
        case .countOrUnlimited:
            guard kind == .number, let value = JSONText.integer(token), value == -1 || value >= 1
            else { return "an integer from 1, or -1 for no limit" }
            return nil
        case .stringOrBoolean:
            return kind == .string || kind == .boolean
                ? nil : "a string, true or false, not \(kind.withArticle)"
        }
    }

    private func mismatch(
        strings token: Span<UInt8>, _ kind: JSONKind, _ elements: JSONKinds?
    ) -> String? {
        let expected = "a string or an array of strings"
        guard kind == .array else { return "\(expected), not \(kind.withArticle)" }
        let elements = elements ?? JSONKinds(elementsOf: token)
        if elements.isEmpty { return "\(expected), not an empty one" }
        return elements == JSONKinds(.string) ? nil : expected
    }

    /// Bytes of an array of words that are looked into: none of them needs a hundredth of it.
    private static let wordsBytesMax = 4096

    private func mismatch(
        words token: Span<UInt8>, _ kind: JSONKind, _ words: [String]
    ) -> String? {
        let choices = words.map { "\"\($0)\"" }.joined(separator: ", ")
        let expected = "an array with one or more of \(choices)"
        guard kind == .array else { return "\(expected), not \(kind.withArticle)" }
        guard token.count <= Self.wordsBytesMax else {
            return "\(expected), in no more than \(Self.wordsBytesMax) bytes"
        }
        var reader = JSONElementReader(from: 0)
        var count = 0
        while let element = (try? reader.next(in: token)) ?? nil {
            count += 1
            let word = token.extracting(element.bounds)
            guard JSONKind(firstByte: word[0]) == .string else { return expected }
            if !words.contains(where: { JSONText.string(word, reads: $0) }) {
                return "\(expected), not \"\(JSONText.quoted(word))\""
            }
        }
        return count == 0 ? "\(expected), not an empty one" : nil
    }

    private func mismatch(
        objects token: Span<UInt8>, _ kind: JSONKind, _ elements: JSONKinds?
    ) -> String? {
        guard kind == .array else { return "an array of objects, not \(kind.withArticle)" }
        let elements = elements ?? JSONKinds(elementsOf: token)
        if elements.isEmpty { return "an array of at least one object" }
        return elements == JSONKinds(.object) ? nil : "an array of objects"
    }
}

extension JSONKind {
    /// The kind with its article, such as `an object`.
    public var withArticle: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .boolean: "a boolean"
        case .null: "null"
        }
    }
}
