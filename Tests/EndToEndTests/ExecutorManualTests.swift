import Glibc
import Screen
import Testing

/// The daemon's page of the manual.
@Suite struct ExecutorManualTests {
    @Test func `the page is what --help says`() throws {
        let child = try ChildProcess(BuiltProducts.path("crowd-models-executor"), ["--help"])
        let text = ManPage(help: try child.readToEnd()).text
        // UPDATE_DOCS=1 writes it anew, as `make docs` does with the other documents.
        let folder = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = "\(folder)/docs/man/crowd-models-executor.1"
        if getenv("UPDATE_DOCS") != nil, let file = fopen(path, "w") {
            fputs(text, file)
            fclose(file)
        }
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        #expect(String(decoding: bytes[..<count], as: UTF8.self) == text)
        for option in ["config", "socket", "log\\-level"] {
            #expect(text.contains(".B \\-\\-\(option)"))
        }
    }
}
