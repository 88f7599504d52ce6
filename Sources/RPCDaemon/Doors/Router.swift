import HTTP

/// The one table of all paths, and of who speaks there.
enum Router {
    /// The methods that are taken anywhere.
    static let verbs = "GET, HEAD, POST, OPTIONS"

    /// One row: a method and a path, without `/v1`, and the tongue spoken there.
    struct Row: Sendable {
        let verb: String
        let path: String
        /// Whether the path goes on behind its last slash.
        let isOpen: Bool
        /// A field without which the row does not count: two APIs share a path.
        let field: StaticString?
        let tongue: @Sendable () -> any Tongue

        init(
            _ verb: String, _ path: String, isOpen: Bool = false, field: StaticString? = nil,
            _ tongue: @escaping @Sendable () -> any Tongue
        ) {
            self.verb = verb
            self.path = path
            self.isOpen = isOpen
            self.field = field
            self.tongue = tongue
        }

        /// Whether it counts for a request with this head, whose path leads to it.
        func counts(for head: IncomingRequestHead) -> Bool {
            guard let field else { return true }
            return head[field] != nil
        }
    }

    /// The first row that fits counts.
    static let rows: [Row] =
        [
            Row("GET", "/metrics") { MetricsPage() },
            Row("GET", "/health") { HealthAnswer() },
        ] + anthropic + openAI + responses + ollama

    private static let openAI = [
        Row("GET", "/models") { OpenAIModels() },
        Row("GET", "/models/", isOpen: true) { OpenAIModel() },
        Row("POST", "/chat/completions") { ChatCompletions() },
        Row("POST", "/completions") { TextCompletions() },
        Row("POST", "/embeddings") { OpenAIEmbeddings() },
        Row("POST", "/rerank") { OpenAIRerank() },
    ]

    /// The rows whose path is whole, by its length, and the others.
    private static let closed: [[Row]] = {
        let whole = rows.filter { !$0.isOpen }
        let longest = whole.map(\.path.utf8.count).max() ?? 0
        return (0...longest).map { length in whole.filter { $0.path.utf8.count == length } }
    }()
    private static let open = rows.filter(\.isOpen)

    /// The path of a target as the table knows it: without `/v1`, however often it stands there,
    /// since people paste bases with it and without it into programs that add it or do not; without
    /// a slash at its end, and without what stands behind `?`.
    package static func path(of target: String) -> String {
        let slash = UInt8(ascii: "/")
        let utf8 = target.utf8
        let bytes = utf8.span
        var end = 0
        while end < bytes.count, bytes[end] != UInt8(ascii: "?"), bytes[end] != UInt8(ascii: "#") {
            end &+= 1
        }
        var start = 0
        while true {
            while end &- start > 1, bytes[start] == slash, bytes[start &+ 1] == slash {
                start &+= 1
            }
            let rest = bytes.extracting(start..<end)
            guard rest.hasPrefix("/v1"), rest.count == 3 || rest[3] == slash else { break }
            start &+= 3
        }
        while end &- start > 1, bytes[end &- 1] == slash { end &-= 1 }
        if start == end { return "/" }
        return unsafe bytes.extracting(start..<end).withUnsafeBufferPointer {
            unsafe String(decoding: $0, as: UTF8.self)
        }
    }

    /// Where a request with this head leads, whose path this is.
    static func route(_ head: IncomingRequestHead, _ path: String) -> Route {
        if head.method == "OPTIONS" { return Route(.options, OpenAIRefusal()) }
        let verb = head.method == "HEAD" ? "GET" : head.method
        if path == "/rpc" {
            return Route(verb == "POST" ? .lines : .otherwise(allowed: "POST"), OpenAIRefusal())
        }
        var other: Row?
        let length = path.utf8.count
        for row in length < closed.count ? closed[length] : []
        where row.path == path && row.counts(for: head) {
            if row.verb == verb { return Route(.tongue, row.tongue()) }
            other = other ?? row
        }
        if other == nil {
            for row in open where leads(row, path) && row.counts(for: head) {
                if row.verb == verb { return Route(.tongue, row.tongue()) }
                other = other ?? row
            }
        }
        guard let other else { return Route(.nowhere, stranger(path, head)) }
        let allowed = other.verb == "GET" ? "GET, HEAD" : other.verb
        return Route(.otherwise(allowed: allowed), other.tongue())
    }

    private static func leads(_ row: Row, _ path: String) -> Bool {
        path.hasPrefix(row.path) && path.utf8.count > row.path.utf8.count
    }

    /// Who says that there is nothing: the tongue that is spoken in that part of the table.
    private static func stranger(_ path: String, _ head: IncomingRequestHead) -> any Tongue {
        if head["anthropic-version"] != nil || path == "/messages" || path.hasPrefix("/messages/") {
            return AnthropicRefusal()
        }
        return path == "/api" || path.hasPrefix("/api/") ? OllamaRefusal() : OpenAIRefusal()
    }
}
