import Configuration
import CrowdModelsProtocol
import Testing

/// The documents say nothing that is not so, and leave out nothing that has to be said.
@Suite struct DocumentTests {
    static let pages = ["README.md", "ARCHITECTURE.md", "HACKING.md"]

    private func page(_ path: String) throws -> SourceFile {
        try #require(SourceFile(path), "\(path) is missing")
    }

    @Test(arguments: pages + [".ci/run", "contrib/demo"])
    func `every make command that is written down exists`(path: String) throws {
        let makefile = try page("Makefile").lines
        let targets = Set(makefile.compactMap { $0.split(separator: ":").first.map(String.init) })
        for name in Self.words(after: "make ", in: try page(path).text) {
            #expect(targets.contains(name), "\(path): make \(name)")
        }
    }

    @Test func `the README begins with two commands`() throws {
        let commands = Self.words(after: "make ", in: try page("README.md").text)
        #expect(commands.prefix(2) == ["demo", "test"])
    }

    @Test(arguments: pages)
    func `every file that is named exists`(path: String) throws {
        let named = Self.codeSpans(of: try page(path).text).filter(Self.isPath)
        #expect(!named.isEmpty)
        for name in named {
            #expect(Repository.has(name), "\(path): there is no \(name)")
        }
    }

    @Test func `the path of a streamed request is told in ten files`() throws {
        let lines = try page("ARCHITECTURE.md").lines
        let start = try #require(lines.firstIndex(of: "## The path of one request"))
        let section = lines[(start + 1)...].prefix { !$0.hasPrefix("## ") }
        let steps = section.filter { $0.first?.isNumber == true }
        #expect(steps.count == 10)
        for (index, step) in steps.enumerated() {
            #expect(step.hasPrefix("\(index + 1). `Sources/"), "\(step)")
        }
        #expect(section.joined(separator: "\n")[...].components(of: "`Sources/") == 10)
    }

    @Test(arguments: pages)
    func `every link leads somewhere`(path: String) throws {
        for part in try page(path).text.split(separator: "](").dropFirst() {
            let target = part.prefix { $0 != ")" && $0 != "#" }
            if target.isEmpty || target.hasPrefix("http") { continue }
            #expect(Repository.has(String(target)), "\(path) links to \(target)")
        }
    }

    @Test func `every key of the configuration is in the manual and in the protocol`() throws {
        let manual = try page("config.toml").text
        let document = try page("docs/PROTOCOL.md").text
        for section in Config.sections where section.name.hasPrefix("[") {
            for key in section.keys {
                #expect(manual.contains("\n\(key) = "), "config.toml lacks \(key)")
                #expect(document.contains(key), "docs/PROTOCOL.md lacks \(key)")
            }
        }
    }

    @Test func `every method has a transcript`() {
        let transcripts = Repository.files(in: "docs/transcripts", suffixes: [".txt"])
        guard !transcripts.isEmpty else { return }
        let calls = transcripts.flatMap(\.lines).filter { $0.hasPrefix("-->") }
        for method in Method.all {
            let quoted = "\"\(method.name)\""
            #expect(
                calls.contains { $0.contains("\"method\"") && $0.contains(quoted) },
                "no transcript calls \(method.name)")
        }
    }

    @Test func `every limit is named where the daemon is driven beyond it`() {
        let tests = Repository.tests.filter { $0.path.hasPrefix("Tests/EndToEndTests/") }
        for name in Limits.keys.map(\.name) + ["write_stall"] {
            #expect(tests.contains { $0.text.contains(name) }, "no test names \(name)")
        }
    }

    /// The words of letters that follow `prefix` in the text.
    private static func words(after prefix: String, in text: String) -> [String] {
        codeSpans(of: text).flatMap { span in
            span.hasPrefix(prefix)
                ? [String(span.dropFirst(prefix.count).prefix { $0.isLetter })] : []
        }.filter { !$0.isEmpty }
    }

    /// What stands between backticks, and each line of an indented or fenced block.
    private static func codeSpans(of text: String) -> [String] {
        var spans: [String] = []
        var isFenced = false
        for line in text.split(separator: "\n") {
            let trimmed = line.drop { $0 == " " || $0 == "$" || $0 == "#" }
            if line.hasPrefix("```") {
                isFenced.toggle()
            } else if isFenced || line.hasPrefix("    ") {
                spans.append(String(trimmed))
            }
            let pieces = line.split(separator: "`", omittingEmptySubsequences: false)
            for index in stride(from: 1, to: pieces.count, by: 2) {
                spans.append(String(pieces[index]))
            }
        }
        return spans
    }

    /// Whether the words in backticks name a file or a folder of this repository.
    private static func isPath(_ name: String) -> Bool {
        let roots = ["Sources/", "Tests/", "docs/", "contrib/", ".ci/"]
        return roots.contains { name.hasPrefix($0) } && !name.contains("*") && !name.contains("<")
            && !name.contains(" ")
    }
}
