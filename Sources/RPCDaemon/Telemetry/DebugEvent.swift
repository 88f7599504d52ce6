package import Configuration
package import CrowdModelsProtocol

/// What `--log-level debug` tells beside the rest: each step of each request, who comes and goes,
/// what is asked of servers, and why the scheduler decided as it did.
package enum DebugEvent: LogEvent {
    case connectionOpened(serial: UInt64, client: String, pid: Int32)
    case connectionClosed(serial: UInt64, client: String)
    /// Understood and about to be decided on; `bytes` are those of its line.
    case requestArrived(key: UInt64, client: String, method: String, model: String?, bytes: Int)
    case requestPhase(key: UInt64, phase: String, backend: String)
    /// `by` says who: its own client, an administrator, or that its client is gone.
    case requestCancelled(key: UInt64, by: String, phase: String)
    /// One request to a server has ended; no status where there was no answer.
    case exchange(backend: String, method: String, path: String, status: Int?, milliseconds: Double)
    case modelsChanged(backend: String, added: [String], removed: [String], changed: [String])
    /// What the scheduler decided about a request, and why in its own words.
    case decision(key: UInt64, backend: String, reason: String)

    package var level: LogLevel { .debug }

    package var name: StaticString {
        switch self {
        case .connectionOpened: "connection_opened"
        case .connectionClosed: "connection_closed"
        case .requestArrived: "request_arrived"
        case .requestPhase: "request_phase"
        case .requestCancelled: "request_cancel"
        case .exchange: "exchange"
        case .modelsChanged: "models_changed"
        case .decision: "decision"
        }
    }

    package func write(words: inout ByteBuffer) {
        words.append(utf8: sentence)
    }

    private var sentence: String {
        switch self {
        case .connectionOpened(let serial, let client, let pid):
            return "Connection \(serial) opened by \(Self.short(client)) (pid \(pid))"
        case .connectionClosed(let serial, let client):
            return "Connection \(serial) of \(Self.short(client)) closed"
        case .requestArrived(let key, let client, let method, let model, let bytes):
            let asked = model.map { ", model \(Self.short($0))" } ?? ""
            return "Request r\(key) arrived: \(method), client \(Self.short(client))\(asked), "
                + "\(bytes) bytes"
        case .requestPhase(let key, let phase, let backend):
            return "Request r\(key): \(phase) (backend \(Self.short(backend)))"
        case .requestCancelled(let key, let by, let phase):
            return "Request r\(key) cancelled by \(Self.short(by)) (phase \(phase))"
        case .exchange(let backend, let method, let path, let status, let milliseconds):
            let answer = status.map(String.init) ?? "no answer"
            return "\(Self.short(backend)): \(method) \(Self.short(path)): \(answer) after "
                + "\(Self.rounded(milliseconds)) ms"
        case .modelsChanged(let backend, let added, let removed, let changed):
            let parts = [("added", added), ("removed", removed), ("changed", changed)]
                .filter { !$0.1.isEmpty }.map { "\($0.0) \(Self.list($0.1))" }
            return "Models of \(Self.short(backend)): \(parts.joined(separator: ", "))"
        case .decision(let key, let backend, let reason):
            return "Request r\(key): \(Self.short(reason)) (backend \(Self.short(backend)))"
        }
    }

    package func write(fields: inout LogFields) {
        switch self {
        case .connectionOpened(let serial, let client, let pid):
            fields.append("connection", Int(clamping: serial))
            fields.append("client", client)
            fields.append("pid", Int(pid))
        case .connectionClosed(let serial, let client):
            fields.append("connection", Int(clamping: serial))
            fields.append("client", client)
        case .requestArrived(let key, let client, let method, let model, let bytes):
            fields.append("key", "r\(key)")
            fields.append("client", client)
            fields.append("method", method)
            fields.append("model", model)
            fields.append("bytes", bytes)
        case .requestPhase(let key, let phase, let backend):
            fields.append("key", "r\(key)")
            fields.append("phase", phase)
            fields.append("backend", backend)
        case .requestCancelled(let key, let by, let phase):
            fields.append("key", "r\(key)")
            fields.append("by", by)
            fields.append("phase", phase)
        case .exchange(let backend, let method, let path, let status, let milliseconds):
            fields.append("backend", backend)
            fields.append("method", method)
            fields.append("path", path)
            fields.append("status", status)
            fields.append("milliseconds", milliseconds)
        case .modelsChanged(let backend, let added, let removed, let changed):
            fields.append("backend", backend)
            fields.append("added", added.count)
            fields.append("removed", removed.count)
            fields.append("changed", changed.count)
        case .decision(let key, let backend, let reason):
            fields.append("key", "r\(key)")
            fields.append("backend", backend)
            fields.append("reason", reason)
        }
    }

    private static func short(_ text: String) -> String {
        String(text.prefix(LogFields.lettersMax))
    }

    private static func rounded(_ milliseconds: Double) -> String {
        var text = ByteBuffer()
        text.append(fixed: milliseconds, decimals: 1)
        return text.text
    }

    /// A screen of names, and how many more there are.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(namesMax).map(short).joined(separator: ", ")
        let rest = names.count - namesMax
        return rest > 0 ? "\(shown) and \(rest) more" : shown
    }

    private static let namesMax = 20
}
