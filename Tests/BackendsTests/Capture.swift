import CrowdModelsProtocol
import HTTP
import TestSupport
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
    static let all: [Capture] = CaptureFiles.paths(below: "").compactMap { path in
        guard path.hasSuffix(".http"), let bytes = CaptureFiles.read(path),
            let text = CaptureFiles.read(path.dropLast(5) + ".json"),
            let expected = try? JSONValue(parsing: text.span)
        else { return nil }
        return Capture(name: String(path.dropLast(5)), bytes: bytes, expected: expected)
    }

    /// The names of all captures that the plays name (`Tests/Captures/KIND.play`), by their kinds.
    static let plays: [String: [String]] = {
        var plays: [String: [String]] = [:]
        for path in CaptureFiles.paths(below: "") where path.hasSuffix(".play") {
            let text = String(decoding: CaptureFiles.read(path) ?? [], as: UTF8.self)
            plays[String(path.dropLast(5))] = text.split(separator: "\n").compactMap { line in
                guard !line.hasPrefix("#"), let name = line.split(separator: " ").last,
                    name.contains("/")
                else { return nil }
                return String(name)
            }
        }
        return plays
    }()

    /// Where the body begins.
    var bodyStart: Int {
        (4...bytes.count).first { bytes[($0 - 4)..<$0].elementsEqual([13, 10, 13, 10]) }
            ?? bytes.count
    }

    /// The body of an answer that came in one piece.
    static func body(of name: String) -> String {
        let bytes = CaptureFiles.read(name + ".http") ?? []
        var parser = HTTPResponseParser()
        var unread = bytes
        var body: [UInt8] = []
        try? parse(&parser, &unread, &body, isEnd: true)
        return String(decoding: body, as: UTF8.self)
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
