import Testing

@testable import CrowdModelsProtocol

@Suite struct NearestNameTests {
    @Test(
        arguments: [
            ("modle", "model"), ("pnig", "ping"), ("Temperture", "temperature"),
            ("temp", "temperature"),
            ("xmodel", "model"), ("qwertz", nil), ("", nil),
        ] as [(String, String?)])
    func `a slip of the pen finds what was meant, and nothing finds nothing`(
        name: String, nearest: String?
    ) {
        #expect(NearestName.to(name, among: ["ping", "model", "temperature"]) == nearest)
    }

    @Test func `of very many names the first are looked at`() {
        let most = NearestName.beginningsMax
        for (place, isFound) in [(most - 1, true), (most, false)] {
            var names = (0...most).map { "other-\($0)" }
            names[place] = "wanted-name"
            let found = NearestName.closest(to: "wanted-nome", among: names, count: 3)
            #expect(found.contains("wanted-name") == isFound)
        }
    }

    @Test(
        arguments: [
            ("qwen3", ["qwen3-4b", "qwen3-14b", "Qwen2"]),
            ("lama-2", ["meta/llama-2-7b", "llama-3", "Qwen2"]),
            ("QWEN3-4B", ["qwen3-4b", "qwen3-14b", "Qwen2"]),
        ] as [(String, [String])])
    func `the closest three come first that hold the name, then by distance`(
        name: String, nearest: [String]
    ) {
        let known = ["meta/llama-2-7b", "qwen3-14b", "Qwen2", "llama-3", "qwen3-4b", "x"]
        #expect(NearestName.closest(to: name, among: known, count: 3) == nearest)
    }

    @Test func `cutting distances off early finds what all distances find`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            func word() -> String {
                String(
                    (0..<Int.random(in: 1...5, using: &random)).map { _ in "abc".randomElement()! })
            }
            let known = Array(Set((0..<6).map { _ in word() })).sorted()
            let name = word()
            let least = known.map { Self.distance(Array(name), Array($0)) }.min() ?? 0
            let found = NearestName.to(name, among: known)
            if least <= max(1, name.utf8.count / 3) {
                #expect(found.map { Self.distance(Array(name), Array($0)) } == least)
            }
        }
    }

    /// Damerau and Levenshtein's distance (no letter touched twice), by its definition.
    private static func distance(_ a: some Collection<Character>, _ b: [Character]) -> Int {
        let a = Array(a)
        if a.isEmpty || b.isEmpty { return a.count + b.count }
        let shortA = Array(a.dropLast())
        let shortB = Array(b.dropLast())
        let isSame = a.last == b.last
        var best = min(
            distance(shortA, b) + 1, distance(a, shortB) + 1,
            distance(shortA, shortB) + (isSame ? 0 : 1))
        if let beforeA = shortA.last, let beforeB = shortB.last, beforeA == b.last,
            beforeB == a.last
        {
            best = min(best, distance(shortA.dropLast(), Array(shortB.dropLast())) + 1)
        }
        return best
    }

    @Test func `among very many names the longest common beginning wins`() {
        let known = (0..<10_000).map { "maker-\($0 % 10)/model-\($0)" } + ["other/thing"]
        let found = NearestName.closest(to: "Maker-3/model-4443-typo", among: known, count: 3)
        #expect(found.first == "maker-3/model-4443" && found.count == 3)
        #expect(NearestName.closest(to: "other/thnig", among: known, count: 1) == ["other/thing"])
    }

    @Test(arguments: [
        ("timeuot", "timeout"), ("TIMEOUT", "timeout"), ("time-out", "timeout"),
        ("prio", "priority"),
        ("nmae", "name"), ("", "name"),
    ])
    func `the nearest word is the one that was meant`(typed: String, meant: String) {
        #expect(
            NearestName.nearest(to: typed, among: ["name", "timeout", "priority"])?.name == meant)
    }
}
