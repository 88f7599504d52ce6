import Configuration
import CrowdModelsProtocol
import Foundation
import Testing

/// docs/PROTOCOL.md is what the registry says, and says all of it.
@Suite struct ProtocolDocumentTests {
    private static let docs = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs")

    @Test func `docs PROTOCOL.md is up to date`() throws {
        var buffer = ByteBuffer()
        ProtocolDocument.write(
            transcripts: try Self.transcripts(), limits: Self.limits, to: &buffer)
        let file = Self.docs.appending(path: "PROTOCOL.md")
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil {
            try Data(buffer.text.utf8).write(to: file)
        }
        let written = try String(contentsOf: file, encoding: .utf8)
        #expect(
            written == buffer.text,
            "run `UPDATE_DOCS=1 swift test --filter ProtocolDocumentTests` and look at the change")
    }

    @Test func `it names every method, parameter, notification, error, limit and schema`() {
        var buffer = ByteBuffer()
        ProtocolDocument.write(version: "1.2.3", limits: Self.limits, to: &buffer)
        let text = buffer.text
        #expect(text.contains("version 1.2.3"))
        for method in Method.all {
            #expect(text.contains("### `\(method.name)`\n"))
            for parameter in method.parameters { #expect(text.contains("`\(parameter.name)`")) }
        }
        for notification in ServerNotification.allCases {
            #expect(text.contains("### `\(notification.name)`\n"))
        }
        for error in ErrorCode.all {
            #expect(text.contains("| \(error.code) | `\(error.kind)` |"))
        }
        for limit in Self.limits {
            #expect(text.contains("| `\(limit.name)` | \(limit.value) |"))
        }
        #expect(!text.contains("|  | "), "a limit has no default, or a member no meaning")
    }

    @Test func `every link leads somewhere`() {
        var buffer = ByteBuffer()
        ProtocolDocument.write(to: &buffer)
        let text = buffer.text
        let targets = text.split(separator: "](#").dropFirst().compactMap {
            $0.split(separator: ")").first.map(String.init)
        }
        #expect(targets.count > Schema.all.count)
        let headings = text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
            line.drop { $0 == "#" || $0 == " " }.lowercased()
                .filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
        }
        for target in Set(targets) {
            let isAnchor = text.contains("<a id=\"\(target)\"></a>")
            #expect(isAnchor || headings.contains(target), "\(target)")
        }
    }

    @Test func `transcripts are shown as they are`() {
        var buffer = ByteBuffer()
        ProtocolDocument.write(
            transcripts: [(name: "hello", text: "--> {}\n<-- {}\n"), (name: "two", text: "--> 1")],
            to: &buffer)
        #expect(
            buffer.text.hasSuffix(
                "### hello\n\n```\n--> {}\n<-- {}\n```\n\n### two\n\n```\n--> 1\n```\n"))
    }

    /// The recorded exchanges of docs/transcripts, by name.
    private static func transcripts() throws -> [(name: String, text: String)] {
        let folder = docs.appending(path: "transcripts")
        guard FileManager.default.fileExists(atPath: folder.path()) else { return [] }
        return try FileManager.default
            .contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "txt" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map {
                (
                    name: $0.deletingPathExtension().lastPathComponent,
                    text: try String(contentsOf: $0, encoding: .utf8)
                )
            }
    }

    /// The limits' defaults, as people read them.
    private static var limits: [(name: String, value: String)] {
        Limits().values.map { name, value in
            let number = Int(value)
            if name == "write_stall" { return (name, "\(number) s") }
            let isMebibytes = number >= 1 << 20 && number % (1 << 20) == 0
            return (name, isMebibytes ? "\(number >> 20) MiB" : "\(number)")
        }
    }
}
