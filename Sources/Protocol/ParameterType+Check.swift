extension ParameterType {
    /// What the value should have been, as the end of a sentence; nil where it is that.
    func mismatch(_ token: Span<UInt8>, _ kind: JSONKind) -> String? {
        switch self {
        case .string:
            return kind == .string ? nil : "a string, not \(kind.withArticle)"
        case .choice(let words):
            let choices = words.map { "\"\($0)\"" }.joined(separator: ", ")
            guard kind == .string else { return "one of \(choices), not \(kind.withArticle)" }
            let word = JSONText.string(token)
            return words.contains(word)
                ? nil : "one of \(choices), not \"\(word.shortened)\""
        case .number(let range):
            guard kind == .number else { return "a number, not \(kind.withArticle)" }
            guard let value = JSONText.double(token), range.contains(value) else {
                return "a number from \(range.lowerBound) to \(range.upperBound)"
            }
            return nil
        case .integer(let range):
            guard kind == .number else { return "an integer, not \(kind.withArticle)" }
            guard let value = JSONText.integer(token), range.contains(value) else {
                return "an integer from \(range.lowerBound) to \(range.upperBound)"
            }
            return nil
        case .boolean:
            return kind == .boolean ? nil : "true or false, not \(kind.withArticle)"
        case .object:
            return kind == .object ? nil : "an object, not \(kind.withArticle)"
        case .strings(let words):
            return mismatch(strings: token, kind, words)
        case .stringOrStrings:
            return kind == .string ? nil : mismatch(strings: token, kind, [], orString: true)
        case .objects:
            return mismatch(objects: token, kind)
        case .stringOrObject:
            return kind == .string || kind == .object
                ? nil : "a string or an object, not \(kind.withArticle)"
        case .structured:
            return kind == .array || kind == .object
                ? nil : "an object or an array, not \(kind.withArticle)"
        case .identifier:
            return kind == .string || kind == .number || kind == .null
                ? nil : "a string, a number or null, not \(kind.withArticle)"
        case .label(let bytesMax):
            guard kind == .string else { return "a string, not \(kind.withArticle)" }
            let text = JSONText.string(token)
            let isPrintable = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            return isPrintable && (1...bytesMax).contains(text.utf8.count)
                ? nil : "1 to \(bytesMax) bytes without control characters"
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
        strings token: Span<UInt8>, _ kind: JSONKind, _ words: [String], orString: Bool = false
    ) -> String? {
        var expected = orString ? "a string or an array of strings" : "an array of strings"
        if !words.isEmpty {
            let choices = words.map { "\"\($0)\"" }.joined(separator: ", ")
            expected = "an array with one or more of \(choices)"
        }
        guard kind == .array else { return "\(expected), not \(kind.withArticle)" }
        var reader = JSONElementReader(from: 0)
        var count = 0
        while let element = (try? reader.next(in: token)) ?? nil {
            count += 1
            guard JSONKind(firstByte: token[Int(element.start)]) == .string else { return expected }
            if !words.isEmpty {
                let word = JSONText.string(token.extracting(element.bounds))
                if !words.contains(word) { return "\(expected), not \"\(word.shortened)\"" }
            }
        }
        return count == 0 ? "\(expected), not an empty one" : nil
    }

    private func mismatch(objects token: Span<UInt8>, _ kind: JSONKind) -> String? {
        guard kind == .array else { return "an array of objects, not \(kind.withArticle)" }
        var reader = JSONElementReader(from: 0)
        var count = 0
        while let element = (try? reader.next(in: token)) ?? nil {
            count += 1
            guard JSONKind(firstByte: token[Int(element.start)]) == .object else {
                return "an array of objects"
            }
        }
        return count == 0 ? "an array of at least one object" : nil
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
