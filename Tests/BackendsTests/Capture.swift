import CrowdModelsProtocol
import Glibc
import HTTP
import Testing

@testable import Backends

/// One answer of a server as it stands on the wire, and what a caller is to hear of it.
struct Capture: CustomTestStringConvertible {
    /// `server/version/case`.
    let name: String
    let bytes: [UInt8]
    let expected: JSONValue

    var testDescription: String { name }

    /// Everything below `Tests/Captures`.
    static let all: [Capture] = below("").compactMap { path in
        guard path.hasSuffix(".http"), let bytes = read(path),
            let text = read(path.dropLast(5) + ".json"),
            let expected = try? JSONValue(parsing: text.span)
        else { return nil }
        return Capture(name: String(path.dropLast(5)), bytes: bytes, expected: expected)
    }

    /// The names of all captures that the plays name (`Tests/Captures/KIND.play`), by their kinds.
    static let plays: [String: [String]] = {
        var plays: [String: [String]] = [:]
        for path in below("") where path.hasSuffix(".play") {
            let text = String(decoding: read(path) ?? [], as: UTF8.self)
            plays[String(path.dropLast(5))] = text.split(separator: "\n").compactMap { line in
                guard !line.hasPrefix("#"), let name = line.split(separator: " ").last,
                    name.contains("/")
                else { return nil }
                return String(name)
            }
        }
        return plays
    }()

    private static let root =
        "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Captures"

    private static func read(_ path: some StringProtocol) -> [UInt8]? {
        guard let file = fopen("\(root)/\(path)", "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            if count == 0 { return bytes }
            bytes += piece[..<count]
        }
    }

    private static func below(_ folder: String) -> [String] {
        guard let directory = opendir("\(root)/\(folder)") else { return [] }
        defer { closedir(directory) }
        var paths: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix(".") { continue }
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            paths += entry.pointee.d_type == UInt8(DT_DIR) ? below(path) : [path]
        }
        return paths.sorted()
    }

    /// What is heard of it if it comes in pieces, and ends after so many bytes.
    func heard(cutAt cuts: [Int] = [], endingAfter length: Int? = nil) -> Hearing {
        let bytes = Array(bytes.prefix(length ?? bytes.count))
        var parser = HTTPResponseParser()
        var body: [UInt8] = []
        var bodyCuts: [Int] = []
        var unread: [UInt8] = []
        var broken: ServerFailure?
        var ends = cuts.filter { $0 < bytes.count }
        ends.append(bytes.count)
        var start = 0
        do throws(HTTPParseError) {
            for (place, end) in ends.enumerated() {
                unread += bytes[start..<end]
                start = end
                try Self.parse(&parser, &unread, &body, isEnd: place == ends.count - 1)
                bodyCuts.append(body.count)
            }
        } catch {
            broken = ServerFailure(error == .truncated ? .cut : .broken)
        }
        if parser.head.status == 0 { return Hearing.of([], broken: broken) }
        return Hearing.of(
            body, status: parser.head.status, cutAt: bodyCuts, broken: broken)
    }

    /// Reads what can be read of the unread bytes.
    private static func parse(
        _ parser: inout HTTPResponseParser, _ unread: inout [UInt8], _ body: inout [UInt8],
        isEnd: Bool
    ) throws(HTTPParseError) {
        while true {
            let step = try parser.next(unread.span, ended: isEnd)
            if case .body(let range, _) = step { body += unread[range] }
            unread.removeFirst(step.consumed)
            switch step {
            case .needMore, .end: return
            case .head, .body: continue
            }
        }
    }
}

extension ServerFailure.Reason {
    /// Its name without its values.
    var name: String { String("\(self)".prefix { $0 != "(" }) }
}
