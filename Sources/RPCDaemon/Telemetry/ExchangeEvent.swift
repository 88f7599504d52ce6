/// How one exchange with a model server went: what was asked for and what came of it, never what
/// was said in it.
package struct ExchangeEvent: Sendable {
    /// The request that it was for; nil for what the daemon asks for itself.
    package var key: UInt64?
    package var backend: String
    package var method: String
    package var path: String
    /// nil where no answer came.
    package var status: Int?
    /// Of the answer's body.
    package var bytes: Int
    package var seconds: Double
    /// Why it came to no end of its own; nil where it did.
    package var trouble: String?

    package init(
        key: UInt64?, backend: String, method: String, path: String, status: Int?, bytes: Int,
        seconds: Double, trouble: String?
    ) {
        self.key = key
        self.backend = backend
        self.method = method
        self.path = path
        self.status = status
        self.bytes = bytes
        self.seconds = seconds
        self.trouble = trouble
    }

    private var milliseconds: Double { (seconds * 1e5).rounded() / 100 }

    var sentence: String {
        let whose = key.map { "Request r\($0): " } ?? ""
        let came = status.map { "HTTP \($0), \(bytes) bytes" } ?? "no answer"
        let end = trouble.map { ", \(DebugEvent.short($0))" } ?? ""
        return "\(whose)\(method) \(DebugEvent.short(path)) at \(DebugEvent.short(backend)): "
            + "\(came) in \(milliseconds) ms\(end)"
    }

    func write(fields: inout LogFields) {
        fields.append("key", key.map { "r\($0)" })
        fields.append("backend", backend)
        fields.append("method", method)
        fields.append("path", path)
        fields.append("status", status)
        fields.append("bytes", bytes)
        fields.append("ms", milliseconds)
        fields.append("trouble", trouble)
    }
}
