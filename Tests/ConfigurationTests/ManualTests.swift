import Glibc
import Testing

@testable import Configuration

/// config.toml, which is the manual.
@Suite struct ManualTests {
    static func manual() throws -> [UInt8] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let file = try #require(fopen("/\(root)/config.toml", "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes[..<count])
    }

    @Test func `the manual loads and is the defaults and the guide's backend`() throws {
        let config = try Config.load(Self.manual())
        #expect(config == (try load(ConfigTests.guideBasic)))
    }

    @Test func `the manual shows every key on its own line below a comment`() throws {
        let lines = String(decoding: try Self.manual(), as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        var section = "the top level"
        var keys: [String: [String]] = [:]
        for (index, line) in lines.enumerated() {
            #expect(line.count <= 100, "line \(index + 1) is long")
            if line.hasPrefix("[") {
                section = String(line)
            } else if let key = line.split(separator: " ").first, !line.hasPrefix("#") {
                keys[section, default: []].append(String(key))
                #expect(lines[index - 1].hasPrefix("#"), "\(key) has no comment")
            }
        }
        for section in Config.sections where section.name.hasPrefix("[") {
            #expect(keys[section.name] == section.keys)
        }
        #expect(keys["the top level"] == ["default_model"])
    }
}
