/// What a model's name tells where nothing else does.
extension Model {
    /// Whether it is called an embedder.
    package var isNamedEmbedder: Bool { id.hasPart("embed") }
    /// Whether that name means it: its own, or without the tag that Ollama implies.
    package func isNamed(_ name: String) -> Bool {
        if id == name { return true }
        return id.utf8.count == name.utf8.count + 7 && id.hasPrefix(name)
            && id.hasSuffix(":latest") && !name.utf8.contains(UInt8(ascii: ":"))
    }
    /// Whether it is called a reranker.
    package var isNamedReranker: Bool { id.hasPart("rerank") }
}

extension String {
    /// Whether `word`, in small letters of ASCII, is a part of it, whatever its letters' case.
    /// Without an allocation: it is asked of each of a hundred thousand names.
    func hasPart(_ word: StaticString) -> Bool {
        let letters = utf8
        var start = letters.startIndex
        for _ in 0..<max(0, letters.count - word.utf8CodeUnitCount + 1) {
            if Self.stands(word, in: letters, at: start) { return true }
            letters.formIndex(after: &start)
        }
        return false
    }

    private static func stands(
        _ word: StaticString, in letters: String.UTF8View, at start: String.Index
    ) -> Bool {
        var place = start
        for index in 0..<word.utf8CodeUnitCount {
            let letter = letters[place]
            let small = letter >= 0x41 && letter <= 0x5A ? letter | 0x20 : letter
            if unsafe small != word.utf8Start[index] { return false }
            letters.formIndex(after: &place)
        }
        return true
    }
}
