import CrowdModelsProtocol
import Testing

/// What is written as JSON is written in one place.
@Suite struct WritingTests {
    /// Where members of JSON are written: the protocol's own shapes and what they are made of, and
    /// rooms that speak other programs' tongues.
    static let writers = [
        "Sources/Protocol/",
        // What other programs' APIs answer; each translator is the one place for its own.
        "Sources/RPCDaemon/Doors/",
        // What servers are asked, spliced from the caller's tokens.
        "Sources/RPCDaemon/Backends/Adapters/", "Sources/RPCDaemon/Backends/ChatRequest",
    ]

    @Test func `no member of the protocol is written by hand outside its shape`() {
        for file in Repository.sources where file.path.hasSuffix(".swift") {
            if Self.writers.contains(where: file.path.hasPrefix) { continue }
            for (index, line) in file.lines.enumerated() {
                let isByHand = Self.writesMember(line)
                #expect(
                    !isByHand, "\(file.path):\(index + 1): a shape of Protocol/Shapes writes it")
            }
        }
    }

    @Test(arguments: [
        (#"out.append("{\"id\":")"#, true), (#"out.append(",\"id\":")"#, true),
        (##"out.append(#"{"ok":true}"#)"##, true), (#"out.append("\",\"state\":\"")"#, true),
        (#"out.append("{")"#, false), (#"object.add("id", id, to: &out)"#, false),
        (#"words.append(" (\"x\")")"#, false),
    ])
    func `a member that is written by hand is known as one`(line: String, isMember: Bool) {
        #expect(Self.writesMember(Substring(line)) == isMember)
    }

    /// Whether a literal that is appended holds a name with its colon, or begins an object's.
    private static func writesMember(_ line: Substring) -> Bool {
        guard line.contains("append(") else { return false }
        return line.contains(#"\":"#) || line.contains(#"{\""#)
            || line.contains("append(#\"") && line.contains("\":")
    }

    /// Shapes that can be read have a sample that is read and written again.
    @Test func `every shape is read and written again by a test`() throws {
        let samples = try [
            #require(SourceFile("Tests/ProtocolTests/WireShapeTests.swift")),
            #require(SourceFile("Tests/ProtocolTests/WireShapeSamples.swift")),
        ]
        let shapes = Repository.files(in: "Sources/Protocol/Shapes", suffixes: [".swift"])
        var count = 0
        for file in shapes {
            for (index, line) in file.lines.enumerated() where line.hasPrefix("public struct ") {
                guard line.contains("JSONReadable") else { continue }
                let conformances = file.lines[index...].prefix(2).joined()
                let name = line.dropFirst("public struct ".count).prefix {
                    $0.isLetter || $0.isNumber
                }
                count += 1
                #expect(
                    conformances.contains("JSONWritable"), "\(file.path): \(name) is never written")
                let isSampled = samples.contains {
                    $0.text.contains("(\(name).self") || $0.text.contains(" \(name).self")
                        || $0.text.contains(" \(name)<")
                }
                let isPart = Self.parts.contains(String(name))
                #expect(isSampled || isPart, "\(file.path): no sample of \(name)")
            }
        }
        #expect(count > 20)
    }

    /// What stands only within another shape's sample.
    private static let parts: Set = [
        "CompleteModelInfo", "CompleteStats", "CompleteToolCall", "CompleteUsage",
        "CompleteWarning", "RouteCandidate", "RouteObstacle", "StatsProcess", "SubscriptionEnd",
        "ToolCallDelta",
    ]

    @Test func `every schema is the shape of something that is read, or said to be none`() {
        let shapes = Repository.files(in: "Sources/Protocol/Shapes", suffixes: [".swift"])
        for schema in Schema.all {
            let homes = shapes.filter { $0.text.contains("\n        \"\(schema.name)\",\n") }
            #expect(homes.count == 1, "\(schema.name) is described in \(homes.map(\.path))")
        }
    }
}
