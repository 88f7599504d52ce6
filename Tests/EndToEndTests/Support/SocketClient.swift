import CrowdModelsProtocol
import Glibc
import TestSupport
import Testing

/// A client on the daemon's socket that holds every line it gets against the protocol's schemas.
///
/// It remembers which method each id that it sent asks for; an answer or a notification that does
/// not fit its schema is a failure of the test.
final class SocketClient {
    struct Refused: Error { let number: Int32 }
    /// An answer was a result where an error was expected, or the other way round; or none came.
    struct Unexpected: Error, CustomStringConvertible { let description: String }

    let descriptor: Int32
    private var reader: LineReader
    /// The methods asked with an id, by the id's compact JSON.
    private var methods: [String: [Method?]] = [:]
    /// What was sent after the last newline.
    private var unfinished: [UInt8] = []
    private var lastID = 0
    /// The notifications that came, in their order.
    private(set) var notifications: [JSONValue] = []
    /// Answers that came before somebody asked for them.
    private var answers: [JSONValue] = []
    private var isClosed = false

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        reader = LineReader(descriptor)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let failed = withUnsafeBytes(of: &name) {
            Glibc.connect(
                descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t($0.count))
        }
        if failed != 0 { throw Refused(number: errno) }
    }

    /// Takes over a socket that is connected already.
    init(adopting connected: Int32) {
        descriptor = connected
        reader = LineReader(connected)
    }

    deinit { close() }

    func close() {
        if !isClosed { Glibc.close(descriptor) }
        isClosed = true
    }

    /// Stops sending; what comes can still be read.
    func finishSending() {
        remember(unfinished)
        unfinished = []
        shutdown(descriptor, Int32(SHUT_WR))
    }

    // MARK: Sending

    /// Sends the bytes as they are; false when the daemon takes no more.
    @discardableResult
    func send(bytes: [UInt8]) -> Bool {
        unfinished += bytes
        if let last = unfinished.lastIndex(of: 10) {
            for line in unfinished[...last].split(separator: 10) { remember(Array(line)) }
            unfinished.removeFirst(last + 1)
        }
        var at = 0
        while at < bytes.count {
            let sent = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + at, bytes.count - at, Int32(MSG_NOSIGNAL))
            }
            if sent < 0 && errno == EINTR { continue }
            if sent <= 0 { return false }
            at += sent
        }
        return true
    }

    func send(_ text: String) { send(bytes: Array(text.utf8)) }

    func send(line: String) { send(line + "\n") }

    /// Notes which method an id of the line asks for; what is no request is not noted.
    private func remember(_ line: [UInt8]) {
        guard let value = try? JSONValue(parsing: String(decoding: line, as: UTF8.self)) else {
            return
        }
        for request in value.arrayValue ?? [value] {
            guard let id = request["id"] else { continue }
            let name = request["method"]?.stringValue
            methods[id.text, default: []].append(Method.all.first { "\($0.name)" == name })
        }
    }

    /// Sends a request with an id of its own, and answers the id.
    @discardableResult
    func start(_ method: String, _ params: JSONValue? = nil) -> JSONValue {
        startTogether(1, method, params)[0]
    }

    /// Sends so many of the same request in one piece, so that the daemon hears of all at once.
    func startTogether(_ count: Int, _ method: String, _ params: JSONValue? = nil) -> [JSONValue] {
        let ids = (1...count).map { JSONValue.integer(lastID + $0) }
        lastID += count
        let lines = ids.map { id in
            var request: JSONValue = ["jsonrpc": "2.0", "id": id, "method": .string(method)]
            if let params { request = request.adding("params", params) }
            return request.text + "\n"
        }
        send(lines.joined())
        return ids
    }

    func notify(_ method: String, _ params: JSONValue? = nil) {
        var request: JSONValue = ["jsonrpc": "2.0", "method": .string(method)]
        if let params { request = request.adding("params", params) }
        send(line: request.text)
    }

    // MARK: Receiving

    /// The next line as it came; nil once the daemon has closed the connection.
    func readLine(
        until deadline: Deadline = Deadline(), sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String? {
        guard let line = try reader.next(until: deadline) else { return nil }
        check(line, sourceLocation)
        return line
    }

    /// The next line as a value: an answer, a batch of them, or a notification.
    func readMessage(sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONValue? {
        try readLine(sourceLocation: sourceLocation).map { try JSONValue(parsing: $0) }
    }

    /// Whether the daemon has closed the connection, or does so in time.
    func isAtEnd() throws -> Bool { try readLine() == nil }

    /// The whole answer to the request with that id; notifications before it are collected.
    func answer(
        to id: JSONValue, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        if let index = answers.firstIndex(where: { $0["id"] == id }) {
            return answers.remove(at: index)
        }
        while let message = try readMessage(sourceLocation: sourceLocation) {
            if message["method"] != nil {
                notifications.append(message)
            } else if message["id"] == id {
                return message
            } else {
                answers.append(message)
            }
        }
        throw Unexpected(description: "the connection ended before the answer to \(id.text)")
    }

    /// The next notification that has not been collected yet, for tests that act on one; answers
    /// before it are kept.
    func nextNotification(
        _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        while let message = try readMessage(sourceLocation: sourceLocation) {
            guard let method = message["method"] else {
                answers.append(message)
                continue
            }
            notifications.append(message)
            if method.stringValue == name { return message["params"] ?? .null }
        }
        throw Unexpected(description: "the connection ended before a \(name)")
    }

    /// The params of the notifications of that name that were collected.
    func notes(_ name: String) -> [JSONValue] {
        notifications.filter { $0["method"]?.stringValue == name }.compactMap { $0["params"] }
    }

    // MARK: Asking

    /// Asks and waits for the whole answer.
    func request(
        _ method: String, _ params: JSONValue? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        try answer(to: start(method, params), sourceLocation: sourceLocation)
    }

    /// Asks and waits for the result; an error fails the test.
    func result(
        _ method: String, _ params: JSONValue? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        let answer = try request(method, params, sourceLocation: sourceLocation)
        guard let result = answer["result"] else {
            throw Unexpected(description: "\(method) was refused: \(answer.text)")
        }
        return result
    }

    /// Asks and waits for the error; a result fails the test.
    func error(
        _ method: String, _ params: JSONValue? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        let answer = try request(method, params, sourceLocation: sourceLocation)
        guard let error = answer["error"] else {
            throw Unexpected(description: "\(method) was not refused: \(answer.text)")
        }
        return error
    }

    /// Asks for `status` until that member of it is so many, or the test fails.
    func wait(
        untilStatus member: String, is count: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let deadline = Deadline()
        while true {
            let found = try result("status")[member]
            if found == .integer(count) { return }
            if deadline.isOver {
                throw Unexpected(
                    description: "`\(member)` is \(found?.text ?? "nothing"), not \(count)")
            }
        }
    }

    // MARK: Checking

    private func check(_ line: String, _ sourceLocation: SourceLocation) {
        for problem in problems(line) {
            Issue.record("\(problem) in \(line.prefix(2000))", sourceLocation: sourceLocation)
        }
    }

    private func problems(_ line: String) -> [String] {
        let message: JSONValue
        do throws(JSONError) {
            message = try JSONValue(parsing: line)
        } catch {
            return ["not JSON: \(error.message)"]
        }
        if let elements = message.arrayValue {
            return (elements.isEmpty ? ["an empty batch"] : [])
                + elements.flatMap(problems(answer:))
        }
        return message["method"] != nil
            ? SchemaValidator.registry.problems(notification: message) : problems(answer: message)
    }

    private func problems(answer: JSONValue) -> [String] {
        let validator = SchemaValidator.registry
        guard let id = answer["id"] else {
            return validator.problems(answer: answer, to: nil)
        }
        guard let asked = methods[id.text] else {
            return validator.problems(answer: answer, to: nil)
                + (id == .null ? [] : ["nobody asked with the id \(id.text)"])
        }
        // A reused id asked for several methods; the answer has to fit one of them.
        let found = asked.map { validator.problems(answer: answer, to: $0) }
        return found.first { $0.isEmpty } ?? found[0]
    }
}

extension JSONValue {
    /// The object with one more member.
    func adding(_ name: String, _ value: JSONValue) -> JSONValue {
        var object = objectValue ?? JSONObject()
        object.append(name, value)
        return .object(object)
    }
}
