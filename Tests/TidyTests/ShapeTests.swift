import Testing

/// How long things may be, and what must not stand in them.
@Suite struct ShapeTests {
    static let linesPerFileMax = 400
    static let linesPerFunctionMax = 70
    static let columnsMax = 100

    @Test func `there is something to look at`() {
        #expect(Repository.sources.count > 100)
        #expect(Repository.tests.count > 50)
    }

    @Test func `no file is longer than 400 lines`() {
        for file in Repository.sources + Repository.tests {
            let count = file.lines.count
            #expect(count <= Self.linesPerFileMax, "\(file.path) has \(count) lines")
        }
    }

    @Test func `no function is longer than 70 lines`() {
        for file in Repository.sources + Repository.tests where file.path.hasSuffix(".swift") {
            for (start, length) in Self.functions(in: file.lines) {
                #expect(
                    length <= Self.linesPerFunctionMax,
                    "\(file.path):\(start): a function of \(length) lines")
            }
        }
    }

    @Test(arguments: [
        ("func a() {\n}", [2]),
        ("    init() {\n        if b {\n        }\n    }", [4]),
        ("func a(\n    b: Int\n) {\n    c()\n}\nfunc d() {}", [5, 1]),
        ("let c = d { e in\n    e\n}", []),
    ])
    func `functions are measured from their first line to their closing brace`(
        text: String, lengths: [Int]
    ) {
        #expect(Self.functions(in: text.split(separator: "\n")).map(\.length) == lengths)
    }

    /// First line (from 1) and length of each function. The formatter puts a closing brace under
    /// the first letter of what it closes, so braces need not be counted.
    static func functions(in lines: [Substring]) -> [(start: Int, length: Int)] {
        lines.indices.compactMap { start in
            let indent = lines[start].prefix { $0 == " " }
            let words = lines[start].split(separator: " ")
            guard let first = words.first(where: { !isModifier($0) }), isFunction(first) else {
                return nil
            }
            if lines[start].hasSuffix("}") { return (start + 1, 1) }
            let end = lines[start...].firstIndex { line in
                line.hasPrefix(indent + "}") && line.prefix { $0 == " " } == indent
            }
            // A requirement of a protocol has no end of its own.
            guard let end, lines[start...end].contains(where: { $0.hasSuffix("{") }) else {
                return nil
            }
            return (start + 1, end - start + 1)
        }
    }

    private static func isModifier(_ word: Substring) -> Bool {
        word.hasPrefix("@")
            || [
                "public", "package", "private", "fileprivate", "static", "final", "override",
                "mutating", "consuming", "borrowing", "convenience", "required", "nonisolated",
            ].contains(word)
    }

    private static func isFunction(_ word: Substring) -> Bool {
        word == "func" || word == "deinit"
            || ["init(", "init?(", "init<", "subscript("].contains { word.hasPrefix($0) }
    }

    @Test func `no line is wider than 100 columns but for what a literal says`() {
        for file in Repository.sources + Repository.tests {
            var isInLiteral = false
            for (index, line) in file.lines.enumerated() {
                let code = line.drop { $0 == " " }
                let isExpression = code.hasPrefix("/") && !code.hasPrefix("//")
                let isLiteral = isInLiteral || isExpression || line.contains("\"")
                if line.components(of: "\"\"\"") % 2 == 1 { isInLiteral.toggle() }
                #expect(
                    isLiteral || line.count <= Self.columnsMax,
                    "\(file.path):\(index + 1): \(line.count) columns")
            }
        }
    }

    @Test func `nothing is left for later`() {
        // Put together here, or this file would be the first to be found.
        let words = ["TO" + "DO", "FIX" + "ME", "HA" + "CK:"]
        for file in Repository.sources + Repository.tests {
            for word in words {
                #expect(!file.text.contains(word), "\(file.path) says \(word)")
            }
        }
    }

    @Test func `nothing is named after nothing in particular`() {
        let names = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utilities"]
        for file in Repository.sources + Repository.tests {
            let stem = file.name.split(separator: ".").first ?? ""
            for name in names {
                #expect(!stem.hasSuffix(name), "\(file.path): say what it is")
            }
        }
    }

    @Test func `tests do not sleep`() {
        for file in Repository.tests where file.path.contains("Tests/") {
            guard file.path.split(separator: "/")[1].hasSuffix("Tests") else { continue }
            for call in ["usle" + "ep(", "nanosle" + "ep(", "Task.sle" + "ep("] {
                #expect(!file.text.contains(call), "\(file.path) calls \(call)")
            }
        }
    }
}

extension Substring {
    /// How often the text stands in it.
    func components(of text: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
