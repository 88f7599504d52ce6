/// Text that is the same for the same prompt, and its cutting into tokens.
struct Prose {
    private var state: UInt64

    init(seed: [UInt8]) {
        // FNV-1a, then splitmix64: any change of a byte changes every word.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in seed { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        state = hash
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    private static let words = """
        the model answers with words that mean nothing yet sound like sense because a river of \
        small numbers flows through layers until one word stands above others and so again light \
        falls on hill and harbour where ships wait for wind while children count waves under an \
        old tower naïve café Zürich Ærø smörgåsbord façade Ελλάδα мир 日本語 你好 שלום مرحبا 🙂 🚀 👩‍🚀 \
        every morning someone writes letters to friends far away about weather bread and music
        """.split(separator: " ").map(String.init)

    /// `count` tokens of words in sentences.
    mutating func pieces(_ count: Int) -> [String] {
        var pieces: [String] = []
        pieces.reserveCapacity(count)
        var opensSentence = true
        for index in 0..<count {
            var word = Prose.words[below(Prose.words.count)]
            if opensSentence { word = word.prefix(1).uppercased() + word.dropFirst() }
            opensSentence = index % 11 == 10 || index == count - 1
            if opensSentence { word += "." }
            pieces.append(index == 0 ? word : " " + word)
        }
        return pieces
    }

    private static let lettersMax = 12

    /// Cuts `text` before its spaces, and within long words; never inside a character's bytes.
    static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        var piece: [UInt8] = []
        var endsInSpace = true
        for byte in text.utf8 {
            let isSpace = byte == 32 || byte == 10 || byte == 9
            let startsScalar = byte & 0xC0 != 0x80
            if (isSpace && !endsInSpace) || (startsScalar && piece.count >= lettersMax) {
                pieces.append(String(decoding: piece, as: UTF8.self))
                piece = []
            }
            piece.append(byte)
            endsInSpace = isSpace
        }
        if !piece.isEmpty { pieces.append(String(decoding: piece, as: UTF8.self)) }
        return pieces
    }

    /// How many tokens `text` counts: the pieces it would be cut into.
    static func count(_ text: String) -> Int { pieces(of: text).count }

    /// A value that a JSON schema of the common kinds accepts.
    mutating func value(for schema: JSON, depth: Int = 0) -> JSON {
        if let choices = schema["enum"]?.items, !choices.isEmpty {
            return choices[below(choices.count)]
        }
        if let constant = schema["const"] { return constant }
        switch schema["type"]?.text {
        case "object" where depth < 16:
            let properties = schema["properties"]?.members ?? []
            return .object(
                properties.map {
                    JSON.Member(name: $0.name, value: value(for: $0.value, depth: depth + 1))
                })
        case "array" where depth < 16:
            return schema["items"].map { .array([value(for: $0, depth: depth + 1)]) } ?? []
        case "integer": return .int(below(100))
        case "number": return .number("\(below(100)).5")
        case "boolean": return .bool(below(2) == 0)
        case "null": return .null
        default: return .string(Prose.words[below(Prose.words.count)])
        }
    }
}
