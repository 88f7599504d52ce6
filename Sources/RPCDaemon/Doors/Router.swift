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
        let field: String?
        let tongue: @Sendable () -> any Tongue

        init(
            _ verb: String, _ path: String, isOpen: Bool = false, field: String? = nil,
            _ tongue: @escaping @Sendable () -> any Tongue
        ) {
            self.verb = verb
            self.path = path
            self.isOpen = isOpen
            self.field = field
            self.tongue = tongue
        }

        func leads(_ path: String, _ head: IncomingRequestHead) -> Bool {
            if let field, head[field] == nil { return false }
            return isOpen
                ? path.hasPrefix(self.path) && path.utf8.count > self.path.utf8.count
                : path == self.path
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

    /// Where a request with this head leads.
    static func route(_ head: IncomingRequestHead) -> Route {
        if head.method == "OPTIONS" { return .options }
        let path = DoorRequest.parts(of: head.target).path
        let verb = head.method == "HEAD" ? "GET" : head.method
        if path == "/rpc" {
            return verb == "POST" ? .lines : .otherwise(OpenAIRefusal(), allowed: "POST")
        }
        var other: Row?
        for row in rows where row.leads(path, head) {
            if row.verb == verb { return .tongue(row.tongue()) }
            other = other ?? row
        }
        guard let other else { return .nowhere(stranger(path, head)) }
        return .otherwise(other.tongue(), allowed: other.verb == "GET" ? "GET, HEAD" : other.verb)
    }

    /// Who says that there is nothing.
    private static func stranger(_ path: String, _ head: IncomingRequestHead) -> any Tongue {
        if head["anthropic-version"] != nil || path.hasPrefix("/messages") {
            return AnthropicRefusal()
        }
        return path.hasPrefix("/api/") ? OllamaRefusal() : OpenAIRefusal()
    }
}
