import CrowdModelsProtocol
import Glibc

/// One file of docs/transcripts: what a client sends (`-->`) and gets (`<--`), `//` for comments.
///
/// In what it gets, `<number>` stands for any number, `"<text>"` for any string, and a last `…` in
/// an object or array for any more members or elements.
struct Transcript {
    struct Step {
        let line: Int
        let isSent: Bool
        let text: String
    }

    let name: String
    let steps: [Step]

    /// The folder, found from this file's own place.
    static let folder =
        #filePath.split(separator: "/").dropLast(4).reduce(into: "") { $0 += "/" + $1 }
        + "/docs/transcripts"

    /// The names of all of them, without `.txt`.
    static let names: [String] = {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".txt") { names.append(String(name.dropLast(4))) }
        }
        return names.sorted()
    }()

    init(_ name: String) throws {
        self.name = name
        let text = ProcessFile.read("\(Self.folder)/\(name).txt")
        var steps: [Step] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("//") {
            guard line.hasPrefix("--> ") || line.hasPrefix("<-- ") else {
                throw ChildProcess.Failure(message: "\(name).txt:\(index + 1): \(line)")
            }
            steps.append(
                Step(
                    line: index + 1, isSent: line.hasPrefix("-->"),
                    text: String(line.dropFirst(4))))
        }
        self.steps = steps
    }

    /// The text with each occurrence of the first replaced by the second.
    private static func replacing(_ old: String, by new: String, in text: String) -> String {
        var rest = text
        var done = ""
        while let range = rest.utf8Range(of: old) {
            done += rest[..<range.lowerBound] + new
            rest = String(rest[range.upperBound...])
        }
        return done + rest
    }

    /// Whether what came is what the transcript says.
    static func matches(_ expected: String, _ line: String) throws -> Bool {
        var json = replacing("<number>", by: #""<number>""#, in: expected)
        for (short, long) in [
            (",…}", #","…":0}"#), ("{…}", #"{"…":0}"#), (",…]", #","…"]"#), ("[…]", #"["…"]"#),
        ] {
            json = replacing(short, by: long, in: json)
        }
        return matches(try JSONValue(parsing: json), try JSONValue(parsing: line))
    }

    private static func matches(_ expected: JSONValue, _ actual: JSONValue) -> Bool {
        switch (expected, actual) {
        case (.string("<number>"), .number), (.string("<text>"), .string): return true
        case (.array(let expected), .array(let actual)):
            let isOpen = expected.last == "…"
            let known = isOpen ? expected.dropLast() : expected[...]
            return (isOpen ? known.count <= actual.count : known.count == actual.count)
                && zip(known, actual).allSatisfy(matches)
        case (.object(let expected), .object(let actual)):
            let isOpen = expected.members.last?.name == "…"
            let known = isOpen ? expected.members.dropLast() : expected.members[...]
            return (isOpen || known.count == actual.members.count)
                && known.allSatisfy { member in
                    actual[member.name].map { matches(member.value, $0) } ?? false
                }
        default: return expected == actual
        }
    }
}
