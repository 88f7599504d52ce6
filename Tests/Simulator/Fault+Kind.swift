extension Fault {
    /// Which requests a fault without a path can meet.
    enum Kind: Sendable {
        /// Every request except those to /simulator.
        case any
        /// Requests that generate: chat, text completion, embeddings.
        case generation
    }

    /// nil when no fault has this name.
    var kind: Kind? {
        if let status { return (400...599).contains(status) ? .any : nil }
        return Fault.kinds[name]
    }

    /// A fault named by three digits answers with that status.
    var status: Int? {
        name.utf8.count == 3 ? Int(name) : nil
    }

    private static let kinds: [String: Kind] = [
        "refuse": .any, "hang": .any, "hang-headers": .any, "slow": .any,
        "stale-keepalive": .any, "split": .any, "no-content-length": .any, "chunked": .any,
        "interim": .any, "trailers": .any, "huge-header": .any, "content-length": .any,
        "garbage": .any, "garbage-head": .any, "bad-chunk": .any, "pretty": .any, "http10": .any,
        "close": .any,
        "reset": .any, "truncate": .any,
        "cut": .generation, "no-done": .generation, "no-finish": .generation,
        "stall": .generation, "splice": .generation, "batch": .generation, "crlf": .generation,
        "comments": .generation,
        "error-event": .generation, "error-data": .generation, "error-string": .generation,
        "no-models": .generation, "http200-error": .generation, "wrong-model": .generation,
        "crash": .generation, "capture": .generation,
        "stats-in-stream": .generation, "usage": .generation, "choices": .generation,
        "tps": .generation, "old": .generation,
    ]
}
