import CrowdModelsProtocol
import Foundation
import Testing

/// The document before judges who are not ours: Tests/scripts/openrpc.py names them.
@Suite struct OpenRPCJudgesTests {
    @Test func `independent validators accept the document`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var buffer = ByteBuffer()
        OpenRPC.write(version: "1.2.3", to: &buffer)
        let document = FileManager.default.temporaryDirectory
            .appending(path: "openrpc-\(UUID().uuidString).json")
        try Data(buffer.text.utf8).write(to: document)
        defer { try? FileManager.default.removeItem(at: document) }

        let judge = Process()
        judge.executableURL = URL(filePath: "/usr/bin/env")
        judge.arguments = [
            "python3", root.appending(path: "Tests/scripts/openrpc.py").path(), "--cache",
            root.appending(path: ".build/openrpc-judges").path(),
        ]
        judge.standardInput = try FileHandle(forReadingFrom: document)
        let complaints = Pipe()
        judge.standardError = complaints
        try judge.run()
        let words = String(
            decoding: complaints.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        judge.waitUntilExit()
        if judge.terminationStatus == 127 { try Test.cancel("skipped: there is no python3") }
        if judge.terminationStatus == 77 { try Test.cancel("\(words)") }
        #expect(judge.terminationStatus == 0, "\(words)")
    }
}
