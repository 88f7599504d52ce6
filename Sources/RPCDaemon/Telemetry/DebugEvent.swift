package import Configuration
package import CrowdModelsProtocol

/// What `--log-level debug` tells beside the rest: each step of each request and why it waits, who
/// comes and goes, and what is new about the models of a server.
package enum DebugEvent: LogEvent {
    /// A client has come or gone.
    case connection(UInt64, isOpen: Bool, client: String, pid: Int32)
    /// Understood and about to be decided on; `bytes` are those of its line.
    case requestArrived(key: UInt64, client: String, method: String, model: String?, bytes: Int)
    case requestPhase(key: UInt64, phase: String, backend: String)
    /// `by` says who wished it; the request's end is told besides.
    case requestCancelled(key: UInt64, by: String, phase: String)
    case modelsChanged(backend: String, NameDifference)
    /// What the scheduler decided about a request, and why in its own words.
    case decision(key: UInt64, backend: String, reason: String)
    /// A try has failed: what kind of failure that is, what the caller would be told, and what
    /// follows.
    case tryFailed(
        key: UInt64, attempt: Int, backend: String, failure: String, kind: String, next: String)
    case exchange(ExchangeEvent)

    package var level: LogLevel { .debug }

    package var name: StaticString {
        switch self {
        case .connection(_, isOpen: true, _, _): "connection_opened"
        case .connection: "connection_closed"
        case .requestArrived: "request_arrived"
        case .requestPhase: "request_phase"
        case .requestCancelled: "request_cancel"
        case .modelsChanged: "models_changed"
        case .decision: "decision"
        case .tryFailed: "try_failed"
        case .exchange: "exchange"
        }
    }

    package func write(words: inout ByteBuffer) {
        words.append(utf8: sentence)
    }

    private var sentence: String {
        switch self {
        case .connection(let number, let isOpen, let client, let pid):
            return "Connection \(number) of \(Self.short(client)) (pid \(pid)) "
                + (isOpen ? "opened" : "closed")
        case .requestArrived(let key, let client, let method, let model, let bytes):
            let asked = model.map { ", model \(Self.short($0))" } ?? ""
            return "Request r\(key) arrived: \(method), client \(Self.short(client))\(asked), "
                + "\(bytes) bytes"
        case .requestPhase(let key, let phase, let backend):
            return "Request r\(key): \(phase) (backend \(Self.short(backend)))"
        case .requestCancelled(let key, let by, let phase):
            return "Request r\(key) cancelled by \(Self.short(by)) (phase \(phase))"
        case .modelsChanged(let backend, let names):
            let parts = [
                ("added", names.added), ("removed", names.removed), ("changed", names.changed),
            ]
            .filter { !$0.1.isEmpty }.map { "\($0.0) \(Self.list($0.1))" }
            return "Models of \(Self.short(backend)): \(parts.joined(separator: ", "))"
        case .decision(let key, let backend, let reason):
            return "Request r\(key): \(Self.short(reason)) (backend \(Self.short(backend)))"
        case .tryFailed(let key, let attempt, let backend, let failure, let kind, let next):
            return "Request r\(key): try \(attempt) at \(Self.short(backend)) failed: \(failure) "
                + "(\(kind)); \(next)"
        case .exchange(let exchange): return exchange.sentence
        }
    }

    package func write(fields: inout LogFields) {
        switch self {
        case .connection(let number, _, let client, let pid):
            fields.append("connection", Int(clamping: number))
            fields.append("client", client)
            fields.append("pid", Int(pid))
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
        case .modelsChanged(let backend, let names):
            fields.append("backend", backend)
            fields.append("added", names.added.count)
            fields.append("removed", names.removed.count)
            fields.append("changed", names.changed.count)
        case .decision(let key, let backend, let reason):
            fields.append("key", "r\(key)")
            fields.append("backend", backend)
            fields.append("reason", reason)
        case .tryFailed(let key, let attempt, let backend, let failure, let kind, let next):
            fields.append("key", "r\(key)")
            fields.append("attempt", attempt)
            fields.append("backend", backend)
            fields.append("failure", failure)
            fields.append("kind", kind)
            fields.append("next", next)
        case .exchange(let exchange): exchange.write(fields: &fields)
        }
    }

    package static func short(_ text: String) -> String {
        String(text.prefix(LogFields.lettersMax))
    }

    /// A screen of names, and how many more there are.
    private static func list(_ names: NameSample) -> String {
        let shown = names.shown.prefix(namesMax).map(short).joined(separator: ", ")
        let rest = names.count - namesMax
        return rest > 0 ? "\(shown) and \(rest) more" : shown
    }

    private static let namesMax = 20
}
