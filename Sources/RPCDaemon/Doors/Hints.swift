import CrowdModelsProtocol
import HTTP

/// What the fields of a request say of it that its body does not: how long its caller waits, which
/// conversation it belongs to, and who asks.
struct Hints: Equatable {
    var timeoutMilliseconds: Int?
    var session: String?
    var tag: String?

    init() {}

    init(_ request: DoorRequest, nameBytesMax: Int) {
        let head = request.head
        // The one is said of the request as a whole, the other of each of its reads.
        timeoutMilliseconds =
            Self.milliseconds(head["x-stainless-timeout"])
            ?? Self.milliseconds(head["x-stainless-read-timeout"])
        let session = head["x-claude-code-session-id"] ?? request.string("prompt_cache_key")
        self.session = session.flatMap { Self.label($0, nameBytesMax) }
        let word = head["user-agent"]?.split(separator: " ").first
        tag = word.flatMap { Self.label(String($0), nameBytesMax) }
    }

    /// Seconds as milliseconds; nil for what is no time that a request may take.
    private static func milliseconds(_ text: String?) -> Int? {
        guard let text, let seconds = Double(text), seconds > 0 else { return nil }
        let milliseconds = (seconds * 1000).rounded(.up)
        return milliseconds <= Double(CompleteMethod.millisecondsMax) ? Int(milliseconds) : nil
    }

    private static func label(_ text: String, _ bytesMax: Int) -> String? {
        let isLabel =
            !text.isEmpty && text.utf8.count <= bytesMax
            && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        return isLabel ? text : nil
    }

    /// Gives a call's parameters these values where it has none of its own; they are written behind
    /// the line that the arguments point into.
    func add(to arguments: inout Arguments, of method: Method, _ line: inout ByteBuffer) {
        func add(_ name: String, _ write: (inout ByteBuffer) -> Void) {
            let start = line.count
            write(&line)
            arguments.add(name, of: method, JSONRange(start, line.count))
        }
        if let timeoutMilliseconds {
            add("timeout_ms") { $0.append(decimal: timeoutMilliseconds) }
        }
        if let session { add("session") { $0.append(string: session) } }
        if let tag { add("tag") { $0.append(string: tag) } }
    }
}
