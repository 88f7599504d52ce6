import Testing

/// How the house is kept: nothing dead in it, nothing too large, no room without tests.
@Suite struct HouseTests {
    /// Stored properties of one type; more than a dozen has to say why.
    static let propertiesMax = 12
    /// What the comment of such a type says, and then the reason.
    static let reason = "Many properties: "

    @Test func `a type of more than a dozen stored properties says why`() {
        for file in Repository.sources where file.path.hasSuffix(".swift") {
            for type in Self.types(in: file.lines) where type.properties > Self.propertiesMax {
                #expect(
                    type.comment.contains(Self.reason),
                    "\(file.path): \(type.name) has \(type.properties): carve it up, or say why")
            }
        }
    }

    @Test func `what is stored is counted, and nothing else`() {
        let text = """
            /// One.
            ///
            /// Many properties: it has to.
            package final class A {
                let a: Int
                private(set) var b = 1
                private lazy var c = Timer { [unowned self] in go() }
                static let d = 1
                var e: Int { 1 }
                var f: Int {
                    didSet { go() }
                }
                struct B {
                    let g: Int
                }
                func h() {
                    let i = 1
                }
            }
            """
        let types = Self.types(in: text.split(separator: "\n", omittingEmptySubsequences: false))
        #expect(types.map(\.name) == ["A", "B"])
        #expect(types.map(\.properties) == [4, 1])
        #expect(types[0].comment.contains(Self.reason))
        #expect(types[1].comment.isEmpty)
    }

    /// A type, its comment, and how many properties it stores.
    struct TypeFound {
        let name: String
        let comment: String
        let properties: Int
    }

    /// The formatter indents by four, and closes a type under its first letter.
    static func types(in lines: [Substring]) -> [TypeFound] {
        lines.indices.compactMap { start in
            let words = lines[start].split(separator: " ").drop(while: isModifier)
            guard let kind = words.first, ["struct", "class", "actor", "enum"].contains(kind),
                words.count > 1, let name = words.dropFirst().first
            else { return nil }
            let indent = lines[start].prefix { $0 == " " }
            let body = lines[(start + 1)...].prefix { !$0.hasPrefix(indent + "}") }
            let comment = lines[..<start].reversed()
                .prefix { $0.drop { $0 == " " }.hasPrefix("//") || $0.contains("@") }
                .reversed().joined(separator: "\n")
            let count = body.indices.count { index in
                lines[index].hasPrefix(indent + "    ") && !lines[index].hasPrefix(indent + "     ")
                    && isStored(
                        lines[index], next: body.dropFirst(index - body.startIndex + 1).first)
            }
            return TypeFound(
                name: String(name.prefix { $0.isLetter || $0.isNumber }), comment: comment,
                properties: count)
        }
    }

    private static func isStored(_ line: Substring, next: Substring?) -> Bool {
        let words = line.split(separator: " ")
        let rest = words.drop(while: isModifier)
        guard let keyword = rest.first, keyword == "let" || keyword == "var",
            !words.prefix(words.count - rest.count).contains("static")
        else { return false }
        if keyword == "let" { return true }
        guard let brace = line.firstIndex(of: "{") else { return true }
        if let equals = line.firstIndex(of: "="), equals < brace { return true }
        let observer = next?.drop { $0 == " " } ?? ""
        return observer.hasPrefix("didSet") || observer.hasPrefix("willSet")
    }

    private static func isModifier(_ word: Substring) -> Bool {
        word.hasPrefix("@")
            || [
                "public", "package", "private", "fileprivate", "static", "final", "lazy", "unowned",
                "weak", "nonisolated", "indirect", "private(set)", "package(set)",
                "internal(set)", "fileprivate(set)", "nonisolated(unsafe)", "unowned(unsafe)",
            ].contains(word)
    }

    @Test func `every room has tests of its own`() throws {
        let package = try #require(SourceFile("Package.swift"))
        for room in WallTests.rooms.map(\.folder) {
            let folder = String(room.split(separator: "/").last ?? "")
            let name = Self.otherNames[folder] ?? folder
            #expect(
                package.text.contains("tests(\"\(name)Tests\"")
                    || package.text.contains(
                        "tests(\n            \"\(name)Tests\""),
                "\(room) has no \(name)Tests")
            #expect(Repository.tests.contains { $0.path.hasPrefix("Tests/\(name)Tests/") })
        }
    }

    /// Rooms whose tests go by another name: the client's two lower ones are tested by its
    /// commands, as programs.
    private static let otherNames = ["Link": "Commands", "Program": "Commands"]

    @Test func `nothing below the daemon knows the daemon`() {
        for file in Repository.sources where file.path.hasPrefix("Sources/RPCDaemon/") {
            if file.path.hasPrefix("Sources/RPCDaemon/Daemon/") { continue }
            for (index, line) in file.lines.enumerated() {
                let code = line.drop { $0 == " " }
                if code.hasPrefix("//") { continue }
                #expect(!code.contains("daemon."), "\(file.path):\(index + 1) asks the daemon")
            }
        }
    }

    /// Each name is used somewhere but where it is declared: in Sources, since what only tests use
    /// is for nobody.
    @Test func `nothing is declared that nobody uses`() {
        let sources = Repository.sources.filter { $0.path.hasSuffix(".swift") }
        var uses: [Substring: Int] = [:]
        for file in sources {
            for line in file.lines {
                for word in Self.words(of: line) { uses[word, default: 0] += 1 }
            }
        }
        for file in sources where !file.path.hasPrefix("Sources/Protocol/") {
            for (index, line) in file.lines.enumerated() {
                guard let name = Self.declaredName(line), uses[name] == 1 else { continue }
                #expect(
                    Self.calledByOthers.contains(String(name)),
                    "\(file.path):\(index + 1): nobody uses \(name)")
            }
        }
    }

    /// What the language, the system or a test that holds a promise calls, and what the doors for
    /// other tongues and the search for servers stand on.
    private static let calledByOthers: Set = [
        "main", "Main", "hash", "Manual", "bytesMin", "isSameServer", "HTTPRequestParser",
        "HTTPResponseWriter", "hasEnded", "writeContinue", "inFlightCount", "takeOutput",
        "writePrometheusPage",
    ]

    /// The name of a function, property, type or case that the line declares; overrides and
    /// operators have none of their own.
    private static func declaredName(_ line: Substring) -> Substring? {
        let words = line.split(separator: " ").drop(while: isModifier)
        let declares: Set<Substring> = [
            "func", "struct", "class", "enum", "let", "var", "protocol",
        ]
        guard let keyword = words.first, declares.contains(keyword),
            let name = words.dropFirst().first?.prefix(while: isLetter), !name.isEmpty
        else { return nil }
        return name
    }

    private static func isLetter(_ letter: Character) -> Bool {
        letter.isLetter || letter.isNumber || letter == "_"
    }

    /// The identifiers of the line's code.
    private static func words(of line: Substring) -> [Substring] {
        if line.drop(while: { $0 == " " }).hasPrefix("//") { return [] }
        return line.split { !isLetter($0) }
    }
}
