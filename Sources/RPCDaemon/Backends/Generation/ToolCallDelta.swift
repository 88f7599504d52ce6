import CrowdModelsProtocol

/// What one element of a server's `tool_calls` says: where its parts stand in the frame.
struct ToolCallDelta {
    /// nil where the server gives none.
    var index: Int?
    /// String tokens that are not empty.
    var id = JSONRange.absent
    var name = JSONRange.absent
    /// A string, or an object as Ollama sends it; absent for null and "".
    var arguments = JSONRange.absent

    init() {}

    /// Reads the element at `range`: OpenAI's form, or its function's members without `function`.
    init(_ text: Span<UInt8>, _ range: JSONRange) {
        GenerationReport.readMembers(text, at: range) { name, value in
            let token = text.extracting(name.bounds)
            switch token.count {
            case 7 where token.reads("index"): readIndex(text, value)
            case 4 where token.reads("id"): id = Self.filledString(text, value)
            // What a tool of the type `custom` is given is `input`.
            case 10 where token.reads("function"), 8 where token.reads("custom"):
                readFunction(text, value)
            case 6 where token.reads("name"), 11 where token.reads("arguments"),
                7 where token.reads("input"):
                readFunctionMember(text, token, value)
            default: break
            }
        }
    }

    /// Reads a `function`.
    mutating func readFunction(_ text: Span<UInt8>, _ range: JSONRange) {
        guard text[Int(range.start)] == UInt8(ascii: "{") else { return }
        GenerationReport.readMembers(text, at: range) { name, value in
            let token = text.extracting(name.bounds)
            readFunctionMember(text, token, value)
        }
    }

    private mutating func readFunctionMember(
        _ text: Span<UInt8>, _ token: Span<UInt8>, _ value: JSONRange
    ) {
        switch token.count {
        case 6 where token.reads("name"): name = Self.filledString(text, value)
        case 11 where token.reads("arguments"), 12 where token.reads("parameters"),
            7 where token.reads("input"):
            switch JSONKind(firstByte: text[Int(value.start)]) {
            case .string: arguments = value.count > 2 ? value : .absent
            case .null: break
            default: arguments = value
            }
        // Ollama numbers its calls inside.
        case 7 where token.reads("index"): readIndex(text, value)
        default: break
        }
    }

    private mutating func readIndex(_ text: Span<UInt8>, _ value: JSONRange) {
        index = GenerationReport.count(text.extracting(value.bounds)) ?? index
    }

    private static func filledString(_ text: Span<UInt8>, _ value: JSONRange) -> JSONRange {
        text[Int(value.start)] == UInt8(ascii: "\"") && value.count > 2 ? value : .absent
    }

    /// Whether it brings arguments.
    var hasArguments: Bool { arguments.isPresent }

    /// Appends the arguments as the inside of a string token.
    func appendArguments(
        of text: Span<UInt8>, _ flaws: [JSONMending.Flaw], _ letters: inout TextChannel,
        to out: inout ByteBuffer
    ) {
        guard arguments.isPresent else { return }
        if text[Int(arguments.start)] == UInt8(ascii: "\"") {
            let inside = Int(arguments.start) + 1..<Int(arguments.end) - 1
            if letters.isClear, flaws.isEmpty {
                out.append(text.extracting(inside))
            } else {
                letters.pass(inside, of: text, flaws, to: &out)
            }
        } else {
            var value = ByteBuffer(capacity: arguments.count)
            value.append(compact: text.extracting(arguments.bounds))
            out.append(escaping: value.span)
        }
    }
}

/// Watches the arguments of a call go by, and knows whether they are a whole JSON value so far.
struct ArgumentScan {
    private var depth = 0
    private var isInString = false
    /// A backslash inside that string was the last letter.
    private var isEscaped = false
    /// A backslash of the outer string was the last byte.
    private var isOuterEscaped = false
    private var hasBegun = false

    /// Whether all that was opened is closed.
    var isWhole: Bool { hasBegun && depth == 0 && !isInString }

    /// Reads more of it, the inside of a JSON string.
    mutating func read(_ inside: Span<UInt8>) {
        for index in inside.indices {
            let byte = inside[index]
            if isOuterEscaped {
                isOuterEscaped = false
                // \n, \t and \u00e9 are letters that open and close nothing.
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { take(byte) }
            } else if byte == UInt8(ascii: "\\") {
                isOuterEscaped = true
            } else {
                take(byte)
            }
        }
    }

    private mutating func take(_ letter: UInt8) {
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if letter == UInt8(ascii: "\\") {
                isEscaped = true
            } else if letter == UInt8(ascii: "\"") {
                isInString = false
            }
            return
        }
        switch letter {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        case UInt8(ascii: " "): return
        default: break
        }
        hasBegun = true
    }
}
