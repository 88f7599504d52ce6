import Testing

/// Every sentence of docs/PROTOCOL.md is one that a test holds: `statements.txt` says which.
@Suite struct StatementTests {
    /// A sentence of the page, or of the table: the heading it stands under, and its text.
    struct Sentence: Hashable {
        let heading: Substring
        let text: String
    }

    /// What stands in prose on the page: under each heading, but for lists of methods, shapes and
    /// transcripts; of a method, what its description says.
    static func sentences(of page: String) -> [Sentence] {
        var heading: Substring = ""
        var paragraph = ""
        var paragraphs: [(heading: Substring, text: String)] = []
        var isFenced = false
        func end() {
            if !paragraph.isEmpty { paragraphs.append((heading, paragraph)) }
            paragraph = ""
        }
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isFenced.toggle()
                end()
            } else if line.hasPrefix("#") {
                end()
                heading = line.drop { $0 == "#" || $0 == " " }
            } else if line.hasPrefix("|") || line.isEmpty || line.hasPrefix("- ") {
                end()
                if line.hasPrefix("- ") { paragraph = String(line.dropFirst(2)) }
            } else if !isFenced {
                let text = line.drop { $0 == " " }
                paragraph += paragraph.isEmpty ? text : " " + text
            }
        }
        end()
        var seen: Set<Substring> = []
        return paragraphs.flatMap { heading, text -> [Sentence] in
            // Of a method, the first paragraph is the description; the rest are tables' words.
            let isMethod = heading.hasPrefix("`")
            if isMethod, !seen.insert(heading).inserted { return [] }
            return split(text).map { Sentence(heading: heading, text: $0) }
        }
    }

    /// Sentences end with a full stop, a colon or a semicolon before a capital letter or a name.
    static func split(_ paragraph: String) -> [String] {
        var sentences: [String] = []
        var current = ""
        for word in paragraph.split(separator: " ") {
            let isStart = word.first.map { $0.isUppercase || $0 == "`" } ?? false
            if isStart, let end = current.last, ".:;".contains(end) {
                sentences.append(current)
                current = ""
            }
            current += current.isEmpty ? String(word) : " " + word
        }
        return current.isEmpty ? sentences : sentences + [current]
    }

    /// The rows of the table: where a sentence stands, how it begins, and what holds it.
    private static func rows() throws -> [(beginning: Sentence, test: String)] {
        let table = try #require(SourceFile("Tests/TidyTests/statements.txt"))
        var heading: Substring = ""
        return table.lines.compactMap { line in
            if line.hasPrefix("##") {
                heading = line.drop { $0 == "#" || $0 == " " }
                return nil
            }
            guard !line.hasPrefix("#"), let bar = line.range(of: " | ") else { return nil }
            return (
                Sentence(heading: heading, text: String(line[..<bar.lowerBound])),
                String(line[bar.upperBound...])
            )
        }
    }

    private static let unheld: Set<Substring> = ["Methods", "Shapes", "Transcripts"]

    @Test func `every sentence of the protocol is held by a test`() throws {
        let page = try #require(SourceFile("docs/PROTOCOL.md"))
        let rows = try Self.rows()
        let parts = page.text.split(separator: "\n## Transcripts")
        let sentences = Self.sentences(of: String(parts[0])).filter { sentence in
            !Self.unheld.contains(sentence.heading)
                && !sentence.heading.hasPrefix("The protocol of")
        }
        #expect(sentences.count > 100)
        for sentence in sentences {
            let isHeld = rows.contains {
                $0.beginning.heading == sentence.heading
                    && sentence.text.hasPrefix($0.beginning.text)
            }
            #expect(isHeld, "statements.txt, \(sentence.heading): no test for “\(sentence.text)”")
        }
        for row in rows {
            let isSaid = sentences.contains {
                $0.heading == row.beginning.heading && $0.text.hasPrefix(row.beginning.text)
            }
            #expect(isSaid, "statements.txt: the page does not say “\(row.beginning.text)”")
        }
    }

    @Test func `every test that the table names exists`() throws {
        let scripts = Repository.files(in: "Tests/scripts", suffixes: [".sh", ".py"])
        for row in try Self.rows() {
            let script = row.test.range(of: ".sh: ")
            let isThere =
                if let script {
                    scripts.contains {
                        $0.name == row.test[..<script.lowerBound] + ".sh"
                            && $0.text.contains(row.test[script.upperBound...])
                    }
                } else {
                    Repository.tests.contains { $0.text.contains("func `\(row.test)`") }
                }
            #expect(isThere, "statements.txt names a test that is not there: \(row.test)")
        }
    }

    @Test(arguments: [
        ("A b. C d: `e` f; g.", ["A b.", "C d:", "`e` f; g."]),
        ("One, 2.5 and `a.b` too.", ["One, 2.5 and `a.b` too."]),
    ])
    func `a sentence ends where the next begins`(paragraph: String, sentences: [String]) {
        #expect(Self.split(paragraph) == sentences)
    }
}

extension Substring {
    /// Where the text stands in it first.
    fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}

extension String {
    fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
