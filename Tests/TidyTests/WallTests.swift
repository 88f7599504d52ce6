import Testing

/// What stands on what.
///
/// The compiler holds the walls between modules, since each may import only what Package.swift
/// lists for it; these tests hold what a compiler would let pass, because it is there for
/// everybody.
@Suite struct WallTests {
    /// What a room may import, by its folder.
    static let rooms: [(folder: String, imports: Set<String>)] = [
        ("Sources/Protocol", []),
        ("Sources/RPCDaemon/Configuration", ["CrowdModelsProtocol"]),
        ("Sources/RPCDaemon/Metrics", []),
        ("Sources/RPCDaemon/Scheduling", []),
        ("Sources/RPCDaemon/Kernel", ["CLinux", "CrowdModelsProtocol", "Glibc"]),
        ("Sources/RPCDaemon/HTTP", ["CCurl", "CrowdModelsProtocol", "Kernel"]),
        (
            "Sources/RPCDaemon/Backends",
            ["Configuration", "CrowdModelsProtocol", "HTTP", "Kernel"]
        ),
        (
            "Sources/RPCDaemon/Requests",
            [
                "Backends", "Configuration", "CrowdModelsProtocol", "HTTP", "Kernel", "Metrics",
                "Scheduling", "Sessions", "Telemetry",
            ]
        ),
        (
            "Sources/RPCDaemon/Daemon",
            [
                "Requests", "Backends", "Configuration", "CrowdModelsProtocol", "Doors", "Glibc",
                "HTTP", "Kernel",
                "Metrics", "Scheduling", "Sessions", "Telemetry",
            ]
        ),
        (
            "Sources/RPCDaemon/Sessions",
            ["Configuration", "CrowdModelsProtocol", "Kernel", "Metrics"]
        ),
        (
            "Sources/RPCDaemon/Doors",
            ["Configuration", "CrowdModelsProtocol", "HTTP", "Kernel", "Sessions"]
        ),
        (
            "Sources/RPCDaemon/Telemetry",
            ["Configuration", "CrowdModelsProtocol", "Kernel", "Metrics"]
        ),
        ("Sources/RPCClient/Screen", ["CrowdModelsProtocol"]),
        (
            "Sources/RPCClient/Link",
            ["Configuration", "CrowdModelsProtocol", "Glibc", "Screen", "Synchronization"]
        ),
        ("Sources/RPCClient/Commands", ["CrowdModelsProtocol", "Glibc", "Link", "Screen"]),
        ("Sources/RPCClient/Program", ["Commands"]),
    ]

    @Test(arguments: rooms)
    func `a room imports nothing that it may not`(folder: String, imports: Set<String>) {
        let files = Repository.files(in: folder, suffixes: [".swift"])
        #expect(!files.isEmpty)
        for file in files {
            for name in Self.imports(of: file) {
                #expect(imports.contains(name), "\(file.path) imports \(name)")
            }
        }
    }

    @Test func `every folder of Sources is a room with a rule`() {
        for file in Repository.sources where file.path.hasSuffix(".swift") {
            let isRuled = Self.rooms.contains { file.path.hasPrefix($0.folder + "/") }
            #expect(isRuled, "\(file.path) belongs to no room of WallTests.rooms")
        }
    }

    @Test func `the parsers of HTTP know no kernel`() {
        let parsers = Repository.files(in: "Sources/RPCDaemon/HTTP", suffixes: [".swift"])
            .filter { $0.name.contains("Parse") || $0.name.contains("Head") }
        #expect(parsers.count > 4)
        for file in parsers {
            #expect(!Self.imports(of: file).contains("Kernel"), "\(file.path) imports Kernel")
        }
    }

    @Test func `nothing in Sources imports Foundation or Dispatch`() {
        for file in Repository.sources {
            for name in ["Foundation", "FoundationEssentials", "Dispatch"] {
                #expect(!Self.imports(of: file).contains(name), "\(file.path) imports \(name)")
            }
        }
    }

    @Test func `the simulator shares no code with the daemon`() {
        for file in Repository.files(in: "Tests/Simulator", suffixes: [".swift"]) {
            let rooms: Set = ["HTTP", "Kernel", "Backends", "Configuration", "CLinux"]
            let shared = rooms.intersection(Self.imports(of: file))
            #expect(shared.isEmpty, "\(file.path) imports \(shared)")
        }
    }

    @Test func `the package depends on no other`() throws {
        let package = try #require(SourceFile("Package.swift"))
        #expect(!package.text.contains(".package("))
        #expect(!package.text.contains(".systemLibrary("))
        #expect(package.text.contains(".treatAllWarnings(as: .error)"))
        #expect(package.text.contains(".strictMemorySafety()"))
    }

    private static func imports(of file: SourceFile) -> Set<String> {
        Set(
            file.lines.compactMap { line in
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index <= 1,
                    words.count > index + 1, !line.hasPrefix(" ")
                else { return nil }
                // `import struct Room.Type` names its room too.
                return words.last?.split(separator: ".").first.map(String.init)
            })
    }
}
