/// Values of any kind: what a first byte promises, and what nests.
extension TOMLParser {
    /// Takes a value; `depth` is the level that it is on if it is a table or an array.
    mutating func readValue(depth: Int) throws(TOMLError) -> TOMLValue {
        guard let byte = peek else { throw failure("expected a value, found \(found)") }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try readString(byte))
        case UInt8(ascii: "["): return try readArray(depth: depth)
        case UInt8(ascii: "{"): return try readInlineTable(depth: depth)
        default: return try readScalar()
        }
    }

    private mutating func readArray(depth: Int) throws(TOMLError) -> TOMLValue {
        let place = markPosition()
        guard depth <= Limits.configurationDepthMax else { throw tooDeep(at: place) }
        offset += 1
        var nodes: [TOMLNode] = []
        try skipFiller()
        while !take("]") {
            guard peek != nil else {
                throw TOMLError(position: place, message: "the array has no closing ]")
            }
            let start = markPosition()
            nodes.append(TOMLNode(value: try readValue(depth: depth + 1), position: start))
            try skipFiller()
            if take(",") {
                try skipFiller()
            } else if peek != nil && peek != UInt8(ascii: "]") {
                throw failure("expected `,` or `]` in the array, found \(found)")
            }
        }
        return .array(nodes)
    }

    private mutating func readInlineTable(depth: Int) throws(TOMLError) -> TOMLValue {
        let place = markPosition()
        guard depth <= Limits.configurationDepthMax else { throw tooDeep(at: place) }
        let table = TOMLBuilder(.dotted, at: place, depth: depth)
        offset += 1
        try skipFiller()
        while !take("}") {
            guard peek != nil else {
                throw TOMLError(position: place, message: "the inline table has no closing }")
            }
            try readPair(into: table)
            try skipFiller()
            if take(",") {
                try skipFiller()
            } else if peek != nil && peek != UInt8(ascii: "}") {
                throw failure("expected `,` or `}` in the inline table, found \(found)")
            }
        }
        return .table(table.table())
    }

    /// Takes a boolean, a number or a date-time: a run of the bytes that they are made of.
    private mutating func readScalar() throws(TOMLError) -> TOMLValue {
        let start = offset
        while let byte = peek, TOMLParser.isScalarByte(byte) { offset += 1 }
        // A space may stand for the T between a date and a time.
        if TOMLParser.looksLikeDate(bytes[start..<offset]), offset - start == 10,
            peek == UInt8(ascii: " "), let next = peek(1), TOMLParser.isDigit(next)
        {
            offset += 1
            while let byte = peek, TOMLParser.isScalarByte(byte) { offset += 1 }
        }
        let token = bytes[start..<offset]
        guard !token.isEmpty else { throw failure("expected a value, found \(found)") }
        do throws(ScalarProblem) {
            return try TOMLParser.scalar(token)
        } catch {
            offset = start
            throw failure(error.message)
        }
    }

    /// What is wrong with a boolean, number or date-time; the caller knows where.
    struct ScalarProblem: Error {
        var message: String
    }

    private static func scalar(_ token: ArraySlice<UInt8>) throws(ScalarProblem) -> TOMLValue {
        if token.elementsEqual("true".utf8) { return .boolean(true) }
        if token.elementsEqual("false".utf8) { return .boolean(false) }
        if looksLikeDate(token) || looksLikeTime(token) { return try dateTime(token) }
        guard let first = token.first,
            isDigit(first) || "+-.".utf8.contains(first)
                || token.elementsEqual("inf".utf8) || token.elementsEqual("nan".utf8)
        else {
            // What was typed is not repeated: it may be a key whose quotes were forgotten.
            let word = text(token.prefix(5)).lowercased()
            let isWord = ["true", "false", "inf", "nan"].contains(word)
            throw ScalarProblem(
                message: isWord && token.count == word.utf8.count
                    ? "`\(word)` is written in lower case"
                    : "not a value; a string needs quotes around it")
        }
        return try number(token)
    }

    static func text(_ token: ArraySlice<UInt8>) -> String {
        String(decoding: token, as: UTF8.self)
    }

    static func isDigit(_ byte: UInt8) -> Bool { digit(byte, radix: 10) != nil }

    private static func isScalarByte(_ byte: UInt8) -> Bool {
        isBareKeyByte(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: ":")
    }

    /// Four digits and a dash: no number looks so.
    private static func looksLikeDate(_ token: ArraySlice<UInt8>) -> Bool {
        token.count > 4 && token.prefix(4).allSatisfy(isDigit)
            && token[token.startIndex + 4] == UInt8(ascii: "-")
    }

    private static func looksLikeTime(_ token: ArraySlice<UInt8>) -> Bool {
        token.first.map(isDigit) == true && token.contains(UInt8(ascii: ":"))
    }
}
